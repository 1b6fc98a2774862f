namespace B2D.Storage.Devices;

/// <summary>Presence of a device: whether it is connected, since when, and when it was heard last (server time).</summary>
public sealed record LiveRow
{
    public string Device { get; init; } = "";
    public bool Online { get; init; }
    public long OnlineAt { get; init; }
    public long LastSeenAt { get; init; }
}

public static class LiveStore
{
    private static readonly string Select = $"SELECT {Columns<LiveRow>.All} FROM device_live";

    /// <summary>Writes or replaces what is known of these devices; <see cref="LiveRow.LastSeenAt"/> never goes back.</summary>
    public static void Put(Db db, IReadOnlyCollection<LiveRow> rows) => db.Execute(
        $"""
        INSERT INTO device_live ({Columns<LiveRow>.All}) VALUES ({Columns<LiveRow>.Values})
        ON CONFLICT (device) DO UPDATE SET online = excluded.online, online_at = excluded.online_at,
          last_seen_at = CASE WHEN excluded.last_seen_at > device_live.last_seen_at THEN excluded.last_seen_at ELSE device_live.last_seen_at END
        """,
        rows);

    /// <summary>These devices were heard; whether they are connected stays as it was (unknown devices: not connected).</summary>
    public static void Seen(Db db, IReadOnlyDictionary<string, long> lastSeenAt) => db.Execute(
        """
        INSERT INTO device_live (device, online, online_at, last_seen_at) VALUES (@Key, FALSE, 0, @Value)
        ON CONFLICT (device) DO UPDATE SET last_seen_at = excluded.last_seen_at WHERE excluded.last_seen_at > device_live.last_seen_at
        """,
        lastSeenAt.Select(p => new { p.Key, p.Value }).ToArray());

    public static LiveRow? Find(Db db, string device) => db.FirstOrDefault<LiveRow>($"{Select} WHERE device = @device", new { device });

    /// <summary>Those of the devices (at most 1,000) that were ever heard.</summary>
    public static IReadOnlyList<LiveRow> FindAll(Db db, IReadOnlyCollection<string> devices)
    {
        if (devices.Count == 0)
            return [];
        Page.Rows(devices.Count);
        var where = new Where().In("device", devices);
        return db.Query<LiveRow>($"{Select}{where} ORDER BY device", where.Args);
    }

    /// <summary>In order of device, after <paramref name="after"/>.</summary>
    public static IReadOnlyList<LiveRow> List(Db db, int limit = Page.MaxRows, string after = "") =>
        db.Query<LiveRow>($"{Select} WHERE device > @after ORDER BY device LIMIT {Page.Rows(limit)}", new { after });

    public static long CountOnline(Db db) => db.Scalar<long>("SELECT count(*) FROM device_live WHERE online = TRUE");
}
