using B2D.Storage.Cases;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Tests.Places;
using B2D.Storage.Webhooks;
using Xunit;

namespace B2D.Storage.Tests.Webhooks;

/// <summary>What other systems are told, in the transaction of what it tells.</summary>
public abstract class WebhookStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Receiver_EveryColumn_ComesBack_AndChangesByItsVersion()
    {
        var row = Filled<ReceiverRow>() with { Version = 1 };
        var id = Write(db => WebhookStore.Add(db, row));
        AssertSame(row with { Id = id }, Read(db => WebhookStore.Find(db, id))!);
        Assert.True(Write(db => WebhookStore.Update(db, row with { Id = id, Name = "x" })));
        Assert.False(Write(db => WebhookStore.Update(db, row with { Id = id, Name = "y" })));
        Write(db => WebhookStore.Tried(db, id, "Paused", "why", 3, 9, null, "error"));
        var after = Read(db => WebhookStore.Find(db, id))!;
        Assert.Equal(("Paused", "why", 3L, 9L, row.LastOkAt, "error", 2L), (after.State, after.Reason, after.Failures, after.NextAt, after.LastOkAt, after.LastError, after.Version));
    }

    [Fact]
    public void Offer_GoesToWhoeverWantsIt_Once_EachSubjectInOrder()
    {
        var a = Receiver("case.opened", "case.changed");
        var b = Receiver("case.opened");
        Receiver("case.open");
        void Offer(string type, string subject, string id) => Write(db => WebhookStore.Offer(db, type, subject, id, "{}"));
        Offer("case.opened", "case:1", "m1");
        Offer("case.opened", "case:1", "m1");
        Offer("case.changed", "case:1", "m2");
        Offer("case.opened", "case:2", "m3");
        Assert.True(Read(WebhookStore.HasNew));
        Write(db => WebhookStore.Stamp(db, 5));
        Assert.False(Read(WebhookStore.HasNew));
        Assert.Equal([a, b], Read(db => WebhookStore.Due(db, 5)).Order());
        Assert.Equal(["m1", "m3"], Read(db => WebhookStore.Next(db, a, 5, 10)).Select(d => d.MessageId));
        Assert.Equal(["m1", "m3"], Read(db => WebhookStore.Next(db, b, 5, 10)).Select(d => d.MessageId));
        var first = Read(db => WebhookStore.Next(db, a, 5, 10))[0];
        Assert.Equal((5L, "case:1", "Waiting"), (first.CreatedAt, first.Subject, first.State));
        // What waits for its time keeps what comes after it.
        Write(db => WebhookStore.Mark(db, first.Id, "Waiting", 1, 9, 0, "no"));
        Assert.Equal(["m3"], Read(db => WebhookStore.Next(db, a, 8, 10)).Select(d => d.MessageId));
        Write(db => WebhookStore.Mark(db, first.Id, "Delivered", 2, 0, 9, ""));
        Assert.Equal(["m2", "m3"], Read(db => WebhookStore.Next(db, a, 9, 10)).Select(d => d.MessageId));
        Assert.Equal((2L, 5L), Read(db => WebhookStore.Waiting(db, a)));
        Write(db => WebhookStore.Remove(db, a));
        Assert.Equal((0L, 0L), Read(db => WebhookStore.Waiting(db, a)));
        Assert.Equal(2, Write(db => WebhookStore.Retain(db, 6, 10)));
        Assert.Empty(Read(db => WebhookStore.Due(db, 99)));
    }

    [Fact]
    public void Changes_OfCasesOutagesAndNotices_AreToldInTheirTransaction()
    {
        var id = Receiver("case.opened", "case.changed", "case.resolved", "outage.opened", "outage.changed", "outage.resolved", "notice.sent", "notice.failed", "task.opened");
        var opened = Write(db => CaseStore.TryOpen(db, new CaseRow { Device = "HP-1", Family = "pump", Title = "Pump" }))!.Value;
        var row = Read(db => CaseStore.Find(db, opened))!;
        Write(db => CaseStore.Update(db, row with { LastSeenAt = 7 }));
        Write(db => CaseStore.Update(db, row with { Version = 2, Assignee = "rui" }));
        Write(db => CaseStore.Update(db, row with { Version = 3, Assignee = "rui", State = "Resolved" }));
        var outage = Write(db => OutageStore.TryOpen(db, new OutageRow { Segment = "s", Episode = "1-1", State = "Held" }))!.Value;
        var now = Read(db => OutageStore.Find(db, outage))!;
        Write(db => OutageStore.Update(db, now with { State = "Investigating" }));
        Write(db => OutageStore.Update(db, now with { State = "Investigating", Version = 2, Recovered = 1 }));
        Write(db => OutageStore.Update(db, now with { State = "Identified", Version = 3, Cause = "c" }));
        Write(db => OutageStore.Update(db, now with { State = "Resolved", Version = 4 }));
        Write(db => NoticeStore.Put(db, new NoticeRow { Id = "n", Customer = "ana", Subject = "case:1", Channel = "email" }));
        Write(db => NoticeStore.Mark(db, "n", "Sending"));
        Write(db => NoticeStore.Mark(db, "n", "Sent", sentAt: 1));
        Write(db => NoticeStore.Bounce(db, "n", "no"));
        Write(db => PhoneTaskStore.Put(db, new PhoneTaskRow { Notice = "n", Customer = "ana" }));
        var task = Read(db => PhoneTaskStore.OfNotice(db, "n"))!.Id;
        Assert.Equal(
            [$"case.opened/{opened}", $"case.changed/{opened}/3", $"case.resolved/{opened}/4", $"outage.opened/{outage}", $"outage.changed/{outage}/4", $"outage.resolved/{outage}/5", "notice.sent/n", "notice.failed/n", $"task.opened/{task}"],
            Read(db => db.Query<string>("SELECT message_id FROM webhook_deliveries WHERE receiver = @id ORDER BY id", new { id })));
    }

    private long Receiver(params string[] events) => Write(db => WebhookStore.Add(db, new ReceiverRow { Name = "r", Url = "https://x", Events = $" {string.Join(' ', events)} " }));
}

public sealed class WebhookStoreOnSqliteFiles : WebhookStoreCompliance<SqliteFiles>;

public sealed class WebhookStoreInSqliteMemory : WebhookStoreCompliance<SqliteMemory>
{
    [Fact]
    public void Next_OfManyThatWait_SortsNone()
    {
        var plan = Read(db => db.Query<PlanStep>($"EXPLAIN QUERY PLAN {WebhookStore.SelectNext} LIMIT 8", new { receiver = 1, now = 1 }));
        Assert.Contains(plan, s => s.Detail.Contains("webhook_deliveries_order", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, s => s.Detail.Contains("ORDER BY", StringComparison.Ordinal));
    }

    private sealed record PlanStep
    {
        public string Detail { get; init; } = "";
    }
}

public sealed class WebhookStoreOnPostgres : WebhookStoreCompliance<PostgresSchemas>;
