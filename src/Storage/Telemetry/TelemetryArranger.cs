using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>The arranger's side: cuts come to disk, small blocks become larger ones.</summary>
public sealed partial class TelemetryStore
{
    /// <summary>A block with fewer messages is merged when there are enough of them.</summary>
    private const int SmallMessages = 512;

    /// <summary>So many small blocks are worth it.</summary>
    private const int SmallBlocks = 16;

    /// <summary>Messages of a merged block.</summary>
    private const int MergedMessages = 2048;

    /// <summary>Arrival times in a merged block lie no further apart, so that retention can let go of it: 32 days, in milliseconds.</summary>
    private const long MergedMs = 32L * 86_400_000;

    /// <summary>Devices merged in one turn; about 10 ms.</summary>
    private const int MergedAtOnce = 32;

    private readonly ByteWriter body = new();
    private readonly ByteWriter columnsBody = new();
    private readonly Queue<DeviceTail> merges = new();

    /// <summary>One turn: the oldest cut is written, or, where none waits, some blocks are merged. True where there is more to do at once.</summary>
    public bool Arrange()
    {
        PartitionCut? next;
        lock (cutGate)
            cuts.TryPeek(out next);
        if (next is null)
            return Merge();
        Write(next);
        return true;
    }

    private void Write(PartitionCut cut)
    {
        var names = Database.Write(db =>
        {
            var written = metrics.Write(db);
            Write(db, cut);
            LaneTable.Put(db, cut.Lane, cut.Totals);
            return written;
        });
        metrics.Written(names);
        var partition = partitions[cut.Lane.Partition];
        lock (partition.Gate)
        {
            foreach (var device in cut.Devices)
                Written(device);
            partition.Cut = null;
            // Under the lock, since a reader may have them in hand.
            foreach (var columns in cut.Devices.SelectMany(d => d.Columns))
                columns.Release();
        }
        lock (cutGate)
        {
            cuts.Dequeue();
            stored[cut.Lane.Partition] = cut.Lane with { Body = [] };
        }
    }

    private void Write(Db db, PartitionCut cut)
    {
        using var numbering = new RowStatement(db, "INSERT INTO device_keys (id, name) VALUES (@id, @name)", "@id", "@name");
        using var inserting = BlockTable.Inserting(db);
        using var heading = new RowStatement(db, HeadTable.Upsert, "@key", "@heard", "@event", "@duplicates", "@small", "@body");
        using var happening = new RowStatement(db,
            """
            INSERT INTO device_events (device_key, code, state, at, "offset", server_at) VALUES (@key, @code, @state, @at, @offset, @server)
            ON CONFLICT DO NOTHING
            """,
            "@key", "@code", "@state", "@at", "@offset", "@server");
        foreach (var device in cut.Devices)
        {
            var key = device.Tail.Key;
            if (!device.Tail.IsNumbered)
                numbering.Run(key, device.Tail.Device.Value);
            foreach (var columns in device.Columns)
                BlockTable.Add(inserting, key, columns, 0, BlockCodec.Encode(columns, body, columnsBody));
            foreach (var e in device.Events)
                happening.Run(key, e.Code, (long)e.State, e.At, e.Offset, e.ServerAt);
            heading.Run(key, device.HeardAt, device.EventAt, device.Duplicates, (long)(device.Tail.SmallBlocks + Small(device)), cut.Heads[device.Head]);
        }
    }

    private static int Small(DeviceCut device) => device.Columns.Count(c => c.Rows < SmallMessages);

    private void Written(DeviceCut device)
    {
        var tail = device.Tail;
        tail.Cut = null;
        tail.IsNumbered = true;
        tail.Writes++;
        tail.SmallBlocks += Small(device);
        foreach (var columns in device.Columns)
            tail.StoredUntil = Math.Max(tail.StoredUntil, columns.LastAt);
        if (device.Columns.Count > 0 && tail.SmallBlocks >= SmallBlocks)
            merges.Enqueue(tail);
    }

    private bool Merge()
    {
        if (merges.Count == 0)
            return false;
        Database.Write(db =>
        {
            using var inserting = BlockTable.Inserting(db);
            foreach (var tail in merges.Take(MergedAtOnce))
                Merge(db, inserting, tail);
        });
        for (var i = 0; i < MergedAtOnce && merges.TryDequeue(out var tail); i++)
            tail.SmallBlocks = 1; // what is left over begins the next round
        return merges.Count > 0;
    }

    private void Merge(Db db, RowStatement inserting, DeviceTail tail)
    {
        if (tail.SmallBlocks < SmallBlocks)
            return; // came twice
        // The sign keeps SQLite from taking the index of all blocks of a resolution for the one of the device.
        var blocks = db.Query<BlockRow>(
            """
            SELECT id, first_server_at, last_server_at, messages, first_offset, last_offset, body FROM blocks
            WHERE device_key = @Key AND +resolution = 0 AND messages < @most ORDER BY first_offset LIMIT 1000
            """,
            new { tail.Key, most = SmallMessages });
        var from = 0;
        while (from < blocks.Count)
        {
            var until = from;
            long messages = 0;
            while (until < blocks.Count && (until == from || Fits(blocks[from], blocks[until], messages)))
                messages += blocks[until++].Messages;
            if (until - from > 1)
                Replace(db, inserting, tail.Key, [.. blocks.Skip(from).Take(until - from)]);
            from = until;
        }
    }

    private static bool Fits(BlockRow first, BlockRow next, long messages) =>
        messages + next.Messages <= MergedMessages && next.LastServerAt - first.FirstServerAt <= MergedMs;

    /// <summary>Several blocks, in order of arrival, become one.</summary>
    private void Replace(Db db, RowStatement inserting, long key, BlockRow[] blocks)
    {
        var merged = new ReadingColumns(pool);
        try
        {
            merged.Reserve((int)blocks.Sum(b => b.Messages), 1);
            foreach (var block in blocks)
            {
                var part = block.Decode(pool);
                merged.Append(part);
                part.Release();
            }
            merged.Stamp(blocks[0].FirstOffset, blocks[^1].LastOffset, blocks.Min(b => b.FirstServerAt), blocks.Max(b => b.LastServerAt));
            BlockTable.Add(inserting, key, merged, 0, BlockCodec.Encode(merged, body, columnsBody));
            BlockTable.Delete(db, blocks.Select(b => b.Id));
        }
        catch (StorageException e) when (e.Problem == StorageProblem.Damaged)
        {
            // They stay as they are: what can be read of them can be read as before.
        }
        finally
        {
            merged.Release();
        }
    }
}
