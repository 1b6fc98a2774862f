using B2D.Core.Customers;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Tests.Places;
using B2D.Storage.Webhooks;
using Xunit;

namespace B2D.Storage.Tests.Customers;

/// <summary>What is kept of a customer: every place is known, and what becomes of each when they are erased.</summary>
public abstract class CustomerTracesCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private IReadOnlyList<string> TablesThatName(string column) => Read(db => db.Query<string>(db.Dialect == Dialect.Sqlite
        ? $"SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name LIKE '{column}' WHERE m.type = 'table' ORDER BY m.name"
        : $"SELECT table_name FROM information_schema.columns WHERE table_schema = 'state' AND column_name LIKE '{column}' ORDER BY table_name"));

    [Fact]
    public void Tables_ThatNameACustomer_AreAllDecidedAbout() =>
        Assert.Equal([], TablesThatName("%customer").Except(CustomerTraces.All.Select(t => t.Table)));

    [Fact]
    public void Traces_EachFindsItsRowsAndLeavesKeysOut()
    {
        Write(db => CustomerStore.Put(db, new Customer("ana") { Name = "Ana", Phone = "+351912345678" }, 1));
        foreach (var trace in CustomerTraces.All)
        {
            Assert.Equal(trace.Table == "customers" ? 1 : 0, Read(db => CustomerTraces.Count(db, trace, "ana")));
            var rows = Read(db => CustomerTraces.Rows(db, trace, "ana"));
            Assert.Equal(trace.Table == "customers" ? 1 : 0, rows.Count);
            Assert.All(rows, r => Assert.Empty(r.Keys.Intersect(trace.Leaves.Split(' '))));
        }
    }

    [Fact]
    public void Rows_AreTheNewest_AndOneMoreTellsThatThereAreMore()
    {
        foreach (var (id, at) in new[] { ("c", 1L), ("a", 3), ("b", 2) })
            Write(db => NoticeStore.Put(db, new NoticeRow { Id = id, Customer = "ana", Subject = "case:1", Episode = id, Channel = "sms", CreatedAt = at }));
        var notices = CustomerTraces.All.Single(t => t.Table == "notices");
        Assert.Equal(["a", "b"], Read(db => CustomerTraces.Rows(db, notices, "ana", most: 1)).Select(r => r["id"]));
        Assert.Equal(3, Read(db => CustomerTraces.Rows(db, notices, "ana")).Count);
    }

    [Fact]
    public void Traces_AreFoundByAnIndex_SoThatNobodyWaitsForAnErasure()
    {
        if (Read(db => db.Dialect) != Dialect.Sqlite)
            return;
        var scanned = CustomerTraces.All.Where(t => Read(db => db.Query<PlanStep>($"EXPLAIN QUERY PLAN SELECT count(*) FROM {t.Table} WHERE {t.Where}", new { id = "ana" })).Any(s => s.Detail.StartsWith($"SCAN {t.Table}", StringComparison.Ordinal)));
        // Emptied within a moment, and short.
        Assert.Equal(["owner_changes"], scanned.Select(t => t.Table));
    }

    private sealed record PlanStep
    {
        public string Detail { get; init; } = "";
    }

    [Fact]
    public void Erased_WhatSaysWhoTheyWere_IsGone_AndAnImportDoesNotBringItBack()
    {
        Write(db => CustomerStore.Put(db, new Customer("ana") { Name = "Ana Sá", Phone = "+351912345678" }, 1));
        var known = Write(db => CaseStore.TryOpen(db, new CaseRow { Device = "HP-1", Family = "pump", Customer = "ana" }))!.Value;
        var said = Write(db => ContactStore.Add(db, new ContactRow { Customer = "ana", About = "It hums", CaseId = known }));
        Write(db => InboundStore.Put(db, new InboundRow { Id = "m", Customer = "ana", Channel = "sms", Text = "please stop" }));
        Write(db => ComplaintStore.Add(db, new ComplaintRow { CaseId = known, Customer = "ana", Text = "Ana is angry", AnsweredAt = 1 }));
        Write(db => OutsideFactStore.Put(db, new OutsideFactRow { Key = "k", Kind = "moved", Subject = "customer:ana" }));
        Write(db => CustomerStore.Erase(db, "ana"));
        Write(db => ErasureStore.Add(db, new ErasureRow { Customer = "ana", At = 5, Who = "admin", Reason = "asked", Cases = known.ToString(System.Globalization.CultureInfo.InvariantCulture) }));

        Assert.Null(Read(db => CustomerStore.Find(db, "ana")));
        foreach (var table in new[] { "consents", "inbound_messages", "outside_facts", "customer_words" })
            Assert.Equal(0, Read(db => db.Scalar<int>($"SELECT count(*) FROM {table}")));
        Assert.Equal(Erasure.Blank, Read(db => ComplaintStore.Last(db, known))!.Text);
        Assert.Equal(("", ""), Read(db => ContactStore.Find(db, said)) is { } contact ? (contact.Customer, contact.About) : default);
        Assert.Equal(0, Write(db => CustomerStore.Upsert(db, [new CustomerImportRow(1, "ana") { Name = "Ana Sá" }], 9)));
        Assert.Null(Read(db => CustomerStore.Find(db, "ana")));
    }

    [Fact]
    public void Erased_WhatMailServersSaidOfMailsToThem_IsGone_AlsoFromWhatOtherSystemsAreTold()
    {
        Write(db => WebhookStore.Add(db, new ReceiverRow { Name = "r", Url = "https://x", Events = " notice.failed " }));
        foreach (var (id, customer) in new[] { ("a", "ana"), ("b", "carer:ana"), ("c", "rui") })
        {
            Write(db => CustomerStore.Put(db, new Customer(customer) { Name = customer }, 1));
            Write(db => NoticeStore.Put(db, new NoticeRow { Id = id, Customer = customer, Subject = "case:1", Channel = "email", State = "Sent" }));
            Write(db => BounceStore.Put(db, new BounceRow { Notice = id, Kind = "NotDelivered", Reason = "Ana’s mailbox is full" }));
            Write(db => NoticeStore.Bounce(db, id, "came back: Ana’s mailbox is full"));
        }
        foreach (var table in new[] { "bounces", "webhook_deliveries" })
            Assert.Equal(2, Read(db => CustomerTraces.Count(db, CustomerTraces.All.Single(t => t.Table == table), "ana")));
        Write(db => CustomerStore.Erase(db, "ana"));
        Assert.Equal(["c"], new[] { "a", "b", "c" }.Where(n => Read(db => BounceStore.Of(db, n)).Count > 0));
        Assert.Equal(["", "", "came back: Ana’s mailbox is full"], Read(db => db.Query<string>("SELECT last_error FROM notices ORDER BY id")));
        Assert.Equal([("a", false), ("b", false), ("c", true)], Read(db => db.Query<DeliveryRow>("SELECT message_id, data FROM webhook_deliveries ORDER BY id"))
            .Select(d => (d.MessageId["notice.failed/".Length..], d.Data.Contains("mailbox", StringComparison.Ordinal))));
    }

    [Fact]
    public void Written_ByPeople_IsListedAndBlankedOut()
    {
        var known = Write(db => CaseStore.TryOpen(db, new CaseRow { Device = "HP-1", Family = "pump", Customer = "ana", Title = "It hums", Summary = "Says Ana", WaitingFor = "Ana's key" }))!.Value;
        Write(db => TimelineStore.Add(db, new TimelineRow { Subject = $"case:{known}", Kind = "note", Text = "Ana is at home", Who = "marta" }));
        Write(db => TimelineStore.Add(db, new TimelineRow { Subject = $"case:{known}", Kind = "opened", Text = "Opened", Who = "B2D" }));
        Write(db => TimelineStore.Add(db, new TimelineRow { Subject = "case:99", Kind = "note", Text = "Elsewhere", Who = "marta" }));
        Write(db => HandOffStore.Add(db, new HandOffRow { CaseId = known, FromWho = "marta", ToWho = "rui", Promised = "Call Ana" }));
        Write(db => StepStore.Add(db, new StepRow { CaseId = known, Text = "Ring at Ana's", AddedBy = "marta" }));
        Write(db => GrantStore.Add(db, new GrantRow { CaseId = known, Reason = "Ana waited", Who = "rui" }));
        Write(db => ObjectionStore.Put(db, new ObjectionRow { CaseId = known, Who = "rui", Reason = "other", Text = "Ana knows" }));
        Write(db => WaitStore.Add(db, new WaitRow { CaseId = known, Kind = "customer", WaitingFor = "Ana's answer" }));

        var texts = Read(db => ErasureStore.Written(db, known));
        Assert.Equal(["Ana is at home", "Call Ana", "Ring at Ana's", "Ana's answer", "Ana's key", "Says Ana", "It hums", "Ana waited", "Ana knows"], texts.Select(t => t.Text));
        Assert.False(Write(db => ErasureStore.BlankOut(db, [99], texts[0].Key)));
        Assert.False(Write(db => ErasureStore.BlankOut(db, [known], "users.name.1")));
        foreach (var text in texts)
            Assert.True(Write(db => ErasureStore.BlankOut(db, [99, known], text.Key)), text.Key);
        Assert.Empty(Read(db => ErasureStore.Written(db, known)));
        Assert.Equal("Elsewhere", Read(db => TimelineStore.List(db, "case:99"))[0].Text);
    }

    [Fact]
    public void Lists_OfACasesLinesAndNotices_AreReadByBothDatabases()
    {
        foreach (var (subject, kind, at) in new[] { ("case:1", "note", 5L), ("case:2", "note", 6), ("case:3", "note", 7), ("device:HP-1", "remedy", 3), ("device:HP-1", "remedy", 1), ("device:HP-1", "other", 3) })
            Write(db => TimelineStore.Add(db, new TimelineRow { Subject = subject, Kind = kind, At = at, Text = $"{subject} {kind} {at}" }));
        Assert.Equal(["case:2 note 6", "case:1 note 5", "device:HP-1 remedy 3"], Read(db => TimelineStore.OfCases(db, ["case:1", "case:2"], "HP-1", 2, 4, 10)).Select(l => l.Text));

        foreach (var (id, subject, episode) in new[] { ("a", "case:1", "9"), ("b", "fault:HP-1/pump", "1"), ("c", "fault:HP-1/pump", "2"), ("d", "case:2", "1") })
            Write(db => NoticeStore.Put(db, new NoticeRow { Id = id, Customer = "ana", Subject = subject, Episode = episode, Channel = "sms" }));
        Assert.Equal(["b", "a"], Read(db => NoticeStore.OfCases(db, ["case:1"], ["fault:HP-1/pump"], ["1"], 10)).Select(n => n.Id));
    }
}

public sealed class CustomerTracesOnSqliteFiles : CustomerTracesCompliance<SqliteFiles>;

public sealed class CustomerTracesInSqliteMemory : CustomerTracesCompliance<SqliteMemory>;

public sealed class CustomerTracesOnPostgres : CustomerTracesCompliance<PostgresSchemas>;
