using System.Runtime.CompilerServices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What entries and ticks do to a device.</summary>
internal sealed partial class DeviceLane
{
    /// <summary>Readings in order of arrival; those marked as duplicates are passed over.</summary>
    public void Take(ReadOnlySpan<Reading> readings, ReadOnlySpan<bool> duplicates, in TelemetryTime time, List<LaneEffect> effects)
    {
        var setBack = WasSetBack(in time);
        if (match.Delays is not null)
            Hold(readings, duplicates, setBack, in time, effects);
        if (time.At < Watermark && !setBack)
        {
            if (duplicates.IsEmpty ? readings.Length > 0 : duplicates.Contains(false))
                SetAside(in time, effects);
            return;
        }
        if (duplicates.Contains(true))
        {
            if (!duplicates.Contains(false))
                return;
            var counting = ReadingPlan.Counting(readings, duplicates);
            Take(counting, match.Rules.Plans.Of(counting, plan), setBack, in time, effects);
        }
        else if (readings.Length > 0)
        {
            plan = match.Rules.Plans.Of(readings, plan);
            Take(readings, plan, setBack, in time, effects);
        }
    }

    /// <summary>A code set or cleared by the device.</summary>
    public void Take(Entry.Event happened, in TelemetryTime time, List<LaneEffect> effects)
    {
        var setBack = WasSetBack(in time);
        var isLate = time.At < Watermark && !setBack;
        if (match.Delays is not null)
            Hold(happened, setBack, in time, effects);
        if (isLate)
            SetAside(in time, effects);
        MoveOn(setBack, in time, effects);
        if (match.Rules.SlotOfCode(happened.Code) is var slot and >= 0)
            Take(slot, happened.State, isLate, in time, effects);
        foreach (var (fault, code) in match.Rules.RulesOfCode(happened.Code))
        {
            if (match.Faults[fault])
                Apply(fault, new FaultEvent.Code(code, happened.State, time.At, time.Live, time.Entry), time.Now, effects);
        }
    }

    /// <summary>A message of any kind came: silence is over.</summary>
    public void Hear(EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        silence = silence.Heard(entry, now);
        if (match.SoonestSilence is not { } soonest)
            return;
        WakeFrom = Earlier(WakeFrom, now + soonest);
        if (!Faults.IsUnusual)
            return;
        foreach (var i in match.Silences)
        {
            if (Faults.PhaseOf(i) is FaultPhase.Active or FaultPhase.Pending)
                Apply(i, FaultStep.Step(Faults[i], new FaultEvent.Heard(), Set.Faults[i], now), null, entry.Offset, now, effects);
        }
    }

    /// <summary>It connected anew.</summary>
    public void Connect(FaultEvent.Reconnected happened, ServerTime now, List<LaneEffect> effects)
    {
        for (var i = 0; Faults != match.Rules.Blank.Faults && i < Faults.Length; i++)
        {
            if (Set.Faults[i].Kind == FaultKind.Codes && match.Faults[i] && !Faults[i].CodeTimes.IsDefault)
                Apply(i, happened, now, effects);
        }
        ForgetCodeTimes(happened.LiveFrom);
    }

    /// <summary>Its connection ended.</summary>
    public void GoOffline(EpisodeId entry, ServerTime now)
    {
        silence = silence.WentOffline(entry, now);
        WakeFrom = match.SoonestSilence is null ? WakeFrom : Earlier(WakeFrom, now);
    }

    /// <summary>The gateway was not reachable up to <paramref name="now"/>: that time is nobody's silence, and proves no remedy to have failed.</summary>
    public void SkipDowntime(FaultEvent.GatewayBack back, ServerTime now, List<LaneEffect> effects)
    {
        silence = silence.WithoutDowntime(back.DownFrom, now);
        history.Delayed?.SkipDowntime(back.DownFrom, now);
        // Before what is raised now, whose remedies begin now.
        for (var i = 0; Remedies != match.Rules.Blank.Remedies && i < Remedies.Length; i++)
            Store(i, Remedies[i].WithoutDowntime(back.DownFrom, now));
        for (var i = 0; Faults != match.Rules.Blank.Faults && i < Faults.Length; i++)
        {
            if (FaultStep.Minds(Faults[i]))
                Apply(i, back, now, effects);
        }
    }

    /// <summary>A person acted.</summary>
    public void Take(Entry.Action action, long offset, ServerTime now, List<LaneEffect> effects)
    {
        var until = action.Until ?? ServerTime.Never;
        for (var i = 0; i < Faults.Length; i++)
        {
            if (action.Rule.Length > 0 && Set.Faults[i].Id != action.Rule)
                continue;
            var episode = Faults[i].Episode;
            var happened = FaultEvent.Of(action.Kind, until);
            if (happened is null || !match.Faults[i])
                continue;
            // What a person did stands before what follows from it.
            var place = effects.Count;
            var reason = Apply(i, happened, now, effects);
            if (reason != FaultReason.NotInThisPhase)
                effects.Insert(place, new LaneEffect.Acted(Device.Id, Set.Faults[i].Id, episode, action.Kind, action.Person, until, action.Reason, offset, now));
        }
        for (var i = 0; i < Dues.Length; i++)
        {
            if (action.Kind == FaultAction.DueDone && Set.Dues[i].Id == action.Rule && match.Dues[i])
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
        effects.Add(new LaneEffect.CommandProgress(Device.Id, commandId, phase, detail, now));
    }

    /// <summary>The server's clock at an instant this device asked for.</summary>
    public void Tick(ServerTime now, bool gatewayUp, FleetMemory fleet, List<LaneEffect> effects)
    {
        var mayChange = Remedies != match.Rules.Blank.Remedies || Faults.EarliestWake(gatewayUp) <= now;
        for (var i = 0; mayChange && i < Faults.Length; i++)
        {
            if (history.Delayed is { Held.Count: > 0 } && IsDue(WakeOf(i, gatewayUp), now))
                ReleaseBefore(i, now, fleet, effects);
            // The end of a shelf and the end of a hold may fall on one instant.
            for (var turn = 0; turn < 4 && IsDue(WakeOf(i, gatewayUp), now); turn++)
                Apply(i, new FaultEvent.Tick(), now, effects);
            if (IsDue(Remedies[i].EndsAt(gatewayUp), now))
            {
                var (state, reason) = RemedyStep.Tick(Remedies[i], now);
                Decide(i, state, reason, now, effects);
            }
        }
        foreach (var i in match.Silences)
        {
            if (IsDue(SilentAt(i, gatewayUp), now))
                Apply(i, new FaultEvent.Silent(silence.Since, silence.OfflineSince != ServerTime.Zero, silence.LastEntry), now, effects);
        }
        if (gatewayUp && history.Delayed is { } delayed && delayed.FirstDue <= now)
            Release(delayed, delayed.CountDue(now), now, fleet, effects);
    }

    /// <summary>A code that conditions read. What comes late still says whether it is set, but nothing is evaluated, as with readings.</summary>
    private void Take(int slot, CodeState state, bool isLate, in TelemetryTime time, List<LaneEffect> effects)
    {
        MakeRoom(slot + 1);
        if (Values[slot].Kind != ValueKind.Missing && time.At < ValueAt[slot])
            return;
        (Values[slot], ValueAt[slot]) = (MetricValue.Of(state == CodeState.Set), time.At);
        if (isLate)
            return;
        foreach (var window in match.Rules.WindowsOf(slot))
        {
            if (match.Windows[window] && state == CodeState.Set)
                OwnWindow(window).Add(time.At, 1);
        }
        EvaluateAll(match.Rules.FaultsOf(slot), in time, effects);
    }

    private void Take(ReadOnlySpan<Reading> readings, ReadingPlan found, bool setBack, in TelemetryTime time, List<LaneEffect> effects)
    {
        MakeRoom(found.Room);
        var (slots, values, times) = (found.Slots, Values, ValueAt);
        foreach (var (reading, change) in found.Changes)
        {
            var slot = slots[reading];
            // A reading that came out of order did not follow the one before it.
            if (values[slot].Kind != ValueKind.Missing && times[slot] <= time.At && Differ(values[slot], readings[reading].Value))
                OwnHistory().Changes[change] = times[slot];
        }
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] is var slot and >= 0)
            {
                MetricValue.Put(ref values[slot], readings[i].Value);
                times[slot] = time.At;
            }
        }
        MoveOn(setBack, in time, effects);
        foreach (var (reading, window) in found.Windows)
        {
            var value = readings[reading].Value;
            if (match.Windows[window] && value.Kind == ValueKind.Number && double.IsFinite(value.Number))
                (Windows[window] ?? OwnWindow(window)).Add(time.At, value.Number);
        }
        EvaluateAll(found.Faults, in time, effects);
        foreach (var i in found.Dues)
        {
            if (!match.Dues[i])
                continue;
            var (counter, marker) = RuleEvaluation.Use(Set.Dues[i], readings, slots);
            Record(i, DueStep.Count(Dues[i], counter, marker, Set.Dues[i]), time.Now, effects);
        }
    }

    /// <summary>It came too late to be evaluated as it came: a back-dated pass looks at it, where a rule might have.</summary>
    private void SetAside(in TelemetryTime time, List<LaneEffect> effects)
    {
        if (match.IsBackDated)
            effects.Add(new LaneEffect.CameLate(Device.Id, time.At, false, time.Entry.Offset, time.Now));
    }

    private static bool Differ(MetricValue a, MetricValue b) => a != b && !(a.Kind == ValueKind.Number && b.Kind == ValueKind.Number && a.Number == b.Number);

    /// <summary>What comes as it happens and yet from long before the watermark comes from a clock that was set back.</summary>
    private bool WasSetBack(in TelemetryTime time) => time.Live && Watermark - time.At > time.LiveWithin;

    /// <summary>The device's time moved on: what is bounded by it ends before the new message is looked at.</summary>
    private void MoveOn(bool setBack, in TelemetryTime time, List<LaneEffect> effects)
    {
        var reached = new DeviceTime(Math.Min(time.At.EpochMs, time.Now.EpochMs));
        for (var i = 0; setBack && i < Faults.Length; i++)
            Apply(i, new FaultEvent.ClockBack(time.At), time.Now, effects);
        if (setBack)
            ForgetClock(time.At);
        Watermark = setBack || reached > Watermark ? reached : Watermark;
        if (!Faults.IsUnusual)
            return;
        foreach (var i in match.Rules.Timed)
        {
            if (Faults.PhaseOf(i) != FaultPhase.Normal)
                Elapse(i, in time, effects);
        }
    }

    /// <summary>What was told by the old clock has no place on the one that was set back to <paramref name="at"/>.</summary>
    private void ForgetClock(DeviceTime at)
    {
        foreach (var window in Windows)
            window?.Clear();
        if (history != match.Rules.Blank.History)
            Array.Clear(Changes);
        ForgetCodeTimes(at);
    }

    /// <summary>Else what a code does on a clock that was set back would be older than what it did before.</summary>
    private void ForgetCodeTimes(DeviceTime at)
    {
        ForgetCodeTimes(Values, ValueAt, at);
        if (history.Delayed is { } delayed)
            ForgetCodeTimes(delayed.Values, delayed.ValueAt, at);
    }

    private void ForgetCodeTimes(MetricValue[] values, DeviceTime[] times, DeviceTime at)
    {
        foreach (var (_, slot) in Set.Codes)
        {
            if (slot < values.Length && values[slot].Kind != ValueKind.Missing && times[slot] > at)
                times[slot] = at;
        }
    }

    private void EvaluateAll(ReadOnlySpan<int> rules, in TelemetryTime time, List<LaneEffect> effects)
    {
        var medians = match.Rules.AsksFleet ? time.Fleet.Of(Device.Model, time.Now) : [];
        var scope = new ConditionScope(Values, Device, []) { At = time.At, Times = ValueAt, Changes = Changes, Windows = Windows, Fleet = medians };
        foreach (var i in rules)
        {
            if (match.Faults[i])
                Evaluate(i, match.Rules.Programs[i], ref scope, in time, effects);
        }
    }

    private void Evaluate(int i, RuleProgram program, scoped ref ConditionScope scope, in TelemetryTime time, List<LaneEffect> effects)
    {
        foreach (var window in program.Windows)
            scope.Windows[window]?.MoveTo(time.At);
        scope.Parameters = match.Parameters[i];
        if (program.IsCondition)
        {
            OwnFaults();
            if (!Faults.Stays(i, program, in scope, in time, out var sample))
                Step(i, in sample, in time, effects);
        }
        // What happened before the command proves nothing about it, so a late reading does not.
        if (program.Verify is { } verify && time.Live && Remedies[i].Runs && ShowsRemedy(i) && verify.Evaluate(in scope) == Truth.True)
            Prove(i, time.Now, effects);
    }

    // What seldom happens stands by itself: the room for its large values would be cleared for every rule and message.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Step(int i, in FaultSample sample, in TelemetryTime time, List<LaneEffect> effects) =>
        Apply(i, FaultStep.OnSample(Faults[i], in sample, Set.Faults[i], time.Now), time.At, time.Entry.Offset, time.Now, effects);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Prove(int i, ServerTime now, List<LaneEffect> effects)
    {
        var (state, reason) = RemedyStep.Proven(Remedies[i], now);
        Decide(i, state, reason, now, effects);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Elapse(int i, in TelemetryTime time, List<LaneEffect> effects) =>
        Apply(i, FaultStep.OnElapsed(Faults[i], time.At, Set.Faults[i], time.Now), time.At, time.Entry.Offset, time.Now, effects);

    private void Record(int i, (DueState State, DueChange Change, DueReason Reason) step, ServerTime now, List<LaneEffect> effects)
    {
        var cycle = Dues[i].Cycle;
        Store(i, step.State);
        if (step.Change != DueChange.None)
            effects.Add(new LaneEffect.DueChanged(Device.Id, Set.Dues[i], cycle, step.State, step.Change, step.Reason, now));
    }
}
