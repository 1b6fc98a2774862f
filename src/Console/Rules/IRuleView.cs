using B2D.Core;
using B2D.Core.Rules;

namespace B2D.Console;

/// <summary>The rules in force, and what was wrong with the last attempt to change them.</summary>
public interface IRuleView
{
    RuleSet Current { get; }

    ServerTime ActivatedAt { get; }

    /// <summary>Of the last reload; where it holds an error, <see cref="Current"/> is an older set that stays in force.</summary>
    IReadOnlyList<RuleProblem> Problems { get; }
}
