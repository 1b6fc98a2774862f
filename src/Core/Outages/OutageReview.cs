namespace B2D.Core.Outages;

/// <summary>All that went out of an outage with one status and revision.</summary>
/// <param name="First">When the first of it left.</param>
/// <param name="Last">When the last did.</param>
/// <param name="Told">How many customers got it, or may have.</param>
public sealed record ToldWave(string Status, long Revision, ServerTime First, ServerTime Last, long Told)
{
    /// <summary>The promised time of the next word; zero: none.</summary>
    public ServerTime NextUpdate { get; init; }

    /// <summary>The estimate that it named; zero: none.</summary>
    public ServerTime EstimateFrom { get; init; }
    public ServerTime EstimateUntil { get; init; }
}

/// <summary>What became of a promised next word.</summary>
public enum PromiseFate : byte
{
    /// <summary>The next word had left by then, to all.</summary>
    Kept = 1,

    /// <summary>It was over before the time came.</summary>
    OverBefore = 2,

    /// <summary>The time passed, and the word came later or not at all.</summary>
    Missed = 3,

    /// <summary>The time has not come yet.</summary>
    Ahead = 4,
}

/// <summary>What became of an estimate.</summary>
public enum EstimateFate : byte
{
    /// <summary>It was mended within the window.</summary>
    Held = 1,

    /// <summary>It was mended before the window.</summary>
    Sooner = 2,

    /// <summary>It was mended after the window: what hurts.</summary>
    Later = 3,

    /// <summary>It is not mended yet.</summary>
    Ahead = 4,
}

/// <summary>A promised next word: when it was promised, for when, and when the next word had left; zero: it never did.</summary>
public sealed record ReviewPromise(ServerTime SaidAt, ServerTime For, ServerTime NextAt, PromiseFate Fate);

/// <summary>An estimate that customers were told, and how far from the window it was mended; zero within it.</summary>
public sealed record ReviewEstimate(ServerTime SaidAt, ServerTime From, ServerTime Until, EstimateFate Fate, TimeSpan Off);

/// <summary>An outage's times. Zero where there is none.</summary>
/// <param name="BeganAt">The first fault.</param>
/// <param name="MendedAt">When the last device was back.</param>
/// <param name="ResolvedAt">When it was over.</param>
public sealed record ReviewTimes(ServerTime BeganAt, ServerTime MendedAt, ServerTime ResolvedAt);

/// <summary>A customer of an outage: since when and until when something of theirs was down (zero: is), and when they first heard of it (zero: never).</summary>
public readonly record struct TouchedCustomer(ServerTime DownAt, ServerTime UpAt, ServerTime ToldAt);

/// <summary>How many customers an outage had touched by a time, and how many of them had heard of it.</summary>
public readonly record struct ToldPoint(ServerTime At, long Touched, long Told);

/// <summary>What a review counts. Null: there is none to count.</summary>
/// <param name="ToFirstNotice">From the first fault to the first notice.</param>
/// <param name="ToLastNotice">From the first fault to the last customer's first notice.</param>
public sealed record ReviewFigures(
    TimeSpan? ToFirstNotice, TimeSpan? ToLastNotice, IReadOnlyList<ReviewPromise> Promises, IReadOnlyList<ReviewEstimate> Estimates, long Touched, long Told, long Untold, long Owed);

/// <summary>Counts what an outage was to its customers.</summary>
public static class OutageReview
{
    private const string Opened = "opened";

    /// <param name="waves">All that went out, in any order.</param>
    /// <param name="customers">All that were touched.</param>
    /// <param name="owed">What is owed by policy to one who was without from one time to another, in whole units.</param>
    public static ReviewFigures Figures(ReviewTimes times, IReadOnlyList<ToldWave> waves, IReadOnlyCollection<TouchedCustomer> customers, Func<ServerTime, ServerTime, int> owed, ServerTime now)
    {
        var sent = waves.Where(w => w.First > ServerTime.Zero).OrderBy(w => w.First).ThenBy(w => w.Revision).ToArray();
        var opened = sent.Where(w => w.Status == Opened).ToArray();
        return new ReviewFigures(
            opened.Length > 0 ? opened[0].First - times.BeganAt : null,
            opened.Length > 0 ? opened.Max(w => w.Last) - times.BeganAt : null,
            [.. Promises(times, sent, now)],
            [.. Estimates(times, sent)],
            customers.Count,
            customers.Count(c => c.ToldAt > ServerTime.Zero),
            customers.Count(c => c.ToldAt == ServerTime.Zero),
            customers.Sum(c => (long)owed(c.DownAt, c.UpAt)));
    }

    /// <summary>How touched and told grew, at <paramref name="steps"/> + 1 times with the same distance from the first to the second.</summary>
    public static IReadOnlyList<ToldPoint> Curve(IReadOnlyCollection<TouchedCustomer> customers, ServerTime from, ServerTime until, int steps)
    {
        var down = customers.Select(c => c.DownAt.EpochMs).Order().ToArray();
        var told = customers.Where(c => c.ToldAt > ServerTime.Zero).Select(c => c.ToldAt.EpochMs).Order().ToArray();
        var points = new ToldPoint[steps + 1];
        var (downs, tolds) = (0, 0);
        for (var i = 0; i <= steps; i++)
        {
            var at = from.EpochMs + ((until.EpochMs - from.EpochMs) * i / steps);
            while (downs < down.Length && down[downs] <= at)
                downs++;
            while (tolds < told.Length && told[tolds] <= at)
                tolds++;
            points[i] = new ToldPoint(new ServerTime(at), downs, tolds);
        }
        return points;
    }

    private static IEnumerable<ReviewPromise> Promises(ReviewTimes times, ToldWave[] sent, ServerTime now)
    {
        for (var i = 0; i < sent.Length; i++)
        {
            var wave = sent[i];
            if (wave.NextUpdate == ServerTime.Zero)
                continue;
            var next = sent.Skip(i + 1).FirstOrDefault(w => w.Status != Opened);
            var nextAt = next?.Last ?? ServerTime.Zero;
            yield return new ReviewPromise(wave.First, wave.NextUpdate, nextAt, FateOf());

            PromiseFate FateOf()
            {
                if (next is not null && next.Last <= wave.NextUpdate && next.Status is not ("all-clear" or "left"))
                    return PromiseFate.Kept;
                if (times.ResolvedAt > ServerTime.Zero && times.ResolvedAt <= wave.NextUpdate)
                    return PromiseFate.OverBefore;
                return next is not null && next.Last <= wave.NextUpdate ? PromiseFate.Kept
                    : next is null && now < wave.NextUpdate ? PromiseFate.Ahead
                    : PromiseFate.Missed;
            }
        }
    }

    private static IEnumerable<ReviewEstimate> Estimates(ReviewTimes times, ToldWave[] sent)
    {
        var before = (ServerTime.Zero, ServerTime.Zero);
        foreach (var wave in sent)
        {
            var window = (wave.EstimateFrom, wave.EstimateUntil);
            if (wave.EstimateUntil == ServerTime.Zero || window == before)
                continue;
            before = window;
            var mended = times.MendedAt;
            yield return mended == ServerTime.Zero ? new ReviewEstimate(wave.First, wave.EstimateFrom, wave.EstimateUntil, EstimateFate.Ahead, TimeSpan.Zero)
                : mended > wave.EstimateUntil ? new ReviewEstimate(wave.First, wave.EstimateFrom, wave.EstimateUntil, EstimateFate.Later, mended - wave.EstimateUntil)
                : mended < wave.EstimateFrom ? new ReviewEstimate(wave.First, wave.EstimateFrom, wave.EstimateUntil, EstimateFate.Sooner, wave.EstimateFrom - mended)
                : new ReviewEstimate(wave.First, wave.EstimateFrom, wave.EstimateUntil, EstimateFate.Held, TimeSpan.Zero);
        }
    }
}
