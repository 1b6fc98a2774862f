using System.Collections.Immutable;

namespace B2D.Core.Rules.Files;

/// <summary>The rules that an outage or a defect is made of.</summary>
internal static class References
{
    private const int MaxRules = 100;

    public static void Read(RuleDraft draft)
    {
        draft.Map.Require("of", "[ router-silent ]");
        foreach (var name in draft.Map.Words("of", "[ router-silent ]", MaxRules))
        {
            if (draft.Of.Any(other => other.Value == name.Value))
                draft.Problems.Error(name.Position, $"{name.Value} is listed twice", "remove one");
            else
                draft.Of.Add(name);
        }
    }

    public static ImmutableArray<string> Names(RuleDraft draft) => [.. draft.Of.Select(n => n.Value)];
}
