using System.Text.RegularExpressions;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Status;

/// <summary>An outage in people's words. Times are epoch milliseconds, 0 where there is none.</summary>
public sealed record PublicOutage(
    long Id, string Title, string Place, long BeganAt, long ResolvedAt, bool Monitoring, string Cause, string Workaround, long EstimateFrom, long EstimateUntil,
    long NextUpdateAt);

/// <summary>One day of the history; <paramref name="Bad"/>: an outage touched it.</summary>
public sealed record StatusDay(long At, bool Bad);

/// <summary>The status page.</summary>
public sealed record StatusModel(IReadOnlyList<PublicOutage> Open, IReadOnlyList<PublicOutage> Past, IReadOnlyList<StatusDay> Days);

/// <summary>The public status page: what does not work, where, since when, in people's words and never by node names.</summary>
internal static partial class StatusPages
{
    private const int HistoryDays = 30;
    private const int MostPast = 20;
    private const long Day = 24L * 60 * 60 * 1000;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/status", (StatusBoard board, View view) => Html.Page<StatusPage>(board.Read(view.Now, view.Zone)))
            .AllowAnonymous().ExcludeFromDescription();

    public static StatusModel Read(Db db, long now, TimeZoneInfo zone)
    {
        // What is held back, or waits for a person, is not said here before it is said to those it touches.
        var open = db.Query<OutageRow>(
            "SELECT * FROM outages WHERE state IN ('Investigating', 'Identified', 'Monitoring') AND guard = FALSE"
            + " AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.subject = 'outage:' || outages.id AND a.phase IN ('Offered', 'Stopped')) ORDER BY began_at DESC LIMIT 50");
        var past = db.Query<OutageRow>(
            $"SELECT * FROM outages WHERE state = 'Resolved' AND resolved_at >= @since AND told_at > 0 ORDER BY resolved_at DESC LIMIT 500",
            new { since = now - (HistoryDays * Day) });
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(now), zone);
        var midnight = now - (long)local.TimeOfDay.TotalMilliseconds;
        var days = Enumerable.Range(0, HistoryDays).Select(i => midnight - ((HistoryDays - 1 - i) * Day)).Select(start => new StatusDay(
            start, open.Concat(past).Any(o => o.BeganAt < start + Day && (o.ResolvedAt == 0 || o.ResolvedAt >= start))));
        return new StatusModel([.. open.Select(Public)], [.. past.Take(MostPast).Select(Public)], [.. days]);
    }

    /// <summary>The outage without anything that names a node: a word of its segment in title, place, cause or work-around takes that text away.</summary>
    internal static PublicOutage Public(OutageRow row) => new(
        row.Id, Clean(row.Title, row.Segment, "Service disrupted"), Clean(row.Place, row.Segment, ""), row.BeganAt, row.ResolvedAt, row.State == "Monitoring",
        Clean(row.Cause, row.Segment, ""),
        Clean(row.Workaround, row.Segment, ""), row.EstimateFrom, row.EstimateUntil, row.NextUpdateAt);

    private static string Clean(string text, string segment, string otherwise)
    {
        // Levels like "north" are also words of every day; those with a digit, and the path itself, are names of nodes.
        var names = segment.Split('/').Where(level => level.Any(char.IsAsciiDigit)).Append(segment).Where(n => n.Length > 0);
        return names.Any(n => text.Contains(n, StringComparison.OrdinalIgnoreCase)) || Path().IsMatch(text) ? otherwise : text;
    }

    [GeneratedRegex(@"\b[A-Za-z][\w-]*/[\w/-]*\d")]
    private static partial Regex Path();
}

/// <summary>The status page's facts, read at most every five seconds: the page is open to everybody.</summary>
internal sealed class StatusBoard(Stores stores)
{
    private const long Lasts = 5000;
    private readonly Lock turn = new();
    private StatusModel? last;
    private long readAt;

    public StatusModel Read(long now, TimeZoneInfo zone)
    {
        lock (turn)
        {
            if (last is null || now - readAt is >= Lasts or < 0)
                (last, readAt) = (stores.Whole.State.Read(db => StatusPages.Read(db, now, zone)), now);
            return last;
        }
    }
}
