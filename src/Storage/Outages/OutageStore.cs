using B2D.Storage.Faults;
using B2D.Storage.Webhooks;

namespace B2D.Storage.Outages;

/// <summary>Many devices of one segment, one cause. States: Held, Investigating, Identified, Monitoring, Resolved.</summary>
public sealed record OutageRow
{
    public long Id { get; init; }
    public string Rule { get; init; } = "";
    public string Title { get; init; } = "";
    public string Segment { get; init; } = "";
    public string Place { get; init; } = "";
    public string Episode { get; init; } = "";
    public string State { get; init; } = "Held";
    public long Revision { get; init; }
    public long BeganAt { get; init; }
    public long OpenedAt { get; init; }
    public long ToldAt { get; init; }
    public long MonitoringAt { get; init; }
    public long ResolvedAt { get; init; }
    public long Devices { get; init; }
    public long Recovered { get; init; }
    public long Customers { get; init; }
    public string Cause { get; init; } = "";
    public string Workaround { get; init; } = "";
    public long EstimateFrom { get; init; }
    public long EstimateUntil { get; init; }

    /// <summary>The promised time of the next word; 0 for none.</summary>
    public long NextUpdateAt { get; init; }

    /// <summary>The same where a person chose it; 0 where nobody did.</summary>
    public long ChosenUpdateAt { get; init; }

    /// <summary>The promised time that customers hold: the one that they were told last, or a sooner one that was chosen since; 0 for none.</summary>
    public long ToldNextUpdateAt { get; init; }

    /// <summary>When what people wrote goes to those who were told; 0 where nothing waits.</summary>
    public long NewsAt { get; init; }

    /// <summary>The estimate that customers were told last; 0 for none.</summary>
    public long ToldEstimateFrom { get; init; }
    public long ToldEstimateUntil { get; init; }

    /// <summary>Waits for a person before anybody is told.</summary>
    public bool Guard { get; init; }

    /// <summary>The larger outage that this one became part of; 0 for none.</summary>
    public long MergedInto { get; init; }
    public long Version { get; init; } = 1;
}

/// <summary>A device that an outage touched; <see cref="UpAt"/> is 0 while it is down.</summary>
public sealed record OutageDeviceRow
{
    public long OutageId { get; init; }
    public string Device { get; init; } = "";
    public string Customer { get; init; } = "";
    public string FaultEpisode { get; init; } = "";
    public long DownAt { get; init; }
    public long UpAt { get; init; }
}

/// <summary>Outages, one for each (segment, episode), and the devices they touched.</summary>
public static class OutageStore
{
    private static readonly string Select = $"SELECT {Columns<OutageRow>.All} FROM outages";
    private static readonly string SelectDevice = $"SELECT {Columns<OutageDeviceRow>.All} FROM outage_devices";

    /// <summary>Opens an outage; null where the segment has one of the same episode already.</summary>
    public static long? TryOpen(Db db, OutageRow row)
    {
        var id = db.FirstOrDefault<long?>(
            $"INSERT INTO outages ({Columns<OutageRow>.New}) VALUES ({Columns<OutageRow>.NewValues}) ON CONFLICT (segment, episode) DO NOTHING RETURNING id", row);
        if (id is { } opened)
            WebhookStore.OutageOpened(db, opened);
        return id;
    }

    public static OutageRow? Find(Db db, long id) => db.FirstOrDefault<OutageRow>($"{Select} WHERE id = @id", new { id });

    public static OutageRow? Find(Db db, string segment, string episode) =>
        db.FirstOrDefault<OutageRow>($"{Select} WHERE segment = @segment AND episode = @episode", new { segment, episode });

    /// <summary>Outages of an episode whatever their segment is now (they grow), oldest first.</summary>
    public static IReadOnlyList<OutageRow> OfEpisode(Db db, string episode) =>
        db.Query<OutageRow>($"{Select} WHERE episode = @episode ORDER BY id LIMIT {Page.MaxRows}", new { episode });

    /// <summary>Outages that became part of this one, and those that became part of them, oldest first; at most 1,000 at each level.</summary>
    public static IReadOnlyList<OutageRow> Parts(Db db, long id)
    {
        var parts = new List<OutageRow>(db.Query<OutageRow>($"{Select} WHERE merged_into = @id ORDER BY id LIMIT {Page.MaxRows}", new { id }));
        foreach (var part in parts.ToArray())
            parts.AddRange(Parts(db, part.Id));
        return parts;
    }

    /// <summary>Writes all of an outage where its version is still the one that was read, and raises the version; false: read again.</summary>
    public static bool Update(Db db, OutageRow row)
    {
        var before = WebhookStore.OutageBefore(db, row.Id);
        if (db.Execute($"UPDATE outages SET {Columns<OutageRow>.Assignments}, version = version + 1 WHERE id = @Id AND version = @Version", row) != 1)
            return false;
        WebhookStore.OutageChanged(db, before);
        return true;
    }

    /// <summary>Where it is said to be. Its version stays, as with <see cref="SetCounts"/>.</summary>
    public static void SetPlace(Db db, long id, string place) => db.Execute("UPDATE outages SET place = @place WHERE id = @id AND place <> @place", new { id, place });

    /// <summary>How much it touches now. Its version stays: what a person is about to say of it is not less true for one device more.</summary>
    public static void SetCounts(Db db, long id, (long Devices, long Recovered, long Customers) counts) =>
        db.Execute("UPDATE outages SET devices = @Devices, recovered = @Recovered, customers = @Customers WHERE id = @id", new { id, counts.Devices, counts.Recovered, counts.Customers });

    /// <summary>Newest first; <paramref name="states"/> empty means all.</summary>
    public static IReadOnlyList<OutageRow> List(Db db, IReadOnlyCollection<string> states, int limit = 100, long? before = null)
    {
        var where = new Where().In("state", states).And("id < @before", "before", before);
        return db.Query<OutageRow>($"{Select}{where} ORDER BY id DESC LIMIT {Page.Rows(limit)}", where.Args);
    }

    /// <summary>Outages that are not resolved, oldest first, at most 1,000.</summary>
    public static IReadOnlyList<OutageRow> Open(Db db) => db.Query<OutageRow>($"{Select} WHERE state <> 'Resolved' ORDER BY id LIMIT {Page.MaxRows}");

    public static IReadOnlyDictionary<string, long> CountByState(Db db) => Counts.By(db, "SELECT state AS name, count(*) AS count FROM outages GROUP BY state");

    /// <summary>Writes or replaces a touched device.</summary>
    public static void PutDevice(Db db, OutageDeviceRow row) => db.Execute(
        $"""
        INSERT INTO outage_devices ({Columns<OutageDeviceRow>.All}) VALUES ({Columns<OutageDeviceRow>.Values})
        ON CONFLICT (outage_id, device) DO UPDATE SET
          customer = excluded.customer, fault_episode = excluded.fault_episode, down_at = excluded.down_at, up_at = excluded.up_at
        """,
        row);

    /// <summary>The device is well again; false where the outage does not touch it or it was up already.</summary>
    public static bool SetUp(Db db, long outageId, string device, long upAt) => db.Execute(
        "UPDATE outage_devices SET up_at = @upAt WHERE outage_id = @outageId AND device = @device AND up_at = 0", new { outageId, device, upAt }) == 1;

    /// <summary>The device was no part of it.</summary>
    public static void RemoveDevice(Db db, long outageId, string device) => db.Execute("DELETE FROM outage_devices WHERE outage_id = @outageId AND device = @device", new { outageId, device });

    /// <summary>Customers of whom something is not known to be back that nobody watches any more: a fault of it that the outage explained ended because its rule or its device was taken away.</summary>
    public static HashSet<string> Unwatched(Db db, long outageId)
    {
        var reasons = new Where().In("clear_reason", FaultRow.TakenAway);
        reasons.Args.Add("outageId", outageId);
        return db.Query<string>(
            $"""
            SELECT DISTINCT o.customer FROM faults f JOIN outage_devices o ON o.outage_id = f.outage_id AND o.device = f.device{reasons}
              AND f.outage_id = @outageId AND f.cleared_at >= o.down_at AND o.up_at = 0 AND o.customer <> ''
            """,
            reasons.Args).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>A device that is down is so by a later episode of its faults, where the one before is over.</summary>
    public static void SetEpisode(Db db, long outageId, string device, string episode) => db.Execute(
        """
        UPDATE outage_devices SET fault_episode = @episode WHERE outage_id = @outageId AND device = @device AND up_at = 0
          AND NOT EXISTS (SELECT 1 FROM faults f WHERE f.device = outage_devices.device AND f.episode = outage_devices.fault_episode AND f.cleared_at = 0)
        """,
        new { outageId, device, episode });

    /// <summary>None of its devices counts as down any more.</summary>
    public static void SetAllUp(Db db, long outageId, long upAt) => db.Execute("UPDATE outage_devices SET up_at = @upAt WHERE outage_id = @outageId AND up_at = 0", new { outageId, upAt });

    /// <summary>A device that is down is somebody else's.</summary>
    public static void SetCustomer(Db db, string device, string customer) =>
        db.Execute("UPDATE outage_devices SET customer = @customer WHERE device = @device AND up_at = 0", new { device, customer });

    public static OutageDeviceRow? FindDevice(Db db, long outageId, string device) =>
        db.FirstOrDefault<OutageDeviceRow>($"{SelectDevice} WHERE outage_id = @outageId AND device = @device", new { outageId, device });

    /// <summary>An outage, or the one that it became part of; null where there is none.</summary>
    public static OutageRow? FindWhole(Db db, long id)
    {
        var row = Find(db, id);
        while (row is { MergedInto: > 0 })
            row = Find(db, row.MergedInto);
        return row;
    }

    /// <summary>Whether a device is part of an outage.</summary>
    public static bool HasDevice(Db db, long outageId, string device) =>
        db.Scalar<long>("SELECT count(*) FROM outage_devices WHERE outage_id = @outageId AND device = @device", new { outageId, device }) > 0;

    /// <summary>Whether an outage has another device down than <paramref name="except"/> that is a customer's by the registry.</summary>
    public static bool Touches(Db db, long outageId, string customer, string except = "") => db.Scalar<long>(
        "SELECT count(*) FROM devices d JOIN outage_devices o ON o.device = d.id AND o.outage_id = @outageId WHERE d.customer = @customer AND d.id <> @except AND o.up_at = 0",
        new { outageId, customer, except }) > 0;

    /// <summary>Other outages that are not over and in which something is down that a customer had in this one.</summary>
    public static IReadOnlyList<long> DownElsewhere(Db db, long outageId, string customer) => db.Query<long>(
        $"""
        SELECT DISTINCT d.outage_id FROM outage_devices d JOIN outages o ON o.id = d.outage_id AND o.state <> 'Resolved'
        JOIN outage_devices mine ON mine.outage_id = @outageId AND mine.device = d.device
        WHERE d.customer = @customer AND d.up_at = 0 AND d.outage_id <> @outageId LIMIT {Page.MaxRows}
        """,
        new { outageId, customer });

    /// <summary>Touched devices in order of id, after the device <paramref name="after"/>.</summary>
    public static IReadOnlyList<OutageDeviceRow> Devices(Db db, long outageId, int limit = Page.MaxRows, string after = "") => db.Query<OutageDeviceRow>(
        $"{SelectDevice} WHERE outage_id = @outageId AND device > @after ORDER BY device LIMIT {Page.Rows(limit)}", new { outageId, after });

    /// <summary>Devices that are down in an outage and have a fault still, in order of id; at most a million.</summary>
    /// <param name="kinds">Rules of faults that the outage explains.</param>
    /// <param name="customer">Whose; empty: nobody's; null: those of all customers.</param>
    public static IReadOnlyList<OutageDeviceRow> StillDown(Db db, long outageId, IReadOnlyCollection<string> kinds, string? customer = null)
    {
        var of = new Where().In("rule", kinds);
        var named = kinds.Count == 0 ? "" : $" OR {of.ToString().Replace(" WHERE ", "", StringComparison.Ordinal)}";
        of.And("outage_id = @outage", "outage", outageId);
        if (customer is not null)
            of.Args.Add("customer", customer);
        return db.Query<OutageDeviceRow>(
            $"""
            {SelectDevice} WHERE outage_id = @outage AND up_at = 0 AND {(customer is null ? "customer <> ''" : "customer = @customer")} AND EXISTS (
              SELECT 1 FROM faults f WHERE f.device = outage_devices.device AND f.cleared_at = 0 AND f.shadow = FALSE AND (f.episode = outage_devices.fault_episode{named}))
            ORDER BY device LIMIT 1000000
            """,
            of.Args);
    }

    /// <summary>Outages that were told, are over, and touched a device that was still down then and is not known to be back; oldest first.</summary>
    public static IReadOnlyList<OutageRow> LeftWith(Db db, string device) => db.Query<OutageRow>(
        $"""
        {Select} WHERE id IN (SELECT outage_id FROM outage_devices WHERE device = @device AND up_at = 0)
          AND state = 'Resolved' AND merged_into = 0 AND told_at > 0 ORDER BY id LIMIT {Page.MaxRows}
        """,
        new { device });

    /// <summary>Ids of the customers touched (once each, without unknown owners), after <paramref name="after"/>.</summary>
    public static IReadOnlyList<string> Customers(Db db, long outageId, int limit = Page.MaxRows, string after = "") => db.Query<string>(
        $"SELECT DISTINCT customer FROM outage_devices WHERE outage_id = @outageId AND customer > @after ORDER BY customer LIMIT {Page.Rows(limit)}",
        new { outageId, after });

    public static (long Devices, long Recovered, long Customers) CountDevices(Db db, long outageId)
    {
        var row = db.First<TouchedRow>(
            """
            SELECT count(*) AS devices, count(CASE WHEN up_at > 0 THEN 1 END) AS recovered,
              count(DISTINCT CASE WHEN customer <> '' THEN customer END) AS customers
            FROM outage_devices WHERE outage_id = @outageId
            """,
            new { outageId });
        return (row.Devices, row.Recovered, row.Customers);
    }

    /// <summary>Outages that touched a device or a customer, newest first.</summary>
    public static IReadOnlyList<OutageRow> Touching(Db db, string? device, string? customer, int limit = 100)
    {
        var where = new Where().And("device = @device", "device", device).And("customer = @customer", "customer", customer);
        return db.Query<OutageRow>($"{Select} WHERE id IN (SELECT outage_id FROM outage_devices{where}) ORDER BY id DESC LIMIT {Page.Rows(limit)}", where.Args);
    }

    /// <summary>What an outage touched that is a customer's now: what is still down first, then in order; at most 100.</summary>
    public static IReadOnlyList<OutageDeviceRow> DevicesOf(Db db, long outageId, string customer) => db.Query<OutageDeviceRow>(
        $"""
        {SelectDevice} WHERE outage_id = @outageId AND device IN (SELECT id FROM devices WHERE customer = @customer)
        ORDER BY CASE WHEN up_at = 0 THEN 0 ELSE 1 END, device LIMIT 100
        """,
        new { outageId, customer });

    /// <summary>A customer's devices in outages that are not over, the newest outage first; at most 1,000.</summary>
    public static IReadOnlyList<OutageDeviceRow> OpenOf(Db db, string customer) => db.Query<OutageDeviceRow>(
        $"""
        {SelectDevice} WHERE customer = @customer AND outage_id IN (SELECT id FROM outages WHERE state <> 'Resolved')
        ORDER BY outage_id DESC, device LIMIT {Page.MaxRows}
        """,
        new { customer });

    /// <summary>Since when and until when customers of some outages were without; until 0: are.</summary>
    /// <param name="customer">Only of this one; null: of all.</param>
    public static IReadOnlyDictionary<string, (long DownAt, long UpAt)> Without(Db db, IReadOnlyCollection<long> outages, string? customer = null)
    {
        var where = new Where().And("customer <> ''").And("customer = @customer", "customer", customer).And($"outage_id IN ({string.Join(", ", outages.Distinct())})");
        return db.Query<WithoutRow>(
            $"SELECT customer, min(down_at) AS down_at, CASE WHEN min(up_at) = 0 THEN 0 ELSE max(up_at) END AS up_at FROM outage_devices{where} GROUP BY customer LIMIT 1000000", where.Args)
            .ToDictionary(r => r.Customer, r => (r.DownAt, r.UpAt), StringComparer.Ordinal);
    }

    private sealed record WithoutRow
    {
        public string Customer { get; init; } = "";
        public long DownAt { get; init; }
        public long UpAt { get; init; }
    }

    private sealed record TouchedRow
    {
        public long Devices { get; init; }
        public long Recovered { get; init; }
        public long Customers { get; init; }
    }
}
