using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Subscriptions;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Whether what a notice of an outage says is still so for whoever it is to, and whether it can be known by now.</summary>
internal static class OutageTruth
{
    /// <summary>What cannot be known yet is looked at again so much later.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    /// <summary>Why it is over by what we know ourselves; null while it is not.</summary>
    public static string? Over(Db db, NoticeRow row, long id)
    {
        var customer = Carer.CustomerOf(row.Customer);
        // The end of the one that they know of by now is the end of both.
        if (row.Status == "all-clear")
            return OutageStore.DownElsewhere(db, id, customer).Any(other => WasTold(db, other, row.Customer)) ? "theirs was down again before it" : null;
        // Whose first word is on its way is not told anew when it becomes part of a larger one: it is that one's word then.
        if ((row.Status == "opened" && IsBeingTold(db, row) ? OutageStore.FindWhole(db, id) : OutageStore.Find(db, id)) is not { State: not "Resolved" } outage)
            return "it was over before it";
        if (row.Status == "update")
            return NoticeStore.HasNewer(db, row) ? "there was newer news before it" : null;
        if (OwnerChangeStore.From(db, customer).Any(d => OutageStore.HasDevice(db, id, d)) && !OutageStore.Touches(db, outage.Id, customer))
            return "the device was another’s before it";
        return Subscribers.IdOf(customer) > 0 || OutageStore.Touches(db, outage.Id, customer) ? null : NoticeRow.WorkedAgain;
    }

    /// <summary>When to look at an end again: theirs is down in another outage, of which they may yet be told or not. Null where nothing is to be waited for.</summary>
    public static ServerTime? NotBefore(Db db, NoticeRow row, long id, ServerTime now) =>
        row.Status == "all-clear" && OutageStore.DownElsewhere(db, id, Carer.CustomerOf(row.Customer)).Count > 0 ? now + LookAgain : null;

    /// <summary>It was tried, or somebody is to call beside a text that they have.</summary>
    private static bool IsBeingTold(Db db, NoticeRow row) => row.State is nameof(NoticePhase.Sending) or nameof(NoticePhase.Retrying)
        || (row.State == nameof(NoticePhase.Calling) && NoticeStore.List(db, new NoticeFilter { Subject = row.Subject, Customer = row.Customer, Status = "opened" }).Any(n => n.WasTold));

    private static bool WasTold(Db db, long outageId, string customer) => OutageStore.Parts(db, outageId).Select(p => p.Id).Append(outageId)
        .Any(id => NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{id}", Customer = customer, Status = "opened" }).Any(n => n.WasTold));
}
