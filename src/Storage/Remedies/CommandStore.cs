namespace B2D.Storage.Remedies;

/// <summary>
/// A command to a device. States: Queued, Sent, Delivered, Answered, Verified, NotVerified, Failed, Expired, Stopped. Times are 0 where not yet.
/// </summary>
public sealed record CommandRow
{
    public string Id { get; init; } = "";
    public string Device { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary>A JSON object.</summary>
    public string Args { get; init; } = "{}";
    public string State { get; init; } = "Queued";
    public string RequestedBy { get; init; } = "";
    public string Rule { get; init; } = "";
    public string Episode { get; init; } = "";
    public string Reason { get; init; } = "";
    public long CreatedAt { get; init; }
    public long ExpiresAt { get; init; }
    public long SentAt { get; init; }
    public long DeliveredAt { get; init; }
    public long AnsweredAt { get; init; }
    public string Answer { get; init; } = "";
    public long VerdictAt { get; init; }
}

/// <summary>Which commands; what is empty or null does not restrict. Newest first.</summary>
public sealed record CommandFilter
{
    public IReadOnlyCollection<string> States { get; init; } = [];
    public string? Device { get; init; }
    public string? Rule { get; init; }
    public string? Episode { get; init; }

    /// <summary>Only those made at this time or later.</summary>
    public long? Since { get; init; }
    public int Limit { get; init; } = 100;

    /// <summary>Only rows after this one in the list (older).</summary>
    public (long CreatedAt, string Id)? Before { get; init; }
}

public static class CommandStore
{
    /// <summary>A person's commands without an answer: a remedy's end with the verdict of its lane.</summary>
    private const string PersonsOpen = "state IN ('Queued', 'Sent', 'Delivered') AND rule = ''";

    private static readonly string Select = $"SELECT {Columns<CommandRow>.All} FROM commands";

    /// <summary>Writes a command; false where its id is there already.</summary>
    public static bool Put(Db db, CommandRow row) =>
        db.Execute($"INSERT INTO commands ({Columns<CommandRow>.All}) VALUES ({Columns<CommandRow>.Values}) ON CONFLICT (id) DO NOTHING", row) == 1;

    public static CommandRow? Find(Db db, string id) => db.FirstOrDefault<CommandRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>Writes all of a command where its state is still <paramref name="expectedState"/>; false: something else happened first, read again.</summary>
    public static bool Update(Db db, CommandRow row, string expectedState) => db.Execute(
        $"UPDATE commands SET {Columns<CommandRow>.Assignments} WHERE id = @Id AND state = '{Known(expectedState)}'", row) == 1;

    /// <summary>Commands that wait for their device, oldest first.</summary>
    public static IReadOnlyList<CommandRow> Queued(Db db, int max) =>
        db.Query<CommandRow>($"{Select} WHERE state = 'Queued' ORDER BY created_at, id LIMIT {Page.Rows(max)}");

    /// <summary>Commands of a device that have no verdict yet, oldest first, at most 1,000.</summary>
    public static IReadOnlyList<CommandRow> Pending(Db db, string device) => db.Query<CommandRow>(
        $"{Select} WHERE device = @device AND state IN ('Queued', 'Sent', 'Delivered', 'Answered') ORDER BY created_at, id LIMIT {Page.MaxRows}",
        new { device });

    /// <summary>When the time of the next of people's commands without an answer runs out, epoch ms; null where there is none.</summary>
    public static long? NextExpiry(Db db) => db.Scalar<long?>($"SELECT min(expires_at) FROM commands WHERE {PersonsOpen}");

    /// <summary>People's commands without an answer whose time has run out, oldest first.</summary>
    public static IReadOnlyList<CommandRow> Expired(Db db, long now, int max) => db.Query<CommandRow>(
        $"{Select} WHERE {PersonsOpen} AND expires_at <= @now ORDER BY expires_at, id LIMIT {Page.Rows(max)}", new { now });

    /// <summary>Whatever has not reached its device is not to.</summary>
    public static void CallOff(Db db, long now) => db.Execute("UPDATE commands SET state = 'Stopped', verdict_at = @now WHERE state IN ('Queued', 'Sent')", new { now });

    public static IReadOnlyList<CommandRow> List(Db db, CommandFilter filter)
    {
        var where = Matching(filter);
        if (filter.Before is var (createdAt, id))
        {
            where.And("(created_at < @before_at OR (created_at = @before_at AND id < @before_id))");
            where.Args.Add("before_at", createdAt);
            where.Args.Add("before_id", id);
        }
        return db.Query<CommandRow>($"{Select}{where} ORDER BY created_at DESC, id DESC LIMIT {Page.Rows(filter.Limit)}", where.Args);
    }

    /// <summary>How many the filter finds, whatever its limit; with Device, Rule and Since, the tries of a remedy.</summary>
    public static long Count(Db db, CommandFilter filter)
    {
        var where = Matching(filter);
        return db.Scalar<long>($"SELECT count(*) FROM commands{where}", where.Args);
    }

    public static IReadOnlyDictionary<string, long> CountByState(Db db) =>
        Counts.By(db, "SELECT state AS name, count(*) AS count FROM commands GROUP BY state");

    private static Where Matching(CommandFilter filter) => new Where()
        .In("state", filter.States)
        .And("device = @device", "device", filter.Device)
        .And("rule = @rule", "rule", filter.Rule)
        .And("episode = @episode", "episode", filter.Episode)
        .And("created_at >= @since", "since", filter.Since);

    private static string Known(string state) => state
        is "Queued" or "Sent" or "Delivered" or "Answered" or "Verified" or "NotVerified" or "Failed" or "Expired" or "Stopped"
        ? state
        : throw new ArgumentException($"'{state}' is no state of a command", nameof(state));
}
