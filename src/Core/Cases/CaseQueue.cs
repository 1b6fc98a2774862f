namespace B2D.Core.Cases;

/// <summary>Names of queues: teams, as rules name them.</summary>
public static class CaseQueue
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 64;

    /// <summary>What is wrong with a name, in words; empty where it is good.</summary>
    public static string Problem(string name) =>
        name.Length is 0 or > MaxName || name[0] == '-' || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? $"a queue is called by 1 to {MaxName} small letters, digits and dashes" : "";

    /// <summary>What comes of moving a case from a queue to another: why not, in words; empty where it moves.</summary>
    public static string Move(CasePhase phase, string from, string to) =>
        Problem(to) is { Length: > 0 } problem ? problem
        : phase == CasePhase.Closed ? "the case is closed, and that is final"
        : from == to ? "it is in that queue already" : "";
}
