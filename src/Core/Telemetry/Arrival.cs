namespace B2D.Core.Telemetry;

/// <summary>How far a device's own clock can be trusted.</summary>
/// <param name="LiveWithin">A reading no older than this (after the clock's offset) is live; 1 s to 1 h, default 5 min.</param>
/// <param name="MaxAhead">A clock further ahead than this is wrong beyond use; 1 min to 7 days, default 1 day.</param>
public sealed record ArrivalOptions(TimeSpan LiveWithin, TimeSpan MaxAhead)
{
    public static readonly ArrivalOptions Default = new(TimeSpan.FromMinutes(5), TimeSpan.FromDays(1));

    /// <summary>Everything wrong with the options; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (LiveWithin < TimeSpan.FromSeconds(1) || LiveWithin > TimeSpan.FromHours(1))
            problems.Add($"{nameof(LiveWithin)} is 1 s to 1 h, not {LiveWithin}");
        if (MaxAhead < TimeSpan.FromMinutes(1) || MaxAhead > TimeSpan.FromDays(7))
            problems.Add($"{nameof(MaxAhead)} is 1 min to 7 days, not {MaxAhead}");
        return problems;
    }

    /// <summary>2001-01-01: an earlier device time comes from a clock that was never set.</summary>
    public static readonly DateTimeOffset UnsetBefore = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>What is to be thought of a reading's time.</summary>
public enum TimeQuality : byte
{
    /// <summary>As it happens.</summary>
    Live = 1,

    /// <summary>Happened earlier and arrives now.</summary>
    Late = 2,

    /// <summary>The device sent no time; the server's is taken. Live.</summary>
    ServerTime = 3,

    /// <summary>The device's clock was never set; the server's is taken. Live.</summary>
    ClockUnset = 4,

    /// <summary>The device's clock is too far ahead; the server's is taken. Live.</summary>
    ClockAhead = 5,
}

/// <summary>What is known of one device's clock on one connection: server time less device time, in ms.</summary>
/// <param name="OffsetMs">The estimate; 0 until something else is shown.</param>
/// <param name="CandidateMs">A larger offset that may turn out to be the true one.</param>
/// <param name="CandidateSince">Since when it has been steady; 0 for none.</param>
/// <param name="CandidateCount">How many readings agreed with it.</param>
public readonly record struct ClockEstimate(long OffsetMs, long CandidateMs, ServerTime CandidateSince, int CandidateCount);

/// <summary>A reading's time as it counts from here on.</summary>
public readonly record struct Arrived(DeviceTime At, TimeQuality Quality, ClockEstimate Clock)
{
    /// <summary>True unless it happened noticeably earlier.</summary>
    public bool IsLive => Quality != TimeQuality.Late;
}

/// <summary>The one place where a device's clock is compared with the server's.</summary>
public static class Arrival
{
    /// <summary>An offset is believed when this many readings agree…</summary>
    private const int SteadyReadings = 3;

    /// <summary>…over at least this long…</summary>
    private static readonly TimeSpan SteadyFor = TimeSpan.FromMinutes(1);

    /// <summary>…to within this.</summary>
    private const long SteadyWithinMs = 30_000;

    /// <summary>Judges a reading when it arrives. Backfill comes in bursts with a shrinking delay; a clock that is behind shows the same delay for
    /// minutes.</summary>
    public static Arrived Judge(DeviceTime? sent, ServerTime now, ClockEstimate clock, ArrivalOptions options)
    {
        if (sent is not { } at)
            return new Arrived(new DeviceTime(now.EpochMs), TimeQuality.ServerTime, clock);
        if (at.EpochMs < ArrivalOptions.UnsetBefore.ToUnixTimeMilliseconds())
            return new Arrived(new DeviceTime(now.EpochMs), TimeQuality.ClockUnset, clock);
        var delay = now.EpochMs - at.EpochMs;
        if (-delay > Milliseconds.Of(options.MaxAhead))
            return new Arrived(new DeviceTime(now.EpochMs), TimeQuality.ClockAhead, clock);
        var liveMs = Milliseconds.Of(options.LiveWithin);
        var estimate = Estimate(delay, now, clock, liveMs);
        var live = delay - estimate.OffsetMs <= liveMs;
        return new Arrived(at, live ? TimeQuality.Live : TimeQuality.Late, estimate);
    }

    /// <summary>A new connection: the clock may have been set meanwhile, so the old offset counts again only when a first reading bears it out.</summary>
    public static ClockEstimate OnConnected(ClockEstimate clock) => clock.OffsetMs == 0
        ? default
        : new ClockEstimate(0, clock.OffsetMs, ServerTime.Zero, SteadyReadings);

    private static ClockEstimate Estimate(long delay, ServerTime now, ClockEstimate clock, long liveMs)
    {
        // A reading cannot come from the future: a shorter delay than the offset is proof that the offset is smaller.
        if (delay < clock.OffsetMs || (Math.Abs(delay) <= liveMs && clock.OffsetMs == 0))
            return new ClockEstimate(Math.Abs(delay) <= liveMs ? 0 : delay, 0, default, 0);
        if (delay - clock.OffsetMs <= liveMs)
            return clock with { CandidateSince = default, CandidateCount = 0 };
        if (clock.CandidateCount == 0 || Math.Abs(delay - clock.CandidateMs) > SteadyWithinMs)
            return clock with { CandidateMs = delay, CandidateSince = now, CandidateCount = 1 };
        var steady = clock with { CandidateCount = clock.CandidateCount + 1 };
        return steady.CandidateCount >= SteadyReadings && now - steady.CandidateSince >= SteadyFor
            ? new ClockEstimate(steady.CandidateMs, 0, default, 0)
            : steady;
    }
}
