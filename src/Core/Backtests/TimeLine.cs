using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>What can be expected of a rule.</summary>
public enum TimeLineEvent : byte
{
    /// <summary>A fault is raised.</summary>
    Raised = 1,

    /// <summary>A fault ends.</summary>
    Cleared = 2,

    /// <summary>A case opens, or opens again.</summary>
    Case = 3,
}

/// <summary>One thing that happens along a time-line.</summary>
/// <param name="At">When it reaches the server, from the start of the time-line.</param>
/// <param name="Device">To which device; null for all.</param>
/// <param name="Body">What the log would have; null where the program ends and starts again.</param>
public sealed record TimeLineStep(TimeSpan At, DeviceId? Device, Entry? Body);

/// <summary>What must or must not happen.</summary>
/// <param name="Line">Where it is written.</param>
/// <param name="Text">As it is written.</param>
/// <param name="Not">It must not.</param>
/// <param name="What">A fault that is raised or cleared, or a case.</param>
/// <param name="Name">Id of the rule; of a case its family.</param>
/// <param name="Device">Of which device; null for any.</param>
/// <param name="From">At the earliest, from the start.</param>
/// <param name="Until">At the latest, inclusive.</param>
/// <param name="Since">Raised: true since when by the device's clock; null for any time.</param>
public sealed record TimeLineExpectation(
    int Line, string Text, bool Not, TimeLineEvent What, string Name, DeviceId? Device, TimeSpan From, TimeSpan Until, TimeSpan? Since);

/// <summary>A test of rules: devices, what they say and what happens to the program, and what is to come of it.</summary>
public sealed record TimeLine
{
    public required string Name { get; init; }

    /// <summary>Line in its file, from 1.</summary>
    public required int Line { get; init; }

    public required ServerTime Start { get; init; }

    /// <summary>When it is over, from the start.</summary>
    public required TimeSpan End { get; init; }

    /// <summary>Registered at the start.</summary>
    public required ImmutableArray<Device> Devices { get; init; }

    /// <summary>In order of time.</summary>
    public required ImmutableArray<TimeLineStep> Steps { get; init; }

    public required ImmutableArray<TimeLineExpectation> Expectations { get; init; }
}

/// <summary>A file of time-lines as it was read.</summary>
/// <param name="Name">As it was named.</param>
/// <param name="Rules">Folder or file of the rules, from the file's own folder.</param>
/// <param name="TimeLines">Those without mistakes.</param>
/// <param name="Problems">Every mistake with its place.</param>
public sealed record TimeLineFile(string Name, string Rules, ImmutableArray<TimeLine> TimeLines, ImmutableArray<RuleProblem> Problems);

/// <summary>Something that happened along a time-line.</summary>
/// <param name="At">When, from the start.</param>
/// <param name="Device">To which device.</param>
/// <param name="What">A fault or a case.</param>
/// <param name="Name">Id of the rule; of a case its family.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Raised: true since then, by the device's clock.</param>
public sealed record TimeLineHappening(TimeSpan At, DeviceId Device, TimeLineEvent What, string Name, string Reason, TimeSpan? Since)
{
    public override string ToString() =>
        $"{DurationText.Format(At)} {Device}: {What.ToString().ToLowerInvariant()} {Name} ({Reason}{(Since is { } since && since != At ? $", true since {DurationText.Format(since)}" : "")})";
}

/// <summary>One thing that was expected and did not happen, or happened and was not expected.</summary>
/// <param name="Line">Of the expectation, or of the time-line.</param>
/// <param name="Message">What was expected and what happened, with times.</param>
public sealed record TimeLineProblem(int Line, string Message);

/// <summary>What came of a time-line.</summary>
public sealed record TimeLineVerdict(TimeLine TimeLine, ImmutableArray<TimeLineProblem> Problems, ImmutableArray<TimeLineHappening> Happened)
{
    public bool Passed => Problems.IsEmpty;
}
