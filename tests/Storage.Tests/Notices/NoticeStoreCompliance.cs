using B2D.Storage.Notices;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Notices;

public abstract class NoticeStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static NoticeRow Notice(string id, string customer = "c", string subject = "outage:1", string status = "opened", long revision = 1,
        string channel = "sms") =>
        new() { Id = id, Customer = customer, Subject = subject, Episode = "1-1", Status = status, Revision = revision, Channel = channel };

    private bool Put(NoticeRow row) => Write(db => NoticeStore.Put(db, row));

    private NoticeRow Find(string id) => Read(db => NoticeStore.Find(db, id))!;

    private string[] Next(long now) => [.. Read(db => NoticeStore.NextToSend(db, now, 10)).Select(n => n.Id)];

    [Fact]
    public void Put_EveryColumn_ComesBack()
    {
        var row = Filled<NoticeRow>();

        Assert.True(Put(row));

        AssertSame(row, Find(row.Id));
    }

    [Fact]
    public void Put_SameNoticeUnderAnyId_IsRefused()
    {
        Assert.True(Put(Notice("n1")));

        Assert.False(Put(Notice("n1")));
        Assert.False(Put(Notice("n2")));
        Assert.True(Put(Notice("n3", revision: 2)));
        Assert.True(Put(Notice("n4", channel: "email")));
        Assert.True(Put(Notice("n5", status: "all-clear")));
        Assert.True(Put(Notice("n6", customer: "d")));
    }

    [Fact]
    public void NextToSend_OnlyWhatIsDueAndNotFinished()
    {
        var states = new[] { "Due", "Held", "Sending", "Sent", "Retrying", "Failed", "Suppressed" };
        foreach (var state in states)
            Put(Notice(state, customer: state) with { State = state, DueAt = 10 });
        Put(Notice("later", customer: "later") with { DueAt = 11 });
        Put(Notice("retry-later", customer: "rl") with { State = "Retrying", DueAt = 5, NextAttemptAt = 30 });

        Assert.Equal(["Due", "Retrying", "Sending"], Next(10));
        Assert.Equal(["Due", "Retrying", "Sending", "later", "retry-later"], Next(30));
        Assert.Equal(10, Read(NoticeStore.NextSendAt));
    }

    [Fact]
    public void NextToSend_OfThoseThatMayLeaveAtOnce_WhatWasWrittenFirst()
    {
        Put(Notice("a", revision: 3) with { DueAt = 10, CreatedAt = 3 });
        Put(Notice("b", revision: 2) with { DueAt = 10, CreatedAt = 2 });
        Put(Notice("c", revision: 1) with { DueAt = 10, CreatedAt = 1, State = "Retrying", NextAttemptAt = 20 });

        Assert.Equal(["b", "a"], Next(10));
        Assert.Equal(["b", "a", "c"], Next(20));
        NoticeRow[] rows = [Find("a"), Find("b"), Find("c")];
        Assert.Equal(["c", "c", ""], rows.Select(row => string.Join(' ', Read(db => NoticeStore.EarlierOnTheirWay(db, row)).Select(n => n.Id))));
        Assert.Equal([false, true, true], rows.Select(row => Read(db => NoticeStore.HasNewer(db, row))));
    }

    [Fact]
    public void CustomersOf_WithoutThoseForWhomItWorkedAgain()
    {
        Put(Notice("a", customer: "a") with { State = "Suppressed", Reason = "theirs worked again before it was told" });
        Put(Notice("b", customer: "b") with { State = "Suppressed", Reason = "the customer was erased" });
        Put(Notice("c", customer: "c") with { State = "Suppressed", Reason = "theirs worked again before it was told" });
        Put(Notice("d", customer: "c", revision: 2));
        Put(Notice("e", customer: "e") with { State = "Suppressed", Reason = "rui stopped it: a test" });

        Assert.Equal(["b", "c", "e"], Read(db => NoticeStore.CustomersOf(db, "outage:1", "1-1", "opened")).Order());
        Assert.Equal(["b", "c"], Read(db => NoticeStore.CustomersOf(db, "outage:1", "1-1", "opened", again: true)).Order());
        Assert.Equal([("a", 1L), ("c", 1L), ("e", 1L)], Read(db => NoticeStore.NotTold(db, "outage:1", "1-1", "opened")).OrderBy(r => r.Key).Select(r => (r.Key, r.Value)));
    }

    [Fact]
    public void Mark_AttemptAndSuccess_AreKept()
    {
        Put(Notice("n") with { Reason = "prefers sms", Attempts = 1 });

        Assert.True(Write(db => NoticeStore.Mark(db, "n", "Retrying", error: "busy", nextAttemptAt: 90, attempts: 2)));
        var retrying = Find("n");
        Assert.True(Write(db => NoticeStore.Mark(db, "n", "Sent", sentAt: 95, attempts: 3)));

        Assert.Equal(("Retrying", "busy", 90L, 2, "prefers sms"),
            (retrying.State, retrying.LastError, retrying.NextAttemptAt, retrying.Attempts, retrying.Reason));
        Assert.Equal(("Sent", 95L, 3), (Find("n").State, Find("n").SentAt, Find("n").Attempts));
    }

    [Fact]
    public void Mark_WhatWasSent_Stays()
    {
        Put(Notice("n") with { State = "Sent", SentAt = 5 });

        Assert.False(Write(db => NoticeStore.Mark(db, "n", "Failed", error: "x")));
        Assert.False(Write(db => NoticeStore.Mark(db, "unknown", "Failed")));

        Assert.Equal("Sent", Find("n").State);
    }

    [Fact]
    public void MarkAll_OfASubject_MovesOnlyThose()
    {
        Put(Notice("a", customer: "a") with { State = "Held" });
        Put(Notice("b", customer: "b") with { State = "Sent" });
        Put(Notice("c", subject: "outage:2") with { State = "Held" });

        Assert.Equal(1, Write(db => NoticeStore.MarkAll(db, "outage:1", "Held", "Due", "released by ana")));

        Assert.Equal(("Due", "released by ana"), (Find("a").State, Find("a").Reason));
        Assert.Equal(("Sent", "Held"), (Find("b").State, Find("c").State));
    }

    [Fact]
    public void List_ByEachFilterAndPage()
    {
        Put(Notice("a", customer: "c1") with { CreatedAt = 10, State = "Sent" });
        Put(Notice("b", customer: "c2") with { CreatedAt = 10 });
        Put(Notice("c", customer: "c1", subject: "due:4", status: "due", channel: "email") with { CreatedAt = 20 });
        string[] Ids(NoticeFilter filter) => [.. Read(db => NoticeStore.List(db, filter)).Select(n => n.Id)];

        Assert.Equal(["c", "b", "a"], Ids(new NoticeFilter()));
        Assert.Equal(["c", "a"], Ids(new NoticeFilter { Customer = "c1" }));
        Assert.Equal(["b", "a"], Ids(new NoticeFilter { Subject = "outage:1" }));
        Assert.Equal(["a"], Ids(new NoticeFilter { States = ["Sent"] }));
        Assert.Equal(["c"], Ids(new NoticeFilter { Status = "due" }));
        Assert.Equal(["c"], Ids(new NoticeFilter { Channel = "email" }));
        Assert.Equal(["a"], Ids(new NoticeFilter { Before = (10, "b") }));
        Assert.Equal(["b"], Ids(new NoticeFilter { Before = (20, "c"), Limit = 1 }));
        Assert.Equal(2, Read(db => NoticeStore.Count(db, new NoticeFilter { Customer = "c1", Limit = 1 })));
        Assert.Equal(new Dictionary<string, long> { ["Due"] = 2, ["Sent"] = 1 }, Read(NoticeStore.CountByState));
    }

    [Fact]
    public void Told_OnlyThoseWhoGotIt()
    {
        Put(Notice("a", customer: "c1") with { State = "Sent" });
        Put(Notice("b", customer: "c2") with { State = "Failed" });
        Put(Notice("c", customer: "c3", status: "update") with { State = "Sent" });
        Put(Notice("d", customer: "c4", subject: "outage:2") with { State = "Sent" });

        Assert.Equal(["c1", "c3"], Read(db => NoticeStore.Told(db, "outage:1", "1-1", ["opened", "update"])).Select(n => n.Customer));
        Assert.Equal(["c1"], Read(db => NoticeStore.Told(db, "outage:1", "1-1", ["opened"])).Select(n => n.Customer));
        Assert.Equal(["c3"], Read(db => NoticeStore.Told(db, "outage:1", "1-1", [], 10, "a")).Select(n => n.Customer));
    }
}

public sealed class NoticeStoreOnSqliteFiles : NoticeStoreCompliance<SqliteFiles>;

public sealed class NoticeStoreInSqliteMemory : NoticeStoreCompliance<SqliteMemory>;

public sealed class NoticeStoreOnPostgres : NoticeStoreCompliance<PostgresSchemas>;
