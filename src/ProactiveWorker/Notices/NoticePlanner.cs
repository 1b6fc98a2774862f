using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Outbox;

namespace B2D.ProactiveWorker.Notices;

/// <summary>
/// Decides who is to be told what: intents wait in the outbox until they are due, are judged against the facts of that moment, and become rows of
/// the ledger. The ledger's key makes a second row for the same customer, subject, episode, status, revision and channel impossible.
/// </summary>
public sealed class NoticePlanner(Ledger ledger, RuleBook book, WorkerOptions options)
{
    internal const string FaultKind = "notice.fault";
    internal const string AllClearKind = "notice.all-clear";
    internal const string OutageKind = "notice.outage";
    internal const string DueKind = "notice.due";

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    /// <summary>The owner is to hear of a fault after its hold-back, safety at once.</summary>
    internal void PlanFault(Db db, FaultRow fault, FaultRule rule, NoticePolicy notice, long caseId, ServerTime now)
    {
        var due = rule.Class == FaultClass.Safety ? now : ServerTime.Max(now, new ServerTime(fault.RaisedAt) + notice.HoldBack);
        // What a person asked to hear of now is told of now.
        if (due > now)
            due = rule.During?.NextOpen(due) ?? due;
        Put(db, $"{FaultKind}/{fault.Device}/{fault.Rule}/{fault.Episode}", FaultKind, $"fault:{fault.Id}", due, now,
            new FaultIntent(notice.Template, caseId, rule.Catalog.Customer, rule.Catalog.SelfHelp));
    }

    /// <summary>Whoever was told of a fault is to hear that it is over, after the quiet time.</summary>
    internal void PlanAllClear(Db db, FaultRow fault, ServerTime due, ServerTime now) =>
        Put(db, $"{AllClearKind}/{fault.Device}/{fault.Rule}/{fault.Episode}", AllClearKind, $"fault:{fault.Id}", due, now, new FaultIntent("", fault.CaseId, "", ""));

    /// <summary>The owner is to hear that something is due.</summary>
    internal void PlanDue(Db db, DueRow due, NoticePolicy notice, ServerTime now) =>
        Put(db, $"{DueKind}/{due.Device}/{due.Rule}/{due.Cycle}", DueKind, $"due:{due.Id}", now + notice.HoldBack, now, new FaultIntent(notice.Template, 0, "", ""));

    /// <summary>Everybody an outage touches is to hear what became of it: at once, or everybody it still touches at <paramref name="due"/>.</summary>
    internal static void PlanOutage(Db db, long outageId, string status, long revision, ServerTime now, ServerTime due = default) =>
        Put(db, $"{OutageKind}/{outageId}/{status}/{revision}/{now.EpochMs}", OutageKind, $"outage:{outageId}", ServerTime.Max(now, due), now, new OutageIntent(status, revision));

    /// <summary>Carries out one due intent.</summary>
    internal void Carry(Db db, OutboxRow row, ServerTime now)
    {
        var id = long.Parse(row.Subject.AsSpan(row.Subject.IndexOf(':', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture);
        var result = row.Kind switch
        {
            FaultKind => TellFault(db, id, JsonSerializer.Deserialize<FaultIntent>(row.Body)!, now),
            AllClearKind => TellAllClear(db, id, now),
            OutageKind => TellOutage(db, id, JsonSerializer.Deserialize<OutageIntent>(row.Body)!, now),
            DueKind => TellDue(db, id, JsonSerializer.Deserialize<FaultIntent>(row.Body)!, now),
            _ => $"unknown kind {row.Kind}",
        };
        if (result is null)
            OutboxStore.PutOff(db, row.Id, (now + LookAgain).EpochMs, "waits");
        else
            OutboxStore.Done(db, row.Id, now.EpochMs, result);
    }

    /// <summary>What the ledger calls a device's fault.</summary>
    internal static string SubjectOf(FaultRow fault) => $"fault:{fault.Device}/{fault.Rule}";

    private static void Put<T>(Db db, string effectId, string kind, string subject, ServerTime due, ServerTime now, T body) =>
        OutboxStore.Put(db, new OutboxRow { EffectId = effectId, Kind = kind, Subject = subject, DueAt = due.EpochMs, CreatedAt = now.EpochMs, Body = JsonSerializer.Serialize(body) });

    private string? TellFault(Db db, long faultId, FaultIntent intent, ServerTime now)
    {
        if (FaultStore.Find(db, faultId) is not { } fault)
            return "gone";
        if (fault.ClearedAt > 0)
            return "no longer true";
        // What may hurt somebody is said to each owner, whatever else is said to all of them.
        if (fault.OutageId > 0 && fault.Class != FaultClass.Safety)
            return "explained by an outage";
        if (fault.ShelvedUntil > now.EpochMs || fault.Shadow)
            return "shelved";
        if (CustomerStore.Find(db, fault.Customer) is not { } customer)
            return "owner unknown";
        var told = Told(db, fault);
        if (told.Open is { } before)
            return $"told already of {before.Episode}";
        var facts = new NoticeFacts
        {
            Device = fault.Device,
            Title = fault.Title,
            Since = fault.OnsetAt,
            Case = intent.CaseId,
            Words = intent.Words,
            SelfHelp = intent.SelfHelp,
            Safety = fault.Class == FaultClass.Safety,
            ByLanguage = WordsOf(fault.Rule),
        };
        return ledger.Write(db, new Telling(customer, SubjectOf(fault), fault.Episode, "device-fault", 1, intent.Template, facts, InternetDown: false), now);
    }

    /// <summary>The last telling of a device's fault that has no all-clear yet, and whether one is on its way.</summary>
    private static (NoticeRow? Open, bool Leaving) Told(Db db, FaultRow fault)
    {
        var rows = NoticeStore.List(db, new NoticeFilter { Subject = SubjectOf(fault), Customer = fault.Customer, Limit = 100 });
        var cleared = rows.Where(n => n.Status == "all-clear" && n.State != "Suppressed").Select(n => n.Episode).ToHashSet(StringComparer.Ordinal);
        var open = rows.FirstOrDefault(n => n.Status == "device-fault" && n.State is "Sent" or "Sending" or "Retrying" or "Due" && !cleared.Contains(n.Episode));
        return (open, open is { State: not "Sent" });
    }

    private string? TellAllClear(Db db, long faultId, ServerTime now)
    {
        if (FaultStore.Find(db, faultId) is not { } fault)
            return "gone";
        var (told, leaving) = Told(db, fault);
        if (told is null)
            return "nobody was told";
        // What is on its way is either stopped by its own truth check or will need this all-clear: look again.
        if (leaving)
            return null;
        if (FaultStore.FindOpen(db, fault.Device, fault.Rule) is not null)
            return "it is back";
        if (CustomerStore.Find(db, told.Customer) is not { } customer)
            return "customer gone";
        var facts = JsonSerializer.Deserialize<NoticeFacts>(told.Facts)! with { Until = fault.ClearedAt };
        return ledger.Write(db, new Telling(customer, SubjectOf(fault), told.Episode, "all-clear", 1, "device-clear", facts, InternetDown: false), now);
    }

    private string TellDue(Db db, long dueId, FaultIntent intent, ServerTime now)
    {
        if (DueStore.Find(db, dueId) is not { } due || due.State is "Done" or "Booked" or "Ordered" or "Declined")
            return "no longer true";
        if (CustomerStore.Find(db, due.Customer) is not { } customer)
            return "owner unknown";
        var facts = new NoticeFacts { Device = due.Device, Title = due.Title, Since = due.DueAt, Used = due.Used, Every = due.Every, Unit = due.Unit, ByLanguage = WordsOf(due.Rule) };
        return ledger.Write(db, new Telling(customer, $"due:{due.Id}", due.Cycle.ToString(System.Globalization.CultureInfo.InvariantCulture), "due", 1, intent.Template, facts, InternetDown: false), now);
    }

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

    /// <summary>What customers read of a rule in their languages; empty where the rule is gone or has none.</summary>
    private ImmutableSortedDictionary<string, RuleWords> WordsOf(string rule)
    {
        var set = book.Current.Set;
        var found = set.Faults.AsEnumerable<Rule>().Concat(set.Dues).Concat(set.Outages).FirstOrDefault(r => r.Id == rule);
        return found?.Words ?? ImmutableSortedDictionary<string, RuleWords>.Empty;
    }

    private sealed record FaultIntent(string Template, long CaseId, string Words, string SelfHelp);

    private sealed record OutageIntent(string Status, long Revision);
}
