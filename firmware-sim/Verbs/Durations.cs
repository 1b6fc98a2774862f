using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace B2D.FirmwareSim.Verbs;

/// <summary>Durations on the command line: <c>500ms 90s 1.5m 2h</c>.</summary>
internal static class Durations
{
    public static Option<TimeSpan?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = Parse,
    };

    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = default;
        var unit = text.EndsWith("ms", StringComparison.Ordinal) ? 2 : 1;
        if (text.Length <= unit) return false;
        if (!double.TryParse(text[..^unit], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count <= 0) return false;
        var ms = text[^unit..] switch { "ms" => 1.0, "s" => 1000, "m" => 60_000, "h" => 3_600_000, _ => 0 };
        duration = TimeSpan.FromMilliseconds(Math.Min(count, 1e9) * ms);
        return ms > 0;
    }

    private static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (TryRead(text, out var duration)) return duration;
        result.AddError($"'{text}' is not a duration; write for example 500ms, 90s, 1.5m or 2h.");
        return null;
    }
}
