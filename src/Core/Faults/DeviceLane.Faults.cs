using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What follows from a step of a fault or of its remedy.</summary>
internal sealed partial class DeviceLane
{
    private void End(int i, FaultReason why, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        // Should the same silence be raised again, it is another episode and needs another name.
        if (Set.Faults[i].Kind == FaultKind.Silence && Faults[i].Exists)
            silence = silence with { LastEntry = entry };
        if (Faults != match.Rules.Blank.Faults)
            Apply(i, new FaultEvent.End(why), now, effects);
    }

    /// <summary>People work on the device until then; in the past: no more.</summary>
    public void Maintain(ServerTime until, ServerTime now)
    {
        MaintainedUntil = until;
        // What was to be raised at the former end may be raised sooner now, and a shelf that waits for it may end sooner.
        for (var i = 0; Faults != match.Rules.Blank.Faults && i < Faults.Length; i++)
        {
            var fault = Faults[i];
            if (fault is { Maintained: true, Exists: true })
                fault = fault with { ShelvedUntil = ServerTime.Max(now, ServerTime.Min(fault.ShelvedUntil, until)) };
            if (fault.Phase == FaultPhase.Pending || fault.Maintained)
                Store(i, FaultStep.Rewake(fault, Set.Faults[i], now));
        }
    }

    private FaultReason Apply(int i, FaultEvent happened, ServerTime now, List<LaneEffect> effects)
    {
        DeviceTime? told = happened is FaultEvent.Code code ? code.At : null;
        return Apply(i, FaultStep.Step(Faults[i], happened, Set.Faults[i], now), told, FaultEvent.OffsetOf(happened), now, effects);
    }

    /// <param name="i">The rule.</param>
    /// <param name="result">What the fault's machine said.</param>
    /// <param name="told">Device time of what the device said that led to it; null where the server's clock or a person did.</param>
    /// <param name="offset">Of the entry in which it said so; 0 for none.</param>
    /// <param name="now">The server's time.</param>
    /// <param name="effects">Grows by what follows.</param>
    private FaultReason Apply(int i, in FaultStepResult result, DeviceTime? told, long offset, ServerTime now, List<LaneEffect> effects)
    {
        var rule = Set.Faults[i];
        var before = Faults[i];
        if (MaintainedUntil > now && FaultStep.HeldByMaintenance(before, result, rule, MaintainedUntil, now) is { } held)
        {
            Store(i, held.State);
            if (!before.Maintained || before.Episode != held.State.Episode || before.ShelvedUntil != held.State.ShelvedUntil)
                effects.Add(new LaneEffect.HeldByMaintenance(Device.Id, rule, held.State.Episode, held.State.Severity, held.State.OnsetAt, MaintainedUntil, now));
            return held.Reason;
        }
        Store(i, result.State);
        if (before.Maintained && !result.State.Maintained && result.Change != FaultChange.Raised)
            effects.Add(new LaneEffect.HeldNoMore(Device.Id, rule.Id, before.Episode, result.Reason, now));
        if (result.Change == FaultChange.None)
            return result.Reason;
        switch (result.Change)
        {
            case FaultChange.Raised:
                effects.Add(new LaneEffect.Raised(Device.Id, rule, result.State.Episode, result.State.Severity, result.State.OnsetAt, result.Reason,
                    result.State.LastWasLive || rule.Kind == FaultKind.Silence,
                    EvidenceOf(rule), now) { HeldUntil = result.State.OutsideHours ? result.State.ShelvedUntil : default });
                OnRaised(i, now, effects);
                if (result.State.Chatters)
                    effects.Add(new LaneEffect.Chatters(Device.Id, rule, result.State.Episode, now));
                break;
            case FaultChange.Cleared:
                effects.Add(new LaneEffect.Cleared(
                    Device.Id, rule.Id, before.Episode, result.Reason, told ?? RuleEvaluation.ClearedAt(before, rule, now), now));
                var shown = RuleEvaluation.IsShownByTelemetry(result.Reason) && (rule.Kind == FaultKind.Silence || result.State.LastWasLive) && ShowsRemedy(i);
                var (remedy, why) = RemedyStep.FaultCleared(Remedies[i], now, shown);
                Decide(i, remedy, why, now, effects, before.Episode);
                break;
            case FaultChange.SeverityChanged:
                effects.Add(new LaneEffect.SeverityChanged(Device.Id, rule, result.State.Episode, result.State.Severity, result.Reason, now) { Offset = offset });
                break;
            case FaultChange.Latched:
                effects.Add(new LaneEffect.Latched(Device.Id, rule.Id, before.Episode, result.Reason, now) { Offset = offset });
                break;
            case FaultChange.Relapsed:
                effects.Add(new LaneEffect.Relapsed(Device.Id, rule.Id, before.Episode, result.State.Severity, result.Reason, now)
                {
                    Offset = offset, IsChattering = result.State.Chatters,
                });
                break;
            case FaultChange.HeldOutsideHours:
                effects.Add(new LaneEffect.HeldOutsideHours(Device.Id, rule.Id, before.Episode, result.State.ShelvedUntil, now));
                break;
            case FaultChange.ShelfEnded when result.Reason == FaultReason.HoursBegan:
                OnHoursBegan(i, now, effects);
                break;
            case FaultChange.ShelfEnded:
                Escalate(i, EscalationReason.ShelfEnded, now, effects);
                break;
        }
        return result.Reason;
    }

    private void OnRaised(int i, ServerTime now, List<LaneEffect> effects)
    {
        var rule = Set.Faults[i];
        var fault = Faults[i];
        // An outage never swallows what endangers people.
        if (rule.Shadow || fault.IsShelved(now) || (rule.ExplainedByOutage && rule.Class != FaultClass.Safety))
            return;
        if (rule.Class == FaultClass.Safety)
            Escalate(i, EscalationReason.SafetyClass, now, effects);
        var reason = StartRemedy(i, now, effects);
        if (reason != RemedyReason.Started && rule.Class != FaultClass.Safety)
            Escalate(i, reason == RemedyReason.CapReached ? EscalationReason.RemedyCapReached : EscalationReason.NoRemedy, now, effects);
    }

    /// <summary>What was found outside the rule's hours is answered as if it were raised now; what was answered then, and did not help, needs a person.</summary>
    private void OnHoursBegan(int i, ServerTime now, List<LaneEffect> effects)
    {
        var rule = Set.Faults[i];
        if (rule.Shadow)
            return;
        var isTried = Remedies[i].CommandId == RemedyStep.CommandOf(rule, Faults[i].Episode);
        if (isTried || rule.ExplainedByOutage || StartRemedy(i, now, effects) != RemedyReason.Started)
            Escalate(i, EscalationReason.HoursBegan, now, effects);
    }

    private RemedyReason StartRemedy(int i, ServerTime now, List<LaneEffect> effects)
    {
        var (rule, fault) = (Set.Faults[i], Faults[i]);
        var (state, reason) = RemedyStep.Start(Remedies[i], rule, fault.Episode, now);
        Store(i, state);
        if (reason == RemedyReason.Started)
            effects.Add(new LaneEffect.CommandWanted(Device.Id, rule, fault.Episode, state.CommandId, state.Deadline, now));
        return reason;
    }

    private void Escalate(int i, EscalationReason reason, ServerTime now, List<LaneEffect> effects, EpisodeId? episode = null)
    {
        var rule = Set.Faults[i];
        if (rule.Shadow)
            return;
        // The end of a shelf has seen to the hours itself.
        if (rule.During is { } hours && reason is not (EscalationReason.ShelfEnded or EscalationReason.HoursBegan) && !hours.IsOpen(now))
            Hold(i, hours, now, effects);
        else
            effects.Add(new LaneEffect.Escalated(Device.Id, rule, episode ?? Faults[i].Episode, reason, now));
    }

    /// <summary>A fault that needs a person outside its rule's hours needs one when they begin, if it is there then.</summary>
    private void Hold(int i, Hours hours, ServerTime now, List<LaneEffect> effects)
    {
        var fault = Faults[i];
        if (!fault.Exists || fault.IsShelved(now))
            return;
        var held = FaultStep.Held(fault, hours, Set.Faults[i], now);
        Store(i, in held);
        effects.Add(new LaneEffect.HeldOutsideHours(Device.Id, Set.Faults[i].Id, held.Episode, held.ShelvedUntil, now));
    }

    /// <summary>A fault goes on under a rule that may have been changed.</summary>
    private void Adopt(int i, in FaultState fault, ServerTime now, List<LaneEffect> effects)
    {
        var adopted = FaultStep.Adopted(fault, Set.Faults[i], now);
        Faults[i] = adopted;
        if (adopted.Exists && adopted.ShelvedUntil != fault.ShelvedUntil && adopted.IsShelved(now))
            effects.Add(new LaneEffect.HeldOutsideHours(Device.Id, Set.Faults[i].Id, adopted.Episode, adopted.ShelvedUntil, now));
    }

    private void Decide(int i, RemedyState state, RemedyReason reason, ServerTime now, List<LaneEffect> effects, EpisodeId? ended = null)
    {
        Store(i, state);
        if (reason is RemedyReason.NotRunning or RemedyReason.None)
            return;
        var rule = Set.Faults[i];
        var episode = ended ?? Faults[i].Episode;
        effects.Add(new LaneEffect.RemedyChanged(Device.Id, rule.Id, episode, state.CommandId, state.Phase, reason, now));
        // A heal that the fault outlives was none.
        if (reason == RemedyReason.VerifiedByTelemetry && Faults[i].Exists && rule.Remedy is { } remedy)
            Store(i, state with { Deadline = now + remedy.Within + rule.Release });
        EscalationReason? needs = reason switch
        {
            RemedyReason.TimeOver => EscalationReason.RemedyNotVerified,
            RemedyReason.DeviceRefused => EscalationReason.RemedyFailed,
            RemedyReason.NeverDelivered => EscalationReason.RemedyNeverDelivered,
            RemedyReason.VerifiedByTelemetry or RemedyReason.FaultCleared when RemedyStep.IsChronic(state, now) => EscalationReason.Chronic,
            _ => null,
        };
        if (needs is { } why && (Faults[i].Exists || why == EscalationReason.Chronic))
            Escalate(i, why, now, effects, episode);
    }
}
