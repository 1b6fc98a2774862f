using B2D.Storage.Sessions;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Sessions;

public abstract class SessionStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private void Keep(Action<Db> work) => Stores.Sessions.Write(work);

    private T Kept<T>(Func<Db, T> work) => Stores.Sessions.Read(work);

    [Fact]
    public void Put_EveryColumn_ComesBack()
    {
        var (session, subscription, message) = (Filled<SessionRow>(1), Filled<SubscriptionRow>(2), Filled<MessageRow>(3));
        var (delivery, accepted) = (Filled<DeliveryRow>(4), Filled<AcceptedRow>(5));

        Keep(db =>
        {
            SessionStore.Put(db, [session]);
            SessionStore.Put(db, [subscription]);
            SessionStore.Put(db, [message]);
            SessionStore.Put(db, [delivery]);
            SessionStore.Put(db, [accepted]);
        });
        if (Place is not SqliteMemory)
            Reopen();

        AssertSame([session], Kept(db => SessionStore.Sessions(db)).ToArray());
        AssertSame([subscription], Kept(db => SessionStore.Subscriptions(db)).ToArray());
        AssertSame([message], Kept(db => SessionStore.Messages(db)).ToArray());
        AssertSame([delivery], Kept(db => SessionStore.Deliveries(db)).ToArray());
        AssertSame([accepted], Kept(db => SessionStore.Accepted(db)).ToArray());
    }

    [Fact]
    public void Put_Again_ReplacesSessionsSubscriptionsAndAcceptedIds()
    {
        var session = Filled<SessionRow>(1);
        var subscription = Filled<SubscriptionRow>(2);
        var accepted = Filled<AcceptedRow>(3);
        Keep(db =>
        {
            SessionStore.Put(db, [session]);
            SessionStore.Put(db, [subscription]);
            SessionStore.Put(db, [accepted]);
        });
        var newer = Filled<SessionRow>(4) with { Id = session.Id };
        var replaced = Filled<SubscriptionRow>(5) with { Session = subscription.Session, Number = subscription.Number, NoLocal = false };
        var empty = accepted with { Packet = [] };

        Keep(db =>
        {
            SessionStore.Put(db, [newer]);
            SessionStore.Put(db, [replaced]);
            SessionStore.Put(db, [empty]);
        });

        AssertSame([newer], Kept(db => SessionStore.Sessions(db)).ToArray());
        AssertSame([replaced], Kept(db => SessionStore.Subscriptions(db)).ToArray());
        AssertSame([empty], Kept(db => SessionStore.Accepted(db)).ToArray());
    }

    [Fact]
    public void Remove_OneSession_TakesAllThatIsItsAndNothingElse()
    {
        Keep(db =>
        {
            foreach (var id in new long[] { 1, 2 })
            {
                SessionStore.Put(db, [new SessionRow { Id = id }]);
                SessionStore.Put(db, [new SubscriptionRow { Session = id, Number = 1 }, new SubscriptionRow { Session = id, Number = 2 }]);
                SessionStore.Put(db, [new DeliveryRow { Session = id, Number = 7, Message = 5 }]);
                SessionStore.Put(db, [new AcceptedRow { Session = id, PacketId = 9 }]);
            }
            SessionStore.Put(db, [new MessageRow { Id = 5 }]);
        });

        Keep(db => SessionStore.Remove(db, [1]));

        Assert.Equal([2L], Kept(db => SessionStore.Sessions(db)).Select(r => r.Id));
        Assert.Equal([(2L, 1L), (2L, 2L)], Kept(db => SessionStore.Subscriptions(db)).Select(r => (r.Session, r.Number)));
        Assert.Equal([(2L, 7L)], Kept(db => SessionStore.Deliveries(db)).Select(r => (r.Session, r.Number)));
        Assert.Equal([(2L, 9)], Kept(db => SessionStore.Accepted(db)).Select(r => (r.Session, r.PacketId)));
        Assert.Single(Kept(db => SessionStore.Messages(db)));
    }

    [Fact]
    public void Deliveries_SentReceivedAndRemoved_ByTheirNumbersAlone()
    {
        Keep(db => SessionStore.Put(db, Enumerable.Range(1, 4).Select(n => new DeliveryRow { Session = n <= 3 ? 1 : 2, Number = n <= 3 ? n : 1 }).ToArray()));

        Keep(db =>
        {
            SessionStore.SetSent(db, [new DeliveryRow { Session = 1, Number = 1, PacketId = 11 }, new DeliveryRow { Session = 1, Number = 2, PacketId = 12 }]);
            SessionStore.SetReceived(db, [new OfSession(1, 2)]);
            SessionStore.RemoveDeliveries(db, [new OfSession(1, 3)]);
        });

        Assert.Equal(
            [(1L, 1L, 11, false), (1L, 2L, 12, true), (2L, 1L, 0, false)],
            Kept(db => SessionStore.Deliveries(db)).Select(r => (r.Session, r.Number, r.PacketId, r.Received)));
    }

    [Fact]
    public void Messages_RetainedAndRemoved_ByIdAlone()
    {
        Keep(db => SessionStore.Put(db, [new MessageRow { Id = 1 }, new MessageRow { Id = 2, Retained = true }, new MessageRow { Id = 3 }]));

        Keep(db =>
        {
            SessionStore.SetRetained(db, [1], true);
            SessionStore.SetRetained(db, [2], false);
            SessionStore.RemoveMessages(db, [3]);
        });

        Assert.Equal([(1L, true), (2L, false)], Kept(db => SessionStore.Messages(db)).Select(r => (r.Id, r.Retained)));
    }

    [Fact]
    public void RemoveSubscriptionsAndAccepted_OneOfTwo_TheOtherStays()
    {
        Keep(db =>
        {
            SessionStore.Put(db, [new SubscriptionRow { Session = 1, Number = 1 }, new SubscriptionRow { Session = 1, Number = 2 }]);
            SessionStore.Put(db, [new AcceptedRow { Session = 1, PacketId = 1 }, new AcceptedRow { Session = 2, PacketId = 1 }]);
        });

        Keep(db =>
        {
            SessionStore.RemoveSubscriptions(db, [new OfSession(1, 1)]);
            SessionStore.RemoveAccepted(db, [new OfSession(1, 1)]);
        });

        Assert.Equal([2L], Kept(db => SessionStore.Subscriptions(db)).Select(r => r.Number));
        Assert.Equal([2L], Kept(db => SessionStore.Accepted(db)).Select(r => r.Session));
    }

    [Fact]
    public void Lists_InPages_AreInOrderAndWhole()
    {
        Keep(db =>
        {
            SessionStore.Put(db, Enumerable.Range(1, 5).Reverse().Select(n => new SessionRow { Id = n }).ToArray());
            SessionStore.Put(db, Enumerable.Range(1, 5).Reverse().Select(n => new MessageRow { Id = n }).ToArray());
            SessionStore.Put(db, Enumerable.Range(0, 5).Reverse().Select(n => new DeliveryRow { Session = 1 + (n / 3), Number = n % 3 }).ToArray());
        });

        Assert.Equal([1L, 2, 3], Kept(db => SessionStore.Sessions(db, 0, 3)).Select(r => r.Id));
        Assert.Equal([4L, 5], Kept(db => SessionStore.Sessions(db, 3, 3)).Select(r => r.Id));
        Assert.Equal([3L, 4], Kept(db => SessionStore.Messages(db, 2, 2)).Select(r => r.Id));
        Assert.Equal([(1L, 0L), (1L, 1L)], Kept(db => SessionStore.Deliveries(db, default, 2)).Select(r => (r.Session, r.Number)));
        Assert.Equal([(1L, 2L), (2L, 0L), (2L, 1L)], Kept(db => SessionStore.Deliveries(db, new OfSession(1, 1), 5)).Select(r => (r.Session, r.Number)));
    }
}

public sealed class SessionStoreOnSqliteFiles : SessionStoreCompliance<SqliteFiles>;

public sealed class SessionStoreInSqliteMemory : SessionStoreCompliance<SqliteMemory>;

public sealed class SessionStoreOnPostgres : SessionStoreCompliance<PostgresSchemas>;
