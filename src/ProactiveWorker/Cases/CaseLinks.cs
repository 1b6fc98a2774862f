using B2D.Core;
using B2D.Core.Cases;
using B2D.ProactiveWorker.Links;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Defects;
using B2D.Storage.Faults;
using B2D.Storage.Links;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What people make of two things that belong together: one case out of two, or a link that both sides show.</summary>
internal static class CaseLinks
{
    /// <summary>The case closes, and what belongs to it is read at the other.</summary>
    public static CaseDoing Merge(long into, string who) => new("Merge", $"Merged into case #{into}", (db, row, now) =>
    {
        if (CaseStore.Find(db, into) is not { } other)
            return (row, $"there is no case #{into}");
        var reason = CaseMerge.Decide(Facts(row), Facts(other));
        if (reason != MergeReason.Done)
            return (row, Words(reason, into));
        if (LinkVisits.Ahead(db, row.Id, now) is not null && LinkVisits.Ahead(db, into, now) is not null)
            return (row, "the customer waits for a visit of each; call one off first, which tells them");
        FaultStore.MoveCase(db, row.Id, into);
        ContactStore.MoveCase(db, row.Id, into);
        CaseStore.Remerge(db, row.Id, into);
        SlotStore.Merge(db, row.Id, into, now.EpochMs);
        var open = FaultStore.Count(db, new FaultFilter { CaseId = into, OpenOnly = true }) > 0;
        var earlier = row.WordAt > 0 && (other.WordAt == 0 || row.WordAt < other.WordAt);
        CaseStore.Update(db, other with
        {
            Severity = row.Severity > other.Severity ? row.Severity : other.Severity,
            Class = row.Class > other.Class ? row.Class : other.Class,
            Priority = Math.Min(row.Priority, other.Priority),
            AskFirst = row.AskFirst || other.AskFirst,
            Chronic = row.Chronic || other.Chronic,
            ClearSinceAt = open ? 0 : other.ClearSinceAt,
            WordAt = earlier ? row.WordAt : other.WordAt,
            WordWhat = earlier ? row.WordWhat : other.WordWhat,
        });
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{into}", At = now.EpochMs, Kind = "merge", Text = $"Case #{row.Id} ({row.Title} on {row.Device}) was merged into this one", Who = who });
        var closed = CaseFactsOf.Apply(row, CaseStep.Step(CaseFactsOf.Row(row), new CaseEvent.Close(Disposition.Merged), now).Facts);
        return (closed with { ClosedAt = now.EpochMs, Disposition = "merged", MergedInto = into, WordAt = 0, WordWhat = "", WordMissed = 0, HandedAt = 0 }, "");
    })
    { Detail = new { into } };

    /// <summary>Links a case to another, to an outage or to a defect; both show it.</summary>
    public static CaseDoing Link(string subject, string who) => new("Link", $"Linked to {Name(subject)}", (db, row, now) =>
    {
        if (subject == $"case:{row.Id}")
            return (row, "it is the same case");
        if (!Exists(db, subject))
            return (row, $"there is no {Name(subject)}");
        var outage = CaseSubject.Number(subject, "outage");
        if (outage > 0 && row.OutageId > 0 && row.OutageId != outage)
            return (row, $"it is part of outage O-{row.OutageId} already");
        if (!LinkStore.Add(db, new LinkRow { CaseId = row.Id, Subject = subject, Who = who, At = now.EpochMs }))
            return (row, "it is linked already");
        OtherSide(db, subject, $"Case #{row.Id} ({row.Title} on {row.Device}) was linked to this", who, now);
        return (outage > 0 ? row with { OutageId = outage } : row, "");
    })
    { Detail = new { subject } };

    /// <summary>Takes a link back.</summary>
    public static CaseDoing Unlink(string subject, string who) => new("Unlink", $"No longer linked to {Name(subject)}", (db, row, now) =>
    {
        if (!LinkStore.Remove(db, row.Id, subject))
            return (row, "nobody linked it to that");
        OtherSide(db, subject, $"Case #{row.Id} is no longer linked to this", who, now);
        return (row.OutageId > 0 && row.OutageId == CaseSubject.Number(subject, "outage") ? row with { OutageId = 0 } : row, "");
    })
    { Detail = new { subject } };

    private static MergeFacts Facts(CaseRow row) => new(row.Id, Enum.Parse<CasePhase>(row.State), row.Device, row.Customer, Complaint: row.ComplaintDueAt > 0);

    private static bool Exists(Db db, string subject) =>
        CaseSubject.Number(subject, "case") is > 0 and var c ? CaseStore.Find(db, c) is not null
        : CaseSubject.Number(subject, "outage") is > 0 and var o ? OutageStore.Find(db, o) is not null
        : CaseSubject.Number(subject, "defect") is > 0 and var d && DefectStore.Find(db, d) is not null;

    private static void OtherSide(Db db, string subject, string text, string who, ServerTime now) =>
        TimelineStore.Add(db, new TimelineRow { Subject = subject, At = now.EpochMs, Kind = "link", Text = text, Who = who });

    /// <summary><c>outage O-3</c>, <c>case #12</c>.</summary>
    private static string Name(string subject) => subject.Replace("outage:", "outage O-", StringComparison.Ordinal).Replace(":", " #", StringComparison.Ordinal);

    private static string Words(MergeReason reason, long into) => reason switch
    {
        MergeReason.Itself => "it is the same case",
        MergeReason.ClosedIsFinal => "the case is closed, and that is final",
        MergeReason.OtherIsNotOpen => $"case #{into} is not open; reopen it first",
        MergeReason.NothingInCommon => $"case #{into} is of another device and another customer",
        _ => "a complaint is open on it, which ends only with its final answer",
    };
}
