using System.Text.Json;
using System.Text.Json.Nodes;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Storage.Webhooks;

/// <summary>A system that wants to know. States: On, Paused.</summary>
public sealed record ReceiverRow
{
    public long Id { get; init; }
    public string Name { get; init; } = "";
    public string Url { get; init; } = "";

    /// <summary>Sealed.</summary>
    public byte[] Secret { get; init; } = [];

    /// <summary>Types with a blank before and after each.</summary>
    public string Events { get; init; } = " ";
    public string State { get; init; } = "On";

    /// <summary>Why it is paused.</summary>
    public string Reason { get; init; } = "";

    /// <summary>One after the other.</summary>
    public long Failures { get; init; }

    /// <summary>Nothing is sent there before.</summary>
    public long NextAt { get; init; }
    public long LastOkAt { get; init; }
    public string LastError { get; init; } = "";
    public long CreatedAt { get; init; }
    public long Version { get; init; } = 1;
}

/// <summary>One message to one receiver. States: Waiting, Delivered, Failed.</summary>
public sealed record DeliveryRow
{
    public long Id { get; init; }
    public long Receiver { get; init; }

    /// <summary>The same in every attempt.</summary>
    public string MessageId { get; init; } = "";
    public string Type { get; init; } = "";

    /// <summary>Of one subject each goes after the one before it.</summary>
    public string Subject { get; init; } = "";

    /// <summary>JSON; ids and facts, no personal data.</summary>
    public string Data { get; init; } = "{}";
    public string State { get; init; } = "Waiting";
    public long Attempts { get; init; }
    public long NextAt { get; init; }

    /// <summary>0: since this very moment.</summary>
    public long CreatedAt { get; init; }
    public long DoneAt { get; init; }
    public string LastError { get; init; } = "";
}

/// <summary>Receivers, and what is on its way to them.</summary>
public static class WebhookStore
{
    private static readonly string Select = $"SELECT {Columns<ReceiverRow>.All} FROM webhook_receivers";
    private static readonly string SelectDelivery = $"SELECT {Columns<DeliveryRow>.All} FROM webhook_deliveries";

    /// <summary>In the order of an index, so that a turn reads a few of the many that wait.</summary>
    internal static readonly string SelectNext =
        $"""
        {SelectDelivery} WHERE receiver = @receiver AND state = 'Waiting' AND next_at <= @now AND NOT EXISTS (SELECT 1 FROM webhook_deliveries AS before
          WHERE before.receiver = webhook_deliveries.receiver AND before.subject = webhook_deliveries.subject AND before.state = 'Waiting' AND before.id < webhook_deliveries.id)
        ORDER BY id
        """;

    public static long Add(Db db, ReceiverRow row) =>
        db.First<long>($"INSERT INTO webhook_receivers ({Columns<ReceiverRow>.New}) VALUES ({Columns<ReceiverRow>.NewValues}) RETURNING id", row);

    public static ReceiverRow? Find(Db db, long id) => db.FirstOrDefault<ReceiverRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>All, by name.</summary>
    public static IReadOnlyList<ReceiverRow> List(Db db) => db.Query<ReceiverRow>($"{Select} ORDER BY name, id LIMIT {Page.MaxRows}");

    /// <summary>Writes all of it where its version is still the one that was read; false: read again.</summary>
    public static bool Update(Db db, ReceiverRow row) =>
        db.Execute($"UPDATE webhook_receivers SET {Columns<ReceiverRow>.Assignments}, version = version + 1 WHERE id = @Id AND version = @Version", row) == 1;

    /// <summary>What came of a try, whatever its version: no person's form is refused because of it.</summary>
    public static void Tried(Db db, long id, string state, string reason, long failures, long nextAt, long? okAt, string? error) => db.Execute(
        $"UPDATE webhook_receivers SET state = @state, reason = @reason, failures = @failures, next_at = @nextAt{(okAt is null ? "" : ", last_ok_at = @okAt")}{(error is null ? "" : ", last_error = @error")} WHERE id = @id",
        new { id, state, reason, failures, nextAt, okAt, error });

    /// <summary>Removes a receiver with all that is on its way to it.</summary>
    public static void Remove(Db db, long id)
    {
        db.Execute("DELETE FROM webhook_deliveries WHERE receiver = @id", new { id });
        db.Execute("DELETE FROM webhook_receivers WHERE id = @id", new { id });
    }

    /// <summary>Whether anybody wants to know of a kind of subject: <c>case</c>.</summary>
    internal static bool IsWanted(Db db, string kind) => db.Scalar<long>("SELECT count(*) FROM webhook_receivers WHERE events LIKE @pattern", new { pattern = $"% {kind}.%" }) > 0;

    /// <summary>Whoever wants to know is told, in the transaction in which it happens; the same message once.</summary>
    public static void Offer(Db db, string type, string subject, string messageId, string data) => db.Execute(
        """
        INSERT INTO webhook_deliveries (receiver, message_id, type, subject, data, state, attempts, next_at, created_at, done_at, last_error)
        SELECT id, @messageId, @type, @subject, @data, 'Waiting', 0, 0, 0, 0, '' FROM webhook_receivers WHERE events LIKE @pattern
        ON CONFLICT (receiver, message_id) DO NOTHING
        """,
        new { type, subject, messageId, data, pattern = $"% {type} %" });

    /// <summary>One receiver is told.</summary>
    public static void OfferTo(Db db, long receiver, string type, string subject, string messageId, string data) => db.Execute(
        """
        INSERT INTO webhook_deliveries (receiver, message_id, type, subject, data, state, attempts, next_at, created_at, done_at, last_error)
        VALUES (@receiver, @messageId, @type, @subject, @data, 'Waiting', 0, 0, 0, 0, '') ON CONFLICT (receiver, message_id) DO NOTHING
        """,
        new { receiver, type, subject, messageId, data });

    /// <summary>Whether something is new.</summary>
    public static bool HasNew(Db db) => db.Scalar<long>("SELECT count(*) FROM (SELECT 1 AS one FROM webhook_deliveries WHERE created_at = 0 LIMIT 1) AS fresh") > 0;

    /// <summary>Whether anything is new, or waits for any receiver.</summary>
    public static bool HasWaiting(Db db) =>
        HasNew(db) || db.Scalar<long>("SELECT count(*) FROM (SELECT 1 AS one FROM webhook_deliveries WHERE state = 'Waiting' LIMIT 1) AS waiting") > 0;

    /// <summary>Receivers to whom something is to be sent by now.</summary>
    public static IReadOnlyList<long> Due(Db db, long now) => db.Query<long>(
        $"""
        SELECT r.id FROM webhook_receivers r WHERE r.state = 'On' AND r.next_at <= @now
          AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.receiver = r.id AND d.state = 'Waiting' AND d.next_at <= @now) ORDER BY r.id LIMIT {Page.MaxRows}
        """,
        new { now });

    /// <summary>Says when what is new came to be.</summary>
    public static void Stamp(Db db, long now) => db.Execute("UPDATE webhook_deliveries SET created_at = @now WHERE created_at = 0", new { now });

    /// <summary>What may be sent to a receiver now: of each subject the first that waits, and it only where its time has come.</summary>
    public static IReadOnlyList<DeliveryRow> Next(Db db, long receiver, long now, int max) => db.Query<DeliveryRow>($"{SelectNext} LIMIT {Page.Rows(max)}", new { receiver, now });

    public static DeliveryRow? FindDelivery(Db db, long id) => db.FirstOrDefault<DeliveryRow>($"{SelectDelivery} WHERE id = @id", new { id });

    /// <summary>Writes what became of a delivery.</summary>
    public static void Mark(Db db, long id, string state, long attempts, long nextAt, long doneAt, string error) => db.Execute(
        "UPDATE webhook_deliveries SET state = @state, attempts = @attempts, next_at = @nextAt, done_at = @doneAt, last_error = @error WHERE id = @id",
        new { id, state, attempts, nextAt, doneAt, error });

    /// <summary>How many wait for a receiver, and since when the oldest does; 0 where none does.</summary>
    public static (long Count, long Since) Waiting(Db db, long receiver) => (
        db.Scalar<long>("SELECT count(*) FROM webhook_deliveries WHERE receiver = @receiver AND state = 'Waiting'", new { receiver }),
        db.Scalar<long?>("SELECT min(created_at) FROM webhook_deliveries WHERE receiver = @receiver AND state = 'Waiting'", new { receiver }) ?? 0);

    /// <summary>Deletes what came to be before a time, delivered or not; returns how many, at most <paramref name="maxRows"/>.</summary>
    public static int Retain(Db db, long before, int maxRows) => db.Execute(
        "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE created_at > 0 AND created_at < @before ORDER BY created_at LIMIT @maxRows)", new { before, maxRows });

    internal static void CaseOpened(Db db, long id)
    {
        if (IsWanted(db, "case") && CaseStore.Find(db, id) is { } row)
            Offer(db, "case.opened", $"case:{id}", $"case.opened/{id}", Json(Of(row)));
    }

    /// <param name="before">Null: nobody wants to know.</param>
    internal static void CaseChanged(Db db, CaseRow? before)
    {
        if (before is null || CaseStore.Find(db, before.Id) is not { } row || Json(Of(row)) is var data && data == Json(Of(before)))
            return;
        var type = row.State == "Resolved" && before.State != "Resolved" ? "case.resolved" : "case.changed";
        // What B2D itself makes of a case leaves its version as it was.
        Offer(db, type, $"case:{row.Id}", $"{type}/{row.Id}/{row.Version}{(row.Version == before.Version ? $"/{row.Priority}" : "")}", data);
    }

    internal static CaseRow? CaseBefore(Db db, long id) => IsWanted(db, "case") ? CaseStore.Find(db, id) : null;

    internal static OutageRow? OutageBefore(Db db, long id) => IsWanted(db, "outage") ? OutageStore.Find(db, id) : null;

    internal static void OutageOpened(Db db, long id)
    {
        if (IsWanted(db, "outage") && OutageStore.Find(db, id) is { State: not "Held" } row)
            Offer(db, "outage.opened", $"outage:{id}", $"outage.opened/{id}", Json(Of(row)));
    }

    /// <param name="before">Null: nobody wants to know.</param>
    internal static void OutageChanged(Db db, OutageRow? before)
    {
        if (before is null || OutageStore.Find(db, before.Id) is not { } row)
            return;
        // What passed while it was held back was none for anybody; and that one more device is back is no news.
        var type = (before.State, row.State) switch
        {
            (_, "Held") => "",
            ("Held", "Resolved") => "",
            ("Held", _) => "outage.opened",
            (not "Resolved", "Resolved") => "outage.resolved",
            _ => Json(Of(row, counted: false)) == Json(Of(before, counted: false)) ? "" : "outage.changed",
        };
        if (type.Length > 0)
            Offer(db, type, $"outage:{row.Id}", type == "outage.opened" ? $"{type}/{row.Id}" : $"{type}/{row.Id}/{row.Version}", Json(Of(row)));
    }

    /// <summary>In what was told of notices to a customer that failed nothing stays that a mail server said.</summary>
    internal static void Erase(Db db, string customer)
    {
        var told = CustomerTraces.All.First(t => t.Table == "webhook_deliveries");
        foreach (var row in db.Query<DeliveryRow>($"{SelectDelivery} WHERE {told.Where}", new { id = customer }))
        {
            if (JsonNode.Parse(row.Data) is JsonObject data && data["error"]?.GetValue<string>() is { Length: > 0 })
            {
                data["error"] = "";
                db.Execute("UPDATE webhook_deliveries SET data = @data WHERE id = @Id", new { data = data.ToJsonString(), row.Id });
            }
        }
    }

    internal static void NoticeTold(Db db, string id)
    {
        if (!IsWanted(db, "notice") || NoticeStore.Find(db, id) is not { State: "Sent" or "Failed" } row)
            return;
        var type = row.State == "Sent" ? "notice.sent" : "notice.failed";
        Offer(db, type, $"notice:{id}", $"{type}/{id}", Json(new { id, customer = row.Customer, about = row.Subject, row.Status, row.Revision, row.Channel, row.Class, row.Template, row.Reason, error = row.LastError }));
    }

    internal static void TaskOpened(Db db, PhoneTaskRow row)
    {
        if (IsWanted(db, "task") && PhoneTaskStore.OfNotice(db, row.Notice) is { } task)
            Offer(db, "task.opened", $"task:{task.Id}", $"task.opened/{task.Id}", Json(new { task.Id, kind = "call", task.Customer, about = task.Subject, task.Class, task.Reason, task.DueAt, task.Notice }));
    }

    private static string Json<T>(T data) => JsonSerializer.Serialize(data, JsonSerializerOptions.Web);

    private static object Of(CaseRow row) => new
    {
        row.Id, reference = $"C-{row.Id}", row.Title, row.Device, row.Customer, row.Rule, @class = row.Class.ToString().ToLowerInvariant(), row.State, row.Priority, row.Queue, row.Assignee, row.OutageId, row.OpenedAt, row.ResolvedAt, row.Disposition,
    };

    private static object Of(OutageRow row, bool counted = true) => new
    {
        row.Id, reference = $"O-{row.Id}", row.Title, row.Segment, row.Place, row.Rule, row.State, row.Revision, row.BeganAt, row.ResolvedAt, row.Cause, row.Workaround, row.EstimateFrom, row.EstimateUntil, row.NextUpdateAt, row.MergedInto,
        devices = counted ? row.Devices : 0, recovered = counted ? row.Recovered : 0, customers = counted ? row.Customers : 0,
    };
}
