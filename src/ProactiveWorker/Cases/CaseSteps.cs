using B2D.Core.Cases;
using B2D.Storage.Cases;
using B2D.Storage.Devices;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What agents do to the steps of a case.</summary>
internal static class CaseSteps
{
    private const int MaxSteps = 200;
    private const string None = "this case has no such step";
    private static readonly string TooMany = $"a case has at most {MaxSteps} steps";

    /// <summary>Puts a step into the list; position from 0, beyond the end means last.</summary>
    public static CaseDoing Add(CaseAct.AddStep e, string who) => e.Text.Length is 0 or > 1_000
        ? CaseDoing.Wrong("a step has 1 to 1,000 characters")
        : new("AddStep", $"Step added: {e.Text}", (db, row, _) => Insert(db, row, e.Text, e.Position, who));

    /// <summary>Marks a step as done or skipped.</summary>
    public static CaseDoing Set(long stepId, string stepState, string who) => new("SetStep", $"Step {stepState.ToLowerInvariant()}", (db, row, now) =>
    {
        if (StepStore.Find(db, stepId) is not { } step || step.CaseId != row.Id)
            return (row, None);
        StepStore.SetState(db, stepId, stepState, who, now.EpochMs);
        return (row, "");
    })
    { Detail = new { stepId } };

    /// <summary>Moves a step to a position from 0.</summary>
    public static CaseDoing Move(CaseAct.MoveStep e) => new("MoveStep", "Steps put in another order", (db, row, _) =>
    {
        var steps = StepStore.List(db, row.Id).Select(s => s.Id).ToList();
        if (!steps.Remove(e.StepId))
            return (row, None);
        steps.Insert(Math.Clamp(e.Position, 0, steps.Count), e.StepId);
        StepStore.Reorder(db, row.Id, steps);
        return (row, "");
    })
    { Detail = new { stepId = e.StepId, position = e.Position } };

    /// <summary>What was done or left out is to do once more, next; that it was done stays.</summary>
    public static CaseDoing Repeat(long stepId, string who) => new("RepeatStep", "A step is to do once more", (db, row, _) =>
    {
        var steps = StepStore.List(db, row.Id);
        if (steps.FirstOrDefault(s => s.Id == stepId) is not { } step)
            return (row, None);
        if (step.State == "Open")
            return (row, "the step is to do as it is");
        return Insert(db, row, step.Text, steps.TakeWhile(s => s.State != "Open").Count(), who, step.Standard);
    })
    { Detail = new { stepId } };

    /// <summary>A step that worked is to be the standard one of the rule and model, where a lead agrees.</summary>
    public static CaseDoing Propose(long stepId, string who) => new("ProposeStep", "Proposed a step as the standard one", (db, row, now) =>
    {
        if (StepStore.Find(db, stepId) is not { } step || step.CaseId != row.Id)
            return (row, None);
        if (step.State != "Done")
            return (row, "only a step that was done can be proposed");
        var model = DeviceStore.Find(db, row.Device)?.Model ?? "";
        var known = StandardStepStore.List(db, row.Rule, ["Proposed", "Accepted"]).FirstOrDefault(s => s.Model == model && NextStep.Key(s.Text) == NextStep.Key(step.Text));
        if (known is not null)
            return (row, known.State == "Accepted" ? "it is the standard step already" : $"{known.ProposedBy} has proposed it already");
        StandardStepStore.Add(db, new StandardStepRow { Rule = row.Rule, Model = model, Text = step.Text, CaseId = row.Id, ProposedBy = who, ProposedAt = now.EpochMs });
        return (row, "");
    })
    { Detail = new { stepId } };

    private static (CaseRow, string) Insert(Storage.Db db, CaseRow row, string text, int position, string who, bool standard = false)
    {
        var steps = StepStore.List(db, row.Id).Select(s => s.Id).ToList();
        if (steps.Count >= MaxSteps)
            return (row, TooMany);
        var id = StepStore.Add(db, new StepRow { CaseId = row.Id, Position = steps.Count, Text = text, AddedBy = who, Standard = standard });
        steps.Insert(Math.Clamp(position, 0, steps.Count), id);
        StepStore.Reorder(db, row.Id, steps);
        return (row, "");
    }
}
