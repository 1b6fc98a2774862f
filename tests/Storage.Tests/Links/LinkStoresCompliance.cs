using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Subscriptions;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Links;
using B2D.Storage.Outages;
using B2D.Storage.Subscriptions;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Links;

/// <summary>Customers' links, slots, surveys and subscriptions.</summary>
public abstract class LinkStoresCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Links_OneThatIsNotEnded_ForEachCustomerAndSubject()
    {
        var row = new CustomerLinkRow { Customer = "ana", Subject = "case:1", Nonce = "n", CodeKept = "k1", MadeAt = 1, EndsAt = 10 };
        var id = Write(db => CustomerLinkStore.Add(db, row))!.Value;
        Assert.Null(Write(db => CustomerLinkStore.Add(db, row with { CodeKept = "k2" })));
        Assert.Null(Write(db => CustomerLinkStore.Add(db, row with { Subject = "case:2" })));
        AssertSame(row with { Id = id }, Read(db => CustomerLinkStore.Find(db, "ana", "case:1")));
        Write(db => CustomerLinkStore.Extend(db, id, 20));
        Write(db => CustomerLinkStore.SetSaid(db, id, "Broken", 5));
        AssertSame(row with { Id = id, EndsAt = 20, Said = "Broken", SaidAt = 5 }, Read(db => CustomerLinkStore.FindCode(db, "k1")));
        Assert.Equal(0, Write(db => CustomerLinkStore.Retain(db, 20, 10)));
        Assert.Equal(1, Write(db => CustomerLinkStore.Retain(db, 21, 10)));
        Assert.Null(Read(db => CustomerLinkStore.Find(db, id)));
    }

    [Fact]
    public void Links_OfADevicesFormerOwner_EndWithTheSale_AndThoseOfWhatTheyKeepStay()
    {
        var cases = Write(db =>
        {
            foreach (var id in new[] { "rt-1", "rt-2", "hp-1" })
                DeviceStore.Put(db, Device(id, "ana"), 1);
            // PostgreSQL does not give the same numbers twice, whatever else is in the table.
            string[] cases = [.. new[] { "rt-1", "rt-2", "hp-1" }.Select(id => $"case:{CaseStore.TryOpen(db, new CaseRow { Device = id, Family = "f", Customer = "ana" })}")];
            foreach (var (outage, device) in new[] { (7, "rt-1"), (7, "rt-2"), (8, "rt-1") })
                OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = outage, Device = device, Customer = "ana", DownAt = 1 });
            foreach (var subject in cases.Concat(["outage:7", "outage:8"]))
                CustomerLinkStore.Add(db, new CustomerLinkRow { Customer = "ana", Subject = subject, CodeKept = subject, EndsAt = 100 });
            CustomerLinkStore.Add(db, new CustomerLinkRow { Customer = "rui", Subject = cases[0], CodeKept = "rui", EndsAt = 100 });
            DeviceStore.Put(db, Device("rt-1", "marta"), 50);
            return cases;
        });
        Assert.Equal([cases[1], cases[2], "outage:7"], Read(db => db.Query<string>("SELECT subject FROM customer_links WHERE customer = 'ana' AND ended_at = 0 ORDER BY id")));
        Assert.Equal([50L, 50L], Read(db => db.Query<long>("SELECT ended_at FROM customer_links WHERE ended_at > 0")));
        Assert.NotNull(Read(db => CustomerLinkStore.Find(db, "rui", cases[0])));
        Assert.True(Read(db => CustomerLinkStore.Touches(db, 7, "ana")));
        Assert.False(Read(db => CustomerLinkStore.Touches(db, 8, "ana")));
        Assert.Equal(["rt-2"], Read(db => OutageStore.DevicesOf(db, 7, "ana")).Select(d => d.Device));
    }

    [Fact]
    public void Slots_TheLastPlace_IsGivenOnce_WhateverTheProgramDoes()
    {
        var id = Write(db => SlotStore.Add(db, new SlotRow { Place = "Porto", StartAt = 100, EndAt = 200, Capacity = 2 }));
        VisitRow Visit(long caseId) => new() { SlotId = id, CaseId = caseId, Customer = "ana", MadeAt = 5 };
        Assert.NotNull(Write(db => SlotStore.Take(db, Visit(1), null)));
        Assert.NotNull(Write(db => SlotStore.Take(db, Visit(2), null)));
        Assert.Null(Write(db => SlotStore.Take(db, Visit(3), null)));
        Assert.Empty(Read(db => SlotStore.Free(db, 0, ["Porto"], [""], 9)));
        // Past the condition in the statement, the table itself refuses.
        Assert.ThrowsAny<System.Data.Common.DbException>(() => Write(db => db.Execute("UPDATE slots SET taken = taken + 1")));
        Assert.ThrowsAny<System.Data.Common.DbException>(() => Write(db => db.Execute("INSERT INTO visits (slot_id, case_id, customer, made_at, ended_at, ended_why) VALUES (1, 1, '', 0, 0, '')")));
        var first = Read(db => SlotStore.VisitOf(db, 1))!;
        Assert.True(Write(db => SlotStore.GiveBack(db, first, "changed", 6)));
        Assert.False(Write(db => SlotStore.GiveBack(db, first, "changed", 7)));
        Assert.Equal(1, Read(db => SlotStore.Find(db, id))!.Taken);
        Assert.NotNull(Write(db => SlotStore.Take(db, Visit(3), null)));
        Assert.True(Write(db => SlotStore.Close(db, id, 9)));
        Assert.False(Write(db => SlotStore.Close(db, id, 9)));
        Assert.Equal([2L, 3L], Read(db => SlotStore.VisitsIn(db, id)).Select(v => v.CaseId));
    }

    [Fact]
    public void Slots_Free_AreThoseOfThePlaceAndTheSegments_HowManyEverThereAreElsewhere()
    {
        var ids = Write(db =>
        {
            for (var i = 0; i < 250; i++)
                SlotStore.Add(db, new SlotRow { Place = "Faro", StartAt = 100 + i, EndAt = 900, Capacity = 1 });
            return new[] { ("Porto", ""), ("", "north"), ("", ""), ("Porto", "south") }.Select((s, i) => SlotStore.Add(db, new SlotRow { Place = s.Item1, Segment = s.Item2, StartAt = 600 + i, EndAt = 900, Capacity = 1 })).ToArray();
        });
        Assert.Equal(["", "Faro", "Porto"], Read(db => SlotStore.Places(db, 0)));
        Assert.Equal(ids[..3], Read(db => SlotStore.Free(db, 0, ["", "Porto"], ["", "north", "north/n1"], 12)).Select(s => s.Id));
        Assert.Equal(ids[..1], Read(db => SlotStore.Free(db, 600, ["", "Porto"], [""], 1)).Select(s => s.Id));
        Assert.Empty(Read(db => SlotStore.Free(db, 604, ["", "Porto"], [""], 12)));
        Assert.Empty(Read(db => SlotStore.Free(db, 0, [], [""], 12)));
    }

    [Fact]
    public async Task Slots_ManyAtOnceForOnePlace_OneGetsIt()
    {
        var id = Write(db => SlotStore.Add(db, new SlotRow { StartAt = 100, EndAt = 200, Capacity = 1 }));
        var got = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => Write(db => SlotStore.Take(db, new VisitRow { SlotId = id, CaseId = i }, null)))));
        Assert.Single(got, visit => visit is not null);
    }

    [Fact]
    public void Slots_Change_GivesTheOldPlaceBack_OnlyWhereTheNewOneIsHad()
    {
        var (one, two) = (Write(db => SlotStore.Add(db, new SlotRow { StartAt = 100, EndAt = 200, Capacity = 1 })), Write(db => SlotStore.Add(db, new SlotRow { StartAt = 300, EndAt = 400, Capacity = 1 })));
        Write(db => SlotStore.Take(db, new VisitRow { SlotId = one, CaseId = 1 }, null));
        Write(db => SlotStore.Take(db, new VisitRow { SlotId = two, CaseId = 2 }, null));
        var before = Read(db => SlotStore.VisitOf(db, 1))!;
        Assert.Null(Write(db => SlotStore.Take(db, new VisitRow { SlotId = two, CaseId = 1, MadeAt = 5 }, before)));
        Assert.Equal(one, Read(db => SlotStore.VisitOf(db, 1))!.SlotId);
        Write(db => SlotStore.GiveBack(db, SlotStore.VisitOf(db, 2)!, "", 5));
        Assert.NotNull(Write(db => SlotStore.Take(db, new VisitRow { SlotId = two, CaseId = 1, MadeAt = 5 }, before)));
        Assert.Equal((two, 0L, 1L), (Read(db => SlotStore.VisitOf(db, 1))!.SlotId, Read(db => SlotStore.Find(db, one))!.Taken, Read(db => SlotStore.Find(db, two))!.Taken));
    }

    [Fact]
    public void Surveys_AskedAndAnsweredOnce_AndCounted()
    {
        Assert.True(Write(db => SurveyStore.Ask(db, new SurveyRow { CaseId = 1, Customer = "ana", AskedAt = 5 })));
        Assert.False(Write(db => SurveyStore.Ask(db, new SurveyRow { CaseId = 1, Customer = "ana", AskedAt = 6 })));
        Write(db => SurveyStore.Ask(db, new SurveyRow { CaseId = 2, Customer = "rui", AskedAt = 7 }));
        Assert.Equal((5, 0), (Read(db => SurveyStore.LastAsked(db, "ana")), Read(db => SurveyStore.LastAsked(db, "marta"))));
        Assert.Null(Read(db => SurveyStore.Tally(db, 0)).Average);
        Assert.True(Write(db => SurveyStore.Answer(db, 1, 2, "fine", 10)));
        Assert.False(Write(db => SurveyStore.Answer(db, 1, 7, "no", 11)));
        Assert.False(Write(db => SurveyStore.Answer(db, 9, 7, "no", 11)));
        Write(db => SurveyStore.Answer(db, 2, 5, "", 20));
        Assert.Equal((3.5, 2), (Read(db => SurveyStore.Tally(db, 0)).Average, Read(db => SurveyStore.Tally(db, 0)).Count));
        Assert.Equal(5.0, Read(db => SurveyStore.Tally(db, 15)).Average);
    }

    [Fact]
    public void Subscriptions_ByPlace_ConfirmedOnes_AndForgotten()
    {
        Write(db => CustomerStore.Put(db, new Customer("ana") { Place = "Bonfim, Porto" }, 1));
        long Add(string email, string place, long at) => Write(db =>
        {
            var id = SubscriptionStore.Add(db, new SubscriptionRow { Email = email, Place = place, PlaceFolded = PlaceMatch.Fold(place), MadeAt = at });
            SubscriptionStore.Mailed(db, id, at);
            return id;
        });
        var (porto, bonfim, faro) = (Add("a@example.org", "Porto", 10), Add("a@example.org", "Bonfim", 11), Add("b@example.org", "Faro", 12));
        Assert.ThrowsAny<System.Data.Common.DbException>(() => Add("a@example.org", "porto", 13));
        Assert.True(Write(db => SubscriptionStore.Confirm(db, porto, 20)));
        Assert.False(Write(db => SubscriptionStore.Confirm(db, porto, 21)));
        Assert.Equal([porto], Read(db => SubscriptionStore.Of(db, PlaceMatch.Keys("Bonfim, Porto"))).Select(s => s.Id));
        Assert.Equal(new SubscriptionFacts(true, 1, 2, 2, 3), Read(db => SubscriptionStore.Facts(db, "a@example.org", "porto", 9)));
        Assert.Equal(new SubscriptionFacts(false, 0, 0, 1, 1), Read(db => SubscriptionStore.Facts(db, "b@example.org", "lagos", 12)) with { LatelyInAll = 1 });
        Assert.Equal(["Bonfim, Porto"], Read(SubscriptionStore.Places));
        Assert.Equal(1, Write(db => SubscriptionStore.Forget(db, 12, 10)));
        Assert.Null(Read(db => SubscriptionStore.Find(db, bonfim)));
        Assert.Equal((1L, 1L), Read(SubscriptionStore.Count));
        Assert.True(Write(db => SubscriptionStore.Remove(db, faro)));
        Assert.Equal(1, Write(db => SubscriptionStore.RemoveAll(db, " A@example.org ")));
    }

    [Fact]
    public void Places_MoreThanAPage_AreAllThere()
    {
        Write(db =>
        {
            for (var i = 0; i < 1001; i++)
            {
                CustomerStore.Put(db, new Customer($"c{i}") { Place = $"Town {i:0000}" }, 1);
                OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = 7, Device = $"rt-{i}", Customer = $"c{i}", DownAt = 1 });
            }
            CustomerStore.Put(db, new Customer("nowhere"), 1);
        });
        Assert.Equal((1001, "Town 1000"), Read(SubscriptionStore.EveryPlace) is var every ? (every.Count, every[^1]) : default);
        Assert.Equal((1001, "Town 1000"), Read(db => SubscriptionStore.PlacesDown(db, 7)) is var down ? (down.Count, down[^1]) : default);
        Assert.Equal(1000, Read(SubscriptionStore.Places).Count);
    }

    [Theory]
    [InlineData("SELECT id FROM customers WHERE LOWER(email) = 'a@example.org' ORDER BY id LIMIT 1000", "customers_email")]
    [InlineData("SELECT DISTINCT place FROM customers WHERE place > 'a' ORDER BY place LIMIT 1000", "customers_place")]
    [InlineData("SELECT id FROM customer_links WHERE subject = 'outage:7' AND said = 'Broken' AND ended_at = 0 ORDER BY id LIMIT 1000000", "customer_links_broken")]
    public void WhatIsLookedForOften_IsFoundByAnIndex(string sql, string index) => Assert.Contains(index, Write(db =>
    {
        if (db.Dialect == Dialect.Sqlite)
            return string.Join('\n', db.Query<PlanLine>($"EXPLAIN QUERY PLAN {sql}").Select(l => l.Detail));
        // In a table of few rows any other way is as good.
        for (var i = 0; i < 2000; i++)
            CustomerStore.Put(db, new Customer($"many-{i}") { Place = $"Town {i:0000}", Email = $"{i}@example.org" }, 1);
        db.Execute("ANALYZE customers");
        db.Execute("SET LOCAL enable_seqscan = off");
        return string.Join('\n', db.Query<string>($"EXPLAIN {sql}"));
    }), StringComparison.Ordinal);

    [Fact]
    public void Erased_NothingOfTheCustomersWordsIsLeft()
    {
        Write(db =>
        {
            CustomerStore.Put(db, new Customer("ana") { Name = "Ana" }, 1);
            CustomerLinkStore.Add(db, new CustomerLinkRow { Customer = "ana", Subject = "case:1", CodeKept = "k", EndsAt = 9 });
            SurveyStore.Ask(db, new SurveyRow { CaseId = 1, Customer = "ana", AskedAt = 1 });
            SurveyStore.Answer(db, 1, 6, "my dog was cold", 2);
            SlotStore.Take(db, new VisitRow { SlotId = SlotStore.Add(db, new SlotRow { StartAt = 100, EndAt = 200, Capacity = 1 }), CaseId = 1, Customer = "ana" }, null);
            CustomerStore.Erase(db, "ana");
        });
        Assert.Equal("", Read(db => SlotStore.VisitOf(db, 1))!.Customer);
        Assert.Null(Read(db => CustomerLinkStore.Find(db, "ana", "case:1")));
        AssertSame(new SurveyRow { CaseId = 1, AskedAt = 1, Score = 6, AnsweredAt = 2 }, Read(db => SurveyStore.Find(db, 1)));
    }

    private sealed record PlanLine
    {
        public string Detail { get; init; } = "";
    }

    private static Device Device(string id, string customer) => new(DeviceId.Parse(id)) { Customer = customer };
}

public sealed class LinkStoresOnSqliteFiles : LinkStoresCompliance<SqliteFiles>;

public sealed class LinkStoresInSqliteMemory : LinkStoresCompliance<SqliteMemory>;

public sealed class LinkStoresOnPostgres : LinkStoresCompliance<PostgresSchemas>;
