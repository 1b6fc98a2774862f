namespace B2D.Storage.Faults;

/// <summary>A message that came too late: the device's time, whether for rules with lateness, the server's time at which it came, and its offset in the log.</summary>
public sealed record LateMessage(string Device, long At, bool Delayed, long HeardAt, long Entry);

/// <summary>The device's time of a message, and whether it came too late for rules with lateness.</summary>
public sealed record LateTime
{
    public long At { get; init; }
    public bool Delayed { get; init; }
}

/// <summary>A device of which messages came too late.</summary>
public sealed record LateDevice
{
    public string Device { get; init; } = "";

    /// <summary>When the first of those that wait came, or one after it, server time in ms.</summary>
    public long FirstHeardAt { get; init; }

    /// <summary>When the last came, server time in ms.</summary>
    public long HeardAt { get; init; }

    /// <summary>The last one's offset in the log.</summary>
    public long Entry { get; init; }

    /// <summary>A pass looked at all of them; one more does when what they may still change has come.</summary>
    public bool Looked { get; init; }
}

/// <summary>Messages that came too late to be evaluated as they came, until a back-dated pass has looked at them.</summary>
public static class LateStore
{
    /// <summary>Notes messages of any devices, in order of the log.</summary>
    public static void Put(Db db, IReadOnlyCollection<LateMessage> messages)
    {
        db.Execute(
            """
            INSERT INTO late_messages (device, at, delayed, entry) VALUES (@Device, @At, @Delayed, @Entry)
            ON CONFLICT (device, at, delayed) DO UPDATE SET entry = excluded.entry
            """,
            messages);
        db.Execute(
            """
            INSERT INTO late_devices (device, first_heard_at, heard_at, entry, looked) VALUES (@Device, @FirstHeardAt, @HeardAt, @Entry, FALSE)
            ON CONFLICT (device) DO UPDATE SET heard_at = excluded.heard_at, entry = excluded.entry, looked = FALSE,
              first_heard_at = CASE WHEN late_devices.looked = TRUE THEN excluded.first_heard_at ELSE late_devices.first_heard_at END
            """,
            messages.GroupBy(m => m.Device).Select(g => new LateDevice { Device = g.Key, FirstHeardAt = g.First().HeardAt, HeardAt = g.Last().HeardAt, Entry = g.Last().Entry }).ToArray());
    }

    /// <summary>Whether anything waits for a pass.</summary>
    public static bool Any(Db db) => db.Scalar<long>("SELECT count(*) FROM (SELECT 1 AS one FROM late_devices LIMIT 1) AS late") > 0;

    /// <summary>Devices to look at for the first time, because nothing more came late since <paramref name="quietSince"/> or the first came before <paramref
    /// name="waitingSince"/>, and those to look at once more, because nothing came late since <paramref name="settledSince"/> (server times in ms); the longest quiet first.</summary>
    public static IReadOnlyList<LateDevice> Due(Db db, long quietSince, long waitingSince, long settledSince, int limit) => db.Query<LateDevice>(
        $"""
        SELECT {Columns<LateDevice>.All} FROM late_devices
        WHERE (looked = FALSE AND (heard_at <= @quietSince OR first_heard_at <= @waitingSince)) OR (looked = TRUE AND heard_at <= @settledSince)
        ORDER BY heard_at, device LIMIT {Page.Rows(limit)}
        """,
        new { quietSince, waitingSince, settledSince });

    /// <summary>The device times of a device's messages up to an offset.</summary>
    public static IReadOnlyList<LateTime> Times(Db db, string device, long entry) =>
        db.Query<LateTime>("SELECT at, delayed FROM late_messages WHERE device = @device AND entry <= @entry ORDER BY at, delayed", new { device, entry });

    /// <summary>A pass has looked at a device's messages up to an offset for the first time; those that came since wait from <paramref name="now"/> on.</summary>
    public static void Looked(Db db, string device, long entry, long now)
    {
        db.Execute("UPDATE late_devices SET looked = TRUE WHERE device = @device AND entry <= @entry", new { device, entry });
        db.Execute("UPDATE late_devices SET first_heard_at = @now WHERE device = @device AND entry > @entry", new { device, entry, now });
    }

    /// <summary>No pass is to look at a device's messages up to an offset any more.</summary>
    public static void Done(Db db, string device, long entry)
    {
        db.Execute("DELETE FROM late_messages WHERE device = @device AND entry <= @entry", new { device, entry });
        db.Execute("DELETE FROM late_devices WHERE device = @device AND entry <= @entry", new { device, entry });
    }

    /// <summary>How many devices wait for a pass, the first or the last.</summary>
    public static long Count(Db db) => db.Scalar<long>("SELECT count(*) FROM late_devices");
}
