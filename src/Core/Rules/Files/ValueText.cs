using System.Globalization;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Files;

/// <summary>The small forms of values in rules: percents, quantities, sample quotas, tries. Pure; false means the text has another form.</summary>
internal static class ValueText
{
    /// <summary><c>40 %</c> or <c>40%</c>, as a share of 1.</summary>
    public static bool TryPercent(string text, out double share)
    {
        share = 0;
        if (!text.EndsWith('%') || !TryNumber(text[..^1].TrimEnd(), out var percent))
            return false;
        share = percent / 100;
        return true;
    }

    /// <summary>A number without sign of infinity, thousands separators or unit.</summary>
    public static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    /// <summary><c>1200 litres</c>: a number, then its unit of any words; the unit may be missing.</summary>
    public static bool TryQuantity(string text, out double amount, out string unit)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or '-' or '+'))
            end++;
        unit = text[end..].Trim();
        return TryNumber(text[..end], out amount) && !unit.Any(c => char.IsDigit(c) || c == ',');
    }

    /// <summary><c>3 of 5</c>, or <c>3</c> for three of three.</summary>
    public static bool TryQuota(string text, out SampleQuota quota)
    {
        var parts = text.Split(" of ", 2, StringSplitOptions.TrimEntries);
        quota = default;
        if (!TryWhole(parts[0], out var needed))
            return false;
        var of = needed;
        if (parts.Length == 2 && !TryWhole(parts[1], out of))
            return false;
        quota = new SampleQuota(needed, of);
        return true;
    }

    /// <summary><c>2 per day</c>, <c>2 per 6h</c>, or <c>2</c> for a day.</summary>
    public static bool TryTries(string text, out int count, out TimeSpan per)
    {
        var parts = text.Split(" per ", 2, StringSplitOptions.TrimEntries);
        per = TimeSpan.FromDays(1);
        if (!TryWhole(parts[0], out count))
            return false;
        if (parts.Length == 1)
            return true;
        per = parts[1] switch { "hour" => TimeSpan.FromHours(1), "day" => TimeSpan.FromDays(1), "week" => TimeSpan.FromDays(7), _ => TimeSpan.Zero };
        return per > TimeSpan.Zero || DurationText.TryParse(parts[1], out per);
    }

    public static bool TryWhole(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>A literal: true, false and numbers where they stand without quotes, a text otherwise.</summary>
    public static MetricValue Literal(ScalarNode node)
    {
        if (!node.IsText && node.Value is "true" or "false")
            return MetricValue.Of(node.Value == "true");
        return !node.IsText && TryNumber(node.Value, out var number) ? MetricValue.Of(number) : MetricValue.Of(node.Value);
    }
}
