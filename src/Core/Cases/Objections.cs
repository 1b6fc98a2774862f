namespace B2D.Core.Cases;

/// <summary>Why a case should not have reached an agent.</summary>
public enum ObjectionReason : byte
{
    /// <summary>Nothing was wrong.</summary>
    FalseAlarm = 1,

    /// <summary>It passes or mends itself: nobody is needed.</summary>
    NobodyNeeded = 2,

    /// <summary>It came too soon.</summary>
    TooEarly = 3,

    /// <summary>Another team's.</summary>
    OtherTeam = 4,

    /// <summary>It is told already, by another case or an outage.</summary>
    KnownAlready = 5,
    Other = 6,
}

/// <summary>What became of an objection; reaches screens.</summary>
public enum ObjectionOutcome : byte
{
    /// <summary>Nobody has done anything about it.</summary>
    Open = 0,

    /// <summary>Somebody answered in words.</summary>
    Answered = 1,

    /// <summary>The rule has another version since.</summary>
    RuleChanged = 2,

    /// <summary>The rule is not in force any more.</summary>
    RuleRemoved = 3,
}

/// <summary>Objections: their names, and what became of them.</summary>
public static class Objections
{
    /// <summary>All reasons with their names as stored and as the API has them.</summary>
    public static IReadOnlyList<(ObjectionReason Reason, string Name)> Reasons { get; } =
    [
        (ObjectionReason.FalseAlarm, "false-alarm"), (ObjectionReason.NobodyNeeded, "nobody-needed"), (ObjectionReason.TooEarly, "too-early"),
        (ObjectionReason.OtherTeam, "other-team"), (ObjectionReason.KnownAlready, "known-already"), (ObjectionReason.Other, "other"),
    ];

    /// <param name="answer">What somebody answered; empty: nobody did.</param>
    /// <param name="versionThen">The rule's, when it was said.</param>
    /// <param name="versionNow">The rule's as it is in force; null: it is not.</param>
    public static ObjectionOutcome Of(string answer, string versionThen, string? versionNow) =>
        answer.Length > 0 ? ObjectionOutcome.Answered
        : versionNow is null ? ObjectionOutcome.RuleRemoved
        : versionNow != versionThen ? ObjectionOutcome.RuleChanged
        : ObjectionOutcome.Open;
}
