using System.Collections.Immutable;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>
/// One device's states under all rules of a set. A rule takes memory from the first time that its state changes on, and only that of a
/// <see cref="FaultPulse"/> until its condition is true for the first time: a device is usual under most rules, and many concern metrics that it does not have.
/// </summary>
/// <param name="rules">How many rules the set has.</param>
internal sealed class FaultStates(int rules)
{
    private readonly ushort[] places = new ushort[rules];
    private FaultPulse[] pulses = [];
    private FaultRest[] rests = [];
    private int pulseCount;
    private int restCount;
    private int unusual;

    /// <summary>How many rules there are.</summary>
    public int Length => places.Length;

    /// <summary>The state under a rule, by its index.</summary>
    public FaultState this[int rule]
    {
        get
        {
            if (places[rule] is var place && place == 0)
                return default;
            ref var pulse = ref pulses[place - 1];
            return pulse.Rest == 0 ? Whole(in pulse, default) : Whole(in pulse, in rests[pulse.Rest - 1]);
        }
        set => Set(rule, in value);
    }

    /// <summary>People work on the device until then; zero for never yet. It stands here because few devices are ever worked on, and most of a fleet has no state.</summary>
    public ServerTime MaintainedUntil { get; set; }

    /// <summary>Under some rule it is not normal.</summary>
    public bool IsUnusual => unusual > 0;

    /// <summary>For <see cref="MemoryFetch"/>: where its parts are.</summary>
    public long Fetch() => places.Length ^ pulses.Length ^ rests.Length;

    /// <summary>For <see cref="MemoryFetch"/>, when it is known where they are.</summary>
    public long FetchPulses() => (places.Length > 0 ? places[0] : 0) ^ (pulses.Length > 0 ? pulses[0].LastAt.EpochMs : 0);

    public FaultPhase PhaseOf(int rule) => places[rule] is var place && place == 0 ? FaultPhase.Normal : pulses[place - 1].Phase;

    /// <summary>When the server's clock is to tell it something; zero for never.</summary>
    public ServerTime WakeAt(int rule) => places[rule] is var place && place > 0 && pulses[place - 1].Rest is var rest && rest > 0 ? rests[rest - 1].WakeAt : default;

    /// <summary>Until when a person has silenced it; zero for not at all.</summary>
    public ServerTime ShelvedUntil(int rule) =>
        places[rule] is var place && place > 0 && pulses[place - 1].Rest is var rest && rest > 0 ? rests[rest - 1].ShelvedUntil : default;

    /// <summary>The earliest instant at which the server's clock is to tell any of them something; <see cref="ServerTime.Never"/> for none. While the gateway is
    /// down, only the ends of shelves count.</summary>
    public ServerTime EarliestWake(bool gatewayUp)
    {
        var earliest = ServerTime.Never;
        foreach (ref readonly var rest in rests.AsSpan(0, restCount))
        {
            var at = gatewayUp ? rest.WakeAt : rest.ShelvedUntil;
            earliest = at != ServerTime.Zero && at < earliest ? at : earliest;
        }
        return earliest;
    }

    /// <summary>The most frequent steps by far, in place: a message that leaves a fault as it is. False, and nothing done, for every other, with what is to be taken as
    /// a sample.</summary>
    public bool Stays(int rule, RuleProgram program, in ConditionScope scope, in TelemetryTime time, out FaultSample sample)
    {
        var place = places[rule];
        var (raise, clear) = program.Judge(place == 0 ? FaultPhase.Normal : pulses[place - 1].Phase, in scope);
        sample = default;
        if (raise == Truth.Unknown && clear == Truth.Unknown)
            return true;
        if (place == 0)
            place = NewPlace(rule);
        ref var pulse = ref pulses[place - 1];
        if (!program.Stays(ref pulse, raise, clear, in scope, in time))
        {
            sample = new FaultSample(raise, clear, program.SeverityOf(in scope), time.At, time.Live, time.Entry);
            return false;
        }
        if (pulse.Rest > 0)
            rests[pulse.Rest - 1].WakeAt = rests[pulse.Rest - 1].ShelvedUntil;
        return true;
    }

    private void Set(int rule, in FaultState state)
    {
        if (places[rule] is var place && place == 0)
        {
            if (state == default)
                return;
            place = NewPlace(rule);
        }
        ref var pulse = ref pulses[place - 1];
        unusual += (state.Phase == FaultPhase.Normal ? 0 : 1) - (pulse.Phase == FaultPhase.Normal ? 0 : 1);
        var rest = new FaultRest(in state);
        if (pulse.Rest == 0 && !rest.IsNew)
        {
            if (restCount == rests.Length)
                Array.Resize(ref rests, restCount + Math.Max(2, restCount / 2));
            pulse.Rest = ++restCount;
        }
        if (pulse.Rest > 0)
            rests[pulse.Rest - 1] = rest;
        (pulse.LastAt, pulse.LastHeard, pulse.RaiseBits, pulse.ClearBits) = (state.LastAt, state.LastHeard, state.RaiseBits, state.ClearBits);
        (pulse.Phase, pulse.Severity, pulse.LastWasLive, pulse.Acknowledged) = (state.Phase, state.Severity, state.LastWasLive, state.Acknowledged);
    }

    private ushort NewPlace(int rule)
    {
        if (pulseCount == pulses.Length)
            Array.Resize(ref pulses, pulseCount + Math.Max(4, pulseCount / 2));
        return places[rule] = (ushort)++pulseCount;
    }

    private static FaultState Whole(in FaultPulse pulse, in FaultRest rest) => new()
    {
        Phase = pulse.Phase,
        Episode = rest.Episode,
        Since = rest.Since,
        OnsetAt = rest.OnsetAt,
        RaisedAt = rest.RaisedAt,
        Severity = pulse.Severity,
        LastAt = pulse.LastAt,
        LastHeard = pulse.LastHeard,
        LastWasLive = pulse.LastWasLive,
        RaiseBits = pulse.RaiseBits,
        ClearBits = pulse.ClearBits,
        CodesSet = rest.CodesSet,
        CodeAt = rest.CodeAt,
        CodeTimes = rest.CodeTimes,
        WakeAt = rest.WakeAt,
        Acknowledged = pulse.Acknowledged,
        ShelvedUntil = rest.ShelvedUntil,
        OutsideHours = rest.OutsideHours,
        Maintained = rest.Maintained,
        Chatters = rest.Chatters,
        RaiseTimes = rest.RaiseTimes,
    };

    /// <summary>What a state has beside its pulse.</summary>
    private struct FaultRest(in FaultState state)
    {
        public readonly EpisodeId Episode = state.Episode;
        public readonly DeviceTime Since = state.Since;
        public readonly DeviceTime OnsetAt = state.OnsetAt;
        public readonly ServerTime RaisedAt = state.RaisedAt;
        public readonly DeviceTime CodeAt = state.CodeAt;
        public readonly ImmutableArray<DeviceTime> CodeTimes = state.CodeTimes;
        public readonly ImmutableArray<ServerTime> RaiseTimes = state.RaiseTimes;
        public readonly uint CodesSet = state.CodesSet;
        public readonly bool Chatters = state.Chatters;
        public readonly bool OutsideHours = state.OutsideHours;
        public readonly bool Maintained = state.Maintained;
        public readonly ServerTime ShelvedUntil = state.ShelvedUntil;
        public ServerTime WakeAt = state.WakeAt;

        public readonly bool IsNew => Episode == default && Since == default && OnsetAt == default && RaisedAt == default && CodeAt == default
            && CodeTimes.IsDefault && RaiseTimes.IsDefault && CodesSet == 0 && !Chatters && !OutsideHours && !Maintained && ShelvedUntil == default && WakeAt == default;
    }
}
