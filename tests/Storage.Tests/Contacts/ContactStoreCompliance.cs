using B2D.Storage.Access;
using B2D.Storage.Contacts;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Contacts;

public abstract class ContactStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private long Add(ContactRow row) => Write(db => ContactStore.Add(db, row));

    [Fact]
    public void Contacts_EveryColumn_ComesBack()
    {
        var row = Filled<ContactRow>();
        var id = Add(row);

        AssertSame(row with { Id = id }, Read(db => ContactStore.Find(db, id)));
        AssertSame(row with { Id = id }, Read(db => ContactStore.FindDelivery(db, row.Delivery!)));
        Assert.Null(Read(db => ContactStore.FindDelivery(db, "other")));
    }

    [Fact]
    public void Contacts_LoggedByHand_HaveNoDelivery_AndOneDeliveryCountsOnce()
    {
        Add(new ContactRow { Customer = "c1" });
        Add(new ContactRow { Customer = "c1" });
        Add(new ContactRow { Customer = "c1", Delivery = "key:phone/1" });

        Assert.ThrowsAny<System.Data.Common.DbException>(() => Add(new ContactRow { Customer = "c1", Delivery = "key:phone/1" }));
    }

    [Fact]
    public void Tallies_CountByCustomerCaseAndOutage()
    {
        Add(new ContactRow { Customer = "c1", CaseId = 5 });
        Add(new ContactRow { Customer = "c1", CaseId = 5, Repeated = true });
        Add(new ContactRow { Customer = "c1", OutageId = 3, Repeated = true });
        Add(new ContactRow { Customer = "c2" });

        Assert.Equal((3, 2), Tally(db => ContactStore.TallyOfCustomer(db, "c1")));
        Assert.Equal((2, 1), Tally(db => ContactStore.TallyOfCase(db, 5)));
        Assert.Equal((1, 1), Tally(db => ContactStore.TallyOfOutage(db, 3)));
        Assert.Equal((0, 0), Tally(db => ContactStore.TallyOfCase(db, 0)));
        var ids = Read(db => ContactStore.OfCustomer(db, "c1")).Select(c => c.Id).ToArray();
        Assert.Equal(3, ids.Length);
        Assert.Equal(ids.OrderDescending(), ids);

        Assert.Equal(3, Write(db => ContactStore.Erase(db, "c1")));
        Assert.Equal((0, 0), Tally(db => ContactStore.TallyOfCustomer(db, "c1")));
        Assert.Equal((2, 1), Tally(db => ContactStore.TallyOfCase(db, 5)));

        (long, long) Tally(Func<Db, ContactTally> of) => Read(of) is var tally ? (tally.Contacts, tally.Repeated) : default;
    }

    [Fact]
    public void Unread_UntilItIsRead_OrTheCustomerIsAnswered()
    {
        var first = Add(new ContactRow { Customer = "c1", CaseId = 5, Unread = true });
        var second = Add(new ContactRow { Customer = "c1", OutageId = 3, Unread = true });
        Add(new ContactRow { Customer = "c1", CaseId = 5 });
        Add(new ContactRow { Customer = "c2", CaseId = 6, Unread = true });

        Assert.Equal(3, Read(ContactStore.CountUnread));
        Assert.Equal([first], Read(db => ContactStore.Unread(db, 5, 0)).Select(c => c.Id));
        Assert.Equal([second], Read(db => ContactStore.Unread(db, 0, 3)).Select(c => c.Id));
        Assert.Empty(Read(db => ContactStore.Unread(db, 0, 0)));
        Assert.True(Read(db => ContactStore.HasUnread(db, 5)));
        Assert.True(Write(db => ContactStore.Read(db, first)));
        Assert.False(Write(db => ContactStore.Read(db, first)));
        Assert.False(Write(db => ContactStore.Read(db, 999)));
        Assert.False(Read(db => ContactStore.HasUnread(db, 5)));
        // An answer about a case reads neither what was written about the outage nor about another case.
        var alone = Add(new ContactRow { Customer = "c1", Unread = true });
        Assert.Equal(1, Write(db => ContactStore.ReadOf(db, "c1", 5, 0)));
        Assert.False(Read(db => ContactStore.Find(db, alone))!.Unread);
        Assert.Equal(1, Write(db => ContactStore.ReadOf(db, "c1", 0, 3)));
        Assert.Equal(1, Read(ContactStore.CountUnread));
        Write(db => ContactStore.Erase(db, "c2"));
        Assert.Equal(0, Read(ContactStore.CountUnread));
    }

    [Fact]
    public void Views_AreSeenByTheirOwnerOrByAll()
    {
        var row = Filled<ViewRow>() with { Shared = false };
        var id = Write(db => ViewStore.Put(db, row));
        AssertSame(row with { Id = id }, Read(db => ViewStore.Find(db, id)));
        Put("/cases", "Mine", "ana", shared: false);
        Put("/cases", "Heating", "rui", shared: true);
        Put("/cases", "His", "rui", shared: false);
        Put("/devices", "Faulty", "ana", shared: false);

        Assert.Equal(["Heating", "Mine"], Names("/cases", "ana"));
        Assert.Equal(["Heating", "His"], Names("/cases", "rui"));
        Assert.Equal(3, Read(db => ViewStore.All(db, "ana")).Count);
        Assert.Equal(2, Read(db => ViewStore.CountOf(db, "ana")));
    }

    [Fact]
    public void Views_OfTheSameName_AreReplacedNotRenamedTo()
    {
        var first = Put("/cases", "Mine", "ana", shared: false);
        Assert.Equal(first, Write(db => ViewStore.Put(db, new ViewRow { List = "/cases", Name = "Mine", Owner = "ana", Filter = "state:done", Shared = true })));
        Assert.Equal(("state:done", true), Read(db => ViewStore.Find(db, first)) is { } row ? (row.Filter, row.Shared) : default);
        var second = Put("/cases", "Other", "ana", shared: false);

        Assert.False(Write(db => ViewStore.Rename(db, second, "Mine")));
        Assert.True(Write(db => ViewStore.Rename(db, second, "Third")));
        Assert.True(Write(db => ViewStore.Rename(db, second, "Third")));
        Assert.True(Write(db => ViewStore.Delete(db, second)));
        Assert.False(Write(db => ViewStore.Delete(db, second)));
    }

    private long Put(string list, string name, string owner, bool shared) =>
        Write(db => ViewStore.Put(db, new ViewRow { List = list, Name = name, Owner = owner, Filter = "state:open", Shared = shared }));

    private IEnumerable<string> Names(string list, string who) => Read(db => ViewStore.List(db, list, who)).Select(v => v.Name);
}

public sealed class ContactStoreOnSqliteFiles : ContactStoreCompliance<SqliteFiles>;

public sealed class ContactStoreInSqliteMemory : ContactStoreCompliance<SqliteMemory>;

public sealed class ContactStoreOnPostgres : ContactStoreCompliance<PostgresSchemas>;
