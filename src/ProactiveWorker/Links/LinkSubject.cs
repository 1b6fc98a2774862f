using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Links;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Links;

/// <summary>What a link is about at this moment.</summary>
/// <param name="Case">The case; of an outage the one that came of it for this customer. Null: there is none.</param>
/// <param name="Outage">Null: the link is about a case.</param>
internal sealed record LinkSubject(CaseRow? Case, OutageRow? Outage)
{
    private const int MostSteps = 20;

    /// <summary>The outage goes on.</summary>
    public bool IsDown => Outage is { State: not "Resolved" };

    /// <summary>Reads it; null where it is not the customer's at this moment.</summary>
    public static LinkSubject? Of(Db db, CustomerLinkRow link)
    {
        if (CustomerStore.Find(db, link.Customer) is null)
            return null;
        if (CaseSubject.Number(link.Subject, "case") is > 0 and var caseId)
            return Current(db, caseId, link.Customer) is { } found ? new LinkSubject(found, null) : null;
        var told = CaseSubject.Number(link.Subject, "outage");
        if (!CustomerLinkStore.Touches(db, told, link.Customer) || Whole(db, told) is not { } outage)
            return null;
        return new LinkSubject(OfOutage(db, outage.Id, link.Customer) ?? OfOutage(db, told, link.Customer), outage);
    }

    /// <summary>Whether a case is a customer's: it was opened for them or went over to them, and the device is theirs now.</summary>
    private static bool IsTheirs(Db db, CaseRow row, string customer) => row.Customer == customer && (DeviceStore.Find(db, row.Device)?.Customer ?? customer) == customer;

    /// <summary>The case in which it is worked on: where it was merged, or the open one of the same device and problem.</summary>
    private static CaseRow? Current(Db db, long id, string customer)
    {
        var row = CaseStore.Find(db, id);
        for (var i = 0; i < MostSteps && row is { MergedInto: > 0 }; i++)
            row = CaseStore.Find(db, row.MergedInto);
        if (row is null || !IsTheirs(db, row, customer))
            return null;
        return CaseStore.OpenStates.Contains(row.State) || CaseStore.FindOpen(db, row.Device, row.Family) is not { } open || !IsTheirs(db, open, customer) ? row : open;
    }

    private static CaseRow? OfOutage(Db db, long outageId, string customer) =>
        CaseStore.List(db, new CaseFilter { OutageId = outageId, Customer = customer, Limit = 1 }) is [var row] && IsTheirs(db, row, customer) ? Current(db, row.Id, customer) : null;

    private static OutageRow? Whole(Db db, long id)
    {
        var row = OutageStore.Find(db, id);
        for (var i = 0; i < MostSteps && row is { MergedInto: > 0 }; i++)
            row = OutageStore.Find(db, row.MergedInto);
        return row;
    }
}
