using B2D.Core.Faults;
using B2D.Core.Rules;

namespace B2D.Storage.Faults;

/// <summary>One episode of a fault. Phases: Active, <see cref="Chattering"/>, Latched (its condition is over, nobody has acknowledged it), Normal.
/// <see cref="ClearedAt"/> is 0 while it is open.</summary>
public sealed record FaultRow
{
    /// <summary>The phase of an active fault that came and went too often.</summary>
    public const string Chattering = "Chattering";

    /// <summary>The clear reasons of what is not watched any more: nobody knows whether it is over.</summary>
    public static readonly string[] TakenAway = [nameof(FaultReason.RuleRemoved), nameof(FaultReason.NoLongerApplies), nameof(FaultReason.DeviceRemoved), nameof(FaultReason.DeviceNotHeard)];

    /// <summary>The shelve reason of a fault that its rule, and nobody by name, keeps back until its hours begin.</summary>
    public const string OutsideHours = "outside its hours";

    /// <summary>The shelve reason of a fault whose shelf would have ended while people worked on the device.</summary>
    public const string Maintained = "people work on the device";

    public long Id { get; init; }
    public string Device { get; init; } = "";
    public string Rule { get; init; } = "";
    public string Title { get; init; } = "";
    public string RuleVersion { get; init; } = "";
    public string Episode { get; init; } = "";
    public string Kind { get; init; } = "";
    public FaultClass Class { get; init; }
    public string Family { get; init; } = "";
    public Severity Severity { get; init; } = Severity.Medium;
    public string Phase { get; init; } = "Active";
    public long RaisedAt { get; init; }

    /// <summary>Device time in ms.</summary>
    public long OnsetAt { get; init; }
    public long ClearedAt { get; init; }
    public string ClearReason { get; init; } = "";
    public string AcknowledgedBy { get; init; } = "";
    public long AcknowledgedAt { get; init; }
    public string ShelvedBy { get; init; } = "";
    public long ShelvedUntil { get; init; }
    public string ShelveReason { get; init; } = "";
    public string SuppressedBy { get; init; } = "";
    public long CaseId { get; init; }
    public long OutageId { get; init; }
    public string RemedyState { get; init; } = "";

    /// <summary>JSON: the readings that fired it.</summary>
    public string Evidence { get; init; } = "{}";

    /// <summary>When it was over, device time in ms; 0 while it is open, or where it is not known.</summary>
    public long EndedAt { get; init; }

    /// <summary>Raised by a reading that came late.</summary>
    public bool Late { get; init; }

    /// <summary>A back-dated pass found it: nobody could know of it as it began, and nobody is told of it.</summary>
    public bool BackDated { get; init; }

    /// <summary>Of a rule on trial: recorded and shown only.</summary>
    public bool Shadow { get; init; }
    public string Segment { get; init; } = "";
    public string Customer { get; init; } = "";
}

/// <summary>Which faults; what is empty or null does not restrict. Newest first, before the id <see cref="Before"/>.</summary>
public sealed record FaultFilter
{
    public bool OpenOnly { get; init; }
    public string? Device { get; init; }
    public string? Rule { get; init; }
    public string? Customer { get; init; }

    /// <summary>This segment or one below it.</summary>
    public string? Segment { get; init; }
    public long? CaseId { get; init; }
    public long? OutageId { get; init; }
    public int Limit { get; init; } = 100;
    public long? Before { get; init; }
}

/// <summary>Faults by episode: one row for each (device, rule, episode), however often it is written.</summary>
public static class FaultStore
{
    private const string Key = "device = @device AND rule = @rule AND episode = @episode";
    private static readonly string Select = $"SELECT {Columns<FaultRow>.All} FROM faults";

    /// <summary>Writes an episode; null where it is there already (a replay).</summary>
    public static long? Raise(Db db, FaultRow row) => db.FirstOrDefault<long?>(
        $"INSERT INTO faults ({Columns<FaultRow>.New}) VALUES ({Columns<FaultRow>.NewValues}) ON CONFLICT (device, rule, episode) DO NOTHING RETURNING id",
        row);

    /// <summary>Ends an episode; false where it is unknown or over already.</summary>
    /// <param name="endedAt">When it was over by the device's clock; 0 where that is not known.</param>
    public static bool Clear(Db db, string device, string rule, string episode, long clearedAt, string reason, long endedAt = 0) => db.Execute(
        $"UPDATE faults SET cleared_at = @clearedAt, ended_at = @endedAt, clear_reason = @reason, phase = 'Normal' WHERE {Key} AND cleared_at = 0",
        new { device, rule, episode, clearedAt, reason, endedAt }) == 1;

    /// <summary>A device's episodes that were not over before a time of its clock, the newest 1,000 at most.</summary>
    public static IReadOnlyList<FaultRow> Since(Db db, string device, long from) => db.Query<FaultRow>(
        $"{Select} WHERE device = @device AND (cleared_at = 0 OR ended_at >= @from OR (ended_at = 0 AND cleared_at >= @from)) ORDER BY id DESC LIMIT {Page.MaxRows}", new { device, from });

    /// <summary>Whether an episode of a device and rule overlaps a stretch of the device's time.</summary>
    public static bool Overlaps(Db db, string device, string rule, long from, long until) => db.Scalar<long>(
        """
        SELECT count(*) FROM faults WHERE device = @device AND rule = @rule AND onset_at <= @until
          AND (cleared_at = 0 OR ended_at >= @from OR (ended_at = 0 AND cleared_at >= @from))
        """,
        new { device, rule, from, until }) > 0;

    /// <summary>Open episodes that a back-dated pass found, with an id above <paramref name="after"/>, in order of id.</summary>
    public static IReadOnlyList<FaultRow> OpenBackDated(Db db, long after, int max) => db.Query<FaultRow>(
        $"{Select} WHERE back_dated = TRUE AND cleared_at = 0 AND id > @after ORDER BY id LIMIT {Page.Rows(max)}", new { after });

    /// <summary>Ends what a back-dated pass found of a device and rule; false where nothing of it is open.</summary>
    public static bool EndBackDated(Db db, string device, string rule, long clearedAt, long endedAt, string reason) => db.Execute(
        """
        UPDATE faults SET cleared_at = @clearedAt, ended_at = CASE WHEN @endedAt > onset_at THEN @endedAt ELSE onset_at END, clear_reason = @reason, phase = 'Normal'
        WHERE device = @device AND rule = @rule AND cleared_at = 0 AND back_dated = TRUE
        """,
        new { device, rule, clearedAt, endedAt, reason }) > 0;

    public static bool SetSeverity(Db db, string device, string rule, string episode, Severity severity) =>
        db.Execute($"UPDATE faults SET severity = @severity WHERE {Key}", new { device, rule, episode, severity }) == 1;

    public static bool SetPhase(Db db, string device, string rule, string episode, string phase) =>
        db.Execute($"UPDATE faults SET phase = @phase WHERE {Key} AND cleared_at = 0", new { device, rule, episode, phase }) == 1;

    public static bool SetRemedyState(Db db, string device, string rule, string episode, string state) =>
        db.Execute($"UPDATE faults SET remedy_state = @state WHERE {Key}", new { device, rule, episode, state }) == 1;

    public static bool SetCase(Db db, string device, string rule, string episode, long caseId) =>
        db.Execute($"UPDATE faults SET case_id = @caseId WHERE {Key}", new { device, rule, episode, caseId }) == 1;

    /// <summary>The faults of a case are another's from now on.</summary>
    public static void MoveCase(Db db, long from, long into) => db.Execute("UPDATE faults SET case_id = @into WHERE case_id = @from", new { from, into });

    /// <summary>What is open of a device is somebody else's.</summary>
    public static void SetCustomer(Db db, string device, string customer) =>
        db.Execute("UPDATE faults SET customer = @customer WHERE device = @device AND cleared_at = 0", new { device, customer });

    /// <summary>The outage that explains the fault; 0 takes it away.</summary>
    public static bool SetOutage(Db db, string device, string rule, string episode, long outageId) => db.Execute(
        $"UPDATE faults SET outage_id = @outageId, suppressed_by = CASE WHEN @outageId > 0 THEN 'outage' ELSE '' END WHERE {Key}",
        new { device, rule, episode, outageId }) == 1;

    public static bool SetSuppressedBy(Db db, string device, string rule, string episode, string by) =>
        db.Execute($"UPDATE faults SET suppressed_by = @by WHERE {Key}", new { device, rule, episode, by }) == 1;

    /// <summary>Open faults that something else tells of, with an id above <paramref name="after"/>, in order of id.</summary>
    public static IReadOnlyList<FaultRow> SuppressedBy(Db db, string by, long after, int max) => db.Query<FaultRow>(
        $"{Select} WHERE suppressed_by = @by AND suppressed_by <> '' AND cleared_at = 0 AND id > @after ORDER BY id LIMIT {Page.Rows(max)}", new { by, after });

    /// <summary>Whether a device has an open silence fault that is not on trial and is silent still, and when the last one ended (0 = none did).</summary>
    public static (bool Open, long EndedAt) SilenceOf(Db db, string device)
    {
        var row = db.First<SilenceRow>(
            """
            SELECT count(CASE WHEN cleared_at = 0 AND phase <> 'Latched' THEN 1 END) AS open, max(cleared_at) AS ended_at FROM faults
            WHERE device = @device AND kind = 'Silence' AND shadow = FALSE
            """,
            new { device });
        return (row.Open > 0, row.EndedAt ?? 0);
    }

    /// <summary>A person has seen the open fault of a device and rule.</summary>
    public static bool Acknowledge(Db db, string device, string rule, string person, long at) => db.Execute(
        "UPDATE faults SET acknowledged_by = @person, acknowledged_at = @at WHERE device = @device AND rule = @rule AND cleared_at = 0",
        new { device, rule, person, at }) > 0;

    /// <summary>Silences the open fault of a device and rule; <paramref name="until"/> 0 ends that.</summary>
    public static bool Shelve(Db db, string device, string rule, string person, long until, string reason) => db.Execute(
        "UPDATE faults SET shelved_by = @person, shelved_until = @until, shelve_reason = @reason WHERE device = @device AND rule = @rule AND cleared_at = 0",
        new { device, rule, person, until, reason }) > 0;

    /// <summary>What a device has open under a rule goes on under the rule's new id.</summary>
    public static void Rename(Db db, string device, string from, string to) => db.Execute(
        """
        UPDATE faults SET rule = @to WHERE device = @device AND rule = @from AND cleared_at = 0
          AND NOT EXISTS (SELECT 1 FROM faults AS taken WHERE taken.device = @device AND taken.rule = @to AND taken.episode = faults.episode)
        """,
        new { device, from, to });

    public static FaultRow? Find(Db db, long id) => db.FirstOrDefault<FaultRow>($"{Select} WHERE id = @id", new { id });

    public static FaultRow? Find(Db db, string device, string rule, string episode) =>
        db.FirstOrDefault<FaultRow>($"{Select} WHERE {Key}", new { device, rule, episode });

    /// <summary>The open episode of a device and rule, of those that were raised.</summary>
    public static FaultRow? FindOpen(Db db, string device, string rule) =>
        db.FirstOrDefault<FaultRow>($"{Select} WHERE device = @device AND rule = @rule AND cleared_at = 0 AND back_dated = FALSE ORDER BY id DESC LIMIT 1", new { device, rule });

    /// <summary>Open faults of one device, at most 1,000.</summary>
    public static IReadOnlyList<FaultRow> Open(Db db, string device) =>
        List(db, new FaultFilter { Device = device, OpenOnly = true, Limit = Page.MaxRows });

    public static IReadOnlyList<FaultRow> List(Db db, FaultFilter filter)
    {
        var where = Matching(filter).And("id < @before", "before", filter.Before);
        return db.Query<FaultRow>($"{Select}{where} ORDER BY id DESC LIMIT {Page.Rows(filter.Limit)}", where.Args);
    }

    /// <summary>How many the filter finds, whatever its limit.</summary>
    public static long Count(Db db, FaultFilter filter)
    {
        var where = Matching(filter);
        return db.Scalar<long>($"SELECT count(*) FROM faults{where}", where.Args);
    }

    /// <summary>Devices with at least one open fault that is not on trial.</summary>
    public static long CountDevicesWithOpen(Db db) => db.Scalar<long>("SELECT count(DISTINCT device) FROM faults WHERE cleared_at = 0 AND shadow = FALSE");

    /// <summary>Deletes faults that ended before a time and belong to no case or outage; returns how many, at most <paramref name="maxRows"/>.</summary>
    public static int Retain(Db db, long before, int maxRows) => db.Execute(
        """
        DELETE FROM faults WHERE id IN (
          SELECT id FROM faults WHERE cleared_at > 0 AND cleared_at < @before AND case_id = 0 AND outage_id = 0 ORDER BY cleared_at LIMIT @maxRows)
        """,
        new { before, maxRows });

    private sealed record SilenceRow
    {
        public long Open { get; init; }
        public long? EndedAt { get; init; }
    }

    private static Where Matching(FaultFilter filter)
    {
        var where = new Where()
            .And("device = @device", "device", filter.Device)
            .And("rule = @rule", "rule", filter.Rule)
            .And("customer = @customer", "customer", filter.Customer)
            .And("case_id = @case", "case", filter.CaseId)
            .And("outage_id = @outage", "outage", filter.OutageId)
            .Under("segment", filter.Segment);
        return filter.OpenOnly ? where.And("cleared_at = 0") : where;
    }
}
