using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Whether what a notice says is still so.</summary>
internal static class NoticeTruth
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    /// <summary>Why a notice is no longer true; null while it is.</summary>
    public static string? Untrue(Db db, NoticeRow row, ServerTime now) => Over(db, row, now) ?? Contradicted(db, row, now);

    /// <summary>What another system told us that speaks against a notice; null for nothing.</summary>
    public static string? Contradicted(Db db, NoticeRow row, ServerTime now)
    {
        var facts = OutsideFactStore.InForce(db, SubjectsOf(db, row), now.EpochMs);
        return facts.Select(f => f.ToKind() is { } kind ? FactDecision.Contradicts(kind, NoticeClasses.Of(row.Class) ?? NoticeClass.Case, row.Status) : null).FirstOrDefault(w => w is not null);
    }

    /// <summary>
    /// When to look at a notice again that may not leave yet; null where it may. What was written first about something is read first: it waits while an earlier word about the
    /// same has not arrived, unless that is no longer true: it is not to be tried again, and ends here. Danger waits for nothing, and what may have arrived is repeated.
    /// </summary>
    public static ServerTime? NotBefore(Db db, NoticeRow row, ServerTime now)
    {
        if (row.State == nameof(NoticePhase.Sending) || row.Class == NoticeClass.Safety.Word())
            return null;
        long? waits = null;
        foreach (var earlier in NoticeStore.EarlierOnTheirWay(db, row))
        {
            if (earlier.State == nameof(NoticePhase.Retrying) && Untrue(db, earlier, now) is { } why)
                NoticeStore.Mark(db, earlier.Id, nameof(NoticePhase.Suppressed), reason: $"{why} was told");
            else
                waits = Math.Min(waits ?? long.MaxValue, Math.Max(earlier.DueAt, earlier.NextAttemptAt));
        }
        if (waits is { } at)
            return ServerTime.Max(new ServerTime(at), now + Moment);
        return row.Subject.Split(':', 2) is ["outage", var id] ? OutageTruth.NotBefore(db, row, Number(id), now) : null;
    }

    /// <summary>Why it is over by what we know ourselves; null while it is not.</summary>
    private static string? Over(Db db, NoticeRow row, ServerTime now)
    {
        var about = row.Subject[(row.Subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
        switch (row.Status)
        {
            case "device-fault" when about.Split('/', 2) is [var device, var rule]:
                if (FaultStore.Find(db, device, rule, row.Episode) is not { ClearedAt: 0 })
                    return "it was over before it";
                return DeviceStore.Find(db, device)?.Customer == Carer.CustomerOf(row.Customer) ? null : "the device was another’s before it";
            case "all-clear" when row.Subject.StartsWith("fault:", StringComparison.Ordinal) && about.Split('/', 2) is [var device, var rule]:
                return FaultStore.FindOpen(db, device, rule) is not null ? "it was back before it"
                    : DeviceStore.Find(db, device) is { } sold && sold.Customer != Carer.CustomerOf(row.Customer) ? "the device was another’s before it" : null;
            case "opened" or "update" or "all-clear" when row.Subject.StartsWith("outage:", StringComparison.Ordinal):
                return OutageTruth.Over(db, row, Number(about));
            case NoticePlanner.Left:
                return NoticePlanner.NoLongerLeft(db, row, Number(about));
            case Maintenance.PlannedWords.Planned or Maintenance.PlannedWords.Reminder or Maintenance.PlannedWords.Moved:
                return NoLongerPlanned(db, row, Number(about), now);
            case "due":
                return DueStore.Find(db, Number(about)) is not { } due || due.IsSettled ? "it was done before it"
                    : DeviceStore.Find(db, due.Device)?.Customer == Carer.CustomerOf(row.Customer) ? null : "the device was another’s before it";
            case NoticePlanner.Word or NoticePlanner.NoNews or NoticePlanner.CallBack or NoticePlanner.Survey or NoticePlanner.Ask:
                return NoticePlanner.NoLongerOfCase(db, row, Number(about));
            default:
                return null;
        }
    }

    /// <summary>Why planned work is not to be told any more; null while one of those that are told as one touches the customer and is not over.</summary>
    private static string? NoLongerPlanned(Db db, NoticeRow row, long lead, ServerTime now)
    {
        var windows = PlannedStore.OfLead(db, row.Customer, lead).Select(p => MaintenanceStore.Find(db, p.Maintenance)).OfType<MaintenanceRow>().ToArray();
        if (windows.Length > 0 && windows.All(w => w.UntilAt <= now.EpochMs))
            return "it was over before it";
        return windows.Any(w => PlannedStore.Touches(db, w, row.Customer)) ? null : "no device of theirs was worked on before it";
    }

    /// <summary>Of whom and of what facts speak against it: the customer, and the device and the case that it is about.</summary>
    private static List<string> SubjectsOf(Db db, NoticeRow row)
    {
        var about = row.Subject[(row.Subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var (device, caseId) = row.Subject.Split(':', 2)[0] switch
        {
            "fault" => (about.Split('/', 2)[0], JsonSerializer.Deserialize<NoticeFacts>(row.Facts)!.Case),
            "due" => (DueStore.Find(db, Number(about))?.Device ?? "", 0),
            "case" => (CaseStore.Find(db, Number(about))?.Device ?? "", Number(about)),
            _ => ("", 0L),
        };
        List<string> subjects = [$"customer:{Carer.CustomerOf(row.Customer)}"];
        if (device.Length > 0)
            subjects.Add($"device:{device}");
        if (caseId > 0)
            subjects.Add($"case:{caseId}");
        return subjects;
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
