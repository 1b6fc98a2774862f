using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage.Cases;

namespace B2D.Console.Cases;

/// <summary>
/// What an act on a case says, from a form or from the API. Names: take, assign, move-queue, add-step, complete-step, skip-step, move-step, wait, resume, note, resolve,
/// reopen, close, hand-off.
/// </summary>
internal sealed record CaseActWords
{
    public string Act { get; init; } = "";

    /// <summary>The version of the case that the actor saw; null or 0: whatever it is now.</summary>
    public int? Version { get; init; }

    public string? Text { get; init; }

    /// <summary>From 0.</summary>
    public int? Position { get; init; }

    public long? StepId { get; init; }

    /// <summary>Of a wait: customer, parts or third-party.</summary>
    public string? Kind { get; init; }

    public string? For { get; init; }

    /// <summary>ISO 8601 or epoch milliseconds.</summary>
    public string? Until { get; init; }

    public string? To { get; init; }

    public string? Finished { get; init; }

    public string? Open { get; init; }

    public string? Promised { get; init; }

    public string? Disposition { get; init; }

    /// <summary>The act, or what is missing for it in a sentence.</summary>
    /// <param name="until"><see cref="Until"/> as read by the caller, who knows the zone.</param>
    public (CaseAct? Act, string Problem) Read(ServerTime? until) => Act switch
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
        "close" when Dispositions.All.All(d => d.Key != Disposition) =>
            (null, $"disposition is one of {string.Join(", ", Dispositions.All.Select(d => d.Key))}."),
        "close" => (new CaseAct.Close(Disposition!), ""),
        "hand-off" => Needs(To, "to", "whom it goes to", v => new CaseAct.HandOff(v, Finished ?? "", Open ?? "", Promised ?? "")),
        _ => (null, $"'{Act}' is nothing that can be done to a case: take, assign, move-queue, add-step, complete-step, skip-step, move-step, wait, resume, note, resolve, "
            + "reopen, close, hand-off."),
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
        _ => "Done.",
    };

    private static (CaseAct?, string) Needs(string? value, string name, string what, Func<string, CaseAct> make) =>
        string.IsNullOrWhiteSpace(value) ? (null, $"{name} is missing: {what}.") : (make(value.Trim()), "");

    private (CaseAct?, string) Step(Func<long, CaseAct> make) => StepId is > 0 and var id ? (make(id), "") : (null, "stepId is missing: which step.");
}
