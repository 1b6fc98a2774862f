using B2D.Core;
using B2D.Core.Rules;

namespace B2D.Console;

/// <summary>A fault that a back-test found, on the recording's clock.</summary>
/// <param name="ClearedAt">Zero where it was there at the end.</param>
/// <param name="Values">The readings that it was raised with, <c>temp_c 96.5</c>.</param>
public sealed record BacktestFinding(string Device, ServerTime RaisedAt, ServerTime ClearedAt, string Values);

/// <summary>What a rule would have done with what is stored.</summary>
/// <param name="From">The first instant of all.</param>
/// <param name="Until">The last.</param>
/// <param name="Readings">Readings and codes that were evaluated.</param>
/// <param name="Devices">Devices that the rule applies to and of which anything is stored.</param>
/// <param name="Faulty">Those of them on which it was raised.</param>
/// <param name="DuplicatesAvoided">Faults that joined or reopened a case.</param>
/// <param name="Found">In order of being raised; the first <see cref="MostFound"/>.</param>
public sealed record BacktestOutcome(
    ServerTime From, ServerTime Until, long Readings, long Devices, long Faulty, long Faults, long Cases, long DuplicatesAvoided, IReadOnlyList<BacktestFinding> Found)
{
    /// <summary>Most faults that are kept to be shown.</summary>
    public const int MostFound = 2000;

    /// <summary>Cases in a year on each device that anything is stored of, at this rate; null where what is stored is shorter than an hour.</summary>
    public double? CasesPerDeviceYear => Devices > 0 && Until - From >= TimeSpan.FromHours(1) ? Cases / (Devices * (Until - From).TotalDays / 365.25) : null;
}

/// <summary>A back-test of one rule.</summary>
/// <param name="Version">The rule's version.</param>
/// <param name="Days">So many days back from when it began.</param>
/// <param name="Done">Share that is done, 0 to 1.</param>
/// <param name="Problem">Why it came to nothing; empty where it did not.</param>
/// <param name="Outcome">Null until it is done.</param>
public sealed record BacktestState(string Rule, string Version, int Days, bool Running, double Done, string Problem, ServerTime Since, TimeSpan Took, BacktestOutcome? Outcome);

/// <summary>Where rules are tried on what is stored; absent where this program stores nothing.</summary>
public interface IBacktests
{
    /// <summary>Longest time back, in days.</summary>
    const int MostDays = 366;

    /// <summary>Goes up with everything that changes.</summary>
    long Revision { get; }

    /// <summary>The one of a rule that runs, or its last since the start; null for none.</summary>
    BacktestState? Of(string rule);

    /// <summary>Begins one over the last <paramref name="days"/> (1 to <see cref="MostDays"/>); one at a time.</summary>
    ActOutcome Start(FaultRule rule, int days, string who);

    /// <summary>Calls off the one that runs.</summary>
    void Cancel();
}
