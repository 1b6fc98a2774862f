using System.Collections.Immutable;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>
/// Rules with lateness: messages wait until the device's time has moved on by it, or the server's clock has since they came, and are then evaluated in order of device
/// time over a view of the device of its own. All other rules, and dues, see nothing of this.
/// </summary>
internal sealed partial class DeviceLane
{
    /// <summary>What rules with lateness see; null where none concerns it, and before anything came for one.</summary>
    public DelayedView? Delayed => history.Delayed;

    /// <summary>All that waits is evaluated now.</summary>
    public void ReleaseHeld(ServerTime now, FleetMemory fleet, List<LaneEffect> effects)
    {
        if (history.Delayed is { } view)
            Release(view, view.Held.Count, now, fleet, effects);
    }

    /// <summary>A view for what a snapshot has of one; null where no rule has lateness.</summary>
    public DelayedView? RestoreView() => match.Delays is { } delays ? OwnHistory().Delayed = new DelayedView(Set, delays) : null;

    /// <summary>Every metric that the rule reads and that has a value, as the rule sees it.</summary>
    public ImmutableArray<EvidenceValue> EvidenceOf(FaultRule rule) => rule.Lateness > TimeSpan.Zero && history.Delayed is { } view
        ? RuleEvaluation.Evidence(rule, Set.Metrics, view.Values, view.ValueAt)
        : RuleEvaluation.Evidence(rule, Set.Metrics, Values, ValueAt);

    /// <summary>Before rules without lateness look at readings, and whether those do or not.</summary>
    private void Hold(ReadOnlySpan<Reading> readings, ReadOnlySpan<bool> duplicates, bool setBack, in TelemetryTime time, List<LaneEffect> effects)
    {
        if (readings.Length == 0 || (duplicates.Contains(true) && !duplicates.Contains(false)))
            return;
        plan = match.Rules.Plans.Of(readings, plan);
        var (slots, delays, count) = (plan.Slots, match.Delays!, 0);
        for (var i = 0; i < slots.Length; i++)
            count += delays.Reads(slots[i]) && (duplicates.IsEmpty || !duplicates[i]) ? 1 : 0;
        var values = count == 0 ? [] : new (int, MetricValue)[count];
        for (var i = slots.Length - 1; count > 0; i--)
        {
            if (delays.Reads(slots[i]) && (duplicates.IsEmpty || !duplicates[i]))
                values[--count] = (slots[i], readings[i].Value);
        }
        Hold(values, HeldKind.None, time.At, setBack, in time, effects);
    }

    private void Hold(Entry.Event happened, bool setBack, in TelemetryTime time, List<LaneEffect> effects)
    {
        if (match.Rules.SlotOfCode(happened.Code) is not (var slot and >= 0) || !match.Delays!.Reads(slot))
        {
            Hold([], HeldKind.None, time.At, setBack, in time, effects);
            return;
        }
        // What counts as it comes, on a connection on which the device may have set its clock, comes behind what the device said of the code before.
        var counts = slot >= Values.Length || Values[slot].Kind == ValueKind.Missing || time.At >= ValueAt[slot];
        var at = counts && !setBack && history.Delayed?.NewestOf(slot) is { } before && before > time.At ? before : time.At;
        Hold([(slot, MetricValue.Of(happened.State == CodeState.Set))], HeldKind.Code, at, setBack, in time, effects);
    }

    private void Hold((int Slot, MetricValue Value)[] values, HeldKind kind, DeviceTime at, bool setBack, in TelemetryTime time, List<LaneEffect> effects)
    {
        var (view, delays) = (OwnView(), match.Delays!);
        var reached = new DeviceTime(Math.Min(time.At.EpochMs, time.Now.EpochMs));
        if (setBack)
        {
            Release(view, view.Held.Count, time.Now, time.Fleet, effects);
            view.SetBack(reached);
        }
        if (at < view.Watermark)
        {
            TakeLate(view, values, kind, at);
            if (values.Length > 0)
                effects.Add(new LaneEffect.CameLate(Device.Id, time.At, true, time.Entry.Offset, time.Now));
        }
        else if (values.Length > 0 || delays.CountsTime)
        {
            var marks = kind | (time.Live ? HeldKind.Live : HeldKind.None) | (HasCommand(delays) ? HeldKind.AfterCommand : HeldKind.None);
            var message = new HeldMessage(at, time.Now, time.Now + delays.Lateness, time.Entry, marks, values);
            view.Hold(in message);
            WakeFrom = Earlier(WakeFrom, message.Due);
        }
        var newest = !setBack && Watermark > reached ? Watermark : reached;
        Release(view, view.CountUpTo(new DeviceTime(newest.EpochMs - (long)delays.Lateness.TotalMilliseconds)), time.Now, time.Fleet, effects);
        if (view.Held.Count <= DelayedView.MaxHeld)
            return;
        if (!view.Overflows)
            effects.Add(new LaneEffect.ReorderFull(Device.Id, time.Entry.Offset, time.Now));
        view.Overflows = true;
        Release(view, view.Held.Count - DelayedView.MaxHeld, time.Now, time.Fleet, effects);
    }

    /// <summary>A code that is older than what was released still says whether it is set, where nothing newer does.</summary>
    private static void TakeLate(DelayedView view, (int Slot, MetricValue Value)[] values, HeldKind kind, DeviceTime at)
    {
        if ((kind & HeldKind.Code) == 0)
            return;
        var (slot, value) = values[0];
        if (view.Values[slot].Kind == ValueKind.Missing || at >= view.ValueAt[slot])
            (view.Values[slot], view.ValueAt[slot]) = (value, at);
    }

    private bool HasCommand(Delays delays)
    {
        foreach (var i in delays.HasRemedies ? delays.Rules : [])
        {
            if (Remedies[i].Phase is RemedyPhase.Delivered or RemedyPhase.Answered)
                return true;
        }
        return false;
    }

    /// <summary>False where what a rule with lateness sees came before the device had the command that it would be the proof of.</summary>
    private bool ShowsRemedy(int i)
    {
        if (Set.Faults[i].Lateness == TimeSpan.Zero || history.Delayed is not { } view || Remedies[i].Tries is not [.., var tried])
            return true;
        return view.Releasing is { } message
            ? message.Is(HeldKind.AfterCommand) && message.Arrived >= tried
            : Faults[i].LastHeard - match.Delays!.Lateness >= tried;
    }

    private DelayedView OwnView()
    {
        if (history.Delayed is { } known)
            return known;
        var view = new DelayedView(Set, match.Delays!) { Watermark = Watermark };
        view.Take(Values, ValueAt, Windows, Changes);
        return OwnHistory().Delayed = view;
    }

    /// <summary>Other rules concern the device; all that waited is released.</summary>
    private void RefitView()
    {
        if (history.Delayed is not { } was)
            return;
        history.Delayed = match.Delays is { } delays ? new DelayedView(Set, delays) { Watermark = was.Watermark, BackAt = was.BackAt } : null;
        history.Delayed?.Take(was.Values, was.ValueAt, was.Windows, was.Changes);
        history.Delayed?.Take(Values, ValueAt, Windows, Changes);
    }

    /// <summary>Before the server's clock ends a hold, a release or anything else of a rule with lateness, what waits and is from before that instant of the device's time
    /// is evaluated: nothing that is yet to come in time is from before it.</summary>
    private void ReleaseBefore(int i, ServerTime now, FleetMemory fleet, List<LaneEffect> effects)
    {
        if (Set.Faults[i].Lateness == TimeSpan.Zero || history.Delayed is not { } view || Faults[i] is var fault && (fault.LastHeard == ServerTime.Zero || IsDue(fault.ShelvedUntil, now)))
            return;
        var until = fault.LastAt.EpochMs + (now.EpochMs - fault.LastHeard.EpochMs);
        Release(view, view.CountUpTo(new DeviceTime(until - 1)), now, fleet, effects);
    }

    /// <summary>So many messages, from the oldest on, are evaluated.</summary>
    private void Release(DelayedView view, int count, ServerTime now, FleetMemory fleet, List<LaneEffect> effects)
    {
        for (var i = 0; i < count; i++)
        {
            var message = view.Held[i];
            view.Releasing = null;
            foreach (var rule in match.Delays!.Rules)
                Pass(rule, view, message.At, now, effects);
            view.Releasing = message;
            Release(view, in message, new TelemetryTime(message.At, message.Is(HeldKind.Live), message.Entry, now, default, fleet), effects);
        }
        view.Releasing = null;
        view.Drop(count);
    }

    /// <summary>What the server's clock would have ended before a message came is over before that is evaluated. Time in which nothing could be heard is no such time.</summary>
    private void Pass(int i, DelayedView view, DeviceTime at, ServerTime now, List<LaneEffect> effects)
    {
        if (Faults.WakeAt(i) == ServerTime.Zero || Faults[i] is var fault && fault.LastHeard <= view.BackAt)
            return;
        var result = FaultStep.OnPassed(in fault, at, Set.Faults[i], now, out var ended);
        if (result.Reason != FaultReason.None)
            Apply(i, in result, ended, 0, now, effects);
    }

    private void Release(DelayedView view, in HeldMessage message, in TelemetryTime time, List<LaneEffect> effects)
    {
        var reached = new DeviceTime(Math.Min(message.At.EpochMs, message.Arrived.EpochMs));
        view.Watermark = reached > view.Watermark ? reached : view.Watermark;
        var isPast = message.Is(HeldKind.Code) && message.Values is [var (code, _)] && view.Values[code].Kind != ValueKind.Missing && time.At < view.ValueAt[code];
        if (!isPast)
            Enter(view, in message);
        foreach (var i in match.Delays!.Rules)
        {
            if (Set.Faults[i].Unseen is not null && Faults.PhaseOf(i) != FaultPhase.Normal)
                Elapse(i, in time, effects);
        }
        if (isPast || message.Values.Length == 0)
            return;
        var medians = match.Rules.AsksFleet ? time.Fleet.Of(Device.Model, time.Now) : [];
        var scope = new ConditionScope(view.Values, Device, []) { At = time.At, Times = view.ValueAt, Changes = view.Changes, Windows = view.Windows, Fleet = medians };
        foreach (var i in match.Delays.Rules)
        {
            if (Reads(Set.Faults[i], message.Values))
                Evaluate(i, match.Rules.Programs[i], ref scope, in time, effects);
        }
    }

    /// <summary>What a message says becomes what these rules see.</summary>
    private void Enter(DelayedView view, in HeldMessage message)
    {
        var (values, times) = (view.Values, view.ValueAt);
        foreach (var (slot, value) in message.Values)
        {
            if (match.Rules.ChangeOf(slot) is var change and >= 0 && values[slot].Kind != ValueKind.Missing && times[slot] <= message.At && Differ(values[slot], value))
                view.Changes[change] = times[slot];
        }
        foreach (var (slot, value) in message.Values)
        {
            (values[slot], times[slot]) = (value, message.At);
            var number = message.Is(HeldKind.Code) ? value.IsTrue ? 1 : double.NaN : value.Kind == ValueKind.Number ? value.Number : double.NaN;
            foreach (var window in match.Rules.WindowsOf(slot))
            {
                if (match.Delays!.Windows[window] && double.IsFinite(number))
                    view.OwnWindow(window).Add(message.At, number);
            }
        }
    }

    private static bool Reads(FaultRule rule, (int Slot, MetricValue Value)[] values)
    {
        foreach (var (slot, _) in values)
        {
            if (rule.MetricSlots.Contains(slot))
                return true;
        }
        return false;
    }
}
