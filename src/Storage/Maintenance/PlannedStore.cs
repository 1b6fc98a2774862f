namespace B2D.Storage.Maintenance;

/// <summary>What a customer holds of planned work. States: Told, Left (it is not theirs any more), Over, WithOutage (an outage's end is said instead).</summary>
public sealed record PlannedRow
{
    public long Maintenance { get; init; }
    public string Customer { get; init; } = "";

    /// <summary>Under whose number they are told, where several are told as one.</summary>
    public long Lead { get; init; }
    public string State { get; init; } = "Told";

    /// <summary>Its times as the customer knows them (<see cref="MaintenanceRow.Times"/>).</summary>
    public string Held { get; init; } = "";

    /// <summary>When they heard last of it, were reminded, and heard that theirs does not answer; 0: not yet.</summary>
    public long ToldAt { get; init; }
    public long RemindedAt { get; init; }
    public long LateAt { get; init; }
}

/// <summary>Who is told of planned work, and what they hold of it.</summary>
public static class PlannedStore
{
    private static readonly string Select = $"SELECT {Columns<PlannedRow>.All} FROM planned_tellings";

    /// <summary>Writes or replaces what a customer holds.</summary>
    public static void Put(Db db, PlannedRow row) => db.Execute(
        $"""
        INSERT INTO planned_tellings ({Columns<PlannedRow>.All}) VALUES ({Columns<PlannedRow>.Values})
        ON CONFLICT (maintenance, customer) DO UPDATE SET lead = @Lead, state = @State, held = @Held, told_at = @ToldAt, reminded_at = @RemindedAt, late_at = @LateAt
        """,
        row);

    public static PlannedRow? Find(Db db, long maintenance, string customer) =>
        db.FirstOrDefault<PlannedRow>($"{Select} WHERE maintenance = @maintenance AND customer = @customer", new { maintenance, customer });

    /// <summary>Who holds something of one, by customer; at most 1,000 after <paramref name="after"/>.</summary>
    public static IReadOnlyList<PlannedRow> Of(Db db, long maintenance, string after = "") => db.Query<PlannedRow>(
        $"{Select} WHERE maintenance = @maintenance AND state = 'Told' AND customer > @after ORDER BY customer LIMIT {Page.MaxRows}", new { maintenance, after });

    /// <summary>Of those the first who hold other times than these; an empty text: all.</summary>
    public static IReadOnlyList<PlannedRow> HoldingOther(Db db, long maintenance, string times, int limit) => db.Query<PlannedRow>(
        $"{Select} WHERE maintenance = @maintenance AND state = 'Told' AND held <> @times ORDER BY customer LIMIT {Page.Rows(limit)}", new { maintenance, times });

    /// <summary>Of those the first whom nobody has thought of reminding yet.</summary>
    public static IReadOnlyList<PlannedRow> NotReminded(Db db, long maintenance, int limit) => db.Query<PlannedRow>(
        $"{Select} WHERE maintenance = @maintenance AND state = 'Told' AND reminded_at = 0 ORDER BY customer LIMIT {Page.Rows(limit)}", new { maintenance });

    /// <summary>All that a customer holds under one number, in order; at most 1,000.</summary>
    public static IReadOnlyList<PlannedRow> OfLead(Db db, string customer, long lead) => db.Query<PlannedRow>(
        $"{Select} WHERE customer = @customer AND lead = @lead AND state = 'Told' ORDER BY maintenance LIMIT {Page.MaxRows}", new { customer, lead });

    /// <summary>Owners of the devices that one concerns as the registry is now, once each.</summary>
    public static IReadOnlyList<string> Owners(Db db, MaintenanceRow row, int limit = Page.MaxRows, string after = "")
    {
        var where = MaintenanceStore.Concerned(row).And("customer > @after");
        where.Args.Add("after", after);
        return db.Query<string>($"SELECT DISTINCT customer FROM devices{where} ORDER BY customer LIMIT {Page.Rows(limit)}", where.Args);
    }

    /// <summary>Those of these customers who own a device that one concerns as the registry is now.</summary>
    public static HashSet<string> OwnersAmong(Db db, MaintenanceRow row, IReadOnlyCollection<string> customers)
    {
        var where = MaintenanceStore.Concerned(row).In("customer", customers);
        return db.Query<string>($"SELECT DISTINCT customer FROM devices{where}", where.Args).ToHashSet(StringComparer.Ordinal);
    }

    public static long CountOwners(Db db, MaintenanceRow row)
    {
        var where = MaintenanceStore.Concerned(row).And("customer <> ''");
        return db.Scalar<long>($"SELECT count(DISTINCT customer) FROM devices{where}", where.Args);
    }

    /// <summary>Of the owners the first who do not hold anything of it.</summary>
    public static IReadOnlyList<string> Untold(Db db, MaintenanceRow row, int limit)
    {
        var where = UntoldOf(row);
        return db.Query<string>($"SELECT DISTINCT customer FROM devices{where} ORDER BY customer LIMIT {Page.Rows(limit)}", where.Args);
    }

    public static long CountUntold(Db db, MaintenanceRow row)
    {
        var where = UntoldOf(row);
        return db.Scalar<long>($"SELECT count(DISTINCT customer) FROM devices{where}", where.Args);
    }

    /// <summary>Those who hold something of one that concerns no device of theirs any more; at most 1,000 after <paramref name="after"/>.</summary>
    public static IReadOnlyList<PlannedRow> Gone(Db db, MaintenanceRow row, string after = "")
    {
        var where = MaintenanceStore.Concerned(row).And("devices.customer = p.customer");
        where.Args.Add("after", after);
        where.Args.Add("told_of", row.Id);
        return db.Query<PlannedRow>(
            $"""
            {Select} p WHERE p.maintenance = @told_of AND p.state = 'Told' AND p.customer > @after AND NOT EXISTS (SELECT 1 FROM devices{where})
            ORDER BY p.customer LIMIT {Page.MaxRows}
            """,
            where.Args);
    }

    /// <summary>Whether one concerns a device of a customer as the registry is now.</summary>
    public static bool Touches(Db db, MaintenanceRow row, string customer)
    {
        var where = MaintenanceStore.Concerned(row).And("customer = @customer", "customer", customer);
        return customer.Length > 0 && db.FirstOrDefault<string>($"SELECT id FROM devices{where} LIMIT 1", where.Args) is not null;
    }

    /// <summary>
    /// Whether a device of a customer that one concerns does not answer: it is part of an outage, or is not online and has something that is held back because of
    /// people's work, or was raised since a time. What was so before is not meant.
    /// </summary>
    public static bool IsBroken(Db db, MaintenanceRow row, string customer, long since)
    {
        var where = MaintenanceStore.Concerned(row).And("customer = @customer", "customer", customer).And(
            """
            (EXISTS (SELECT 1 FROM faults f WHERE f.device = devices.id AND f.cleared_at = 0 AND f.outage_id > 0 AND f.raised_at >= @since)
              OR (NOT EXISTS (SELECT 1 FROM device_live l WHERE l.device = devices.id AND l.online = TRUE)
                AND (EXISTS (SELECT 1 FROM held_faults h WHERE h.device = devices.id)
                  OR EXISTS (SELECT 1 FROM faults f WHERE f.device = devices.id AND f.cleared_at = 0 AND f.shadow = FALSE AND f.raised_at >= @since))))
            """);
        where.Args.Add("since", since);
        return customer.Length > 0 && db.FirstOrDefault<string>($"SELECT id FROM devices{where} LIMIT 1", where.Args) is not null;
    }

    /// <summary>States of the first words that a customer got since a time, or is to get, of outages that were not over at another.</summary>
    public static IReadOnlyList<string> OutagesOf(Db db, string customer, long since, long until) => db.Query<string>(
        $"""
        SELECT DISTINCT n.state FROM notices n WHERE n.customer = @customer AND n.class = 'service' AND n.created_at >= @since AND n.status = 'opened'
          AND EXISTS (SELECT 1 FROM outages o WHERE n.subject = 'outage:' || o.id AND (o.resolved_at = 0 OR o.resolved_at >= @until))
        ORDER BY n.state LIMIT {Page.MaxRows}
        """,
        new { customer, since, until });

    /// <summary>What a customer was told, not yet to its end, of work that was over when something began there; null for nothing.</summary>
    public static PlannedRow? Unfinished(Db db, string customer, long since) => db.FirstOrDefault<PlannedRow>(
        $"""
        {Select} WHERE customer = @customer AND state = 'Told' AND maintenance IN (SELECT id FROM maintenance WHERE state = 'Over' AND until_at <= @since AND until_at > @recently)
        ORDER BY maintenance DESC LIMIT 1
        """,
        new { customer, since, recently = since - 86_400_000 });

    /// <summary>Whether anybody holds something of one, also before all are told.</summary>
    public static bool IsTold(Db db, long maintenance) =>
        db.FirstOrDefault<string>("SELECT customer FROM planned_tellings WHERE maintenance = @maintenance AND state = 'Told' LIMIT 1", new { maintenance }) is not null;

    /// <summary>How many hold something of one.</summary>
    public static long CountTold(Db db, long maintenance) => db.Scalar<long>("SELECT count(*) FROM planned_tellings WHERE maintenance = @maintenance", new { maintenance });

    private static Where UntoldOf(MaintenanceRow row)
    {
        var where = MaintenanceStore.Concerned(row).And("customer <> ''")
            .And("NOT EXISTS (SELECT 1 FROM planned_tellings p WHERE p.maintenance = @told_of AND p.customer = devices.customer AND p.state <> 'Left')");
        where.Args.Add("told_of", row.Id);
        return where;
    }

    /// <summary>When the next one is to be looked at; null for none.</summary>
    public static long? NextLookAt(Db db) => db.Scalar<long?>("SELECT min(look_at) FROM maintenance WHERE look_at > 0");

    /// <summary>Those that are to be looked at, by time; at most 1,000.</summary>
    public static IReadOnlyList<MaintenanceRow> Due(Db db, long now) => db.Query<MaintenanceRow>(
        $"SELECT {Columns<MaintenanceRow>.All} FROM maintenance WHERE look_at > 0 AND look_at <= @now ORDER BY look_at, id LIMIT {Page.MaxRows}", new { now });

    /// <summary>Those that customers feel and that are not over, in the order of their beginning; at most 1,000.</summary>
    public static IReadOnlyList<MaintenanceRow> LiveFelt(Db db) => db.Query<MaintenanceRow>(
        $"SELECT {Columns<MaintenanceRow>.All} FROM maintenance WHERE felt = TRUE AND state <> 'Over' AND ended_by = '' ORDER BY from_at, id LIMIT {Page.MaxRows}");
}
