using System.Diagnostics;
using System.Text.RegularExpressions;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>CEL's text methods; ordinal, so that no culture of the machine can change a verdict.</summary>
internal static class TextTest
{
    /// <summary>
    /// Longest match. The engine's time is linear in a text of at most 1,024 characters, so this is never reached in practice and does not make
    /// replays differ; it only bounds the damage of an engine that fails. Over it the condition is unknown.
    /// </summary>
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    /// <summary>The pattern as CEL's <c>matches</c> means it: found anywhere in the text, without back-tracking.</summary>
    /// <exception cref="RegexParseException">It is no pattern.</exception>
    /// <exception cref="NotSupportedException">It needs back-tracking or is too large.</exception>
    public static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, LongestMatch);

    public static CompiledCondition Compile(string method, TextTerm text, ExpressionNode argumentNode, TextTerm argument)
    {
        if (method == "matches")
            return Matches(text, Pattern(((ExpressionNode.Literal)argumentNode).Value.Text));
        return method switch
        {
            "startsWith" => (in s) => text(in s) is { } t && argument(in s) is { } a ? Logic.Of(t.StartsWith(a, StringComparison.Ordinal)) : Truth.Unknown,
            "endsWith" => (in s) => text(in s) is { } t && argument(in s) is { } a ? Logic.Of(t.EndsWith(a, StringComparison.Ordinal)) : Truth.Unknown,
            "contains" => (in s) => text(in s) is { } t && argument(in s) is { } a ? Logic.Of(t.Contains(a, StringComparison.Ordinal)) : Truth.Unknown,
            _ => throw new UnreachableException($"{method} is no method of texts"),
        };
    }

    /// <summary>Number of Unicode characters (code points), as CEL counts them.</summary>
    public static NumberTerm Size(TextTerm text) => (in s, out value) =>
    {
        value = 0;
        if (text(in s) is not { } found)
            return false;
        foreach (var _ in found.EnumerateRunes())
            value++;
        return true;
    };

    private static CompiledCondition Matches(TextTerm text, Regex pattern) => (in s) =>
    {
        if (text(in s) is not { } found)
            return Truth.Unknown;
        try
        {
            return Logic.Of(pattern.IsMatch(found));
        }
        catch (RegexMatchTimeoutException)
        {
            return Truth.Unknown;
        }
    };
}
