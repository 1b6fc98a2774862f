namespace B2D.Storage.Defects;

/// <summary>Defects, at most one that is not over for each rule and group, and what they are counted from.</summary>
public static class DefectStore
{
    /// <summary>Most devices with faults that one look counts.</summary>
    private const int MostFaulty = 10_000_000;

    /// <summary>What of a fault counts: none on trial, none that an outage explains. The plus keeps SQLite from the index of outages, where most faults have none.</summary>
    private const string Counts = "f.shadow = FALSE AND +f.outage_id = 0";

    private static readonly string Select = $"SELECT {Columns<DefectRow>.All} FROM defects";

    /// <summary>Opens a defect; null where the group has one of the same rule that is not over.</summary>
    public static long? TryOpen(Db db, DefectRow row) => db.FirstOrDefault<long?>(
        $"""
        INSERT INTO defects ({Columns<DefectRow>.New}) VALUES ({Columns<DefectRow>.NewValues})
        ON CONFLICT (rule, dimension, model, part) WHERE state <> 'Over' DO NOTHING RETURNING id
        """,
        row);

    public static DefectRow? Find(Db db, long id) => db.FirstOrDefault<DefectRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>Writes all of a defect where its version is still the one that was read, and raises the version; false: read again.</summary>
    public static bool Update(Db db, DefectRow row) =>
        db.Execute($"UPDATE defects SET {Columns<DefectRow>.Assignments}, version = version + 1 WHERE id = @Id AND version = @Version", row) == 1;

    /// <summary>What is open under a rule goes on under the rule's new id.</summary>
    public static int Rename(Db db, string from, string to) => db.Execute(
        """
        UPDATE defects SET rule = @to, version = version + 1 WHERE rule = @from AND state <> 'Over' AND NOT EXISTS (
          SELECT 1 FROM defects AS taken WHERE taken.rule = @to AND taken.dimension = defects.dimension AND taken.model = defects.model
            AND taken.part = defects.part AND taken.state <> 'Over')
        """,
        new { from, to });

    /// <summary>Defects that are not over, oldest first, at most 1,000.</summary>
    public static IReadOnlyList<DefectRow> Open(Db db) => db.Query<DefectRow>($"{Select} WHERE state <> 'Over' ORDER BY id LIMIT {Page.MaxRows}");

    public static IReadOnlyDictionary<string, long> CountByState(Db db) =>
        Storage.Counts.By(db, "SELECT state AS name, count(*) AS count FROM defects GROUP BY state");

    /// <summary>
    /// Devices that had a fault of one of <paramref name="rules"/> (1 to 1,000) at any time since <paramref name="since"/>, with when the last of these was
    /// raised.
    /// </summary>
    public static IReadOnlyDictionary<string, long> Faulty(Db db, IReadOnlyCollection<string> rules, long since)
    {
        Page.Rows(rules.Count);
        var where = new Where().In("rule", rules);
        where.Args.Add("since", since);
        // Two halves, because each has an index of its own.
        return db.Query<FaultyRow>(
            $"""
            SELECT device, max(raised_at) AS raised_at FROM (
              SELECT f.device, f.raised_at FROM faults f{where} AND f.cleared_at = 0 AND {Counts}
              UNION ALL
              SELECT f.device, f.raised_at FROM faults f{where} AND f.cleared_at >= @since AND f.cleared_at > 0 AND {Counts}) AS counted
            GROUP BY device LIMIT {MostFaulty}
            """,
            where.Args).ToDictionary(r => r.Device, r => r.RaisedAt, StringComparer.Ordinal);
    }

    /// <summary>Devices that a defect touches, or touched in the time before it was over: the latest fault first.</summary>
    public static IReadOnlyList<DefectDeviceRow> Devices(Db db, DefectRow defect, long now, int limit = 200)
    {
        var until = defect.OverAt > 0 ? defect.OverAt : now;
        var where = new Where().In("rule", defect.Faults.Split(' ', StringSplitOptions.RemoveEmptyEntries)).And(Counts)
            .And("(+f.cleared_at = 0 OR +f.cleared_at >= @since)", "since", until - defect.WithinMs)
            .And("f.raised_at <= @until", "until", until)
            .And("d.model = @model", "model", defect.Model)
            .And(defect.Dimension switch
            {
                "Firmware" => "d.firmware = @part AND f.raised_at >= d.firmware_since",
                "Serial" => "length(d.serial) > @characters AND substr(d.serial, 1, length(d.serial) - @characters) = @part",
                _ => "@part = ''",
            });
        where.Args.Add("part", defect.Part);
        where.Args.Add("characters", (int)defect.BatchCharacters);
        // Devices of the group first, then the faults of each by their own index: in another order this takes seconds.
        return db.Query<DefectDeviceRow>(
            $"""
            SELECT d.id AS device, d.firmware, d.serial, l.title, l.id AS fault_id, l.raised_at, l.cleared_at, l.case_id, touched.times
            FROM (SELECT f.device, max(f.id) AS last, count(*) AS times FROM devices d CROSS JOIN faults f{where} AND f.device = d.id GROUP BY f.device) AS touched
            JOIN faults l ON l.id = touched.last JOIN devices d ON d.id = touched.device
            ORDER BY l.raised_at DESC, d.id LIMIT {Page.Rows(limit)}
            """,
            where.Args);
    }

    private sealed record FaultyRow
    {
        public string Device { get; init; } = "";
        public long RaisedAt { get; init; }
    }
}
