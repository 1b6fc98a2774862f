using B2D.Core;
using B2D.Core.Cases;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>Complaints on cases: whoever owns one owes the customer an acknowledgement and the final answer, both in writing.</summary>
internal static class CaseComplaints
{
    private const int MaxText = 2_000;
    private const int MaxWords = 1_000;

    public static CaseDoing Raise(CaseAct.Complain e, string who, WorkerOptions options) => e.Text.Length is 0 or > MaxText
        ? CaseDoing.Wrong($"what they complain about has 1 to {MaxText:N0} characters")
        : new("Complain", $"The customer complains: {e.Text}", (db, row, now) =>
        {
            if (row.State is "Resolved" or "Closed")
                return (row, "the case is not open; reopen it first");
            if (Complaints.Step(ComplaintStore.Last(db, row.Id)?.ToPhase() ?? ComplaintPhase.None, ComplaintAct.Raise).Reason != ComplaintReason.Done)
                return (row, "a complaint is open on this case already; add what is new as a note");
            var raised = new ComplaintRow
            {
                CaseId = row.Id,
                Customer = row.Customer,
                Text = e.Text,
                Owner = e.Owner.Length > 0 ? e.Owner : who,
                RaisedBy = who,
                RaisedAt = now.EpochMs,
                AcknowledgeBy = (now + options.ComplaintAcknowledged).EpochMs,
                AnswerBy = (now + options.ComplaintAnswered).EpochMs,
            };
            ComplaintStore.Add(db, raised);
            return (Owing(row, raised) with { AskFirst = true }, "");
        });

    /// <summary>The customer is told that we have it and by when they have the answer.</summary>
    public static CaseDoing Acknowledge(CaseAct.AcknowledgeComplaint e) => Told(e.Text, "AcknowledgeComplaint", "Acknowledged the complaint", ComplaintAct.Acknowledge, "");

    /// <summary>The final answer, which alone ends it.</summary>
    public static CaseDoing Answer(CaseAct.AnswerComplaint e, string who) => Told(e.Text, "AnswerComplaint", "The final answer to the complaint", ComplaintAct.Answer, who);

    /// <summary>What was owed was not done in time: it goes to whom the organisation named, and stands first.</summary>
    public static CaseRow Late(Db db, CaseRow row, WorkerOptions options, ServerTime now)
    {
        if (ComplaintStore.Last(db, row.Id) is not { AnsweredAt: 0 } open)
            return row with { ComplaintDueAt = 0, ComplaintLate = false };
        var to = options.ComplaintsTo.Length > 0 ? options.ComplaintsTo : open.Owner;
        var first = open.EscalatedAt == 0;
        ComplaintStore.Update(db, open with { Owner = to, EscalatedAt = first ? now.EpochMs : open.EscalatedAt, EscalatedTo = to });
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"case:{row.Id}",
            At = now.EpochMs,
            Kind = "late",
            Text = $"The {(open.AcknowledgedAt == 0 ? "acknowledgement of the complaint" : "final answer to the complaint")} is late{(to != open.Owner ? $": it is {to}’s from now on" : "")}. Raised to P1",
            Who = "B2D",
        });
        return row with { ComplaintLate = true, Priority = 1 };
    }

    private static CaseDoing Told(string text, string kind, string line, ComplaintAct act, string who) => text.Length is 0 or > MaxWords
        ? CaseDoing.Wrong($"what the customer reads has 1 to {MaxWords:N0} characters")
        : new(kind, $"{line}: {text}", (db, row, now) =>
        {
            var open = ComplaintStore.Last(db, row.Id);
            var (_, reason) = Complaints.Step(open?.ToPhase() ?? ComplaintPhase.None, act);
            if (reason != ComplaintReason.Done)
                return (row, reason == ComplaintReason.AcknowledgedAlready ? "it was acknowledged already" : "no complaint is open on this case");
            if (row.Customer.Length == 0)
                return (row, "the device has no known owner; there is nobody to write to");
            var moved = act == ComplaintAct.Answer ? open! with { AnsweredAt = now.EpochMs, AnsweredBy = who } : open! with { AcknowledgedAt = now.EpochMs };
            ComplaintStore.Update(db, moved);
            // The word that was promised is this one.
            var written = Owing(row, moved) with { Words = row.Words + 1, WordAt = 0, WordWhat = "", WordMissed = 0, ComplaintLate = false };
            NoticePlanner.PlanCase(db, written with { WordAt = act == ComplaintAct.Acknowledge ? moved.AnswerBy : 0 }, text, now);
            return (written, "");
        });

    private static CaseRow Owing(CaseRow row, ComplaintRow complaint) =>
        row with { ComplaintDueAt = Complaints.DueAt(complaint.ToPhase(), new ServerTime(complaint.AcknowledgeBy), new ServerTime(complaint.AnswerBy)).EpochMs };
}
