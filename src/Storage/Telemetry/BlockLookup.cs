using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>
/// Answers whether a reading is in a stored block. Devices that send what they had kept ask for one old time after the other: what was decoded last stays for the
/// next question. One thread's.
/// </summary>
internal sealed class BlockLookup(Database database, SlabPool pool)
{
    /// <summary>Devices whose blocks are remembered; when there are more, all are forgotten.</summary>
    private const int MostDevices = 64;

    /// <summary>Decoded blocks that are kept of one device.</summary>
    private const int MostDecoded = 3;

    private readonly Dictionary<long, Known> devices = [];

    /// <summary>Blocks that could not be read.</summary>
    public long Damaged { get; private set; }

    public void Clear()
    {
        foreach (var known in devices.Values)
            known.Release();
        devices.Clear();
    }

    /// <param name="writes">How often a cut of the device came to disk: what was remembered before counts no more.</param>
    public bool Contains(long device, int writes, int metric, long at, MetricValue value)
    {
        if (!devices.TryGetValue(device, out var known))
        {
            if (devices.Count >= MostDevices)
                Clear();
            devices.Add(device, known = new Known());
        }
        if (known.Blocks is null || known.Writes != writes)
            Refresh(device, known, writes);
        while (true)
        {
            var gone = false;
            foreach (var block in known.Blocks!)
            {
                if (at < block.FirstAt || at > block.LastAt)
                    continue;
                if (Decoded(known, block.Id) is not { } columns)
                    gone = true;
                else if (columns.Contains(metric, at, value))
                    return true;
            }
            if (!gone)
                return false;
            // Merged into another, or deleted.
            Refresh(device, known, writes);
        }
    }

    private void Refresh(long device, Known known, int writes)
    {
        known.Blocks = database.Read(db => db.Query<Span>("SELECT id, first_at, last_at FROM blocks WHERE device_key = @device", new { device }));
        known.Writes = writes;
    }

    /// <summary>Null where there is no such block any more.</summary>
    private ReadingColumns? Decoded(Known known, long id)
    {
        foreach (var (block, columns) in known.Decoded)
        {
            if (block == id)
                return columns;
        }
        if (database.Read(db => db.FirstOrDefault<byte[]>("SELECT body FROM blocks WHERE id = @id", new { id })) is not { } body)
            return null;
        ReadingColumns decoded;
        try
        {
            decoded = BlockCodec.Decode(body, pool);
        }
        catch (StorageException e) when (e.Problem == StorageProblem.Damaged)
        {
            // One damaged block must not stop all evaluation; charts say it, and so does the count.
            Damaged++;
            decoded = new ReadingColumns(pool);
        }
        if (known.Decoded.Count == MostDecoded)
        {
            known.Decoded[0].Columns.Release();
            known.Decoded.RemoveAt(0);
        }
        known.Decoded.Add((id, decoded));
        return decoded;
    }

    private sealed class Known
    {
        public IReadOnlyList<Span>? Blocks { get; set; }

        public int Writes { get; set; }

        public List<(long Id, ReadingColumns Columns)> Decoded { get; } = [];

        public void Release()
        {
            foreach (var (_, columns) in Decoded)
                columns.Release();
        }
    }

    private sealed record Span
    {
        public long Id { get; init; }
        public long FirstAt { get; init; }
        public long LastAt { get; init; }
    }
}
