using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.Storage.Maintenance;

namespace B2D.Console.Maintenance;

/// <summary>Maintenance that somebody plans.</summary>
internal sealed record MaintenanceWords
{
    public string Title { get; init; } = "";

    public string? Reason { get; init; }

    /// <summary>segment, device or model.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The segment's path, the device's id or the model's name.</summary>
    public string Target { get; init; } = "";

    /// <summary>ISO 8601 or epoch milliseconds; without it: now.</summary>
    public string? From { get; init; }

    public string? Until { get; init; }

    /// <summary>Only in these hours, <c>mon-fri 22:00-06:00 Europe/Lisbon</c>; without it: all the time from beginning to end.</summary>
    public string? Hours { get; init; }

    /// <summary>Customers feel it, and are told.</summary>
    public bool Felt { get; init; }

    /// <summary>What does not work meanwhile, a sentence in customers' words, <c>The internet does not work</c>; where they feel it.</summary>
    public string? Words { get; init; }

    /// <summary>Why, in customers' words.</summary>
    public string? Cause { get; init; }

    /// <summary>What they have all the same, a sentence.</summary>
    public string? StillWorks { get; init; }

    /// <summary>Channels that do not reach them meanwhile: email, sms, app, phone.</summary>
    public IReadOnlyList<string>? TakesDown { get; init; }

    /// <summary>What is planned, or what is missing for it in a sentence.</summary>
    public (MaintenanceRow? Row, string Problem) Read(ServerTime? from, ServerTime? until, ServerTime now)
    {
        if (Title.Trim().Length is 0 or > 200)
            return (null, "title is missing or longer than 200 characters: what is done.");
        if (Reason is { Length: > 2000 })
            return (null, "reason has at most 2,000 characters.");
        if (!Enum.TryParse<MaintenanceScope>(Scope, ignoreCase: true, out var scope) || !Enum.IsDefined(scope) || Scope.Any(char.IsDigit))
            return (null, $"'{Scope}' is no scope: segment, device or model.");
        var target = scope == MaintenanceScope.Segment ? Target.Trim().Trim('/') : Target.Trim();
        if (target.Length is 0 or > 500)
            return (null, $"target is missing or longer than 500 characters: the {scope.ToString().ToLowerInvariant()} that is worked on.");
        if (until is null)
            return (null, "until is missing or no time: when the work is over.");
        WeekHours? hours = null;
        if (!string.IsNullOrWhiteSpace(Hours) && (hours = WeekHours.Parse(Hours, out var wrong)) is null)
            return (null, wrong + ".");
        if (Felt && (Words ?? "").Trim().Length is 0 or > 200)
            return (null, "words is missing or longer than 200 characters: what does not work meanwhile, as customers read it.");
        if (!Felt && (Words, Cause, StillWorks) is not (null or "", null or "", null or ""))
            return (null, "words, cause and stillWorks are for customers: say that they feel it (felt).");
        if (Cause is { Length: > 500 } || StillWorks is { Length: > 500 })
            return (null, "cause and stillWorks have at most 500 characters.");
        var down = ChannelSet.None;
        foreach (var name in TakesDown ?? [])
        {
            if (ChannelSet.Named(name) is not { } channel)
                return (null, $"'{Shell.Words.Cut(name, 40)}' is no channel: {string.Join(", ", ChannelSet.Names)}.");
            down = down.With(channel);
        }
        var row = new MaintenanceRow
        {
            Felt = Felt,
            Words = (Words ?? "").Trim().TrimEnd('.'),
            Cause = (Cause ?? "").Trim().TrimEnd('.'),
            StillWorks = Sentence(StillWorks),
            TakesDown = down.Bits,
            Title = Title.Trim(),
            Reason = (Reason ?? "").Trim(),
            Scope = scope.ToString(),
            Target = target,
            FromAt = (from ?? now).EpochMs,
            UntilAt = until.Value.EpochMs,
            Hours = hours?.ToString() ?? "",
            CreatedAt = now.EpochMs,
        };
        return row.ToPlan().Problem(now) is { Length: > 0 } problem ? (null, problem + ".") : (row, "");
    }

    private static string Sentence(string? text) => (text ?? "").Trim() is { Length: > 0 } said ? said.TrimEnd('.') + "." : "";
}

/// <summary>What is done to maintenance: end, until (when) or move (from, until).</summary>
internal sealed record MaintenanceActWords
{
    private const int MostWhy = 500;

    public string Act { get; init; } = "";

    /// <summary>The version that the actor saw; null or 0: whatever it is now.</summary>
    public int? Version { get; init; }

    /// <summary>ISO 8601 or epoch milliseconds: the new beginning, for <c>move</c>.</summary>
    public string? From { get; init; }

    /// <summary>The new end, for <c>until</c> and <c>move</c>.</summary>
    public string? Until { get; init; }

    /// <summary>Why, as customers who were told read it.</summary>
    public string? Why { get; init; }

    /// <summary>The act, or what is missing for it in a sentence.</summary>
    public (MaintenanceAct? Act, string Problem) Read(ServerTime? from, ServerTime? until)
    {
        var why = (Why ?? "").Trim();
        if (why.Length > MostWhy)
            return (null, "why has at most 500 characters.");
        return Act switch
        {
            "end" => (new MaintenanceAct.End(why), ""),
            "until" or "move" when until is null => (null, "until is missing or no time: when the work is over."),
            "until" => (new MaintenanceAct.MoveEnd(until.Value, why), ""),
            "move" when from is null => (null, "from is missing or no time: when the work begins."),
            "move" => (new MaintenanceAct.Move(from.Value, until.Value, why), ""),
            _ => (null, $"'{Shell.Words.Cut(Act, 40)}' is nothing that can be done to maintenance: end, until, move."),
        };
    }
}
