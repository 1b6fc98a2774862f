using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>
/// One device's memory: last values, fault, remedy and due states, presence and clock. It changes only by the entries and ticks that its
/// lane hands it, in order, so that the same log gives the same memory and the same effects.
/// </summary>
internal sealed class DeviceLane
{
    private readonly TimeSpan liveWithin;
    private ActiveRules rules;
    private Device device;
    private RuleMatch match;

    public DeviceLane(Device device, ActiveRules rules, ArrivalOptions arrival, PastCycles past)
    {
        (this.device, this.rules, liveWithin, Past) = (device, rules, arrival.LiveWithin, past);
        Values = new MetricValue[rules.Set.Metrics.Length];
        ValueAt = new DeviceTime[Values.Length];
        Faults = new FaultState[rules.Set.Faults.Length];
        Remedies = [.. Faults.Select(_ => new RemedyState())];
        Dues = [.. rules.Set.Dues.Select(past.Begin)];
        match = new RuleMatch(rules.Set, device);
        Windows = new MetricWindow?[rules.Set.Windows.Length];
    }

    public Device Device => device;

    public MetricValue[] Values { get; private set; }
    public DeviceTime[] ValueAt { get; private set; }
    public FaultState[] Faults { get; private set; }
    public RemedyState[] Remedies { get; private set; }
    public DueState[] Dues { get; private set; }

    /// <summary>By window slot; null before the first number.</summary>
    public MetricWindow?[] Windows { get; private set; }

    /// <summary>Due cycles of rules that ended.</summary>
    public PastCycles Past { get; }

    /// <summary>No reading older than this changes a state: the newest of min(device time, server time).</summary>
    public DeviceTime Watermark { get; set; }

    /// <summary>What silence is counted from.</summary>
    public SilenceClock Silence { get; set; }

    /// <summary>When this device wants a tick; zero for never.</summary>
    public ServerTime NextWake { get; private set; }

    /// <summary>The earliest place it has in the lane's queue of ticks; zero for none. Belongs to the lane.</summary>
    public ServerTime QueuedAt { get; set; }

    /// <summary>Takes over a value of a snapshot.</summary>
    public void RestoreValue(int slot, MetricValue value, DeviceTime at) => (Values[slot], ValueAt[slot]) = (value, at);

    /// <summary>Takes over a fault's state of a snapshot.</summary>
    public void RestoreFault(int index, FaultState state) => Faults[index] = state;

    /// <summary>Takes over a remedy's state of a snapshot.</summary>
    public void RestoreRemedy(int index, RemedyState state) => Remedies[index] = state;

    /// <summary>Takes over a due's state of a snapshot.</summary>
    public void RestoreDue(int index, DueState state) => Dues[index] = state;

    /// <summary>An empty window for what a snapshot has of it; null where no rule looks through it.</summary>
    public MetricWindow? RestoreWindow(int index) => Windows[index] = match.Windows[index] ? new MetricWindow(rules.Set.Windows[index].Length) : null;

    /// <summary>Takes over a changed registration.</summary>
    public void Register(Device changed, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        device = changed;
        var before = match;
        match = new RuleMatch(rules.Set, device);
        for (var i = 0; i < Windows.Length; i++)
            Windows[i] = match.Windows[i] ? Windows[i] : null;
        for (var i = 0; i < Faults.Length; i++)
        {
            if (before.Faults[i] && !match.Faults[i])
                End(i, FaultReason.NoLongerApplies, entry, now, effects);
        }
    }

    /// <summary>Takes over another set of rules: states follow their rule's id (or its former id), the rest ends.</summary>
    public void Switch(ActiveRules next, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        var old = rules;
        var kept = RuleCarry.Faults(old.Set, next.Set);
        for (var i = 0; i < Faults.Length; i++)
        {
            if (!kept.Contains(i))
                End(i, FaultReason.RuleRemoved, entry, now, effects);
        }
        Remedies = [.. kept.Select(i => i >= 0 ? Remedies[i] : new RemedyState())];
        Faults = [.. kept.Select((i, n) => i >= 0 ? RuleCarry.Codes(Faults[i], old.Set.Faults[i].Codes, next.Set.Faults[n].Codes) : default)];
        Dues = RuleCarry.Dues(old.Set, next.Set, Dues, Past);
        foreach (var (from, to) in RuleCarry.Renamed(old.Set, next.Set))
            effects.Add(new LaneEffect.RuleRenamed(device.Id, from, to, entry.Offset, now));
        (Values, ValueAt) = RuleCarry.Values(old, next, Values, ValueAt);
        (rules, match) = (next, new RuleMatch(next.Set, device));
        Windows = RuleCarry.Windows(old.Set, next.Set, Windows, match);
        for (var i = 0; i < Faults.Length; i++)
        {
            var rule = rules.Set.Faults[i];
            if (Faults[i].Phase != FaultPhase.Normal && !match.Faults[i])
                End(i, FaultReason.NoLongerApplies, entry, now, effects);
            else if (Faults[i].Phase is FaultPhase.Active or FaultPhase.Pending && rule.Kind == FaultKind.Codes && Faults[i].CodesSet == 0)
                End(i, FaultReason.RuleRemoved, entry, now, effects);
            else
                Faults[i] = FaultStep.Rewake(Faults[i], rule, now);
        }
    }

    /// <summary>Ends everything; the device leaves the registry.</summary>
    public void Remove(EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        for (var i = 0; i < Faults.Length; i++)
            End(i, FaultReason.DeviceRemoved, entry, now, effects);
        for (var i = 0; i < Dues.Length; i++)
            Past.End(rules.Set.Dues[i], Dues[i]);
    }

    /// <summary>Readings in order of arrival; those marked as duplicates are passed over.</summary>
    public void Take(ImmutableArray<Reading> readings, ReadOnlySpan<bool> duplicates, DeviceTime at, bool live, EpisodeId entry, ServerTime now,
        List<LaneEffect> effects)
    {
        var setBack = WasSetBack(at, live);
        if (at < Watermark && !setBack)
            return;
        Span<bool> touched = Faults.Length <= 512 ? stackalloc bool[Faults.Length] : new bool[Faults.Length];
        touched.Clear();
        Span<bool> dues = Dues.Length <= 512 ? stackalloc bool[Dues.Length] : new bool[Dues.Length];
        dues.Clear();
        var any = false;
        for (var i = 0; i < readings.Length; i++)
        {
            if (!duplicates.IsEmpty && duplicates[i])
                continue;
            any = true;
            var slot = rules.SlotOf(readings[i].Metric);
            if (slot < 0)
                continue;
            (Values[slot], ValueAt[slot]) = (readings[i].Value, at);
            foreach (var fault in rules.FaultsOf(slot))
                touched[fault] = true;
            foreach (var due in rules.DuesOf(slot))
                dues[due] = true;
        }
        if (!any)
            return;
        MoveOn(at, setBack, now, effects);
        if (Windows.Length > 0)
            Enter(readings, duplicates, at);
        for (var i = 0; i < touched.Length; i++)
        {
            if (touched[i] && match.Faults[i])
                Evaluate(i, at, live, entry, now, effects);
        }
        for (var i = 0; i < dues.Length; i++)
        {
            if (dues[i] && match.Dues[i])
            {
                var (counter, marker) = RuleEvaluation.Use(rules.Set.Dues[i], rules, readings, duplicates);
                Record(i, DueStep.Count(Dues[i], counter, marker, rules.Set.Dues[i]), now, effects);
            }
        }
    }

    /// <summary>The numbers of a message enter the windows over them.</summary>
    private void Enter(ImmutableArray<Reading> readings, ReadOnlySpan<bool> duplicates, DeviceTime at)
    {
        for (var i = 0; i < readings.Length; i++)
        {
            var slot = rules.SlotOf(readings[i].Metric);
            if (slot < 0 || (!duplicates.IsEmpty && duplicates[i]) || readings[i].Value.Kind != ValueKind.Number || !double.IsFinite(readings[i].Value.Number))
                continue;
            foreach (var window in rules.WindowsOf(slot))
            {
                if (match.Windows[window])
                    (Windows[window] ??= new MetricWindow(rules.Set.Windows[window].Length)).Add(at, readings[i].Value.Number);
            }
        }
    }

    /// <summary>A code set or cleared by the device.</summary>
    public void Take(Entry.Event happened, DeviceTime at, bool live, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        MoveOn(at, WasSetBack(at, live), now, effects);
        foreach (var (fault, code) in rules.RulesOfCode(happened.Code))
        {
            if (match.Faults[fault])
                Apply(fault, new FaultEvent.Code(code, happened.State, at, live, entry), now, effects);
        }
    }

    /// <summary>A message of any kind came: silence is over.</summary>
    public void Hear(EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        Silence = Silence.Heard(entry, now);
        foreach (var i in rules.Silences)
        {
            if (Faults[i].Phase is FaultPhase.Active or FaultPhase.Pending)
                Apply(i, new FaultEvent.Heard(), now, effects);
        }
    }

    /// <summary>Its connection ended.</summary>
    public void GoOffline(EpisodeId entry, ServerTime now) => Silence = Silence.WentOffline(entry, now);

    /// <summary>The gateway was not reachable from <paramref name="downFrom"/> to <paramref name="now"/>: that time is nobody's silence.</summary>
    public void SkipDowntime(ServerTime downFrom, ServerTime now, List<LaneEffect> effects)
    {
        Silence = Silence.WithoutDowntime(downFrom, now);
        for (var i = 0; i < Faults.Length; i++)
            Apply(i, new FaultEvent.GatewayBack(downFrom), now, effects);
    }

    /// <summary>A person acted.</summary>
    public void Take(Entry.Action action, long offset, ServerTime now, List<LaneEffect> effects)
    {
        var until = action.Until ?? ServerTime.Never;
        for (var i = 0; i < Faults.Length; i++)
        {
            if (action.Rule.Length > 0 && rules.Set.Faults[i].Id != action.Rule)
                continue;
            var episode = Faults[i].Episode;
            var happened = FaultEvent.Of(action.Kind, until);
            if (happened is null || !match.Faults[i])
                continue;
            var reason = Apply(i, happened, now, effects);
            if (reason != FaultReason.NotInThisPhase)
                effects.Add(new LaneEffect.Acted(device.Id, rules.Set.Faults[i].Id, episode, action.Kind, action.Person, until, action.Reason, offset, now));
        }
        for (var i = 0; i < Dues.Length; i++)
        {
            if (action.Kind == FaultAction.DueDone && rules.Set.Dues[i].Id == action.Rule && match.Dues[i])
                Record(i, DueStep.Done(Dues[i]), now, effects);
        }
    }

    /// <summary>A command arrived at the device or was answered.</summary>
    public void TakeProgress(string commandId, ReplyStatus? answer, string detail, ServerTime now, List<LaneEffect> effects)
    {
        for (var i = 0; i < Remedies.Length; i++)
        {
            if (Remedies[i].CommandId != commandId || !Remedies[i].Runs)
                continue;
            var (state, reason) = answer is { } status
                ? RemedyStep.Answered(Remedies[i], commandId, status)
                : RemedyStep.Delivered(Remedies[i], commandId);
            Decide(i, state, reason, now, effects);
            return;
        }
        var phase = answer switch { null => RemedyPhase.Delivered, ReplyStatus.Ok => RemedyPhase.Answered, _ => RemedyPhase.Failed };
        effects.Add(new LaneEffect.CommandProgress(device.Id, commandId, phase, detail, now));
    }

    /// <summary>The server's clock at an instant this device asked for. While the gateway is down, silence proves nothing and only people's times
    /// run.</summary>
    public void Tick(ServerTime now, bool gatewayUp, List<LaneEffect> effects)
    {
        for (var i = 0; i < Faults.Length; i++)
        {
            // The end of a shelf and the end of a hold may fall on one instant.
            for (var turn = 0; turn < 4 && IsDue(WakeOf(i, gatewayUp), now); turn++)
                Apply(i, new FaultEvent.Tick(), now, effects);
            if (IsDue(Remedies[i].Deadline, now))
            {
                var (state, reason) = RemedyStep.Tick(Remedies[i], now);
                Decide(i, state, reason, now, effects);
            }
        }
        foreach (var i in rules.Silences)
        {
            if (IsDue(SilentAt(i, gatewayUp), now))
                Apply(i, new FaultEvent.Silent(Silence.Since, Silence.OfflineSince != ServerTime.Zero, Silence.LastEntry), now, effects);
        }
    }

    /// <summary>Recomputes when a tick is wanted, at the earliest at <paramref name="notBefore"/>.</summary>
    public void Rewake(bool gatewayUp, ServerTime notBefore)
    {
        var next = long.MaxValue;
        for (var i = 0; i < Faults.Length; i++)
        {
            next = Earlier(next, WakeOf(i, gatewayUp));
            next = Earlier(next, Remedies[i].Deadline);
        }
        foreach (var i in rules.Silences)
            next = Earlier(next, SilentAt(i, gatewayUp));
        NextWake = next == long.MaxValue ? ServerTime.Zero : ServerTime.Max(new ServerTime(next), notBefore);
    }

    private static bool IsDue(ServerTime at, ServerTime now) => at != ServerTime.Zero && at <= now;

    private static long Earlier(long a, ServerTime b) => b == ServerTime.Zero ? a : Math.Min(a, b.EpochMs);

    private ServerTime WakeOf(int i, bool gatewayUp) => gatewayUp ? Faults[i].WakeAt : Faults[i].ShelvedUntil;

    private ServerTime SilentAt(int i, bool gatewayUp) =>
        gatewayUp && match.Faults[i] ? Silence.RaisesAt(rules.Set.Faults[i], Faults[i].Phase) : ServerTime.Zero;

    /// <summary>What comes as it happens and yet from long before the watermark comes from a clock that was set back.</summary>
    private bool WasSetBack(DeviceTime at, bool live) => live && Watermark - at > liveWithin;

    /// <summary>The device's time moved on: what is bounded by it ends before the new message is looked at.</summary>
    private void MoveOn(DeviceTime at, bool setBack, ServerTime now, List<LaneEffect> effects)
    {
        var reached = new DeviceTime(Math.Min(at.EpochMs, now.EpochMs));
        for (var i = 0; setBack && i < Faults.Length; i++)
            Apply(i, new FaultEvent.ClockBack(at), now, effects);
        for (var i = 0; setBack && i < Windows.Length; i++)
            Windows[i]?.Clear();
        Watermark = setBack || reached > Watermark ? reached : Watermark;
        foreach (var i in rules.Timed)
        {
            if (Faults[i].Phase != FaultPhase.Normal)
                Apply(i, new FaultEvent.Elapsed(at), now, effects);
        }
    }

    private void End(int i, FaultReason why, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        // Should the same silence be raised again, it is another episode and needs another name.
        if (rules.Set.Faults[i].Kind == FaultKind.Silence && Faults[i].Exists)
            Silence = Silence with { LastEntry = entry };
        Apply(i, new FaultEvent.End(why), now, effects);
    }

    private void Evaluate(int i, DeviceTime at, bool live, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        var rule = rules.Set.Faults[i];
        foreach (var window in rule.WindowSlots)
            Windows[window]?.MoveTo(at);
        var scope = new ConditionScope(Values, device, match.Parameters[i]) { Windows = Windows };
        if (rule.Kind == FaultKind.Condition)
            Apply(i, RuleEvaluation.Sample(rule, in scope, at, live, entry), now, effects);
        // What happened before the command proves nothing about it, so a late reading does not.
        if (live && Remedies[i].Runs && rule.Remedy?.Verify is { } verify
            && verify.Evaluate(in scope) == Truth.True)
        {
            var (state, reason) = RemedyStep.Proven(Remedies[i], now);
            Decide(i, state, reason, now, effects);
        }
    }

    private FaultReason Apply(int i, FaultEvent happened, ServerTime now, List<LaneEffect> effects)
    {
        var rule = rules.Set.Faults[i];
        var before = Faults[i];
        var result = FaultStep.Step(before, happened, rule, now);
        Faults[i] = result.State;
        switch (result.Change)
        {
            case FaultChange.Raised:
                effects.Add(new LaneEffect.Raised(device.Id, rule, result.State.Episode, result.State.Severity, result.State.OnsetAt, result.Reason,
                    result.State.LastWasLive || rule.Kind == FaultKind.Silence,
                    RuleEvaluation.Evidence(rule, rules.Set.Metrics, Values, ValueAt), now));
                OnRaised(i, now, effects);
                break;
            case FaultChange.Cleared:
                effects.Add(new LaneEffect.Cleared(
                    device.Id, rule.Id, before.Episode, result.Reason, RuleEvaluation.ClearedAt(before, happened, rule, now), now));
                var shown = RuleEvaluation.IsShownByTelemetry(result.Reason) && (rule.Kind == FaultKind.Silence || result.State.LastWasLive);
                var (remedy, why) = RemedyStep.FaultCleared(Remedies[i], now, shown);
                Decide(i, remedy, why, now, effects, before.Episode);
                break;
            case FaultChange.SeverityChanged:
                effects.Add(new LaneEffect.SeverityChanged(
                    device.Id, rule, result.State.Episode, result.State.Severity, result.Reason, now) { Offset = FaultEvent.OffsetOf(happened) });
                break;
            case FaultChange.ShelfEnded:
                Escalate(i, EscalationReason.ShelfEnded, now, effects);
                break;
            case FaultChange.None:
                break;
        }
        return result.Reason;
    }

    private void OnRaised(int i, ServerTime now, List<LaneEffect> effects)
    {
        var rule = rules.Set.Faults[i];
        var fault = Faults[i];
        // An outage never swallows what endangers people.
        if (rule.Shadow || fault.IsShelved(now) || (rule.ExplainedByOutage && rule.Class != FaultClass.Safety))
            return;
        if (rule.Class == FaultClass.Safety)
            Escalate(i, EscalationReason.SafetyClass, now, effects);
        var (state, reason) = RemedyStep.Start(Remedies[i], rule, fault.Episode, now);
        Remedies[i] = state;
        if (reason == RemedyReason.Started)
            effects.Add(new LaneEffect.CommandWanted(device.Id, rule, fault.Episode, state.CommandId, state.Deadline, now));
        else if (rule.Class != FaultClass.Safety)
            Escalate(i, reason == RemedyReason.CapReached ? EscalationReason.RemedyCapReached : EscalationReason.NoRemedy, now, effects);
    }

    private void Escalate(int i, EscalationReason reason, ServerTime now, List<LaneEffect> effects, EpisodeId? episode = null)
    {
        if (!rules.Set.Faults[i].Shadow)
            effects.Add(new LaneEffect.Escalated(device.Id, rules.Set.Faults[i], episode ?? Faults[i].Episode, reason, now));
    }

    private void Decide(int i, RemedyState state, RemedyReason reason, ServerTime now, List<LaneEffect> effects, EpisodeId? ended = null)
    {
        Remedies[i] = state;
        if (reason is RemedyReason.NotRunning or RemedyReason.None)
            return;
        var rule = rules.Set.Faults[i];
        var episode = ended ?? Faults[i].Episode;
        effects.Add(new LaneEffect.RemedyChanged(device.Id, rule.Id, episode, state.CommandId, state.Phase, reason, now));
        // A heal that the fault outlives was none.
        if (reason == RemedyReason.VerifiedByTelemetry && Faults[i].Exists && rule.Remedy is { } remedy)
            Remedies[i] = state with { Deadline = now + remedy.Within + rule.Release };
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

    private void Record(int i, (DueState State, DueChange Change, DueReason Reason) step, ServerTime now, List<LaneEffect> effects)
    {
        var cycle = Dues[i].Cycle;
        Dues[i] = step.State;
        if (step.Change != DueChange.None)
            effects.Add(new LaneEffect.DueChanged(device.Id, rules.Set.Dues[i], cycle, step.State, step.Change, step.Reason, now));
    }
}
