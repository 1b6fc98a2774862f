using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage.Cases;

namespace B2D.Console.Cases;

/// <summary>
/// What an act on a case says, from a form or from the API; its names are <see cref="Names"/>.
/// </summary>
internal sealed record CaseActWords
{
    /// <summary>What can be done to a case.</summary>
    public const string Names = "take, assign, move-queue, add-step, complete-step, skip-step, move-step, repeat-step, propose-step, wait, resume, note, resolve, reopen, close, hand-off, read-hand-off, "
        + "write, promise-word, take-back-word, merge, link, unlink, objection, seen-outcome, complain, acknowledge-complaint, answer-complaint, grant, "
        + "book-visit, call-off-visit";

    public string Act { get; init; } = "";

    /// <summary>The version of the case that the actor saw.</summary>
    public int? Version { get; init; }

    public string? Text { get; init; }

    /// <summary>From 0.</summary>
    public int? Position { get; init; }

    public long? StepId { get; init; }

    /// <summary>Of a visit: the slot's number.</summary>
    public long? Slot { get; init; }

    /// <summary>Of a wait: customer, parts or third-party. Of a grant: money or days.</summary>
    public string? Kind { get; init; }

    /// <summary>What it waits for, or what a promised word is about.</summary>
    public string? For { get; init; }

    /// <summary>ISO 8601 or epoch milliseconds.</summary>
    public string? Until { get; init; }

    public string? To { get; init; }

    /// <summary>What it is merged into or linked to: <c>case:12</c>, <c>outage:3</c>, <c>defect:1</c>; references and <c>#12</c> are read too.</summary>
    public string? Subject { get; init; }

    public string? Finished { get; init; }

    public string? Open { get; init; }

    public string? Promised { get; init; }

    public string? Disposition { get; init; }

    /// <summary>Of a grant: whole units of the currency, or days.</summary>
    public int? Amount { get; init; }

    /// <summary>What something is given for. Of an objection: false-alarm, nobody-needed, too-early, other-team, known-already or other.</summary>
    public string? Reason { get; init; }

    /// <summary>The act, or what is missing for it in a sentence.</summary>
    /// <param name="until"><see cref="Until"/> as read by the caller, who knows the zone.</param>
    /// <param name="role">The actor's, by whose limits grants are judged.</param>
    public (CaseAct? Act, string Problem) Read(ServerTime? until, string role) => Act switch
    {
        "take" => (new CaseAct.Take(), ""),
        "resume" => (new CaseAct.Resume(), ""),
        "resolve" => (new CaseAct.Resolve(), ""),
        "reopen" => (new CaseAct.Reopen(), ""),
        "assign" => Needs(To, "to", "whom it goes to", v => new CaseAct.Assign(v)),
        "move-queue" when B2D.Core.Cases.CaseQueue.Problem((To ?? "").Trim()) is { Length: > 0 } wrong => (null, wrong + "."),
        "move-queue" => (new CaseAct.MoveQueue(To!.Trim()), ""),
        "note" => Needs(Text, "text", "the words of the note", v => new CaseAct.Note(v)),
        "add-step" => Needs(Text, "text", "what the step is", v => new CaseAct.AddStep(v, Math.Max(0, Position ?? int.MaxValue))),
        "complete-step" => Step(id => new CaseAct.CompleteStep(id)),
        "skip-step" => Step(id => new CaseAct.SkipStep(id)),
        "move-step" when Position is null or < 0 => (null, "position is missing: where the step goes, from 0."),
        "move-step" => Step(id => new CaseAct.MoveStep(id, Position!.Value)),
        "wait" when until is null => (null, "until is missing or no time: when the wait ends."),
        "wait" when WaitKinds.Find(Kind) is null => (null, $"kind is one of {string.Join(", ", WaitKinds.Chosen.Select(WaitKinds.Name))}: whom it waits for."),
        "wait" => Needs(For, "for", "what it waits for", v => new CaseAct.Wait(WaitKinds.Find(Kind)!.Value, v, until!.Value)),
        "close" when !string.IsNullOrEmpty(Disposition) && Dispositions.All.All(d => d.Key != Disposition) =>
            (null, $"disposition is one of {string.Join(", ", Dispositions.All.Select(d => d.Key))}."),
        "close" => (new CaseAct.Close(Disposition ?? ""), ""),
        "hand-off" => Needs(To, "to", "whom it goes to", v => new CaseAct.HandOff(v, Finished ?? "", Open ?? "", Promised ?? "")),
        "read-hand-off" => (new CaseAct.ReadHandOff(), ""),
        "repeat-step" => Step(id => new CaseAct.RepeatStep(id)),
        "propose-step" => Step(id => new CaseAct.ProposeStep(id)),
        "write" when until is null && !string.IsNullOrWhiteSpace(Until) => (null, "until is no time: by when the next word is promised."),
        "write" => Needs(Text, "text", "what the customer is to read", v => new CaseAct.Write(v, until ?? ServerTime.Zero, For ?? "")),
        "promise-word" when until is null => (null, "until is missing or no time: by when the next word is promised."),
        "promise-word" => (new CaseAct.PromiseWord(until!.Value, For ?? ""), ""),
        "objection" => Needs(Reason, "reason", "why it should not have reached you", v => new CaseAct.Objection(v, Text?.Trim() ?? "")),
        "complain" => Needs(Text, "text", "what they complain about", v => new CaseAct.Complain(v, To?.Trim() ?? "")),
        "acknowledge-complaint" => Needs(Text, "text", "what the customer is to read", v => new CaseAct.AcknowledgeComplaint(v)),
        "answer-complaint" => Needs(Text, "text", "what the customer is to read", v => new CaseAct.AnswerComplaint(v)),
        "grant" when Kind is not ("money" or "days") => (null, "kind is money or days."),
        "grant" when Amount is null or < 1 or > 1_000_000 => (null, "amount is missing or no whole number: how much."),
        "grant" => Needs(Reason, "reason", "what it is given for", v => new CaseAct.Grant(Kind == "money" ? GrantKind.Money : GrantKind.Days, Amount!.Value, v, role)),
        "seen-outcome" => (new CaseAct.SeenOutcome(), ""),
        "merge" => CaseSubject.Number(CaseSubject.Read(Subject) ?? "", "case") is > 0 and var into
            ? (new CaseAct.Merge(into), "") : (null, "subject is missing or no case: what it is merged into, case:12."),
        "link" => Subjected(s => new CaseAct.Link(s)),
        "unlink" => Subjected(s => new CaseAct.Unlink(s)),
        "take-back-word" => Needs(Text, "text", "why they no longer wait for it", v => new CaseAct.TakeBackWord(v)),
        "book-visit" => Slot is > 0 and var slot ? (new CaseAct.BookVisit(slot, Text?.Trim() ?? ""), "") : (null, "slot is missing: in which slot the visit is booked."),
        "call-off-visit" => Needs(Text, "text", "what the customer is to read", v => new CaseAct.CallOffVisit(v)),
        _ => (null, $"'{Act}' is nothing that can be done to a case: {Names}."),
    };

    /// <summary>What was done, for the person who did it.</summary>
    public static string Done(CaseAct act) => act switch
    {
        CaseAct.Take => "It is yours now.",
        CaseAct.Assign a => $"Assigned to {a.To}.",
        CaseAct.MoveQueue m => $"It is in the queue {m.Queue} now.",
        CaseAct.AddStep => "The step was added.",
        CaseAct.CompleteStep => "The step is done.",
        CaseAct.SkipStep => "The step was skipped.",
        CaseAct.MoveStep => "The step was moved.",
        CaseAct.Wait w => $"It waits for {w.For}; its clocks stand still.",
        CaseAct.Resume => "Work goes on.",
        CaseAct.Note => "The note is on the timeline.",
        CaseAct.Resolve => "Resolved.",
        CaseAct.Reopen => "It is open again, ahead of new work.",
        CaseAct.Close => "Closed for good.",
        CaseAct.HandOff h => $"Handed to {h.To}.",
        CaseAct.ReadHandOff => "It is noted that you have read it.",
        CaseAct.RepeatStep => "The step is to do once more.",
        CaseAct.ProposeStep => "Proposed. A lead decides on the rule’s page.",
        CaseAct.Write => "It is on its way; below stands how it went.",
        CaseAct.PromiseWord => "Noted. If nobody writes before, B2D says that there is no news yet.",
        CaseAct.Merge m => $"Merged: everything is read at case #{m.Into} now.",
        CaseAct.Link => "Linked; both sides show it.",
        CaseAct.Unlink => "The link is taken back.",
        CaseAct.Objection => "Noted in the rule’s record. What comes of it is told here and on your list.",
        CaseAct.Complain => "A complaint is open. The customer is owed an acknowledgement and a final answer.",
        CaseAct.AcknowledgeComplaint => "It is on its way.",
        CaseAct.AnswerComplaint => "The final answer is on its way; the complaint is over.",
        CaseAct.Grant => "Noted; below stands whether it is given, or a lead is asked first.",
        CaseAct.SeenOutcome => "Noted.",
        CaseAct.TakeBackWord => "Noted: they no longer wait for it.",
        CaseAct.BookVisit b => b.Text.Length > 0 ? "The visit is booked; what you wrote is on its way." : "The visit is booked.",
        CaseAct.CallOffVisit => "The visit is called off; what you wrote is on its way.",
        _ => "Done.",
    };

    private static (CaseAct?, string) Needs(string? value, string name, string what, Func<string, CaseAct> make) =>
        string.IsNullOrWhiteSpace(value) ? (null, $"{name} is missing: {what}.") : (make(value.Trim()), "");

    private (CaseAct?, string) Subjected(Func<string, CaseAct> make) =>
        CaseSubject.Read(Subject) is { } subject ? (make(subject), "") : (null, "subject is missing or names nothing: case:12, outage:3 or defect:1.");

    private (CaseAct?, string) Step(Func<long, CaseAct> make) => StepId is > 0 and var id ? (make(id), "") : (null, "stepId is missing: which step.");
}
