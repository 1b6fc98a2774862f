using System.Globalization;
using System.Text;

namespace B2D.Core.Rules;

/// <summary>A check's outcome for people.</summary>
public static class RuleReport
{
    /// <summary>
    /// One line per problem, <c>file:line:column: error: message</c>, each followed by its hint, sorted by file, line and column; the last line counts
    /// errors, lints and good rules. Lines end with LF.
    /// </summary>
    public static string Text(RuleCheck check)
    {
        var text = new StringBuilder();
        foreach (var p in check.Problems.OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column))
        {
            text.Append(CultureInfo.InvariantCulture, $"{p.File}:{p.Line}:{p.Column}: {(p.Level == ProblemLevel.Error ? "error" : "lint")}: {p.Message}\n");
            if (p.Hint.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"    hint: {p.Hint}\n");
        }
        var errors = check.Problems.Count(p => p.Level == ProblemLevel.Error);
        text.Append(CultureInfo.InvariantCulture, $"{Count(errors, "error")}, {Count(check.Problems.Length - errors, "lint")}, {Count(check.GoodRules, "good rule")}\n");
        return text.ToString();
    }

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
