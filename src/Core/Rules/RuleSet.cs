using System.Collections.Immutable;
using B2D.Core.Cases;

namespace B2D.Core.Rules;

/// <summary>All rules as one immutable whole, checked. Two sets of the same texts have the same hash.</summary>
public sealed record RuleSet
{
    /// <summary>The set without any rule.</summary>
    public static readonly RuleSet Empty = new() { Hash = "empty", Metrics = [], Faults = [], Dues = [], Outages = [], Defects = [] };

    /// <summary>SHA-256 (hex, lower case) of all file names and texts, in order of name.</summary>
    public required string Hash { get; init; }

    /// <summary>Names of the metrics that rules read, and codes as <c>code("E42")</c>; the index is the slot.</summary>
    public required ImmutableArray<string> Metrics { get; init; }

    /// <summary>The windows that rules look through; the index is the window's slot. At most <see cref="WindowShape.MaxPerSet"/>.</summary>
    public ImmutableArray<WindowShape> Windows { get; init; } = [];

    /// <summary>How far back any condition looks: the longest duration of a function over time, zero without any. Codes stay set for longer.</summary>
    public TimeSpan Reach { get; init; }

    /// <summary>Codes that conditions read, with the slot of each.</summary>
    public ImmutableArray<(string Code, int Slot)> Codes { get; init; } = [];

    /// <summary>Slots of the metrics of which conditions ask whether they changed; the index is the change slot.</summary>
    public ImmutableArray<int> Changes { get; init; } = [];

    /// <summary>Slots of the metrics of which conditions ask for the fleet's median; the index is the fleet slot.</summary>
    public ImmutableArray<int> Fleet { get; init; } = [];

    public required ImmutableArray<FaultRule> Faults { get; init; }

    public required ImmutableArray<DueRule> Dues { get; init; }

    public required ImmutableArray<OutageRule> Outages { get; init; }

    public required ImmutableArray<DefectRule> Defects { get; init; }

    /// <summary>When work on cases is done, by name.</summary>
    public ImmutableSortedDictionary<string, BusinessCalendar> Calendars { get; init; } = ImmutableSortedDictionary<string, BusinessCalendar>.Empty;

    /// <summary>The calendar of a name; where there is none any more, and for the empty name, every hour counts.</summary>
    public BusinessCalendar Calendar(string name) => Calendars.GetValueOrDefault(name, BusinessCalendar.Always);
}

/// <summary>A rule file as read from disk.</summary>
/// <param name="Name">Path relative to the rules folder, with '/'.</param>
public sealed record RuleFile(string Name, string Text);

/// <summary>Whether a problem stops the set from being activated.</summary>
public enum ProblemLevel : byte { Error = 1, Lint = 2 }

/// <summary>One thing wrong with a rule file: where (1-based), what, and what to do about it.</summary>
public sealed record RuleProblem(ProblemLevel Level, string File, int Line, int Column, string Message, string Hint)
{
    public override string ToString() =>
        $"{File}:{Line}:{Column}: {(Level == ProblemLevel.Error ? "error" : "lint")}: {Message}{(Hint.Length > 0 ? $" ({Hint})" : "")}";
}

/// <summary>The outcome of reading rule files: a set where there is no error, and everything found.</summary>
public sealed record RuleCheck(RuleSet? Set, ImmutableArray<RuleProblem> Problems)
{
    /// <summary>How many rules have no error, also where others keep the set from being activated.</summary>
    public int GoodRules { get; init; }
}
