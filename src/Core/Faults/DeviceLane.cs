using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>
/// One device's memory: last values, fault, remedy and due states, windows, presence and clock. It changes only by the entries and ticks that its
/// lane hands it, in order, so that the same log gives the same memory and the same effects. A kind of state takes memory from its first change on;
/// until then all devices share one that is as new and is never written.
/// </summary>
internal sealed partial class DeviceLane
{
    private RuleMatch match;
    private SilenceClock silence;
    private ReadingPlan? plan;
    private MetricHistory history;

    /// <param name="device">As registered.</param>
    /// <param name="match">The rules in force for it.</param>
    /// <param name="past">Due cycles of former rules or of a former registration; null for none.</param>
    public DeviceLane(Device device, RuleMatch match, PastCycles? past)
    {
        (Device, this.match, Past) = (device, match, past);
        var blank = match.Rules.Blank;
        (history, Faults, Remedies) = (blank.History, blank.Faults, blank.Remedies);
        Dues = past is null ? blank.Dues : [.. Set.Dues.Select(past.Begin)];
    }

    public Device Device { get; private set; }

    /// <summary>By metric slot, up to the last one that ever had a value.</summary>
    public MetricValue[] Values { get; private set; } = [];

    /// <summary>By metric slot, device time of the value.</summary>
    public DeviceTime[] ValueAt { get; private set; } = [];

    /// <summary>By change slot, device time of the last reading before the newest change; default before the first.</summary>
    public DeviceTime[] Changes => history.Changes;

    /// <summary>By change slot, the metric's slot.</summary>
    public ImmutableArray<int> ChangeSlots => Set.Changes;

    public FaultStates Faults { get; private set; }

    public RemedyState[] Remedies { get; private set; }

    public DueState[] Dues { get; private set; }

    /// <summary>By window slot; null before the first number.</summary>
    public MetricWindow?[] Windows => history.Windows;

    /// <summary>Due cycles of rules that ended; null for none.</summary>
    public PastCycles? Past { get; private set; }

    /// <summary>No reading older than this changes a state: the newest of min(device time, server time).</summary>
    public DeviceTime Watermark { get; set; }

    /// <summary>It is being worked on until then; zero for never yet.</summary>
    public ServerTime MaintainedUntil
    {
        get => Faults.MaintainedUntil;
        set
        {
            OwnFaults();
            Faults.MaintainedUntil = value;
        }
    }

    /// <summary>What silence is counted from.</summary>
    public SilenceClock Silence
    {
        get => silence;
        init => silence = value;
    }

    /// <summary>It may want a tick from here on, and wants none before, of what changed since the lane looked last; <see cref="ServerTime.Never"/> for none.</summary>
    public ServerTime WakeFrom { get; private set; } = ServerTime.Never;

    /// <summary>Its place in the lane's queue of ticks; zero for none. Belongs to the lane.</summary>
    public ServerTime QueuedAt { get; set; }

    private RuleSet Set => match.Rules.Set;

    /// <summary>For <see cref="MemoryFetch"/>: where its parts are.</summary>
    public long FetchHeads() => Values.Length ^ ValueAt.Length ^ Faults.Fetch() ^ Windows.Length ^ (plan is null ? 0 : 1);

    /// <summary>For <see cref="MemoryFetch"/>, when it is known where its parts are.</summary>
    public long FetchParts()
    {
        var seen = (Values.Length > 0 ? (long)Values[0].Kind : 0) ^ (ValueAt.Length > 0 ? ValueAt[0].EpochMs : 0) ^ Faults.FetchPulses();
        foreach (var window in Windows)
            seen ^= window?.Head ?? 0;
        return seen;
    }

    /// <summary>Takes over a value of a snapshot.</summary>
    public void RestoreValue(int slot, MetricValue value, DeviceTime at)
    {
        MakeRoom(slot + 1);
        (Values[slot], ValueAt[slot]) = (value, at);
    }

    /// <summary>Takes over a change of a snapshot, where a condition still asks for it.</summary>
    public void RestoreChange(int slot, DeviceTime before)
    {
        if (match.Rules.ChangeOf(slot) is var change and >= 0)
            OwnHistory().Changes[change] = before;
    }

    /// <summary>Takes over a fault's state of a snapshot.</summary>
    public void RestoreFault(int index, FaultState state) => Store(index, in state);

    /// <summary>Takes over a remedy's state of a snapshot.</summary>
    public void RestoreRemedy(int index, RemedyState state) => Store(index, state);

    /// <summary>Takes over a due's state of a snapshot.</summary>
    public void RestoreDue(int index, DueState state) => Store(index, state);

    /// <summary>An empty window for what a snapshot has of it; null where no rule looks through it.</summary>
    public MetricWindow? RestoreWindow(int index) => match.Windows[index] ? OwnWindow(index) : null;

    /// <summary>Takes over a changed registration.</summary>
    public void Register(Device changed, RuleMatch matching, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        Device = changed;
        var before = match;
        match = matching;
        for (var i = 0; history != match.Rules.Blank.History && i < Windows.Length; i++)
            Windows[i] = match.Windows[i] ? Windows[i] : null;
        RefitView();
        for (var i = 0; i < Faults.Length; i++)
        {
            if (before.Faults[i] && !match.Faults[i])
                End(i, FaultReason.NoLongerApplies, entry, now, effects);
        }
    }

    /// <summary>Takes over another set of rules: states follow their rule's id (or its former id), the rest ends.</summary>
    public void Switch(RuleCarry carry, RuleMatch matching, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        foreach (var i in carry.EndedFaults)
            End(i, FaultReason.RuleRemoved, entry, now, effects);
        var (was, blank) = (match.Rules.Blank, matching.Rules.Blank);
        Remedies = Remedies == was.Remedies ? blank.Remedies : carry.Remedies(Remedies);
        Faults = Faults == was.Faults ? blank.Faults : carry.Faults(Faults);
        foreach (var i in carry.EndedDues)
            Past = PastCycles.End(Past, Set.Dues[i], Dues[i]);
        Dues = Dues == was.Dues && Past is null ? blank.Dues : carry.Dues(Dues, Past);
        foreach (var (from, to) in carry.Renamed)
            effects.Add(new LaneEffect.RuleRenamed(Device.Id, from, to, entry.Offset, now));
        (Values, ValueAt) = carry.Values(Values, ValueAt);
        history = history == was.History ? blank.History : carry.History(history, matching, Values, ValueAt, Watermark);
        (match, plan) = (matching, null);
        for (var i = 0; Faults != blank.Faults && i < Faults.Length; i++)
        {
            var rule = Set.Faults[i];
            var fault = Faults[i];
            if (fault.Phase != FaultPhase.Normal && !match.Faults[i])
                End(i, FaultReason.NoLongerApplies, entry, now, effects);
            else if (fault.Phase is FaultPhase.Active or FaultPhase.Pending && rule.Kind == FaultKind.Codes && fault.CodesSet == 0)
                End(i, FaultReason.RuleRemoved, entry, now, effects);
            else
                Adopt(i, in fault, now, effects);
        }
    }

    /// <summary>Ends everything; the device leaves the registry. What it leaves behind is <see cref="Past"/>.</summary>
    public void Remove(EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        for (var i = 0; i < Faults.Length; i++)
            End(i, FaultReason.DeviceRemoved, entry, now, effects);
        for (var i = 0; i < Dues.Length; i++)
            Past = PastCycles.End(Past, Set.Dues[i], Dues[i]);
    }

    /// <summary>The earliest instant at which it wants a tick as things stand; <see cref="ServerTime.Never"/> for none. While the gateway is down, silence
    /// proves nothing and only people's times run, and that of commands that the device does not have.</summary>
    public ServerTime WakesAt(bool gatewayUp)
    {
        var next = Faults.EarliestWake(gatewayUp);
        for (var i = 0; Remedies != match.Rules.Blank.Remedies && i < Remedies.Length; i++)
            next = Earlier(next, Remedies[i].EndsAt(gatewayUp));
        foreach (var i in match.Silences)
            next = Earlier(next, SilentAt(i, gatewayUp));
        return gatewayUp && history.Delayed is { } delayed ? Earlier(next, delayed.FirstDue) : next;
    }

    /// <summary>The lane knows when it wants a tick.</summary>
    public void Woken() => WakeFrom = ServerTime.Never;

    private static bool IsDue(ServerTime at, ServerTime now) => at != ServerTime.Zero && at <= now;

    private static ServerTime Earlier(ServerTime a, ServerTime b) => b == ServerTime.Zero || a < b ? a : b;

    private ServerTime WakeOf(int i, bool gatewayUp) => gatewayUp ? Faults.WakeAt(i) : Faults.ShelvedUntil(i);

    private ServerTime SilentAt(int i, bool gatewayUp) => gatewayUp ? silence.RaisesAt(Set.Faults[i], Faults.PhaseOf(i)) : ServerTime.Zero;

    private void MakeRoom(int slots)
    {
        if (Values.Length >= slots)
            return;
        var (values, at) = (Values, ValueAt);
        Array.Resize(ref values, slots);
        Array.Resize(ref at, slots);
        (Values, ValueAt) = (values, at);
    }

    private MetricHistory OwnHistory()
    {
        if (history == match.Rules.Blank.History)
            history = MetricHistory.Of(Set);
        return history;
    }

    private MetricWindow OwnWindow(int index) => OwnHistory().Windows[index] ??= new MetricWindow(Set.Windows[index].Length, Set.Windows[index].Content);

    private void OwnFaults()
    {
        if (Faults == match.Rules.Blank.Faults)
            Faults = new FaultStates(Faults.Length);
    }

    private void Store(int index, in FaultState state)
    {
        if (Faults == match.Rules.Blank.Faults)
        {
            if (state == default)
                return;
            OwnFaults();
        }
        Faults[index] = state;
        WakeFrom = Earlier(Earlier(WakeFrom, state.WakeAt), state.ShelvedUntil);
    }

    private void Store(int index, RemedyState state)
    {
        if (Remedies == match.Rules.Blank.Remedies)
        {
            if (state == RemedyState.None)
                return;
            Remedies = [.. Remedies];
        }
        Remedies[index] = state;
        WakeFrom = Earlier(WakeFrom, state.Deadline);
    }

    private void Store(int index, DueState state)
    {
        if (Dues == match.Rules.Blank.Dues)
            Dues = [.. Dues];
        Dues[index] = state;
    }
}
