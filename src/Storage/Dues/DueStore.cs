namespace B2D.Storage.Dues;

/// <summary>
/// Use has brought something near. States: Forecast, Due, Told, Booked, Ordered, Declined, Done, Overdue. <see cref="Used"/> and <see cref="Every"/> are in
/// <see cref="Unit"/>.
/// </summary>
public sealed record DueRow
{
    public long Id { get; init; }
    public string Device { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Rule { get; init; } = "";
    public string Title { get; init; } = "";
    public long Cycle { get; init; }
    public string State { get; init; } = "Forecast";
    public double Used { get; init; }
    public double Every { get; init; }
    public string Unit { get; init; } = "";

    /// <summary>Share of <see cref="Every"/> at which the owner is told, 0.01 to 1.</summary>
    public double TellAt { get; init; } = 0.9;
    public long ForecastFrom { get; init; }
    public long ForecastUntil { get; init; }
    public long DueAt { get; init; }
    public long ToldAt { get; init; }
    public long DoneAt { get; init; }
    public string DoneBy { get; init; } = "";
    public long ChangedAt { get; init; }
    public string EffectId { get; init; } = "";

    /// <summary>Nobody need hear of it any more.</summary>
    public bool IsSettled => State is "Done" or "Booked" or "Ordered" or "Declined";
}

/// <summary>Which dues; what is empty or null does not restrict. Newest first, before the id <see cref="Before"/>.</summary>
public sealed record DueFilter
{
    public IReadOnlyCollection<string> States { get; init; } = [];
    public string? Device { get; init; }
    public string? Customer { get; init; }
    public string? Rule { get; init; }
    public int Limit { get; init; } = 100;
    public long? Before { get; init; }
}

/// <summary>Dues, one for each (device, rule, cycle).</summary>
public static class DueStore
{
    private static readonly string Select = $"SELECT {Columns<DueRow>.All} FROM dues";

    /// <summary>Writes a new due; null where the cycle has one already.</summary>
    public static long? TryOpen(Db db, DueRow row) => db.FirstOrDefault<long?>(
        $"INSERT INTO dues ({Columns<DueRow>.New}) VALUES ({Columns<DueRow>.NewValues}) ON CONFLICT (device, rule, cycle) DO NOTHING RETURNING id", row);

    public static DueRow? Find(Db db, long id) => db.FirstOrDefault<DueRow>($"{Select} WHERE id = @id", new { id });

    public static DueRow? Find(Db db, string device, string rule, long cycle) =>
        db.FirstOrDefault<DueRow>($"{Select} WHERE device = @device AND rule = @rule AND cycle = @cycle", new { device, rule, cycle });

    /// <summary>The due of the last cycle.</summary>
    public static DueRow? FindLatest(Db db, string device, string rule) =>
        db.FirstOrDefault<DueRow>($"{Select} WHERE device = @device AND rule = @rule ORDER BY cycle DESC LIMIT 1", new { device, rule });

    public static bool Update(Db db, DueRow row) => db.Execute($"UPDATE dues SET {Columns<DueRow>.Assignments} WHERE id = @Id", row) == 1;

    /// <summary>The dues of a device under a rule, with all their cycles, go on under the rule's new id.</summary>
    public static void Rename(Db db, string device, string from, string to) => db.Execute(
        """
        UPDATE dues SET rule = @to WHERE device = @device AND rule = @from
          AND NOT EXISTS (SELECT 1 FROM dues AS taken WHERE taken.device = @device AND taken.rule = @to AND taken.cycle = dues.cycle)
        """,
        new { device, from, to });

    public static IReadOnlyList<DueRow> List(Db db, DueFilter filter)
    {
        var where = new Where()
            .In("state", filter.States)
            .And("device = @device", "device", filter.Device)
            .And("customer = @customer", "customer", filter.Customer)
            .And("rule = @rule", "rule", filter.Rule)
            .And("id < @before", "before", filter.Before);
        return db.Query<DueRow>($"{Select}{where} ORDER BY id DESC LIMIT {Page.Rows(filter.Limit)}", where.Args);
    }

    public static IReadOnlyDictionary<string, long> CountByState(Db db) => Counts.By(db, "SELECT state AS name, count(*) AS count FROM dues GROUP BY state");
}
