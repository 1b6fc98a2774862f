using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>The instants of a step: one, or a row of them.</summary>
/// <param name="First">The first, from the start.</param>
/// <param name="Last">Not after this.</param>
/// <param name="Every">Their distance; zero for one.</param>
internal readonly record struct StepTimes(TimeSpan First, TimeSpan Last, TimeSpan Every)
{
    public long Count => Every == TimeSpan.Zero ? 1 : 1 + (long)((Last - First) / Every);

    /// <summary>The instant of a number from 0 on.</summary>
    public TimeSpan this[long number] => First + (Every * number);
}

/// <summary>When a step is heard and when it happened: <c>2h</c>, <c>0h..24h every 1h</c>, <c>5h of 3h</c>, <c>10h of 3h..9h every 1h</c>, each with a device behind it.</summary>
/// <param name="Heard">When the server hears it.</param>
/// <param name="Of">When it happened by the device's clock; null: at the same time.</param>
/// <param name="Device">The device's id; empty for the first one.</param>
internal sealed record StepKey(StepTimes Heard, StepTimes? Of, string Device)
{
    /// <summary>Reads a key; null where it has another form.</summary>
    public static StepKey? Read(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var at = 0;
        if (Times(words, ref at) is not { } heard)
            return null;
        StepTimes? of = null;
        if (at < words.Length && words[at] == "of")
        {
            at++;
            if (heard.Every != TimeSpan.Zero || Times(words, ref at) is not { } happened)
                return null;
            of = happened;
        }
        return at >= words.Length - 1 ? new StepKey(heard, of, at < words.Length ? words[at] : "") : null;
    }

    /// <summary><c>2h</c> or <c>2h..2h5m</c>.</summary>
    public static bool TryRange(string text, out TimeSpan first, out TimeSpan last)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        var good = DurationText.TryParse(dots < 0 ? text : text[..dots], out first);
        last = first;
        return good && (dots < 0 || (DurationText.TryParse(text[(dots + 2)..], out last) && last >= first));
    }

    private static StepTimes? Times(string[] words, ref int at)
    {
        if (at >= words.Length || !TryRange(words[at], out var first, out var last))
            return null;
        at++;
        if (at + 1 < words.Length && words[at] == "every" && DurationText.TryParse(words[at + 1], out var every) && every > TimeSpan.Zero)
        {
            at += 2;
            return new StepTimes(first, last, every);
        }
        return first == last ? new StepTimes(first, first, TimeSpan.Zero) : null;
    }
}

/// <summary>What a step does, where it is not readings.</summary>
internal static class StepWords
{
    public const string Known = "set CODE, clear CODE, online, offline, maintenance until TIME, maintenance over, gateway down, gateway up, restart";

    private const string MaintenanceUntil = "maintenance until ";

    /// <summary>Until when people work on the device, from the time-line's start.</summary>
    public static TimeSpan? Maintenance(string text) =>
        text.StartsWith(MaintenanceUntil, StringComparison.Ordinal) && DurationText.TryParse(text[MaintenanceUntil.Length..].Trim(), out var until) ? until : null;

    /// <summary>A code that is set or cleared.</summary>
    public static (string Code, CodeState State)? Code(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? null : text[..space] switch
        {
            "set" => (text[(space + 1)..].Trim(), CodeState.Set),
            "clear" => (text[(space + 1)..].Trim(), CodeState.Clear),
            _ => null,
        };
    }
}
