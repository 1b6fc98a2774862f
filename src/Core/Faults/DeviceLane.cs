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
    private ActiveRules rules;
    private Device device;
    private bool[] applies = [];
    private MetricValue[][] parameters = [];
    private bool[] dueApplies = [];

    public DeviceLane(Device device, ActiveRules rules)
    {
        this.device = device;
        this.rules = rules;
        Values = new MetricValue[rules.Set.Metrics.Length];
        ValueAt = new DeviceTime[Values.Length];
        Faults = new FaultState[rules.Set.Faults.Length];
        Remedies = NewRemedies(Faults.Length);
        Dues = [.. Enumerable.Repeat(DueState.Start, rules.Set.Dues.Length)];
        Match();
    }

    public Device Device => device;

    public MetricValue[] Values { get; set; }

    public DeviceTime[] ValueAt { get; set; }

    public FaultState[] Faults { get; set; }

    public RemedyState[] Remedies { get; set; }

    public DueState[] Dues { get; set; }

    public ClockEstimate Clock { get; set; }

    /// <summary>No reading older than this changes a state: the newest of min(device time, server time).</summary>
    public DeviceTime Watermark { get; set; }

    /// <summary>When silence began to count; zero while the device was never heard.</summary>
    public ServerTime SilenceBase { get; set; }

    /// <summary>When the start grace of silence rules began.</summary>
    public ServerTime GraceFrom { get; set; }

    /// <summary>When the connection ended; zero while it is connected or nothing is known.</summary>
    public ServerTime OfflineSince { get; set; }

    /// <summary>The entry that was heard last; silence is named by it.</summary>
    public EpisodeId LastEntry { get; set; }

    /// <summary>The last messages without a time of their own, to know a redelivered one.</summary>
    public Queue<Delivery> Recent { get; } = new();

    /// <summary>When this device wants a tick; zero for never.</summary>
    public ServerTime NextWake { get; private set; }

    /// <summary>Takes over a changed registration.</summary>
    public void Register(Device changed, ServerTime now, List<LaneEffect> effects)
    {
        device = changed;
        var before = applies;
        Match();
        for (var i = 0; i < Faults.Length; i++)
        {
            if (before[i] && !applies[i])
                Apply(i, new FaultEvent.End(FaultReason.NoLongerApplies), now, effects);
        }
    }

    /// <summary>Takes over another set of rules: states follow their rule's id (or its former id), the rest ends.</summary>
    public void Switch(ActiveRules next, ServerTime now, List<LaneEffect> effects)
    {
        var old = rules;
        var kept = next.Set.Faults.Select(f => IndexOf(old.Set, f)).ToArray();
        for (var i = 0; i < Faults.Length; i++)
        {
            if (!kept.Contains(i))
                Apply(i, new FaultEvent.End(FaultReason.RuleRemoved), now, effects);
        }
        var (values, at) = (new MetricValue[next.Set.Metrics.Length], new DeviceTime[next.Set.Metrics.Length]);
        for (var slot = 0; slot < values.Length; slot++)
        {
            if (old.SlotOf(next.Set.Metrics[slot]) is var from and >= 0)
                (values[slot], at[slot]) = (Values[from], ValueAt[from]);
        }
        var none = NewRemedies(1)[0];
        Remedies = [.. kept.Select(i => i >= 0 ? Remedies[i] : none)];
        Faults = [.. kept.Select(i => i >= 0 ? Faults[i] : default)];
        Dues = [.. next.Set.Dues.Select(d => old.Set.Dues.IndexOf(old.Set.Dues.FirstOrDefault(o => o.Id == d.Id || o.Id == d.Was)!) is var i and >= 0 ? Dues[i] : DueState.Start)];
        (Values, ValueAt, rules) = (values, at, next);
        Match();
        for (var i = 0; i < Faults.Length; i++)
        {
            if (!applies[i] && Faults[i].Phase != FaultPhase.Normal)
                Apply(i, new FaultEvent.End(FaultReason.NoLongerApplies), now, effects);
        }
    }

    /// <summary>Ends everything; the device leaves the registry.</summary>
    public void Remove(ServerTime now, List<LaneEffect> effects)
    {
        for (var i = 0; i < Faults.Length; i++)
            Apply(i, new FaultEvent.End(FaultReason.DeviceRemoved), now, effects);
    }

    /// <summary>Readings in order of arrival; those marked as duplicates are passed over.</summary>
    public void Take(ImmutableArray<Reading> readings, ReadOnlySpan<bool> duplicates, DeviceTime at, bool live, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        if (at < Watermark)
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
        Watermark = Newer(at, now);
        for (var i = 0; i < touched.Length; i++)
        {
            if (touched[i] && applies[i])
                Evaluate(i, at, live, entry, now, effects);
        }
        for (var i = 0; i < dues.Length; i++)
        {
            if (dues[i] && dueApplies[i])
                Count(i, readings, duplicates, now, effects);
        }
        Elapse(at, now, effects);
    }

    /// <summary>A code set or cleared by the device.</summary>
    public void Take(Entry.Event happened, DeviceTime at, bool live, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        foreach (var (fault, code) in rules.RulesOfCode(happened.Code))
        {
            if (applies[fault])
                Apply(fault, new FaultEvent.Code(code, happened.State, at, live, entry), now, effects);
        }
        Watermark = Newer(at, now);
        Elapse(at, now, effects);
    }

    /// <summary>A message of any kind came: silence is over.</summary>
    public void Hear(EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        SilenceBase = now;
        OfflineSince = ServerTime.Zero;
        LastEntry = entry;
        foreach (var i in rules.Silences)
        {
            if (Faults[i].Phase is FaultPhase.Active or FaultPhase.Pending)
                Apply(i, new FaultEvent.Heard(), now, effects);
        }
    }

    /// <summary>Its connection ended.</summary>
    public void GoOffline(EpisodeId entry, ServerTime now)
    {
        if (SilenceBase == ServerTime.Zero)
            SilenceBase = now;
        OfflineSince = now;
        LastEntry = entry;
    }

    /// <summary>The gateway was not reachable from <paramref name="downFrom"/> to <paramref name="now"/>: that time is nobody's silence.</summary>
    public void SkipDowntime(ServerTime downFrom, ServerTime now)
    {
        if (SilenceBase != ServerTime.Zero)
            SilenceBase += now - ServerTime.Max(SilenceBase, downFrom);
        OfflineSince = ServerTime.Zero;
        GraceFrom = now;
    }

    /// <summary>A person acted.</summary>
    public void Take(Entry.Action action, long offset, ServerTime now, List<LaneEffect> effects)
    {
        var until = action.Until ?? ServerTime.Zero;
        for (var i = 0; i < Faults.Length; i++)
        {
            if (action.Rule.Length > 0 && rules.Set.Faults[i].Id != action.Rule)
                continue;
            var episode = Faults[i].Episode;
            var happened = Event(action.Kind, until);
            if (happened is null || !applies[i])
                continue;
            var reason = Apply(i, happened, now, effects);
            if (reason != FaultReason.NotInThisPhase)
                effects.Add(new LaneEffect.Acted(device.Id, rules.Set.Faults[i].Id, episode, action.Kind, action.Person, until, action.Reason, offset, now));
        }
        for (var i = 0; i < Dues.Length; i++)
        {
            if (action.Kind == FaultAction.DueDone && rules.Set.Dues[i].Id == action.Rule && dueApplies[i])
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

    /// <summary>The server's clock at an instant this device asked for.</summary>
    public void Tick(ServerTime now, bool gatewayUp, List<LaneEffect> effects)
    {
        for (var i = 0; i < Faults.Length; i++)
        {
            if (Faults[i].WakeAt != ServerTime.Zero && Faults[i].WakeAt <= now)
                Apply(i, new FaultEvent.Tick(), now, effects);
            if (Remedies[i].Runs && Remedies[i].Deadline <= now)
            {
                var (state, reason) = RemedyStep.Tick(Remedies[i], now);
                Decide(i, state, reason, now, effects);
            }
        }
        foreach (var i in rules.Silences)
        {
            var at = SilentAt(i, gatewayUp);
            if (at != ServerTime.Zero && at <= now)
                Apply(i, new FaultEvent.Silent(SilenceBase, OfflineSince != ServerTime.Zero, LastEntry), now, effects);
        }
    }

    /// <summary>Recomputes when a tick is wanted.</summary>
    public void Rewake(bool gatewayUp)
    {
        var next = long.MaxValue;
        for (var i = 0; i < Faults.Length; i++)
        {
            next = Earlier(next, Faults[i].WakeAt);
            if (Remedies[i].Runs)
                next = Earlier(next, Remedies[i].Deadline);
        }
        foreach (var i in rules.Silences)
            next = Earlier(next, SilentAt(i, gatewayUp));
        NextWake = next == long.MaxValue ? ServerTime.Zero : new ServerTime(next);
    }

    /// <summary>Moves the wanted tick to a later instant.</summary>
    public void Postpone(ServerTime at) => NextWake = at;

    private static long Earlier(long a, ServerTime b) => b == ServerTime.Zero ? a : Math.Min(a, b.EpochMs);

    private static RemedyState[] NewRemedies(int count) => [.. Enumerable.Range(0, count).Select(_ => new RemedyState())];

    private static int IndexOf(RuleSet set, FaultRule rule)
    {
        for (var i = 0; i < set.Faults.Length; i++)
        {
            if (set.Faults[i].Id == rule.Id || (rule.Was.Length > 0 && set.Faults[i].Id == rule.Was))
                return set.Faults[i].Kind == rule.Kind ? i : -1;
        }
        return -1;
    }

    private static FaultEvent? Event(FaultAction kind, ServerTime until) => kind switch
    {
        FaultAction.Acknowledge => new FaultEvent.Acknowledge(),
        FaultAction.Shelve or FaultAction.OutOfService => new FaultEvent.Shelve(until),
        FaultAction.Unshelve or FaultAction.InService => new FaultEvent.Unshelve(),
        _ => null,
    };

    private void Match()
    {
        var set = rules.Set;
        applies = [.. set.Faults.Select(f => ActiveRules.Applies(f, device))];
        parameters = [.. set.Faults.Select(f => ActiveRules.ParametersOf(f, device))];
        dueApplies = [.. set.Dues.Select(d => ActiveRules.Applies(d, device))];
    }

    private DeviceTime Newer(DeviceTime at, ServerTime now) => new(Math.Max(Watermark.EpochMs, Math.Min(at.EpochMs, now.EpochMs)));

    /// <summary>When a silence rule raises if nothing more is heard; zero for never.</summary>
    private ServerTime SilentAt(int i, bool gatewayUp)
    {
        var rule = rules.Set.Faults[i];
        if (!gatewayUp || !applies[i] || SilenceBase == ServerTime.Zero || Faults[i].Phase is FaultPhase.Active or FaultPhase.Pending)
            return ServerTime.Zero;
        if (Faults[i].Phase == FaultPhase.Clearing && OfflineSince == ServerTime.Zero)
            return SilenceBase + rule.Silent;
        var silent = OfflineSince != ServerTime.Zero ? OfflineSince : SilenceBase + rule.Silent;
        return ServerTime.Max(silent, GraceFrom + rule.StartGrace);
    }

    private void Elapse(DeviceTime at, ServerTime now, List<LaneEffect> effects)
    {
        foreach (var i in rules.Timed)
        {
            if (Faults[i].Phase != FaultPhase.Normal)
                Apply(i, new FaultEvent.Elapsed(at), now, effects);
        }
    }

    private void Evaluate(int i, DeviceTime at, bool live, EpisodeId entry, ServerTime now, List<LaneEffect> effects)
    {
        var rule = rules.Set.Faults[i];
        if (rule.Kind == FaultKind.Condition)
        {
            var scope = new ConditionScope(Values, device, parameters[i]);
            var raise = rule.Raise!.Evaluate(in scope);
            var clear = rule.Clear is { } written ? written.Evaluate(in scope) : Not(raise);
            Apply(i, new FaultEvent.Sample(raise, clear, SeverityOf(rule, in scope), at, live, entry), now, effects);
        }
        if (Remedies[i].Runs && rule.Remedy?.Verify is { } verify && verify.Evaluate(new ConditionScope(Values, device, parameters[i])) == Truth.True)
        {
            var (state, reason) = RemedyStep.Proven(Remedies[i], now);
            Decide(i, state, reason, now, effects);
        }
    }

    private static Truth Not(Truth t) => t switch { Truth.True => Truth.False, Truth.False => Truth.True, _ => Truth.Unknown };

    private static Severity SeverityOf(FaultRule rule, in ConditionScope scope)
    {
        foreach (var step in rule.Ladder)
        {
            if (step.When.Evaluate(in scope) == Truth.True)
                return step.Severity;
        }
        return rule.BaseSeverity;
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
                    result.State.LastWasLive || rule.Kind == FaultKind.Silence, EvidenceOf(rule), now));
                OnRaised(i, now, effects);
                break;
            case FaultChange.Cleared:
                var at = rule.Kind == FaultKind.Silence ? new DeviceTime(now.EpochMs) : result.State.LastAt;
                effects.Add(new LaneEffect.Cleared(device.Id, rule.Id, before.Episode, result.Reason, at, now));
                var (remedy, why) = RemedyStep.FaultCleared(Remedies[i], now);
                Decide(i, remedy, why, now, effects, before.Episode);
                break;
            case FaultChange.SeverityChanged:
                effects.Add(new LaneEffect.SeverityChanged(device.Id, rule, result.State.Episode, result.State.Severity, result.Reason, now));
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
        if (rule.Shadow || fault.IsShelved(now) || rule.ExplainedByOutage)
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

    private void Count(int i, ImmutableArray<Reading> readings, ReadOnlySpan<bool> duplicates, ServerTime now, List<LaneEffect> effects)
    {
        var rule = rules.Set.Dues[i];
        var (counter, marker) = (double.NaN, double.NaN);
        for (var r = 0; r < readings.Length; r++)
        {
            if ((!duplicates.IsEmpty && duplicates[r]) || readings[r].Value.Kind != ValueKind.Number)
                continue;
            var slot = rules.SlotOf(readings[r].Metric);
            counter = slot == rule.CounterSlot ? readings[r].Value.Number : counter;
            marker = slot == rule.DoneByResetOfSlot ? readings[r].Value.Number : marker;
        }
        Record(i, DueStep.Count(Dues[i], counter, marker, rule), now, effects);
    }

    private void Record(int i, (DueState State, DueChange Change, DueReason Reason) step, ServerTime now, List<LaneEffect> effects)
    {
        var cycle = Dues[i].Cycle;
        Dues[i] = step.State;
        if (step.Change != DueChange.None)
            effects.Add(new LaneEffect.DueChanged(device.Id, rules.Set.Dues[i], cycle, step.State, step.Change, step.Reason, now));
    }

    private ImmutableArray<EvidenceValue> EvidenceOf(FaultRule rule)
    {
        var found = ImmutableArray.CreateBuilder<EvidenceValue>();
        foreach (var slot in rule.MetricSlots)
        {
            if (Values[slot].Kind != ValueKind.Missing)
                found.Add(new EvidenceValue(rules.Set.Metrics[slot], Values[slot], ValueAt[slot]));
        }
        return found.ToImmutable();
    }
}
