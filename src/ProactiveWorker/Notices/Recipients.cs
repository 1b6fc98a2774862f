using B2D.Core.Customers;
using B2D.ProactiveWorker.Subscriptions;
using B2D.Storage;
using B2D.Storage.Customers;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Whoever a line of the ledger is for.</summary>
public static class Recipients
{
    /// <summary>A customer; their carer, or somebody who hears of a place, as if they were one. Null where there is none any more.</summary>
    public static CustomerRow? Find(Db db, string name) => Carer.Is(name) ? CarerStore.Recipient(db, name) : Subscribers.Recipient(db, name);
}
