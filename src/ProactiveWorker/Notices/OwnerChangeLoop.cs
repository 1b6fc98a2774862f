using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Links;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Notices;

/// <summary>When a device has another owner: what the old one was to be told of it ends, and what is open of it is the new one's. Each change in one transaction.</summary>
public sealed class OwnerChangeLoop(Database state)
{
    private const int AtOnce = 20;
    private static readonly string[] Waiting = ["Due", "Held", "Retrying", "Calling"];

    private long writes = -1;

    /// <summary>One turn; true where there may be more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        var before = state.Writes;
        if (before == writes)
            return false;
        if (state.Read(db => OwnerChangeStore.Next(db, 1)).Count == 0)
        {
            writes = before;
            return false;
        }
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
        foreach (var notice in NoticeStore.List(db, new NoticeFilter { Customer = change.FromCustomer, States = Waiting, Limit = Page.MaxRows }).Where(n => IsAbout(db, n, change.Device)))
        {
            if (ResaleDecision.OfNotice(notice.State) == ResaleFate.Ends)
                NoticeStore.Mark(db, notice.Id, nameof(NoticePhase.Suppressed), reason: "the device was another’s before it was told");
        }
        foreach (var fault in FaultStore.Open(db, change.Device).Where(f => ResaleDecision.OfFault(f.ClearedAt == 0) == ResaleFate.BeginsAnew))
            NoticePlanner.PlanFaultAgain(db, fault, change, now);
        FaultStore.SetCustomer(db, change.Device, change.ToCustomer);
        foreach (var open in CaseStore.List(db, new CaseFilter { Device = change.Device, Limit = Page.MaxRows }).Where(c => ResaleDecision.OfCase(c.State) == ResaleFate.GoesOver))
            GiveOver(db, open, change, now);
        foreach (var due in DueStore.List(db, new DueFilter { Device = change.Device, Limit = Page.MaxRows }))
        {
            var fate = ResaleDecision.OfDue(due.State);
            if (fate == ResaleFate.Stays)
                continue;
            var anew = fate == ResaleFate.BeginsAnew;
            DueStore.Update(db, due with { Customer = change.ToCustomer, State = anew ? "Due" : due.State, ToldAt = anew ? 0 : due.ToldAt, ChangedAt = now.EpochMs });
            if (anew)
                NoticePlanner.PlanDueAgain(db, due, change, now);
        }
        OutageStore.SetCustomer(db, change.Device, change.ToCustomer);
    }

    private static void GiveOver(Db db, CaseRow open, OwnerChangeRow change, ServerTime now)
    {
        LinkVisits.NotNeeded(db, open.Id, "the device was sold", now);
        CaseStore.Update(db, open with { Customer = change.ToCustomer, AskFirst = false, AskedAt = 0, WordAt = 0, WordWhat = "", WordMissed = 0 });
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"case:{open.Id}",
            At = now.EpochMs,
            Kind = "owner",
            Text = $"The device changed hands, from {change.FromCustomer} to {(change.ToCustomer.Length > 0 ? change.ToCustomer : "nobody")}; what was promised before is owed to nobody",
            Who = "B2D",
            EffectId = $"owner-change/{change.Id}/case/{open.Id}",
        });
        CaseStore.LookAgain(db, change.ToCustomer);
    }

    private static bool IsAbout(Db db, NoticeRow notice, string device)
    {
        var about = notice.Subject[(notice.Subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return notice.Subject.Split(':', 2)[0] switch
        {
            "fault" => about.Split('/', 2)[0] == device,
            "due" => DueStore.Find(db, Number(about))?.Device == device,
            "case" => CaseStore.Find(db, Number(about))?.Device == device,
            _ => false,
        };
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
