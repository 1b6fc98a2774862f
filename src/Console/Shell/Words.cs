using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace B2D.Console.Shell;

/// <summary>Times, durations and counts in the words people use. All times are epoch milliseconds.</summary>
internal static partial class Words
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>A duration with at most two units: <c>45 s</c>, <c>12 min</c>, <c>3 h 20 min</c>, <c>2 days</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        span = span.Duration();
        if (span < TimeSpan.FromSeconds(90))
            return Text($"{(int)span.TotalSeconds} s");
        if (span < TimeSpan.FromMinutes(90))
            return Text($"{(int)span.TotalMinutes} min");
        if (span < TimeSpan.FromHours(24))
            return span.Minutes == 0 ? Text($"{(int)span.TotalHours} h") : Text($"{(int)span.TotalHours} h {span.Minutes} min");
        return span < TimeSpan.FromHours(48) ? "1 day" : Text($"{(int)span.TotalDays} days");
    }

    /// <summary>How long ago, or how soon, seen from <paramref name="now"/>.</summary>
    public static string Relative(long at, long now, TimeZoneInfo zone)
    {
        var span = TimeSpan.FromMilliseconds(now - at);
        if (span.Duration() < TimeSpan.FromSeconds(5))
            return "just now";
        if (span.Duration() < TimeSpan.FromHours(12))
            return span > TimeSpan.Zero ? Duration(span) + " ago" : "in " + Duration(span);
        return Point(at, now, zone);
    }

    /// <summary>A point in time as said aloud: <c>14:02</c>, <c>yesterday 14:02</c>, <c>Tuesday 14:05</c>, <c>12 May 14:05</c>, <c>12 May 2024</c>.</summary>
    public static string Point(long at, long now, TimeZoneInfo zone)
    {
        var (then, today) = (Local(at, zone), Local(now, zone));
        var clock = then.ToString("HH:mm", English);
        var days = (then.Date - today.Date).Days;
        return days switch
        {
            0 => clock,
            -1 => "yesterday " + clock,
            1 => "tomorrow " + clock,
            > -7 and < 7 => then.ToString("dddd ", English) + clock,
            _ when then.Year == today.Year => then.ToString("d MMM ", English) + clock,
            _ => then.ToString("d MMM yyyy", English),
        };
    }

    /// <summary>A stored text with its times, which are ISO 8601 there, as they are said aloud.</summary>
    public static string Spoken(string text, long now, TimeZoneInfo zone) => StoredTime().Replace(text, m => Point(DateTimeOffset.Parse(m.Value, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), now, zone));

    /// <summary>A language by its code; one that is not known here is its code.</summary>
    public static string Language(string code) => code switch { "en" => "English", "de" => "German", "pt" => "Portuguese", _ => code };

    /// <summary>Only the time of day, with seconds.</summary>
    public static string Clock(long at, TimeZoneInfo zone) => Local(at, zone).ToString("HH:mm:ss", English);

    /// <summary>The exact time with its zone, for hovering and for readers.</summary>
    public static string Exact(long at, TimeZoneInfo zone)
    {
        var local = Local(at, zone);
        var offset = local.Offset;
        return Text($"{local.ToString("dddd d MMMM yyyy, HH:mm:ss", English)} ({zone.Id}, UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm})");
    }

    /// <summary>A point in time in another language, <c>Tue 12 May 14:05</c>.</summary>
    public static string Briefly(long at, TimeZoneInfo zone, CultureInfo culture) => Local(at, zone).ToString("ddd d MMM HH:mm", culture);

    /// <summary>A day, <c>Tuesday 12 May</c>.</summary>
    public static string Day(long at, long now, TimeZoneInfo zone)
    {
        var (then, today) = (Local(at, zone), Local(now, zone));
        return then.Year == today.Year ? then.ToString("dddd d MMMM", English) : then.ToString("d MMMM yyyy", English);
    }

    /// <summary>Arguments of a command, a JSON object, as <c>percent 50, mode eco</c>; what is none stands as it is.</summary>
    public static string Arguments(string json)
    {
        if (json.Length == 0)
            return "";
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? string.Join(", ", document.RootElement.EnumerateObject().Select(p => $"{p.Name.Replace('_', ' ')} {p.Value}")) : json;
        }
        catch (JsonException)
        {
            return json;
        }
    }

    /// <summary>ISO 8601 in UTC with milliseconds.</summary>
    public static string Iso(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The same, or null for 0, which means never.</summary>
    public static string? IsoOrNull(long at) => at == 0 ? null : Iso(at);

    /// <summary><c>1 case</c>, <c>14 cases</c>, <c>9,812 devices</c>.</summary>
    public static string Count(long number, string one, string? many = null) =>
        Text($"{number:N0} {(number == 1 ? one : many ?? one + "s")}");

    public static string Number(long number) => number.ToString("N0", English);

    /// <summary>A measured value with as many digits as say something: 12,041 · 94.3 · 0.0121.</summary>
    public static string Value(double value) => Math.Abs(value) switch
    {
        var v when !double.IsFinite(v) => "–",
        0 => "0",
        >= 1000 => value.ToString("N0", English),
        >= 100 => value.ToString("0.#", English),
        >= 1 => value.ToString("0.##", English),
        _ => value.ToString("0.####", English),
    };

    /// <summary>The first letter as a capital.</summary>
    public static string Sentence(string text) => text.Length == 0 ? text : char.ToUpper(text[0], English) + text[1..];

    /// <summary>A name out of several words, <c>HoldCompleted</c>, as words: <c>hold completed</c>. Anything else stays as it is.</summary>
    public static string Spaced(string name)
    {
        if (name.Length == 0 || !char.IsAsciiLetterUpper(name[0]) || !name.All(char.IsAsciiLetter))
            return name;
        var text = new System.Text.StringBuilder();
        foreach (var c in name)
            text.Append(char.IsAsciiLetterUpper(c) && text.Length > 0 ? " " : "").Append(char.ToLowerInvariant(c));
        return text.ToString();
    }

    /// <summary>A text with its end cut off where it is longer.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)].TrimEnd() + "…";

    /// <summary>When the day of an instant began.</summary>
    public static DateTimeOffset Midnight(long at, TimeZoneInfo zone)
    {
        var day = Local(at, zone).Date;
        return new DateTimeOffset(day, zone.GetUtcOffset(day));
    }

    /// <summary>An instant as clocks in a zone show it.</summary>
    public static DateTimeOffset Local(long at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), zone);

    private static string Text(FormattableString text) => text.ToString(English);

    [GeneratedRegex(@"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex StoredTime();
}
