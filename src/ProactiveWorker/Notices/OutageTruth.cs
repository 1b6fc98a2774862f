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
        // News of a part are not: those of the whole go to its customers too.
        if ((row.Status == "update" ? OutageStore.Find(db, id) : OutageStore.FindWhole(db, id)) is not { State: not "Resolved" } outage)
            return "it was over before it";
        if (row.Status == "update")
            return NoticeStore.HasNewer(db, row) ? "there was newer news before it" : null;
        if (IsToldOfWhole(db, id, row.Customer))
            return "it was part of a larger one before it";
        if (OwnerChangeStore.From(db, customer).Any(d => OutageStore.HasDevice(db, outage.Id, d)) && !OutageStore.Touches(db, outage.Id, customer))
            return "the device was another’s before it";
        return Subscribers.IdOf(customer) > 0 || OutageStore.Touches(db, outage.Id, customer) ? null : NoticeRow.WorkedAgain;
    }

    /// <summary>Whether what an outage became part of tells the same customer itself.</summary>
    private static bool IsToldOfWhole(Db db, long id, string customer)
    {
        for (var part = OutageStore.Find(db, id); part is { MergedInto: > 0 }; part = OutageStore.Find(db, part.MergedInto))
        {
            if (NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{part.MergedInto}", Customer = customer, Status = "opened" }).Any(n => n.State != nameof(NoticePhase.Suppressed)))
                return true;
        }
        return false;
    }

    /// <summary>
    /// When to look at a notice again: at an end where theirs is down in another outage, of which they may yet be told or not; at the word that theirs is left where it
    /// answers, and may be down again in a moment. Null where nothing is to be waited for.
    /// </summary>
    public static ServerTime? NotBefore(Db db, NoticeRow row, long id, ServerTime now) => row.Status switch
    {
        "all-clear" when OutageStore.DownElsewhere(db, id, Carer.CustomerOf(row.Customer)).Count > 0 => now + LookAgain,
        NoticePlanner.Left when NoticePlanner.MayBeBack(db, row, id) => now + LookAgain,
        _ => null,
    };

    /// <summary>Whether whose device an outage touched, or who cares for them, was told of it or may be reading it.</summary>
    public static bool MayKnow(Db db, long outageId, string customer) => customer.Length > 0 && OutageStore.Parts(db, outageId).Select(p => p.Id).Append(outageId)
        .SelectMany(id => new[] { customer, Carer.Prefix + customer }.SelectMany(who => NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{id}", Customer = who, Status = "opened" })))
        .Any(n => n.WasTold || n.State == nameof(NoticePhase.Sending));

    private static bool WasTold(Db db, long outageId, string customer) => OutageStore.Parts(db, outageId).Select(p => p.Id).Append(outageId)
        .Any(id => NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{id}", Customer = customer, Status = "opened" }).Any(n => n.WasTold));
}
