using System.Globalization;
using System.Text;

namespace B2D.Core.Rules;

/// <summary>Durations as people write them in rules: whole numbers with <c>ms s m h d</c>, largest first, <c>90s</c>, <c>1h30m</c>, <c>7d</c>.</summary>
public static class DurationText
{
    /// <summary>Longest duration that can be written: 3,660 days, more than any range in a rule.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    private static readonly (string Unit, long Ms)[] Units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    /// <summary>Reads a duration; false where the text is none, a unit is repeated or out of order, or it is over <see cref="Longest"/>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var at = 0;
        var nextUnit = 0;
        var total = 0L;
        while (at < text.Length)
        {
            if (!ReadPart(text, ref at, ref nextUnit, out var ms) || (total += ms) > (long)Longest.TotalMilliseconds)
                return false;
        }
        duration = TimeSpan.FromMilliseconds(total);
        return text.Length > 0;
    }

    /// <summary>The shortest text that <see cref="TryParse"/> reads back, to the millisecond; <c>0s</c> for none. Negative durations get a minus sign, for messages only.</summary>
    public static string Format(TimeSpan duration)
    {
        var rest = (long)duration.TotalMilliseconds;
        if (rest == 0)
            return "0s";
        var text = new StringBuilder();
        if (rest < 0)
        {
            text.Append('-');
            rest = -rest;
        }
        foreach (var (unit, ms) in Units)
        {
            if (rest / ms is var count and > 0)
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
            rest %= ms;
        }
        return text.ToString();
    }

    private static bool ReadPart(string text, ref int at, ref int nextUnit, out long ms)
    {
        ms = 0;
        var digits = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        var letters = at;
        while (at < text.Length && char.IsAsciiLetterLower(text[at]))
            at++;
        // Nine digits of days still fit a long in milliseconds; more would only be over the limit.
        if (letters == digits || letters - digits > 9)
            return false;
        var name = text.AsSpan(letters, at - letters);
        var unit = nextUnit;
        while (unit < Units.Length && !name.SequenceEqual(Units[unit].Unit))
            unit++;
        if (unit == Units.Length)
            return false;
        nextUnit = unit + 1;
        ms = long.Parse(text.AsSpan(digits, letters - digits), NumberStyles.None, CultureInfo.InvariantCulture) * Units[unit].Ms;
        return true;
    }
}
