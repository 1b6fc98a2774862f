using System.Collections.Immutable;
using B2D.Core.Devices;

namespace B2D.Core.Backtests;

/// <summary>Something that did happen to a device: what rules ought to have foreseen.</summary>
public sealed record BacktestLabel(DeviceId Device, ServerTime At, string What);

/// <summary>How alerts and failures belong together.</summary>
/// <param name="Horizon">An alert foresees a failure that comes after it within so long (at the latest exactly so long); one at the failure's own instant does not.</param>
/// <param name="Merge">An alert of a device that comes within so long of the one before belongs to the same case.</param>
public sealed record ScoreTerms(TimeSpan Horizon, TimeSpan Merge);

/// <summary>A failure: all labels of one device at one instant.</summary>
/// <param name="Lead">Time from the first alert within the horizon; null where there was none: missed.</param>
/// <param name="Rules">Ids of the rules whose alerts foresaw it.</param>
public sealed record ScoredFailure(DeviceId Device, ServerTime At, string What, TimeSpan? Lead, ImmutableSortedSet<string> Rules);

/// <summary>Alerts of one device that belong together.</summary>
/// <param name="Foresees">One of them came within the horizon before a failure; where none did, the case is false.</param>
public sealed record ScoredCase(DeviceId Device, ServerTime From, ServerTime Until, bool Foresees, ImmutableSortedSet<string> Rules);

/// <summary>How good rules were over a stretch of time.</summary>
/// <param name="From">Its begin, inclusive.</param>
/// <param name="Until">Its end; inclusive at the end of the recording.</param>
/// <param name="Failures">Failures in it.</param>
/// <param name="Foreseen">Those that an alert foresaw.</param>
/// <param name="FalseCases">Cases that begin in it and foresee nothing.</param>
/// <param name="DeviceYears">Years of 365.25 days from the first to the last thing that each device said, added up.</param>
/// <param name="MedianLead">Of the foreseen failures; the mean of the middle two where they are even in number; null where there is none.</param>
public sealed record ScoreFigures(ServerTime From, ServerTime Until, int Failures, int Foreseen, int FalseCases, double DeviceYears, TimeSpan? MedianLead)
{
    /// <summary>Zero where there was no time.</summary>
    public double FalsePerDeviceYear => DeviceYears > 0 ? FalseCases / DeviceYears : 0;

    /// <summary>0 to 1; zero where there was no failure.</summary>
    public double ForeseenShare => Failures > 0 ? (double)Foreseen / Failures : 0;
}

/// <summary>
/// A back-test against what did happen. Failures outside of the time of which a device's telemetry is there, longer than the horizon after it, and of devices without telemetry do not count.
/// </summary>
public sealed class BacktestScore
{
    private readonly BacktestRecord record;

    private BacktestScore(BacktestRecord record, ImmutableArray<ScoredFailure> failures, ImmutableArray<ScoredCase> cases, int ignored)
    {
        this.record = record;
        (Failures, Cases, IgnoredLabels) = (failures, cases, ignored);
        var middle = new ServerTime((record.From.EpochMs + record.Until.EpochMs) / 2);
        Whole = Of(record.From, ServerTime.Never);
        Halves = [Of(record.From, middle), Of(middle, ServerTime.Never)];
    }

    /// <summary>In order of time.</summary>
    public ImmutableArray<ScoredFailure> Failures { get; }

    /// <summary>In order of time.</summary>
    public ImmutableArray<ScoredCase> Cases { get; }

    /// <summary>Labels that do not count.</summary>
    public int IgnoredLabels { get; }

    public ScoreFigures Whole { get; }

    /// <summary>The two halves of the recording's time; a failure or case belongs to the half that it begins in.</summary>
    public ImmutableArray<ScoreFigures> Halves { get; }

    public static BacktestScore Of(BacktestRecord record, IEnumerable<BacktestLabel> labels, ScoreTerms terms)
    {
        var alerts = Alerts.Of(record);
        var all = labels.ToList();
        var counting = all.Where(l => record.Devices.TryGetValue(l.Device, out var span) && l.At >= span.First && l.At <= span.Last + terms.Horizon).ToList();
        var failures = counting.GroupBy(l => (l.Device, l.At)).OrderBy(g => g.Key.At).ThenBy(g => g.Key.Device)
            .Select(g => Failure(g.Key.Device, g.Key.At, string.Join(", ", g.Select(l => l.What).Distinct()), alerts.GetValueOrDefault(g.Key.Device) ?? [], terms))
            .ToImmutableArray();
        var byDevice = failures.ToLookup(f => f.Device);
        var cases = alerts.SelectMany(d => Alerts.Merged(d.Value, terms.Merge).Select(c => Case(d.Key, c, byDevice[d.Key], terms)))
            .OrderBy(c => c.From).ThenBy(c => c.Device).ToImmutableArray();
        return new BacktestScore(record, failures, cases, all.Count - counting.Count);
    }

    /// <summary>Failures that a rule's alerts foresaw, alone or with others.</summary>
    public int ForeseenBy(string rule) => Failures.Count(f => f.Rules.Contains(rule));

    /// <summary>False cases that a rule had a part in.</summary>
    public int FalseOf(string rule) => Cases.Count(c => !c.Foresees && c.Rules.Contains(rule));

    private static bool Foresees(ServerTime alert, ServerTime failure, ScoreTerms terms) => alert < failure && failure - alert <= terms.Horizon;

    private static ScoredFailure Failure(DeviceId device, ServerTime at, string what, List<BacktestFault> alerts, ScoreTerms terms)
    {
        var before = alerts.Where(a => Foresees(a.EscalatedAt!.Value, at, terms)).ToList();
        return new ScoredFailure(device, at, what, before.Count == 0 ? null : at - before.Min(a => a.EscalatedAt!.Value), [.. before.Select(a => a.Rule.Id)]);
    }

    private static ScoredCase Case(DeviceId device, List<BacktestFault> alerts, IEnumerable<ScoredFailure> failures, ScoreTerms terms) => new(
        device, alerts[0].EscalatedAt!.Value, alerts[^1].EscalatedAt!.Value,
        failures.Any(f => alerts.Any(a => Foresees(a.EscalatedAt!.Value, f.At, terms))), [.. alerts.Select(a => a.Rule.Id)]);

    private ScoreFigures Of(ServerTime from, ServerTime until)
    {
        bool IsIn(ServerTime at) => at >= from && at < until;
        var failures = Failures.Where(f => IsIn(f.At)).ToList();
        var leads = failures.Where(f => f.Lead is not null).Select(f => f.Lead!.Value).Order().ToList();
        var days = record.Devices.Values.Sum(d => Math.Max(0, (ServerTime.Min(d.Last, until) - ServerTime.Max(d.First, from)).TotalDays));
        return new ScoreFigures(
            from, ServerTime.Min(until, record.Until), failures.Count, leads.Count, Cases.Count(c => IsIn(c.From) && !c.Foresees), days / Alerts.DaysPerYear, Alerts.Median(leads));
    }
}
