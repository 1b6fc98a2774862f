using B2D.Core.Telemetry;

namespace B2D.Simulation.World;

/// <summary>A metric beyond a limit, with hold, release, samples and a gap that begins everything anew.</summary>
internal sealed class ReferenceCondition(string device, string rule, string metric, Func<double, bool> raise, Func<double, bool> clear) : ReferenceRule(device, rule)
{
    private readonly List<bool> raises = [];
    private readonly List<bool> clears = [];
    private long? pendingSince;

    /// <summary>When its hold was served: by what the device told, or in the server's time after the last of it.</summary>
    private long? servedAt;
    private long? clearingSince;
    private long? heardAt;
    private long lastAt;
    private bool lastLive;

    /// <summary>False while something else that the condition reads is unknown, and so is the condition.</summary>
    public Func<long, bool> IsKnown { get; init; } = _ => true;

    /// <summary>Another metric that must have this value for a raise.</summary>
    public (string Metric, MetricValue Value)? And { get; init; }

    public long HoldMs { get; init; }

    public long ReleaseMs { get; init; }

    public (int Needed, int Of) Raises { get; init; } = (1, 1);

    public (int Needed, int Of) Clears { get; init; } = (1, 1);

    public required long GapMs { get; init; }

    /// <summary>False where the rule leaves its gap to the default.</summary>
    public bool GapIsWritten { get; init; } = true;

    public void Take(Dictionary<string, MetricValue> values, long at, bool live, long now)
    {
        if (!values.TryGetValue(metric, out var value) || !IsKnown(now))
            return;
        var gap = heardAt is null ? 0 : at - lastAt;
        if (gap < 0 || gap > Gap)
        {
            raises.Clear();
            clears.Clear();
            pendingSince = pendingSince is null ? null : at;
            servedAt = null;
            clearingSince = clearingSince is null ? null : at;
        }
        raises.Add(raise(value.Number) && (And is not { } and || values.GetValueOrDefault(and.Metric) == and.Value));
        clears.Add(clear(value.Number));
        (lastAt, lastLive, heardAt) = (at, live, now);
        if (IsLatched)
            Relapses();
        else if (IsOpen)
            Falls(at, now);
        else
            Rises(at, now);
    }

    /// <summary>The last value goes on, if it was live, for no longer than the gap.</summary>
    public override void RunTo(long until)
    {
        var goesOn = lastLive ? heardAt : null;
        if (pendingSince is { } pending && HoldMs - (lastAt - pending) is var hold && hold <= GapMs && goesOn + hold <= until)
            servedAt ??= goesOn + hold;
        // What served its hold while people worked is raised when they are done, also where it was told late.
        if (servedAt is { } served && Math.Max(served, NotBefore) is var raised && raised <= until)
            RaiseNow(raised);
        if (goesOn is { } heard && clearingSince is { } clearing && Release - (lastAt - clearing) is var release && release <= Gap && heard + release <= until)
            ClearNow(heard + release);
    }

    public override void SkipDowntime(long from, long now)
    {
        base.SkipDowntime(from, now);
        heardAt += heardAt is { } heard ? now - Math.Max(heard, from) : 0;
    }

    public override void SetClockBack(long at)
    {
        lastAt = Math.Min(lastAt, at);
        pendingSince = pendingSince is { } pending ? Math.Min(pending, at) : null;
        clearingSince = clearingSince is { } clearing ? Math.Min(clearing, at) : null;
    }

    /// <summary>While it chatters, how long it has to be quiet.</summary>
    private long Release => Chatters ? Math.Max(ReleaseMs, Chatter!.QuietMs) : ReleaseMs;

    /// <summary>While it chatters, long enough for the quiet to be served without a reading.</summary>
    private long Gap => Chatters && !GapIsWritten ? Math.Max(GapMs, 2 * Chatter!.QuietMs) : GapMs;

    private static bool Enough(List<bool> verdicts, (int Needed, int Of) quota) => verdicts.TakeLast(quota.Of).Count(v => v) >= quota.Needed;

    private void Rises(long at, long now)
    {
        if (!Enough(raises, Raises))
            (pendingSince, servedAt) = (null, null);
        else if (at - (pendingSince ??= at) >= HoldMs)
            servedAt ??= now;
        if (servedAt is not null && now >= NotBefore)
            RaiseNow(now);
    }

    private void Falls(long at, long now)
    {
        if (!Enough(clears, Clears))
            clearingSince = null;
        else if (at - (clearingSince ??= at) >= Release)
            ClearNow(now);
    }

    /// <summary>A fault that only waits for a person is the same fault where its condition is true again.</summary>
    private void Relapses()
    {
        if (!Enough(raises, Raises))
            return;
        Relapse();
        clears.Clear();
    }

    private void RaiseNow(long now)
    {
        Raise(now, pendingSince!.Value);
        (pendingSince, servedAt) = (null, null);
        clears.Clear();
    }

    private void ClearNow(long now)
    {
        End(now);
        clearingSince = null;
        raises.Clear();
    }

    protected override void Cleared() => raises.Clear();
}

/// <summary>A code that the device sets and clears.</summary>
internal sealed class ReferenceCode(string device, string rule, string code) : ReferenceRule(device, rule)
{
    private long newest;
    private long? setSince;
    private long raisesAt;

    public string Code => code;

    public void Take(CodeState state, long at, long now)
    {
        if (at < newest)
            return;
        newest = at;
        if (state == CodeState.Set && IsLatched)
            Relapse();
        else if (state == CodeState.Set && !IsOpen)
            (setSince, raisesAt) = (setSince ?? at, now);
        else if (state == CodeState.Clear && IsOpen && !IsLatched)
            End(now);
        setSince = state == CodeState.Set ? setSince : null;
        RunTo(now);
    }

    /// <summary>It has no hold but while people work on the device.</summary>
    public override void RunTo(long until)
    {
        if (setSince is not { } since || Math.Max(raisesAt, NotBefore) is var at && at > until)
            return;
        setSince = null;
        Raise(at, since);
    }

    /// <summary>It connected anew, and may have set its clock: what it told from then on counts.</summary>
    public void Reconnect(long at) => newest = Math.Min(newest, at);

    public override void SetClockBack(long at)
    {
        newest = Math.Min(newest, at);
        setSince = setSince is { } since ? Math.Min(since, at) : null;
    }
}

/// <summary>No message for a while, or a connection that ended; not within the grace after the gateway or the device began.</summary>
internal sealed class ReferenceSilence(string device, string rule, long silentMs, long graceMs, long registeredAt) : ReferenceRule(device, rule)
{
    private long graceFrom = registeredAt;
    private long? heardAt;
    private long? offlineAt;

    /// <summary>Since when it was silent where it would have been raised but for those who work on it.</summary>
    private long? found;
    private long rulesSince;

    public override void SetRules(long now)
    {
        rulesSince = IsInForce ? rulesSince : now;
        base.SetRules(now);
    }

    public void Hear(long now)
    {
        (heardAt, offlineAt, found) = (now, null, null);
        if (IsOpen)
            End(now);
    }

    public void GoOffline(long now) => (heardAt, offlineAt) = (heardAt ?? now, now);

    public override void RunTo(long until)
    {
        if (heardAt is not { } heard || IsOpen || !IsInForce)
            return;
        var at = Math.Max(Math.Max(offlineAt ?? heard + silentMs, graceFrom + graceMs), rulesSince);
        if (found is null && at <= until && at < NotBefore)
            found = heard;
        if (found is not null)
            at = NotBefore;
        if (at > until)
            return;
        Raise(at, found ?? heard);
        found = null;
    }

    public override void SkipDowntime(long from, long now)
    {
        base.SkipDowntime(from, now);
        heardAt += heardAt is { } heard ? now - Math.Max(heard, from) : 0;
        (offlineAt, graceFrom) = (null, now);
    }
}
