using B2D.Core;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>What happens to readings as they get older. From any thread, in short transactions.</summary>
public sealed partial class TelemetryStore
{
    /// <summary>Stretches of down-sampled blocks, in milliseconds: five minutes.</summary>
    public const long DownsampledMs = 300_000;

    /// <summary>Blocks of a device that are down-sampled together.</summary>
    private const int DownsampledAtOnce = 16;

    /// <summary>
    /// Deletes what arrived before a time: blocks whose newest reading did, and events; at most <paramref name="maxRows"/> rows in one transaction. Returns how
    /// many, 0 when done. The last value of each metric stays.
    /// </summary>
    public int Retain(ServerTime before, int maxRows) => Database.Write(db =>
    {
        var args = new { before = before.EpochMs, maxRows };
        foreach (var resolution in new[] { 0, DownsampledMs })
        {
            var deleted = db.Execute(
                $"""
                DELETE FROM blocks WHERE id IN
                  (SELECT id FROM blocks WHERE resolution = {resolution} AND last_server_at < @before ORDER BY last_server_at LIMIT @maxRows)
                """,
                args);
            if (deleted > 0)
                return deleted;
        }
        const string oldest = "SELECT device_key, code, state, at FROM device_events WHERE server_at < @before ORDER BY server_at LIMIT @maxRows";
        return db.Execute($"DELETE FROM device_events WHERE (device_key, code, state, at) IN ({oldest})", args);
    });

    /// <summary>
    /// Thins what arrived before a time: of each metric and five minutes of device time the lowest and the highest number and the last value stay, with their own
    /// times (of other values the first and the last). Works on one device in one transaction; returns how many blocks it took, 0 when done.
    /// </summary>
    public int Downsample(ServerTime before)
    {
        var buffers = new Buffers();
        return Database.Write(db =>
        {
            var oldest = db.Scalar<long?>(
                "SELECT device_key FROM blocks WHERE resolution = 0 AND last_server_at < @before ORDER BY last_server_at LIMIT 1", new { before = before.EpochMs });
            if (oldest is not { } key)
                return 0;
            var blocks = db.Query<BlockRow>(
                $"""
                SELECT id, first_server_at, last_server_at, messages, first_offset, last_offset, body FROM blocks
                WHERE device_key = @key AND +resolution = 0 AND last_server_at < @before ORDER BY first_offset LIMIT {DownsampledAtOnce}
                """,
                new { key, before = before.EpochMs });
            using var inserting = BlockTable.Inserting(db);
            foreach (var block in blocks)
                Downsample(db, inserting, key, block, buffers);
            return blocks.Count;
        });
    }

    /// <summary>Up to where the layout of one row for each reading was filled; 0 where there is nothing of it. What is there has to be taken over before the first entry.</summary>
    public long RowsUntil => Database.Read(RowUpgrade.RowsUntil);

    /// <summary>
    /// Takes over the layout of one row for each reading, as far as <paramref name="position"/>, where the lanes begin. Can be stopped anywhere and run again with
    /// the same position. <see cref="Load"/> comes after it.
    /// </summary>
    /// <param name="lanes">What each partition begins with, at the position.</param>
    /// <param name="progress">Devices done, and all.</param>
    public void Upgrade(long position, IReadOnlyList<LaneMemory> lanes, Action<long, long> progress) => new RowUpgrade(Database, position).Run(lanes, progress);

    private void Downsample(Db db, RowStatement inserting, long key, BlockRow block, Buffers buffers)
    {
        ReadingColumns full;
        try
        {
            full = block.Decode(pool);
        }
        catch (StorageException e) when (e.Problem == StorageProblem.Damaged)
        {
            // It stays as it is, marked as done, until retention comes for it.
            db.Execute("UPDATE blocks SET resolution = @DownsampledMs WHERE id = @Id", new { DownsampledMs, block.Id });
            return;
        }
        var thin = Downsampling.Thin(full, DownsampledMs, pool);
        thin.Stamp(block.FirstOffset, block.LastOffset, block.FirstServerAt, block.LastServerAt);
        BlockTable.Add(inserting, key, thin, DownsampledMs, BlockCodec.Encode(thin, buffers.Body, buffers.Columns));
        BlockTable.Delete(db, [block.Id]);
        full.Release();
        thin.Release();
    }

    /// <summary>The arranger has its own.</summary>
    private sealed class Buffers
    {
        public ByteWriter Body { get; } = new();

        public ByteWriter Columns { get; } = new();
    }
}

/// <summary>Chooses the readings that stand for a stretch of time.</summary>
internal static class Downsampling
{
    /// <summary>Of each metric and stretch of device time the lowest, the highest and the last; of values that are no numbers the first and the last.</summary>
    public static ReadingColumns Thin(ReadingColumns full, long stretchMs, SlabPool pool)
    {
        var keep = new bool[full.Rows * full.Columns];
        for (var column = 0; column < full.Columns; column++)
        {
            var stretches = new Dictionary<long, (int Low, int High, int Last)>();
            for (var row = 0; row < full.Rows; row++)
            {
                if (!full.Has(row, column))
                    continue;
                var stretch = Math.DivRem(full.TimeOf(row), stretchMs).Quotient;
                if (!stretches.TryGetValue(stretch, out var kept))
                {
                    stretches.Add(stretch, (row, row, row));
                    continue;
                }
                var value = full.ValueAt(row, column);
                if (value.Kind == ValueKind.Number && value.Number < full.ValueAt(kept.Low, column).Number)
                    kept.Low = row;
                if (value.Kind == ValueKind.Number && !(value.Number <= full.ValueAt(kept.High, column).Number))
                    kept.High = row;
                if (full.TimeOf(row) >= full.TimeOf(kept.Last))
                    kept.Last = row;
                stretches[stretch] = kept;
            }
            foreach (var (low, high, last) in stretches.Values)
                keep[(low * full.Columns) + column] = keep[(high * full.Columns) + column] = keep[(last * full.Columns) + column] = true;
        }
        return Pick(full, keep, pool);
    }

    private static ReadingColumns Pick(ReadingColumns full, bool[] keep, SlabPool pool)
    {
        var thin = new ReadingColumns(pool);
        foreach (var metric in full.Metrics)
            thin.AddColumn(metric);
        var columns = new int[full.Columns];
        for (var row = 0; row < full.Rows; row++)
        {
            var kept = keep.AsSpan(row * full.Columns, full.Columns);
            if (!kept.Contains(true))
                continue;
            for (var column = 0; column < columns.Length; column++)
                columns[column] = kept[column] ? column : -1;
            thin.CopyRow(full, row, columns);
        }
        return thin;
    }
}
