using B2D.Core.Rules;
using B2D.Storage.Search;
using B2D.Storage.Webhooks;

namespace B2D.Storage.Cases;

/// <summary>A service team's work item. States: New, Working, Waiting (these three are open), Resolved, Closed. Times are 0 where not yet.</summary>
public sealed record CaseRow
{
    public long Id { get; init; }
    public string Device { get; init; } = "";
    public string Family { get; init; } = "";
    public string State { get; init; } = "New";
    public int Priority { get; init; } = 3;
    public string Queue { get; init; } = "service";
    public string Title { get; init; } = "";
    public string Rule { get; init; } = "";
    public string RuleVersion { get; init; } = "";
    public string Episode { get; init; } = "";
    public Severity Severity { get; init; } = Severity.Medium;
    public FaultClass Class { get; init; }
    public string Segment { get; init; } = "";
    public string Customer { get; init; } = "";
    public long OpenedAt { get; init; }
    public long OnsetAt { get; init; }
    public long LastSeenAt { get; init; }
    public long Recurrences { get; init; }
    public string Assignee { get; init; } = "";

    /// <summary>While it waits, as in <see cref="WaitRow"/>; what the clocks are counted from stands there.</summary>
    public string WaitingKind { get; init; } = "";
    public string WaitingFor { get; init; } = "";
    public long WaitingUntil { get; init; }

    /// <summary>When the clock was paused; 0 while it runs.</summary>
    public long WaitingSinceAt { get; init; }
    public long ResolvedAt { get; init; }
    public string ResolvedBy { get; init; } = "";
    public long ClosedAt { get; init; }
    public string Disposition { get; init; } = "";
    public long LinkedCase { get; init; }
    public long OutageId { get; init; }
    public long Reopened { get; init; }
    public long ReopenWithinMs { get; init; }
    public long ResolveAfterMs { get; init; }
    public long ClearSinceAt { get; init; }
    public string Summary { get; init; } = "";
    public string NextStep { get; init; } = "";

    /// <summary>The contract that stood when the fault began; empty: none.</summary>
    public string Contract { get; init; } = "";

    /// <summary>Working time promised until a person does something; 0: nothing is promised.</summary>
    public long RespondMs { get; init; }

    /// <summary>Working time promised until the work is done; 0: nothing is promised.</summary>
    public long RepairMs { get; init; }

    /// <summary>The calendar whose time counts; empty: every hour.</summary>
    public string Hours { get; init; } = "";
    public bool FromOpening { get; init; }

    /// <summary>When a person first did something to it, and who.</summary>
    public long RespondedAt { get; init; }
    public string RespondedBy { get; init; } = "";

    /// <summary>0: nothing is promised, or not known while the clock stands still.</summary>
    public long ResponseDueAt { get; init; }
    public long RepairDueAt { get; init; }

    /// <summary>The earlier of those that are still owed; 0 for none.</summary>
    public long NextDueAt { get; init; }

    /// <summary>Something promised is owed and its time is used up.</summary>
    public bool Late { get; init; }

    /// <summary>When the clocks are to be looked at next; 0: when something happens to the case, and for a case that is not open.</summary>
    public long ClockAt { get; init; }

    /// <summary>What the timeline has of the clock: 1 that it is at risk, 2 that it is late.</summary>
    public long ResponseSaid { get; init; }
    public long RepairSaid { get; init; }

    /// <summary>When it was raised by one priority because a promise was at risk.</summary>
    public long EscalatedAt { get; init; }

    /// <summary>It does not resolve by itself: something was promised to the customer, or they said that it is still broken.</summary>
    public bool AskFirst { get; init; }

    /// <summary>Since when its faults are gone and somebody is to ask the customer, or to look at it; 0: nobody is.</summary>
    public long AskedAt { get; init; }

    /// <summary>When it was handed off, while whoever got it has not read what was left to them; 0: nothing waits to be read.</summary>
    public long HandedAt { get; init; }

    /// <summary>By when the customer was promised the next word; 0: nothing is promised.</summary>
    public long WordAt { get; init; }

    /// <summary>What about, for the team.</summary>
    public string WordWhat { get; init; } = "";

    /// <summary>How often in a row B2D had to say that there is no news, because nobody had written.</summary>
    public long WordMissed { get; init; }

    /// <summary>Words that were written to the customer so far, B2D's own included: the revision of the last.</summary>
    public long Words { get; init; }

    /// <summary>The case in which what belongs to this one is read; 0: this one was not merged.</summary>
    public long MergedInto { get; init; }

    /// <summary>Its fault was healed so often that a person has to look.</summary>
    public bool Chronic { get; init; }

    /// <summary>The customer depends on the device: it stands first, and they are called.</summary>
    public bool Care { get; init; }

    /// <summary>By when something is owed on the open complaint; 0: none is open.</summary>
    public long ComplaintDueAt { get; init; }
    public bool ComplaintLate { get; init; }
    public long Version { get; init; } = 1;
}

/// <summary>Which cases; what is empty or null does not restrict. Newest first, before the id <see cref="Before"/>.</summary>
public sealed record CaseFilter
{
    public IReadOnlyCollection<string> States { get; init; } = [];
    public string? Queue { get; init; }
    public string? Device { get; init; }
    public string? Customer { get; init; }
    public string? Family { get; init; }
    public string? Assignee { get; init; }
    public string? Rule { get; init; }

    /// <summary>This segment or one below it.</summary>
    public string? Segment { get; init; }
    public long? OutageId { get; init; }

    /// <summary>Part of title, device, customer, rule or summary, without regard to ASCII case.</summary>
    public string? Text { get; init; }
    public int Limit { get; init; } = 100;
    public long? Before { get; init; }
}

/// <summary>Cases. At most one is open per (device, family), by a unique index.</summary>
public static class CaseStore
{
    /// <summary>The states in which a case is open.</summary>
    public static readonly IReadOnlyCollection<string> OpenStates = ["New", "Working", "Waiting"];

    private const string Open = "state IN ('New', 'Working', 'Waiting')";
    private static readonly string Select = $"SELECT {Columns<CaseRow>.All} FROM cases";

    /// <summary>Opens a case; null where one is open for the same device and family already.</summary>
    public static long? TryOpen(Db db, CaseRow row)
    {
        var id = db.FirstOrDefault<long?>(
            $"INSERT INTO cases ({Columns<CaseRow>.New}) VALUES ({Columns<CaseRow>.NewValues}) ON CONFLICT (device, family) WHERE {Open} DO NOTHING RETURNING id",
            row);
        if (id is { } opened)
        {
            SearchStore.LaterCase(db, opened);
            WebhookStore.CaseOpened(db, opened);
        }
        return id;
    }

    public static CaseRow? Find(Db db, long id) => db.FirstOrDefault<CaseRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>The open case of a device and problem family.</summary>
    public static CaseRow? FindOpen(Db db, string device, string family) =>
        db.FirstOrDefault<CaseRow>($"{Select} WHERE device = @device AND family = @family AND {Open}", new { device, family });

    /// <summary>The open case of a device and problem family; where none is, the newest.</summary>
    public static CaseRow? FindOpenOrLatest(Db db, string device, string family) => db.FirstOrDefault<CaseRow>(
        $"{Select} WHERE device = @device AND family = @family ORDER BY CASE WHEN {Open} THEN 0 ELSE 1 END, id DESC LIMIT 1", new { device, family });

    /// <summary>
    /// Writes all of a case where its version is still the one that was read, and raises the version; false: somebody else was first, read again.
    /// Reopening fails with the database's own error where another case is open for the device and family.
    /// </summary>
    public static bool Update(Db db, CaseRow row)
    {
        var before = WebhookStore.CaseBefore(db, row.Id);
        if (db.Execute($"UPDATE cases SET {Columns<CaseRow>.Assignments}, version = version + 1 WHERE id = @Id AND version = @Version", row) != 1)
            return false;
        SearchStore.LaterCase(db, row.Id);
        WebhookStore.CaseChanged(db, before);
        return true;
    }

    public static IReadOnlyList<CaseRow> List(Db db, CaseFilter filter)
    {
        var where = Matching(filter).And("id < @before", "before", filter.Before);
        return db.Query<CaseRow>($"{Select}{where} ORDER BY id DESC LIMIT {Page.Rows(filter.Limit)}", where.Args);
    }

    /// <summary>How many cases the filter finds, whatever its limit.</summary>
    public static long Count(Db db, CaseFilter filter)
    {
        var where = Matching(filter);
        return db.Scalar<long>($"SELECT count(*) FROM cases{where}", where.Args);
    }

    /// <summary>Cases by state.</summary>
    public static IReadOnlyDictionary<string, long> CountByState(Db db) => Counts.By(db, "SELECT state AS name, count(*) AS count FROM cases GROUP BY state");

    /// <summary>Cases that wait for time to pass: clear long enough to resolve, waiting until a time that has come, or with a clock to be looked at; by id.</summary>
    public static IReadOnlyList<CaseRow> NextDue(Db db, long now, int max) => db.Query<CaseRow>(
        $"""
        {Select} WHERE {Open} AND ((clear_since_at > 0 AND resolve_after_ms > 0 AND asked_at = 0 AND clear_since_at + resolve_after_ms <= @now)
          OR (state = 'Waiting' AND waiting_until > 0 AND waiting_until <= @now) OR (clock_at > 0 AND clock_at <= @now)) ORDER BY id LIMIT {Page.Rows(max)}
        """,
        new { now });

    /// <summary>When the next of them falls due, or fell due; null where there is none. The first of three indexes.</summary>
    public static long? NextDueAt(Db db) => db.Scalar<long?>(
        $"""
        SELECT min(due_at) FROM (
          SELECT min(clear_since_at + resolve_after_ms) AS due_at FROM cases WHERE {Open} AND clear_since_at > 0 AND resolve_after_ms > 0 AND asked_at = 0
          UNION ALL SELECT min(waiting_until) AS due_at FROM cases WHERE state = 'Waiting' AND waiting_until > 0
          UNION ALL SELECT min(clock_at) AS due_at FROM cases WHERE clock_at > 0) AS due
        """);

    /// <summary>Cases on whose complaints something is late and not known to be, by time.</summary>
    public static IReadOnlyList<CaseRow> ComplaintsLate(Db db, long now, int max) => db.Query<CaseRow>(
        $"{Select} WHERE complaint_due_at > 0 AND complaint_due_at <= @now AND complaint_late = FALSE ORDER BY complaint_due_at, id LIMIT {Page.Rows(max)}", new { now });

    /// <summary>Whether a customer depends on their device, on all their cases.</summary>
    public static void SetCare(Db db, string customer, bool care) => db.Execute("UPDATE cases SET care = @care WHERE customer = @customer", new { customer, care });

    /// <summary>Ids of the cases that were merged into this one, in order.</summary>
    public static IReadOnlyList<long> MergedHere(Db db, long id) => db.Query<long>($"SELECT id FROM cases WHERE merged_into = @id ORDER BY id LIMIT {Page.MaxRows}", new { id });

    /// <summary>What was merged into a case is in another one from now on.</summary>
    public static void Remerge(Db db, long from, long into) => db.Execute("UPDATE cases SET merged_into = @into WHERE merged_into = @from", new { from, into });

    /// <summary>Open cases whose promised word is due until then, by time.</summary>
    public static IReadOnlyList<CaseRow> WordsDue(Db db, long until, int max) =>
        db.Query<CaseRow>($"{Select} WHERE word_at > 0 AND word_at <= @until AND {Open} ORDER BY word_at, id LIMIT {Page.Rows(max)}", new { until });

    /// <summary>Ids of open cases of which something is or may be promised, in order.</summary>
    /// <param name="rules">Rules that promise something.</param>
    public static IReadOnlyList<long> OpenWithPromises(Db db, IReadOnlyCollection<string> rules)
    {
        var ruled = new Where().In("rule", rules);
        var named = rules.Count == 0 ? "" : $" OR {ruled.ToString().Replace(" WHERE ", "", StringComparison.Ordinal)}";
        return db.Query<long>($"SELECT id FROM cases WHERE {Open} AND (respond_ms > 0 OR repair_ms > 0{named}) ORDER BY id", ruled.Args);
    }

    /// <summary>Has the clocks of a customer's open cases looked at, whatever the time.</summary>
    public static void LookAgain(Db db, string customer) => db.Execute($"UPDATE cases SET clock_at = 1 WHERE customer = @customer AND {Open}", new { customer });

    /// <summary>Has the clocks of a device's open cases looked at, whatever the time.</summary>
    public static void LookAgainAt(Db db, string device) => db.Execute($"UPDATE cases SET clock_at = 1 WHERE device = @device AND {Open}", new { device });

    /// <summary>Writes what time and promises make of a case, not what people do to it: its version stays, so that nobody's form is refused.</summary>
    public static void SetClocks(Db db, CaseRow row)
    {
        var before = WebhookStore.CaseBefore(db, row.Id);
        db.Execute(
        """
        UPDATE cases SET contract = @Contract, respond_ms = @RespondMs, repair_ms = @RepairMs, hours = @Hours, from_opening = @FromOpening,
          response_due_at = @ResponseDueAt, repair_due_at = @RepairDueAt, next_due_at = @NextDueAt, late = @Late, clock_at = @ClockAt,
          response_said = @ResponseSaid, repair_said = @RepairSaid, escalated_at = @EscalatedAt, priority = @Priority WHERE id = @Id
        """,
        row);
        WebhookStore.CaseChanged(db, before);
    }

    private static Where Matching(CaseFilter filter) => new Where()
        .In("state", filter.States)
        .And("queue = @queue", "queue", filter.Queue)
        .And("device = @device", "device", filter.Device)
        .And("customer = @customer", "customer", filter.Customer)
        .And("family = @family", "family", filter.Family)
        .And("assignee = @assignee", "assignee", filter.Assignee)
        .And("rule = @rule", "rule", filter.Rule)
        .And("outage_id = @outage", "outage", filter.OutageId)
        .Under("segment", filter.Segment)
        .Text(filter.Text, "title", "device", "customer", "rule", "summary");
}
