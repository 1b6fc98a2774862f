using B2D.Core;
using B2D.Core.Maintenance;
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
        var row = new MaintenanceRow
        {
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
}

/// <summary>What is done to maintenance: end, or until (when).</summary>
internal sealed record MaintenanceActWords
{
    public string Act { get; init; } = "";

    /// <summary>ISO 8601 or epoch milliseconds: the new end, for <c>until</c>.</summary>
    public string? Until { get; init; }

    /// <summary>The act, or what is missing for it in a sentence.</summary>
    public (MaintenanceAct? Act, string Problem) Read(ServerTime? until) => Act switch
    {
        "end" => (new MaintenanceAct.End(), ""),
        "until" when until is null => (null, "until is missing or no time: when the work is over."),
        "until" => (new MaintenanceAct.MoveEnd(until.Value), ""),
        _ => (null, $"'{Act}' is nothing that can be done to maintenance: end, until."),
    };
}
