using System.Text.Json;
using B2D.Core;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Notices;

public sealed partial class NoticePlanner
{
    private string TellOutage(Db db, long outageId, OutageIntent intent, ServerTime now)
    {
        if (OutageStore.Find(db, outageId) is not { } outage)
            return "gone";
        return intent.Status == "all-clear" ? ClearOutage(db, outage, now) : OpenOutage(db, outage, intent, now);
    }

    private string OpenOutage(Db db, OutageRow outage, OutageIntent intent, ServerTime now)
    {
        if (outage.State == "Resolved")
            return "no longer true";
        var facts = FactsOf(outage);
        var parts = OutageStore.Parts(db, outage.Id);
        var toldOfParts = parts.SelectMany(p => Everyone(db, p.Id, "opened")).Where(n => n.State is "Sent" or "Sending").Select(n => n.Customer);
        HashSet<string> customers = intent.Status == "opened"
            ? TouchedNow(db, outage.Id)
            : [.. Everyone(db, outage.Id, "opened").Select(n => n.Customer)];
        if (intent.Status == "opened")
            customers.ExceptWith(toldOfParts);
        else
            customers.UnionWith(toldOfParts);
        var hold = outage.Guard ? "waits for a person: too much of the fleet is silent at once" : "";
        var due = customers.Count > options.ApprovalAbove && intent.Status == "opened" ? now + options.ApprovalWait : now;
        var written = 0;
        foreach (var customer in Customers(db, customers))
        {
            ledger.Write(db, new Telling(customer, $"outage:{outage.Id}", outage.Episode, intent.Status, intent.Revision, $"outage-{intent.Status}", facts, InternetDown: true) { Due = due, Hold = hold }, now);
            written++;
        }
        return $"{written} customers";
    }

    private string ClearOutage(Db db, OutageRow outage, ServerTime now)
    {
        var facts = FactsOf(outage) with { Until = outage.ResolvedAt };
        var told = OutageStore.Parts(db, outage.Id).Append(outage).SelectMany(o => Everyone(db, o.Id, "opened").Select(n => (Notice: n, Outage: o))).ToArray();
        var waiting = 0;
        var written = 0;
        foreach (var (notice, of) in told)
        {
            if (notice.State is "Due" or "Held")
            {
                NoticeStore.Mark(db, notice.Id, "Suppressed", reason: "over before it was told");
                continue;
            }
            if (notice.State is "Sending" or "Retrying")
            {
                waiting++;
                continue;
            }
            if (notice.State != "Sent" || CustomerStore.Find(db, notice.Customer) is not { } customer)
                continue;
            ledger.Write(db, new Telling(customer, $"outage:{of.Id}", of.Episode, "all-clear", 1, "outage-all-clear", facts, InternetDown: false), now);
            written++;
        }
        if (waiting > 0)
            Put(db, $"{OutageKind}/{outage.Id}/all-clear/again/{now.EpochMs}", OutageKind, $"outage:{outage.Id}", now + LookAgain, now, new OutageIntent("all-clear", 1));
        return $"{written} customers, {waiting} later";
    }

    /// <summary>All rows of one status of an outage, whatever their state.</summary>
    private static List<NoticeRow> Everyone(Db db, long outageId, string status)
    {
        var all = new List<NoticeRow>();
        (long, string)? before = null;
        while (true)
        {
            var page = NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{outageId}", Status = status, Limit = Page.MaxRows, Before = before });
            all.AddRange(page);
            if (page.Count < Page.MaxRows)
                return all;
            before = (page[^1].CreatedAt, page[^1].Id);
        }
    }

    /// <summary>Owners of devices that are down at this moment.</summary>
    private static HashSet<string> TouchedNow(Db db, long outageId)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var after = "";
        while (true)
        {
            var page = OutageStore.Devices(db, outageId, Page.MaxRows, after);
            found.UnionWith(page.Where(d => d.UpAt == 0 && d.Customer.Length > 0).Select(d => d.Customer));
            if (page.Count < Page.MaxRows)
                return found;
            after = page[^1].Device;
        }
    }

    private static IEnumerable<CustomerRow> Customers(Db db, IReadOnlyCollection<string> ids) =>
        ids.Order(StringComparer.Ordinal).Chunk(500).SelectMany(chunk => CustomerStore.FindAll(db, chunk));

    private NoticeFacts FactsOf(OutageRow outage) => new()
    {
        Title = outage.Title,
        Place = outage.Place,
        Since = outage.BeganAt,
        Outage = outage.Id,
        NextUpdate = outage.NextUpdateAt,
        Cause = outage.Cause,
        Workaround = outage.Workaround,
        EstimateFrom = outage.EstimateFrom,
        EstimateUntil = outage.EstimateUntil,
        ByLanguage = WordsOf(outage.Rule),
    };

    private sealed record OutageIntent(string Status, long Revision);
}
