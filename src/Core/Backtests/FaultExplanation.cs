using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>One change on the way of a fault.</summary>
/// <param name="At">When, by the device's clock; by the server's where no message brought it.</param>
/// <param name="What">What changed and why, in words.</param>
/// <param name="Values">Metrics that the rule reads, as they stood.</param>
public sealed record ExplainedStep(DeviceTime At, string What, ImmutableArray<EvidenceValue> Values);

/// <summary>Tells how a fault came about, by evaluating its rule once more over what the device had sent.</summary>
public static class FaultExplanation
{
    /// <summary>The changes of one rule for one device, in order.</summary>
    /// <param name="rules">The rule alone, or its whole set.</param>
    /// <param name="sent">What the device sent and when it arrived, in order; of a rule with lateness in the order of the device's clock, in which it was evaluated.</param>
    /// <param name="until">The clock runs on to here after the last of them.</param>
    /// <exception cref="ArgumentException">The set has no fault rule of that name.</exception>
    public static ImmutableArray<ExplainedStep> Of(RuleSet rules, string rule, Device device, IEnumerable<(ServerTime At, Entry Body)> sent, ServerTime until)
    {
        var active = new ActiveRules(rules with { Faults = [.. rules.Faults.Select(f => f with { Lateness = TimeSpan.Zero })] });
        var index = active.FaultOf(rule);
        if (index < 0)
            throw new ArgumentException($"the set has no fault '{rule}'", nameof(rule));
        var steps = ImmutableArray.CreateBuilder<ExplainedStep>();
        var effects = new List<LaneEffect>();
        var before = default(FaultState);
        VirtualDevice? run = null;
        foreach (var (at, body) in sent)
        {
            run ??= new VirtualDevice(device, active, ArrivalOptions.Default, at, effects);
            // What the clock does between two messages is a step of its own.
            run.AdvanceTo(at, effects);
            Look(run, null);
            Look(run, run.Take(body, at, effects));
        }
        if (run is null)
            return [];
        run.AdvanceTo(until, effects);
        Look(run, null);
        return steps.ToImmutable();

        void Look(VirtualDevice run, DeviceTime? at)
        {
            if (run.Memory is not { } memory)
                return;
            var now = memory.Faults[index];
            if (Told(rules.Faults[index], before, now, effects) is { Length: > 0 } what)
                steps.Add(new ExplainedStep(at ?? new DeviceTime((effects.LastOrDefault()?.At ?? run.TickedUntil).EpochMs), what, Stood(run, memory)));
            before = now;
            effects.Clear();
        }

        ImmutableArray<EvidenceValue> Stood(VirtualDevice run, DeviceLane memory) =>
        [
            .. RuleEvaluation.Evidence(rules.Faults[index], rules.Metrics, memory.Values, memory.ValueAt),
            .. RuleEvaluation.Medians(rules.Faults[index], rules, run.Fleets, device.Model, run.TickedUntil),
        ];
    }

    private static string Told(FaultRule rule, in FaultState before, in FaultState now, List<LaneEffect> effects)
    {
        var raised = effects.OfType<LaneEffect.Raised>().FirstOrDefault(r => r.Rule.Id == rule.Id);
        var cleared = effects.OfType<LaneEffect.Cleared>().FirstOrDefault(c => c.Rule == rule.Id);
        if (raised is not null)
            return $"raised: {Words(raised.Reason)}{Often(rule, effects)}{(raised.HeldUntil > ServerTime.Zero ? ";" : "")}{Held(rule, raised.HeldUntil)}";
        if (cleared is not null)
            return $"over: {Words(cleared.Reason)}";
        if (effects.OfType<LaneEffect.Latched>().LastOrDefault(e => e.Rule == rule.Id) is { } latched && now.Phase == FaultPhase.Latched)
            return $"its condition is over, and it waits for somebody to acknowledge it: {Words(latched.Reason)}";
        if (effects.OfType<LaneEffect.Relapsed>().LastOrDefault(e => e.Rule == rule.Id) is { } relapsed)
            return $"it is there again: {Words(relapsed.Reason)}";
        if (effects.OfType<LaneEffect.HeldOutsideHours>().LastOrDefault(e => e.Rule == rule.Id) is { } held)
            return $"it is{Held(rule, held.Until)}";
        if (effects.OfType<LaneEffect.Escalated>().Any(e => e.Rule.Id == rule.Id && e.Reason == EscalationReason.HoursBegan))
            return "the hours of its rule begin, and it is there: people hear of it";
        if (before.Exists && now.Exists && !before.Acknowledged && now.Acknowledged)
            return "somebody acknowledged it";
        if (effects.OfType<LaneEffect.HeldByMaintenance>().LastOrDefault(e => e.Rule.Id == rule.Id) is { } waits)
        {
            return now.Exists ? $"people work on the device, so nobody hears of it before {waits.Until}"
                : $"{(before.Phase == FaultPhase.Normal ? "it begins" + Enough(rule.RaiseSamples) : "its hold is over")}; people work on the device, so nothing is raised before {waits.Until}";
        }
        return (before.Phase, now.Phase) switch
        {
            (FaultPhase.Pending, FaultPhase.Normal) when before.Maintained => "it is over before the work on the device is: nothing is raised",
            (FaultPhase.Normal, FaultPhase.Pending) => $"it begins{Enough(rule.RaiseSamples)}{(rule.Hold > TimeSpan.Zero ? $"; it must last for {Text(rule.Hold)}" : "")}",
            (FaultPhase.Pending, FaultPhase.Normal) => "it did not last: nothing is raised",
            (FaultPhase.Pending, FaultPhase.Pending) when now.Since != before.Since => "after a gap the time begins anew",
            (FaultPhase.Active, FaultPhase.Clearing) => $"normal{Enough(rule.ClearSamples)}; it must stay so for {Text(FaultStep.ReleaseOf(in now, rule))}",
            (FaultPhase.Clearing, FaultPhase.Active) => "it did not stay normal",
            _ when before.Exists && now.Exists && before.Severity != now.Severity => $"severity {before.Severity} becomes {now.Severity}",
            _ => "",
        };
    }

    private static string Often(FaultRule rule, List<LaneEffect> effects) => rule.Chatter is { } chatter && effects.OfType<LaneEffect.Chatters>().Any(c => c.Rule.Id == rule.Id)
        ? $"; that often within {Text(chatter.Within)} ({chatter.Raises} times) it chatters, and stays open until it was normal for {Text(chatter.Quiet)}"
        : "";

    private static string Held(FaultRule rule, ServerTime until) => until == ServerTime.Zero || rule.During is null
        ? ""
        : $" outside the hours of its rule: nobody hears of it before they begin, at {until}";

    private static string Enough(SampleQuota quota) => quota.Of <= 1 ? "" : $" ({quota.Needed} of the last {quota.Of} samples)";

    private static string Text(TimeSpan span) => DurationText.Format(span);

    private static string Words(FaultReason reason) => reason switch
    {
        FaultReason.ConditionTrue => "the condition is true",
        FaultReason.HoldCompleted => "the condition lasted for its hold",
        FaultReason.HoldCompletedInSilence => "the condition was true when the device was heard last, and its hold is over",
        FaultReason.CodeSet => "the device set the code",
        FaultReason.CodeCleared => "the device cleared the code",
        FaultReason.WentSilent => "nothing was heard of the device for too long",
        FaultReason.WentOffline => "its connection ended",
        FaultReason.Heard => "the device was heard again",
        FaultReason.ConditionFalse => "it is normal again",
        FaultReason.ReleaseCompleted => "it stayed normal for its release",
        FaultReason.ReleaseCompletedInSilence => "it was normal when the device was heard last, and its release is over",
        FaultReason.AutoCleared => "the code was not set again for so long",
        FaultReason.Acknowledged => "it was normal again, and somebody acknowledged it",
        FaultReason.BackDated => "readings that came late say so",
        FaultReason.Unseen => "what the rule reads was not reported any more",
        FaultReason.DeviceNotHeard => "nothing was reported any more, and the device is not connected",
        FaultReason.MaintenanceOver => "people's work on the device is over, and it is still there",
        _ => reason.ToString(),
    };
}
