using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Links;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Notices;

/// <summary>When a device has another owner: what the old one was to be told of it ends, and what is open of it is the new one's. Each change in one transaction.</summary>
public sealed class OwnerChangeLoop(Database state)
{
    private const int AtOnce = 20;
    private static readonly string[] Waiting = ["Due", "Held", "Retrying", "Calling"];

    private readonly DueWatch watch = new(state);

    /// <summary>One turn; true where there may be more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        if (!watch.Any(now, db => OwnerChangeStore.Next(db, 1).Count > 0))
            return false;
        return state.Write(db =>
        {
            var changes = OwnerChangeStore.Next(db, AtOnce);
            foreach (var change in changes)
            {
                Carry(db, change, now);
                OwnerChangeStore.Done(db, change.Id);
            }
            return changes.Count == AtOnce;
        });
    }

    private static void Carry(Db db, OwnerChangeRow change, ServerTime now)
    {
        // Whoever cares for them is to be told as little. Where it was nobody's, nobody was told.
        string[] recipients = change.FromCustomer.Length == 0 ? [] : [change.FromCustomer, Carer.Prefix + change.FromCustomer];
        foreach (var notice in recipients.SelectMany(r => NoticeStore.List(db, new NoticeFilter { Customer = r, States = Waiting, Limit = Page.MaxRows })).Where(n => IsAbout(db, n, change)))
        {
            if (ResaleDecision.OfNotice(notice.State) == ResaleFate.Ends)
            {
                NoticeStore.Mark(db, notice.Id, nameof(NoticePhase.Suppressed), reason: "the device was another’s before it was told");
                PhoneTaskClock.Close(db, notice, "the device was another’s before it was told", now);
            }
        }
        foreach (var fault in FaultStore.Open(db, change.Device).Where(f => ResaleDecision.OfFault(f.ClearedAt == 0) == ResaleFate.BeginsAnew))
            NoticePlanner.PlanFaultAgain(db, fault, change, now);
        FaultStore.SetCustomer(db, change.Device, change.ToCustomer);
        // What a case promised to whoever has the device now stays promised.
        foreach (var open in CaseStore.List(db, new CaseFilter { Device = change.Device, Limit = Page.MaxRows }).Where(c => c.Customer != change.ToCustomer && ResaleDecision.OfCase(c.State) == ResaleFate.GoesOver))
            GiveOver(db, open, change, now);
        foreach (var due in DueStore.List(db, new DueFilter { Device = change.Device, Limit = Page.MaxRows }))
        {
            var fate = ResaleDecision.OfDue(due.State);
            if (fate == ResaleFate.Stays)
                continue;
            var anew = fate == ResaleFate.BeginsAnew;
            DueStore.Update(db, due with { Customer = change.ToCustomer, State = anew ? "Due" : due.State, ToldAt = anew ? 0 : due.ToldAt, ChangedAt = now.EpochMs });
            if (anew || change.FromCustomer.Length == 0)
                NoticePlanner.PlanDueAgain(db, due, change, now);
        }
        OutsideFactStore.EndOfOwner(db, change.Device, change.FromCustomer, change.At);
        OutageStore.SetCustomer(db, change.Device, change.ToCustomer);
        NoticePlanner.PlanSold(db, change, now);
        // What touches the device touches its new owner, who has not heard of it.
        foreach (var outage in OutageStore.Touching(db, change.Device, null).Where(o => change.ToCustomer.Length > 0 && o is { State: not "Resolved", ToldAt: > 0 }))
            NoticePlanner.PlanJoined(db, outage.Id, now, TimeSpan.Zero);
    }

    private static void GiveOver(Db db, CaseRow open, OwnerChangeRow change, ServerTime now)
    {
        LinkVisits.NotNeeded(db, open.Id, "the device was sold", now);
        // The final answer to a complaint is owed to who complained, and never read by the next owner.
        var complaint = open.ComplaintDueAt > 0 ? ComplaintStore.Last(db, open.Id) : null;
        if (complaint is { AnsweredAt: 0 })
            ComplaintStore.Update(db, complaint with { AnsweredAt = now.EpochMs, AnsweredBy = "B2D" });
        CaseStore.Update(db, open with
        {
            Customer = change.ToCustomer, AskFirst = false, AskedAt = 0, WordAt = 0, WordWhat = "", WordMissed = 0, ComplaintDueAt = 0, ComplaintLate = false,
            WaitingFor = open.WaitingKind == WaitKinds.Name(WaitKind.Customer) ? "what the earlier owner was to do" : open.WaitingFor,
            Care = change.ToCustomer.Length > 0 && CustomerStore.Find(db, change.ToCustomer) is { Care.Length: > 0 },
        });
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"case:{open.Id}",
            At = now.EpochMs,
            Kind = TimelineStore.Owner,
            Text = $"The device {(change.ToCustomer.Length == 0 ? "is nobody’s" : open.Customer.Length == 0 ? "has an owner" : "has another owner")} from now on; what was promised before is owed to nobody{(complaint is null ? "" : ". The complaint was the old owner’s: answer it to them by yourself")}",
            Who = "B2D",
            Detail = JsonSerializer.Serialize(new { from = open.Customer, to = change.ToCustomer }),
            EffectId = $"owner-change/{change.Id}/case/{open.Id}",
        });
        CaseStore.LookAgain(db, change.ToCustomer);
    }

    private static bool IsAbout(Db db, NoticeRow notice, OwnerChangeRow change)
    {
        var device = change.Device;
        var about = notice.Subject[(notice.Subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return notice.Subject.Split(':', 2)[0] switch
        {
            "fault" => about.Split('/', 2)[0] == device,
            "due" => DueStore.Find(db, Number(about))?.Device == device,
            "case" => CaseStore.Find(db, Number(about))?.Device == device,
            // Who was told of an outage hears what becomes of it; who has another device in it is touched as before.
            "outage" => notice.Status == "opened" && OutageStore.HasDevice(db, Number(about), device) && !OutageStore.Touches(db, Number(about), change.FromCustomer, device),
            "maintenance" => !notice.Owed && MaintenanceStore.Find(db, Number(about)) is { } work && MaintenanceStore.Concerns(db, work, device, null) && !MaintenanceStore.Concerns(db, work, null, change.FromCustomer),
            _ => false,
        };
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
