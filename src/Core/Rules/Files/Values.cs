using System.Globalization;

namespace B2D.Core.Rules.Files;

/// <summary>Typed values of keys. Each gives null where the key is missing or its value was reported as wrong.</summary>
internal static class Values
{
    /// <summary>Longest id, family, queue or template name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Longest duration in a rule.</summary>
    public static readonly TimeSpan Year = TimeSpan.FromDays(366);

    private const string DurationForm = "write whole numbers with ms, s, m, h or d, largest first: 90s, 2m, 1h30m, 7d";

    public static TimeSpan? Duration(this MapReader map, string key, TimeSpan least, TimeSpan most, string example = "10m") =>
        map.Scalar(key, example) is { } node ? Duration(map, key, node, least, most) : null;

    public static TimeSpan? Duration(MapReader map, string key, ScalarNode node, TimeSpan least, TimeSpan most)
    {
        if (!DurationText.TryParse(node.Value, out var duration))
            map.Problems.Error(node.Position, $"'{node.Value}' is no duration", DurationForm);
        else if (duration < least || duration > most)
            map.Problems.Error(node.Position, $"{key} is {node.Value}", $"it may be {DurationText.Format(least)} to {DurationText.Format(most)}");
        else
            return duration;
        return null;
    }

    /// <summary>A share of 1, written as a percentage; <paramref name="suffix"/> is a word that may follow.</summary>
    public static double? Percent(this MapReader map, string key, double least, double most, string suffix = "")
    {
        var example = suffix.Length > 0 ? $"80 % {suffix}" : "40 %";
        if (map.Scalar(key, example) is not { } node)
            return null;
        var text = suffix.Length > 0 && node.Value.EndsWith(" " + suffix, StringComparison.Ordinal) ? node.Value[..^suffix.Length].TrimEnd() : node.Value;
        if (!ValueText.TryPercent(text, out var share))
            map.Problems.Error(node.Position, $"'{node.Value}' is no percentage", $"write {key}: {example}");
        else if (share < least || share > most)
            map.Problems.Error(node.Position, $"{key} is {node.Value}", string.Create(CultureInfo.InvariantCulture, $"it may be {least * 100:0.####} % to {most * 100:0.####} %"));
        else
            return share;
        return null;
    }

    public static double? Number(this MapReader map, string key, double least, double most, string example)
    {
        if (map.Scalar(key, example) is not { } node)
            return null;
        if (!ValueText.TryNumber(node.Value, out var value))
            map.Problems.Error(node.Position, $"'{node.Value}' is no number", $"write {key}: {example}");
        else if (value < least || value > most)
            map.Problems.Error(node.Position, $"{key} is {node.Value}", string.Create(CultureInfo.InvariantCulture, $"it may be {least:0.####} to {most:0.####}"));
        else
            return value;
        return null;
    }

    public static int? Whole(this MapReader map, string key, int least, int most, string example)
    {
        if (map.Scalar(key, example) is not { } node)
            return null;
        if (!ValueText.TryWhole(node.Value, out var value))
            map.Problems.Error(node.Position, $"'{node.Value}' is no whole number", $"write {key}: {example}");
        else if (value < least || value > most)
            map.Problems.Error(node.Position, $"{key} is {node.Value}", string.Create(CultureInfo.InvariantCulture, $"it may be {least} to {most:N0}"));
        else
            return value;
        return null;
    }

    public static bool? Flag(this MapReader map, string key)
    {
        if (map.Scalar(key, "true") is not { } node)
            return null;
        if (!node.IsText && node.Value is "true" or "false")
            return node.Value == "true";
        map.Problems.Error(node.Position, $"'{node.Value}' is neither true nor false", $"write {key}: true, or remove the key");
        return null;
    }

    /// <summary>One of a few words, compared exactly.</summary>
    public static string? Word(this MapReader map, string key, params string[] allowed) =>
        map.Scalar(key, allowed[0]) is { } node ? Word(map, node, allowed) : null;

    public static string? Word(MapReader map, ScalarNode node, params string[] allowed)
    {
        if (allowed.Contains(node.Value))
            return node.Value;
        map.Problems.Error(node.Position, $"'{node.Value}' is not known here",
            (Nearest.To(node.Value, allowed) is { } near ? $"did you mean {near}? " : "") + $"allowed: {string.Join(", ", allowed)}");
        return null;
    }

    /// <summary>Words for people.</summary>
    public static string? Text(this MapReader map, string key, int most)
    {
        if (map.Scalar(key, "\"…\"") is not { } node)
            return null;
        if (node.Value.Length <= most)
            return node.Value.Trim();
        map.Problems.Error(node.Position, $"{key} has {node.Value.Length} characters", $"at most {most} are allowed");
        return null;
    }

    /// <summary>A name: lower-case letters, digits and dashes, at most 64 characters.</summary>
    public static string? Name(this MapReader map, string key, string example) =>
        map.Scalar(key, example) is { } node && IsName(map, node) ? node.Value : null;

    /// <summary>Reports a value that is no name.</summary>
    public static bool IsName(MapReader map, ScalarNode node)
    {
        var value = node.Value;
        if (value.Length is > 0 and <= MaxNameLength && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && value[0] != '-')
            return true;
        var better = new string([.. value.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        map.Problems.Error(node.Position, $"'{value}' is no name",
            $"use lower-case letters, digits and dashes, at most {MaxNameLength} characters" + (better.Length is > 0 and <= MaxNameLength && better != value ? $": {better}" : ""));
        return false;
    }
}
