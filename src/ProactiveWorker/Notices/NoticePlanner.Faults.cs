using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Cases;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Notices;

public sealed partial class NoticePlanner
{
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
        // Who owns it now: it may have been sold while this waited.
        if (CustomerStore.Find(db, DeviceStore.Find(db, fault.Device)?.Customer ?? fault.Customer) is not { } customer)
            return "owner unknown";
        // An end that has not left is not told any more: the fault is back.
        var told = Told(db, fault, n => n.Customer == customer.Id, isBack: true);
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
        }.With(DisruptionOf(fault.Rule));
        return ledger.Write(db, new Telling(customer, SubjectOf(fault), fault.Episode, "device-fault", 1, intent.Template, facts) { Class = ClassOf(fault) }, now);
    }

    /// <summary>The last telling of a device's fault that has no all-clear yet, and whether it is still on its way.</summary>
    /// <param name="of">Of whom.</param>
    /// <param name="isBack">It is open: an all-clear that has not left counts for nothing.</param>
    private static (NoticeRow? Open, bool Leaving) Told(Db db, FaultRow fault, Func<NoticeRow, bool> of, bool isBack = false)
    {
        var rows = NoticeStore.List(db, new NoticeFilter { Subject = SubjectOf(fault), Limit = 200 }).Where(of).ToArray();
        var cleared = rows.Where(n => n.Status == "all-clear" && n.State != "Suppressed" && !(isBack && n.State is "Due" or "Retrying" or "Calling")).Select(n => n.Episode).ToHashSet(StringComparer.Ordinal);
        var open = rows.FirstOrDefault(n => n.Status == "device-fault" && (n.WasTold || n.State is "Sending" or "Retrying" or "Due") && !cleared.Contains(n.Episode));
        return (open, open is { WasTold: false });
    }

    private string? TellAllClear(Db db, long faultId, ServerTime now)
    {
        if (FaultStore.Find(db, faultId) is not { } fault)
            return "gone";
        var (owner, carer) = (Told(db, fault, n => !Carer.Is(n.Customer)), Told(db, fault, n => Carer.Is(n.Customer)));
        if (owner.Open is null && carer.Open is null)
            return "nobody was told";
        // What is on its way is either stopped by its own truth check or will need this all-clear: look again. Whoever was told does not wait for it.
        var waits = owner.Leaving || carer.Leaving;
        if (FaultStore.FindOpen(db, fault.Device, fault.Rule) is not null)
            return waits ? null : "it is back";
        if (carer is { Open: { } cares, Leaving: false })
            TellAllClear(db, fault, cares, now);
        var done = owner is { Open: { } told, Leaving: false } ? TellAllClear(db, fault, told, now) : "the carer was told";
        return waits ? null : done;
    }

    private string TellAllClear(Db db, FaultRow fault, NoticeRow told, ServerTime now)
    {
        if (Recipients.Find(db, told.Customer) is not { } customer)
            return "customer gone";
        var facts = JsonSerializer.Deserialize<NoticeFacts>(told.Facts)! with { Until = fault.ClearedAt, TakesDown = 0 };
        // One that was stopped because it had come back is not the last word.
        var revision = 1 + NoticeStore.Count(db, new NoticeFilter { Subject = SubjectOf(fault), Customer = told.Customer, Status = "all-clear", States = ["Suppressed"] });
        return ledger.Write(db, new Telling(customer, SubjectOf(fault), told.Episode, "all-clear", revision, IsAsked(db, fault, told, now) ? AskTemplate : "device-clear", facts) { Class = ClassOf(fault) }, now);
    }

    /// <summary>Whoever is to be asked before the case ends reads the question in place of "it works again", not both.</summary>
    private bool IsAsked(Db db, FaultRow fault, NoticeRow told, ServerTime now) =>
        links is { Pages: true } && !Carer.Is(told.Customer) && fault.CaseId > 0 && CaseStore.Find(db, fault.CaseId) is { } row && CaseStore.OpenStates.Contains(row.State)
        && (row.AskFirst || CaseVisits.IsBooked(db, row, now)) && !CaseFactsOf.Row(row).EndsByPerson;

    private string TellDue(Db db, long dueId, FaultIntent intent, ServerTime now)
    {
        if (DueStore.Find(db, dueId) is not { } due || due.IsSettled)
            return "no longer true";
        if (CustomerStore.Find(db, DeviceStore.Find(db, due.Device)?.Customer ?? due.Customer) is not { } customer)
            return "owner unknown";
        var facts = new NoticeFacts { Device = due.Device, Title = due.Title, Since = due.DueAt, Used = due.Used, Every = due.Every, Unit = due.Unit, ByLanguage = WordsOf(due.Rule) };
        return ledger.Write(db, new Telling(customer, $"due:{due.Id}", due.Cycle.ToString(System.Globalization.CultureInfo.InvariantCulture), "due", 1, intent.Template, facts), now);
    }

    private static NoticeClass ClassOf(FaultRow fault) => fault.Class == FaultClass.Safety ? NoticeClass.Safety : NoticeClass.Case;

    private sealed record FaultIntent(string Template, long CaseId, string Words, string SelfHelp);
}
