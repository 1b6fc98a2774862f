using B2D.Core.Customers;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Notices;

/// <summary>What is kept around the ledger: consents, what customers wrote, calls, facts of other systems, approvals.</summary>
public abstract class TellingStoresCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Consents_LastWordOfAClassAndChannel_AndAFileDoesNotUndoTheCustomer()
    {
        bool Set(string noticeClass, string channel, bool given, string source, long at) =>
            Write(db => ConsentStore.Set(db, new ConsentRow { Customer = "ana", Class = noticeClass, Channel = channel, Given = given, Source = source, At = at }));

        Assert.True(Set("usage", "", true, "import", 1));
        Assert.False(Set("usage", "", true, "import", 2));
        Assert.True(Set("usage", "", false, "customer", 3));
        Assert.False(Set("usage", "", true, "import", 4));
        Assert.True(Set("usage", "sms", true, "person", 5));
        Assert.Equal(["usage  False 3", "usage sms True 5"], Read(db => ConsentStore.Of(db, "ana")).Select(c => $"{c.Class} {c.Channel} {c.Given} {c.At}"));
    }

    [Fact]
    public void Customers_ByPhoneAndMail_HoweverTheyAreWritten_AndErasedWithWhatTheyWrote()
    {
        Write(db => CustomerStore.Upsert(db, CustomerImport.Read("id,phone,email,consents,quiet_hours\nana,+351 910-000.001,Ana@Example.org,-offer,none\nrui,00351910000001,,,\n").Rows, 7));

        Assert.Equal(["ana", "rui"], Read(db => CustomerStore.WithPhone(db, "351910000001")));
        Assert.Empty(Read(db => CustomerStore.WithPhone(db, "")));
        Assert.Equal(["ana"], Read(db => CustomerStore.WithEmail(db, "ana@example.ORG")));
        Assert.Equal("none", Read(db => CustomerStore.Find(db, "ana"))!.QuietHours);
        Assert.Equal(["offer False import 7"], Read(db => ConsentStore.Of(db, "ana")).Select(c => $"{c.Class} {c.Given} {c.Source} {c.At}"));
        Write(db => InboundStore.Put(db, new InboundRow { Id = "m", Customer = "ana", Text = "stop", Meaning = "stop", At = 1 }));
        Assert.True(Write(db => CustomerStore.SetQuietHours(db, "ana", "")));
        Assert.False(Write(db => CustomerStore.SetQuietHours(db, "ana", "")));
        Assert.True(Write(db => CustomerStore.Erase(db, "ana")));
        Assert.Empty(Read(db => InboundStore.Of(db, "ana", 10)));
        Assert.Empty(Read(db => ConsentStore.Of(db, "ana")));
    }

    [Fact]
    public void Templates_VersionsCountForEachText_AndOneIsLive()
    {
        long Save(string channel, string text) => Write(db => TemplateStore.Add(db, new TemplateRow { Name = "outage-opened", Language = "en", Channel = channel, Subject = "s", Text = text, Who = "rui", Why = "w", At = 7 }));

        Assert.Equal((1, 2, 1), (Save("", "one"), Save("", "two"), Save("sms", "short")));
        Assert.Equal(["two", "one"], Read(db => TemplateStore.Versions(db, "outage-opened", "en", "")).Select(v => v.Text));
        Assert.Equal((2, 0), (Read(db => TemplateStore.Latest(db, "outage-opened", "en", "")), Read(db => TemplateStore.Latest(db, "outage-opened", "de", ""))));
        Assert.Empty(Read(db => TemplateStore.LiveTexts(db, "outage-opened", "en")));
        void Live(string channel, long version) => Write(db => TemplateStore.SetLive(db, new TemplateLiveRow { Name = "outage-opened", Language = "en", Channel = channel, Version = version, Who = "ana", At = 8 }));
        Live("", 2);
        Live("", 1);
        Live("sms", 1);
        Assert.Equal(["one", "short"], Read(db => TemplateStore.LiveTexts(db, "outage-opened", "en")).Select(t => t.Text).Order());
        Live("sms", 0);
        Assert.Equal(["one"], Read(db => TemplateStore.LiveTexts(db, "outage-opened", "en")).Select(t => t.Text));
        Assert.Equal([" 2", "sms 1"], Read(db => TemplateStore.Newest(db)).Select(t => $"{t.Channel} {t.Version}"));
        Assert.Equal([" 1", "sms 0"], Read(db => TemplateStore.Live(db)).Select(t => $"{t.Channel} {t.Version}"));
    }

    [Fact]
    public void NoticeWords_EveryColumn_ComesBack_AndGoesWithTheCustomer()
    {
        var row = Filled<NoticeWordsRow>() with { Customer = "ana" };
        Write(db => CustomerStore.Upsert(db, CustomerImport.Read("id\nana\n").Rows, 7));
        Write(db => NoticeWordsStore.Put(db, row with { Text = "before" }));
        Write(db => NoticeWordsStore.Put(db, row));
        Assert.Equal(row, Read(db => NoticeWordsStore.Find(db, row.Notice)));
        Write(db => CustomerStore.Erase(db, "ana"));
        Assert.Null(Read(db => NoticeWordsStore.Find(db, row.Notice)));
    }

    [Fact]
    public void Inbound_EveryColumn_ComesBack_OnceForEachCustomer()
    {
        var row = Filled<InboundRow>();
        Write(db =>
        {
            InboundStore.Put(db, row);
            InboundStore.Put(db, row with { Text = "again" });
            InboundStore.Put(db, row with { Customer = "z", Meaning = "other" });
        });

        AssertSame(row, Read(db => InboundStore.Of(db, row.Customer, 10)).Single());
        Assert.Equal(2, Read(db => InboundStore.Find(db, row.Id)).Count);
        Assert.Null(Read(db => InboundStore.LastWish(db, "z", 0)));
        Assert.NotNull(Read(db => InboundStore.LastWish(db, row.Customer, row.At)));
        Assert.Null(Read(db => InboundStore.LastWish(db, row.Customer, row.At + 1)));
    }

    [Fact]
    public void PhoneTasks_OneForEachNotice_AndOneAtATimeChangesIt()
    {
        var row = Filled<PhoneTaskRow>() with { State = "Open", Version = 1 };
        Assert.True(Write(db => PhoneTaskStore.Put(db, row)));
        Assert.False(Write(db => PhoneTaskStore.Put(db, row)));
        var task = Read(db => PhoneTaskStore.OfNotice(db, row.Notice))!;
        AssertSame(row with { Id = task.Id }, task);
        Assert.Equal((1, 1), Read(PhoneTaskStore.CountOpen));
        Assert.True(Write(db => PhoneTaskStore.Update(db, task with { State = "Done" })));
        Assert.False(Write(db => PhoneTaskStore.Update(db, task with { State = "Open" })));
        Assert.Empty(Read(db => PhoneTaskStore.Open(db)));
        Assert.Equal(2, Read(db => PhoneTaskStore.Find(db, task.Id))!.Version);
    }

    [Fact]
    public void OutsideFacts_ByKeyOnce_InForceFromUntil()
    {
        var row = new OutsideFactRow { Key = "erp-1", Kind = "visit-booked", Subject = "device:HP-1", FromAt = 10, UntilAt = 20, Who = "erp", CreatedAt = 5 };
        var id = Write(db => OutsideFactStore.Put(db, row));
        Assert.NotNull(id);
        Assert.Null(Write(db => OutsideFactStore.Put(db, row)));
        AssertSame(row with { Id = id.Value }, Read(db => OutsideFactStore.Find(db, "erp-1"))!);
        Write(db => OutsideFactStore.Put(db, row with { Key = "erp-2", UntilAt = 0 }));
        Assert.Equal([0, 2, 1], new long[] { 9, 10, 20 }.Select(now => Read(db => OutsideFactStore.InForce(db, ["device:HP-1", "customer:ana"], now)).Count));
        Assert.True(Write(db => OutsideFactStore.End(db, id.Value, 15)));
        Assert.False(Write(db => OutsideFactStore.End(db, id.Value, 15)));
        Assert.Single(Read(db => OutsideFactStore.InForce(db, ["device:HP-1"], 16)));
    }

    [Fact]
    public void OutsideFacts_OfADeviceThatIsSold_AreOverAndTheSellers()
    {
        Write(db => CustomerStore.Put(db, new Customer("ana"), 1));
        foreach (var (key, kind, from, until, told) in new[] { ("a", "moved", 10L, 0L, 5L), ("b", "moved", 10, 20, 5), ("c", "deceased", 90, 0, 5), ("d", "moved", 10, 0, 60), ("e", "returned", 10, 0, 5) })
            Write(db => OutsideFactStore.Put(db, new OutsideFactRow { Key = key, Kind = kind, Subject = "device:HP-1", FromAt = from, UntilAt = until, CreatedAt = told }));
        Write(db => OutsideFactStore.EndOfOwner(db, "HP-1", "ana", 50));
        Assert.Equal(["e 10 50", "c 90 90", "b 10 20", "a 10 50"], Read(db => OutsideFactStore.Of(db, ["customer:ana"])).Select(f => $"{f.Key} {f.FromAt} {f.UntilAt}"));
        Assert.Equal(["d 10 0"], Read(db => OutsideFactStore.Of(db, ["device:HP-1"])).Select(f => $"{f.Key} {f.FromAt} {f.UntilAt}"));
        // Of a seller who is no more they stay the device's.
        Write(db => OutsideFactStore.EndOfOwner(db, "HP-1", "eva", 70));
        Assert.Equal(["d 10 70"], Read(db => OutsideFactStore.Of(db, ["device:HP-1"])).Select(f => $"{f.Key} {f.FromAt} {f.UntilAt}"));
    }

    [Fact]
    public void Approvals_OneForEachSubjectAndStatus_ByWhenTheyGo()
    {
        var row = Filled<ApprovalRow>() with { Phase = "Offered", Version = 1 };
        var id = Write(db => ApprovalStore.Put(db, row));
        Assert.NotNull(id);
        Assert.Null(Write(db => ApprovalStore.Put(db, row)));
        AssertSame(row with { Id = id.Value }, Read(db => ApprovalStore.Find(db, row.Subject, row.Status))!);
        Assert.Equal(row.GoesAt, Read(ApprovalStore.NextAt));
        Assert.Single(Read(ApprovalStore.Offered));
        Assert.True(Write(db => ApprovalStore.Update(db, row with { Id = id.Value, Phase = "LetGo" })));
        Assert.False(Write(db => ApprovalStore.Update(db, row with { Id = id.Value, Phase = "Stopped" })));
        Assert.Null(Read(ApprovalStore.NextAt));
    }
}

public sealed class TellingStoresOnSqliteFiles : TellingStoresCompliance<SqliteFiles>;

public sealed class TellingStoresInSqliteMemory : TellingStoresCompliance<SqliteMemory>;

public sealed class TellingStoresOnPostgres : TellingStoresCompliance<PostgresSchemas>;
