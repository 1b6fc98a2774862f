using System.Text.Json;
using B2D.Core.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What the audit says of an act on a case: who got it, until when, how much, never the words, which stand on the case and can be taken out there.</summary>
internal static class CaseAudit
{
    public static string Of(CaseAct act) => JsonSerializer.Serialize(act switch
    {
        CaseAct.Assign a => new { to = a.To },
        CaseAct.MoveQueue a => new { queue = a.Queue },
        CaseAct.AddStep a => new { position = a.Position },
        CaseAct.CompleteStep a => new { step = a.StepId },
        CaseAct.SkipStep a => new { step = a.StepId },
        CaseAct.MoveStep a => new { step = a.StepId, position = a.Position },
        CaseAct.RepeatStep a => new { step = a.StepId },
        CaseAct.ProposeStep a => new { step = a.StepId },
        CaseAct.Wait a => new { kind = WaitKindOf(a.Kind), until = a.Until.EpochMs },
        CaseAct.Note a => new { characters = a.Text.Length },
        CaseAct.Close a => new { disposition = a.Disposition },
        CaseAct.HandOff a => new { to = a.To },
        CaseAct.Write a => new { characters = a.Text.Length, next = a.NextAt.EpochMs },
        CaseAct.PromiseWord a => new { at = a.At.EpochMs },
        CaseAct.Merge a => new { into = a.Into },
        CaseAct.Link a => new { subject = a.Subject },
        CaseAct.Unlink a => new { subject = a.Subject },
        CaseAct.Objection a => new { reason = a.Reason },
        CaseAct.Complain a => new { owner = a.Owner, characters = a.Text.Length },
        CaseAct.AcknowledgeComplaint a => new { characters = a.Text.Length },
        CaseAct.AnswerComplaint a => new { characters = a.Text.Length },
        CaseAct.BookVisit a => new { slot = a.Slot, characters = a.Text.Length },
        CaseAct.CallOffVisit a => new { characters = a.Text.Length },
        CaseAct.Grant a => new { kind = a.Kind.ToString(), amount = a.Amount },
        _ => (object)new { },
    });

    private static string WaitKindOf(WaitKind kind) => B2D.Storage.Cases.WaitKinds.Name(kind);
}
