using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>What is stored of a device beside its blocks.</summary>
internal sealed record HeadRow
{
    public long DeviceKey { get; init; }
    public string Name { get; init; } = "";
    public long HeardAt { get; init; }
    public long EventAt { get; init; }
    public long Duplicates { get; init; }
    public long SmallBlocks { get; init; }
    public byte[] Body { get; init; } = [];
}

internal static class HeadTable
{
    private const string Select =
        "SELECT h.device_key, k.name, h.heard_at, h.event_at, h.duplicates, h.small_blocks, h.body FROM device_keys k JOIN heads h ON h.device_key = k.id";

    public const string Upsert =
        """
        INSERT INTO heads (device_key, heard_at, event_at, duplicates, small_blocks, body) VALUES (@key, @heard, @event, @duplicates, @small, @body)
        ON CONFLICT (device_key) DO UPDATE SET heard_at = excluded.heard_at, event_at = excluded.event_at, duplicates = excluded.duplicates,
          small_blocks = excluded.small_blocks, body = excluded.body
        """;

    public static HeadRow? Find(Db db, string device) => db.FirstOrDefault<HeadRow>($"{Select} WHERE k.name = @device", new { device });

    /// <summary>The devices heard at <paramref name="since"/> or later, one after the other.</summary>
    public static void Each(Db db, long since, Action<HeadRow> take)
    {
        using var command = db.Command($"{Select} WHERE h.heard_at >= @since", ("@since", since));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            take(new HeadRow
            {
                DeviceKey = reader.GetInt64(0),
                Name = reader.GetString(1),
                HeardAt = reader.GetInt64(2),
                EventAt = reader.GetInt64(3),
                Duplicates = reader.GetInt64(4),
                SmallBlocks = reader.GetInt64(5),
                Body = reader.GetFieldValue<byte[]>(6),
            });
        }
    }

    /// <summary>The last number given in each partition's range that is in use.</summary>
    public static IEnumerable<(int Partition, long Last)> LastKeys(Db db) =>
        db.Query<RangeRow>($"SELECT id / {1L << PartitionTail.KeyBits} AS range_number, max(id) AS last_id FROM device_keys GROUP BY 1")
            .Select(r => ((int)r.RangeNumber, r.LastId));

    private sealed record RangeRow
    {
        public long RangeNumber { get; init; }
        public long LastId { get; init; }
    }
}
