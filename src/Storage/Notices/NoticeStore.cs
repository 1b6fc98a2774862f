using B2D.Storage.Webhooks;

namespace B2D.Storage.Notices;

/// <summary>
/// One message to one customer, or to the carer of one, on one channel (<c>email</c>, <c>sms</c>, <c>webhook</c>, <c>phone</c>, <c>letter</c>) about one
/// revision of a subject. States: Due, Held, Sending, Sent, Retrying, Failed, Suppressed, and Calling while a person is to call or to print.
/// The ledger holds facts and the template's name, no personal data; words are in <see cref="NoticeWordsStore"/>.
/// </summary>
public sealed record NoticeRow
{
    /// <summary>Derived from what it is about; the local part of the message id, the same in every attempt.</summary>
    public string Id { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Episode { get; init; } = "";
    public string Status { get; init; } = "";
    public long Revision { get; init; }
    public string Channel { get; init; } = "";
    public string Template { get; init; } = "";
    public string Language { get; init; } = "";
    public string Facts { get; init; } = "{}";
    public string State { get; init; } = "Due";

    /// <summary>Why this channel, why suppressed, why held.</summary>
    public string Reason { get; init; } = "";
    public long DueAt { get; init; }
    public int Attempts { get; init; }
    public long NextAttemptAt { get; init; }
    public long SentAt { get; init; }
    public string LastError { get; init; } = "";
    public long CreatedAt { get; init; }

    /// <summary>What it is for: <c>safety</c>, <c>service</c>, <c>case</c>, <c>usage</c>, <c>offer</c>, <c>survey</c> or <c>answer</c>.</summary>
    public string Class { get; init; } = "";

    /// <summary>The customer was told of it before, or was promised it: neither consent nor cap holds it back.</summary>
    public bool Owed { get; init; }

    /// <summary>Begins the <see cref="Reason"/> of one that was handed over without an answer and was then given up.</summary>
    public const string MayHaveArrived = "it may have arrived";

    /// <summary>Begins the <see cref="Reason"/> of the first word of an outage that did not leave because what they have of it was well again: where that goes down once more, they are told then.</summary>
    public const string WorkedAgain = "theirs worked again before it";

    /// <summary>Stands in the <see cref="Reason"/> of one that a person stopped, between who and why.</summary>
    public const string StoppedIt = " stopped it: ";

    /// <summary>The customer got it, or may have got it: an all-clear is owed.</summary>
    public bool WasTold => State == "Sent" || (State == "Failed" && Reason.StartsWith(MayHaveArrived, StringComparison.Ordinal));
}

/// <summary>
/// Which notices; what is empty or null does not restrict. Newest first; the next page begins at the last row's <c>CreatedAt</c> and <c>Id</c>.
/// </summary>
public sealed record NoticeFilter
{
    public IReadOnlyCollection<string> States { get; init; } = [];
    public string? Customer { get; init; }
    public string? Subject { get; init; }
    public string? Status { get; init; }
    public string? Channel { get; init; }
    public int Limit { get; init; } = 100;

    /// <summary>Only rows after this one in the list (older).</summary>
    public (long CreatedAt, string Id)? Before { get; init; }
}

/// <summary>The ledger of notices: a notice is here before it is sent and marked after.</summary>
public static class NoticeStore
{
    private static readonly string Select = $"SELECT {Columns<NoticeRow>.All} FROM notices";

    /// <summary>When a notice may leave and what still has to, in the words of the index <c>notices_leave</c>.</summary>
    private const string LeavesAt = "CASE WHEN due_at > next_attempt_at THEN due_at ELSE next_attempt_at END", ToLeave = "state IN ('Due', 'Retrying', 'Sending')";

    private const string MayBeTold = $"state = 'Suppressed' AND reason LIKE '{NoticeRow.WorkedAgain}%'";
    private const string MayBeToldOrStopped = $"state = 'Suppressed' AND (reason LIKE '{NoticeRow.WorkedAgain}%' OR reason LIKE '%{NoticeRow.StoppedIt}%')";

    /// <summary>Writes a notice; false where the same one (customer, subject, episode, status, revision, channel) is there already.</summary>
    public static bool Put(Db db, NoticeRow row) => db.Execute(
        $"INSERT INTO notices ({Columns<NoticeRow>.All}) VALUES ({Columns<NoticeRow>.Values}) ON CONFLICT DO NOTHING", row) == 1;

    public static NoticeRow? Find(Db db, string id) => db.FirstOrDefault<NoticeRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>Notices to send now: Due, Retrying, or Sending (a crash in mid-send repeats it with the same id); who has waited longest since it might leave comes first, and of them what was written first.</summary>
    public static IReadOnlyList<NoticeRow> NextToSend(Db db, long now, int max) =>
        db.Query<NoticeRow>($"{Select} WHERE {ToLeave} AND {LeavesAt} <= @now ORDER BY {LeavesAt}, created_at, id LIMIT {Page.Rows(max)}", new { now });

    /// <summary>When the next notice is to be sent; null where none waits.</summary>
    public static long? NextSendAt(Db db) => db.Scalar<long?>($"SELECT min({LeavesAt}) FROM notices WHERE {ToLeave}");

    /// <summary>Writes the outcome of an attempt or a decision; what is null stays. False where there is no such notice, or it was Sent already.</summary>
    public static bool Mark(
        Db db,
        string id,
        string state,
        long? sentAt = null,
        string? error = null,
        long? nextAttemptAt = null,
        int? attempts = null,
        string? reason = null,
        string? facts = null)
    {
        var given = Set("sent_at", sentAt) + Set("last_error", error) + Set("next_attempt_at", nextAttemptAt)
            + Set("attempts", attempts) + Set("reason", reason) + Set("facts", facts);
        var changed = db.Execute(
            $"UPDATE notices SET state = @state{given} WHERE id = @id AND state <> 'Sent'",
            new { id, state, sent_at = sentAt, last_error = error, next_attempt_at = nextAttemptAt, attempts, reason, facts }) == 1;
        if (changed && state is "Sent" or "Failed")
            WebhookStore.NoticeTold(db, id);
        return changed;
    }

    /// <summary>A mail that had left came back: it was not told. False where it had not left, or came back before.</summary>
    public static bool Bounce(Db db, string id, string error)
    {
        var changed = db.Execute(
            "UPDATE notices SET state = 'Failed', last_error = @error, reason = 'it came back; ' || reason WHERE id = @id AND channel = 'email' AND state IN ('Sent', 'Sending', 'Retrying')",
            new { id, error }) == 1;
        if (changed)
            WebhookStore.NoticeTold(db, id);
        return changed;
    }

    /// <summary>Notes something about a notice, whatever its state.</summary>
    public static void Note(Db db, string id, string error) => db.Execute("UPDATE notices SET last_error = @error WHERE id = @id", new { id, error });

    /// <summary>Moves all notices of a subject that are not yet in sending from one state to another, as a person stops what is held.</summary>
    public static int MarkAll(Db db, string subject, string from, string to, string reason) => db.Execute(
        "UPDATE notices SET state = @to, reason = @reason WHERE subject = @subject AND state = @from", new { subject, from, to, reason });

    /// <summary>Customers for whom one telling waits since before a time, in order; at most so many.</summary>
    public static IReadOnlyList<string> CustomersWaiting(Db db, string subject, string status, long before, int limit) => db.Query<string>(
        $"SELECT DISTINCT customer FROM notices WHERE subject = @subject AND created_at < @before AND status = @status AND state IN ('Due', 'Held', 'Retrying') ORDER BY customer LIMIT {Page.Rows(limit)}",
        new { subject, status, before });

    /// <summary>Customers that have a row of one telling, whatever became of it; without those for whom all of it <see cref="NoticeRow.WorkedAgain"/>.</summary>
    /// <param name="again">Also without those for whom a person stopped it, who offers it again.</param>
    public static HashSet<string> CustomersOf(Db db, string subject, string episode, string status, bool again = false) => db.Query<string>(
        $"SELECT DISTINCT customer FROM notices WHERE subject = @subject AND episode = @episode AND status = @status AND NOT ({(again ? MayBeToldOrStopped : MayBeTold)})",
        new { subject, episode, status }).ToHashSet(StringComparer.Ordinal);

    /// <summary>Customers of whom something of one telling was written and did not leave, so that it may be told again, with the last revision that was written.</summary>
    public static IReadOnlyDictionary<string, long> NotTold(Db db, string subject, string episode, string status) => db.Query<NotToldRow>(
        $"SELECT customer, max(revision) AS revision FROM notices WHERE subject = @subject AND episode = @episode AND status = @status AND {MayBeToldOrStopped} GROUP BY customer",
        new { subject, episode, status }).ToDictionary(r => r.Customer, r => r.Revision, StringComparer.Ordinal);

    /// <summary>Whether the customer was told something newer of the same, or it is on its way to them.</summary>
    public static bool HasNewer(Db db, NoticeRow row) => db.Scalar<long>(
        """
        SELECT count(*) FROM notices WHERE customer = @Customer AND subject = @Subject AND episode = @Episode AND status = @Status AND revision > @Revision
          AND state IN ('Due', 'Sending', 'Retrying', 'Sent')
        """,
        row) > 0;

    /// <summary>What was written earlier to the same customer about the same subject, and was tried and is not known to have arrived; oldest first.</summary>
    public static IReadOnlyList<NoticeRow> EarlierOnTheirWay(Db db, NoticeRow row) => db.Query<NoticeRow>(
        $"{Select} WHERE customer = @Customer AND subject = @Subject AND created_at < @CreatedAt AND state IN ('Sending', 'Retrying') ORDER BY created_at, id LIMIT {Page.MaxRows}", row);

    /// <summary>About cases themselves, or about episodes of faults (a fault's own notice may come before its case); newest first.</summary>
    public static IReadOnlyList<NoticeRow> OfCases(Db db, IReadOnlyCollection<string> cases, IReadOnlyCollection<string> faults, IReadOnlyCollection<string> episodes, int limit)
    {
        var (about, during) = (new Where().In("subject", [.. cases, .. faults]), new Where().In("episode", episodes));
        about.Args.AddDynamicParams(during.Args);
        return db.Query<NoticeRow>(
            $"{Select}{about} AND (subject LIKE 'case:%' OR {during.ToString().Replace(" WHERE ", "", StringComparison.Ordinal)}) ORDER BY created_at DESC, id DESC LIMIT {Page.Rows(limit)}", about.Args);
    }

    public static IReadOnlyList<NoticeRow> List(Db db, NoticeFilter filter)
    {
        var where = Matching(filter);
        if (filter.Before is var (createdAt, id))
        {
            where.And("(created_at < @before_at OR (created_at = @before_at AND id < @before_id))");
            where.Args.Add("before_at", createdAt);
            where.Args.Add("before_id", id);
        }
        return db.Query<NoticeRow>($"{Select}{where} ORDER BY created_at DESC, id DESC LIMIT {Page.Rows(filter.Limit)}", where.Args);
    }

    /// <summary>How many the filter finds, whatever its limit.</summary>
    public static long Count(Db db, NoticeFilter filter)
    {
        var where = Matching(filter);
        return db.Scalar<long>($"SELECT count(*) FROM notices{where}", where.Args);
    }

    /// <summary>How many of a class went to a customer since a time, or are on their way, without what they were owed.</summary>
    public static long CountSince(Db db, string customer, string noticeClass, long since) => db.Scalar<long>(
        "SELECT count(*) FROM notices WHERE customer = @customer AND class = @noticeClass AND created_at > @since AND owed = FALSE AND state NOT IN ('Suppressed', 'Failed')",
        new { customer, noticeClass, since });

    /// <summary>Classes of what a customer was told by a channel since a time.</summary>
    public static IReadOnlyList<string> ClassesTold(Db db, string customer, string channel, long since) => db.Query<string>(
        "SELECT DISTINCT class FROM notices WHERE customer = @customer AND channel = @channel AND created_at > @since AND state = 'Sent' ORDER BY class",
        new { customer, channel, since });

    public static IReadOnlyDictionary<string, long> CountByState(Db db) => Counts.By(db, "SELECT state AS name, count(*) AS count FROM notices GROUP BY state");

    /// <summary>
    /// Customers that were told (Sent) about a subject with a status in <paramref name="statuses"/>, with the channel; they are owed the all-clear.
    /// </summary>
    public static IReadOnlyList<NoticeRow> Told(
        Db db, string subject, string episode, IReadOnlyCollection<string> statuses, int limit = Page.MaxRows, string after = "")
    {
        var where = new Where().And("subject = @subject", "subject", subject).And("episode = @episode", "episode", episode)
            .In("status", statuses).And("state = 'Sent'").And("id > @after", "after", after);
        return db.Query<NoticeRow>($"{Select}{where} ORDER BY id LIMIT {Page.Rows(limit)}", where.Args);
    }

    /// <summary>What a customer was told of a subject is from now on found under its new name.</summary>
    public static void Rename(Db db, string customer, string from, string to) => db.Execute(
        """
        UPDATE notices SET subject = @to WHERE customer = @customer AND subject = @from
          AND NOT EXISTS (SELECT 1 FROM notices AS taken WHERE taken.customer = @customer AND taken.subject = @to AND taken.episode = notices.episode)
        """,
        new { customer, from, to });

    private sealed record NotToldRow
    {
        public string Customer { get; init; } = "";
        public long Revision { get; init; }
    }

    private static string Set(string column, object? value) => value is null ? "" : $", {column} = @{column}";

    private static Where Matching(NoticeFilter filter) => new Where()
        .In("state", filter.States)
        .And("customer = @customer", "customer", filter.Customer)
        .And("subject = @subject", "subject", filter.Subject)
        .And("status = @status", "status", filter.Status)
        .And("channel = @channel", "channel", filter.Channel);
}
