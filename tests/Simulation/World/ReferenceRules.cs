using B2D.Core.Telemetry;

namespace B2D.Simulation.World;

/// <summary>One rule of one device, evaluated naively. All times are epoch milliseconds: <c>now</c> by the server's clock, <c>at</c> by the device's.</summary>
internal abstract class ReferenceRule(string device, string rule)
{
    private readonly List<(long RaisedAt, long OnsetAt, long ClearedAt)> episodes = [];

    public IEnumerable<string> Episodes => episodes.Select(e => Reference.Line(device, rule, e.RaisedAt, e.OnsetAt, e.ClearedAt));

    protected bool IsOpen => episodes is [.., { ClearedAt: 0 }];

    /// <summary>Time passes up to an instant without a message.</summary>
    public virtual void RunTo(long until)
    {
    }

    /// <summary>Time passed in which nothing could be heard.</summary>
    public virtual void SkipDowntime(long from, long now)
    {
    }

    /// <summary>The device counts from an earlier time on.</summary>
    public virtual void SetClockBack(long at)
    {
    }

    protected void Raise(long raisedAt, long onsetAt) => episodes.Add((raisedAt, onsetAt, 0));

    protected void Clear(long now) => episodes[^1] = episodes[^1] with { ClearedAt = now };
}

/// <summary>A metric beyond a limit, with hold, release, samples and a gap that begins everything anew.</summary>
internal sealed class ReferenceCondition(string device, string rule, string metric, Func<double, bool> raise, Func<double, bool> clear) : ReferenceRule(device, rule)
{
    private readonly List<bool> raises = [];
    private readonly List<bool> clears = [];
    private long? pendingSince;
    private long? clearingSince;
    private long? heardAt;
    private long lastAt;
    private bool lastLive;

    /// <summary>Another metric that must have this value for a raise.</summary>
    public (string Metric, MetricValue Value)? And { get; init; }

    public long HoldMs { get; init; }

    public long ReleaseMs { get; init; }

    public (int Needed, int Of) Raises { get; init; } = (1, 1);

    public (int Needed, int Of) Clears { get; init; } = (1, 1);

    public required long GapMs { get; init; }

    public void Take(Dictionary<string, MetricValue> values, long at, bool live, long now)
    {
        if (!values.TryGetValue(metric, out var value))
            return;
        var gap = heardAt is null ? 0 : at - lastAt;
        if (gap < 0 || gap > GapMs)
        {
            raises.Clear();
            clears.Clear();
            pendingSince = pendingSince is null ? null : at;
            clearingSince = clearingSince is null ? null : at;
        }
        raises.Add(raise(value.Number) && (And is not { } and || values.GetValueOrDefault(and.Metric) == and.Value));
        clears.Add(clear(value.Number));
        (lastAt, lastLive, heardAt) = (at, live, now);
        if (IsOpen)
            Falls(at, now);
        else
            Rises(at, now);
    }

    /// <summary>The last value goes on, if it was live, for no longer than the gap.</summary>
    public override void RunTo(long until)
    {
        if (heardAt is not { } heard || !lastLive)
            return;
        if (pendingSince is { } pending && HoldMs - (lastAt - pending) is var hold && hold <= GapMs && heard + hold <= until)
            RaiseNow(heard + hold);
        if (clearingSince is { } clearing && ReleaseMs - (lastAt - clearing) is var release && release <= GapMs && heard + release <= until)
            ClearNow(heard + release);
    }

    public override void SkipDowntime(long from, long now) => heardAt += heardAt is { } heard ? now - Math.Max(heard, from) : 0;

    public override void SetClockBack(long at)
    {
        lastAt = Math.Min(lastAt, at);
        pendingSince = pendingSince is { } pending ? Math.Min(pending, at) : null;
        clearingSince = clearingSince is { } clearing ? Math.Min(clearing, at) : null;
    }

    private static bool Enough(List<bool> verdicts, (int Needed, int Of) quota) => verdicts.TakeLast(quota.Of).Count(v => v) >= quota.Needed;

    private void Rises(long at, long now)
    {
        if (!Enough(raises, Raises))
            pendingSince = null;
        else if (at - (pendingSince ??= at) >= HoldMs)
            RaiseNow(now);
    }

    private void Falls(long at, long now)
    {
        if (!Enough(clears, Clears))
            clearingSince = null;
        else if (at - (clearingSince ??= at) >= ReleaseMs)
            ClearNow(now);
    }

    private void RaiseNow(long now)
    {
        Raise(now, pendingSince!.Value);
        pendingSince = null;
        clears.Clear();
    }

    private void ClearNow(long now)
    {
        Clear(now);
        clearingSince = null;
        raises.Clear();
    }
}

/// <summary>A code that the device sets and clears.</summary>
internal sealed class ReferenceCode(string device, string rule, string code) : ReferenceRule(device, rule)
{
    private long newest;

    public string Code => code;

    public void Take(CodeState state, long at, long now)
    {
        if (at < newest)
            return;
        newest = at;
        if (state == CodeState.Set && !IsOpen)
            Raise(now, at);
        else if (state == CodeState.Clear && IsOpen)
            Clear(now);
    }

    public override void SetClockBack(long at) => newest = Math.Min(newest, at);
}

/// <summary>No message for a while, or a connection that ended; not within the grace after the gateway or the device began.</summary>
internal sealed class ReferenceSilence(string device, string rule, long silentMs, long graceMs, long registeredAt) : ReferenceRule(device, rule)
{
    private long graceFrom = registeredAt;
    private long? heardAt;
    private long? offlineAt;
    private long notBefore = long.MaxValue;

    public void SetRules(long now) => notBefore = Math.Min(notBefore, now);

    public void Hear(long now)
    {
        (heardAt, offlineAt) = (now, null);
        if (IsOpen)
            Clear(now);
    }

    public void GoOffline(long now) => (heardAt, offlineAt) = (heardAt ?? now, now);

    public override void RunTo(long until)
    {
        if (heardAt is not { } heard || IsOpen || notBefore == long.MaxValue)
            return;
        var at = Math.Max(Math.Max(offlineAt ?? heard + silentMs, graceFrom + graceMs), notBefore);
        if (at <= until)
            Raise(at, heard);
    }

    public override void SkipDowntime(long from, long now)
    {
        heardAt += heardAt is { } heard ? now - Math.Max(heard, from) : 0;
        (offlineAt, graceFrom) = (null, now);
    }
}
