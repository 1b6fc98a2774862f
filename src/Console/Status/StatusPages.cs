using B2D.Console.Links;
using B2D.Console.Shell;
using B2D.Core.Maintenance;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.Core.Subscriptions;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Status;

/// <summary>An outage in people's words. Times are epoch milliseconds, 0 where there is none.</summary>
public sealed record PublicOutage(
    long Id, string Title, string Place, long BeganAt, long ResolvedAt, bool Monitoring, string Cause, string Workaround, long EstimateFrom, long EstimateUntil,
    long NextUpdateAt)
{
    /// <summary>When what is said of it changed last.</summary>
    public long ChangedAt { get; init; }
}

/// <summary>Work that is planned or being done, in people's words.</summary>
public sealed record PublicMaintenance(string Title, string Place, long FromAt, long UntilAt, bool Running);

/// <summary>One day of the history; <paramref name="Bad"/>: an outage touched it.</summary>
public sealed record StatusDay(long At, bool Bad);

/// <summary>The status page.</summary>
public sealed record StatusModel(IReadOnlyList<PublicOutage> Open, IReadOnlyList<PublicOutage> Past, IReadOnlyList<StatusDay> Days)
{
    /// <summary>Work on what many have, of the next two weeks, soonest first.</summary>
    public IReadOnlyList<PublicMaintenance> Planned { get; init; } = [];

    /// <summary>Places that one can ask to hear of; none where nobody can.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];
}

/// <summary>The public status page: what does not work, where, since when, in people's words and never by node names.</summary>
internal static class StatusPages
{
    private const int HistoryDays = 30;
    private const int MostPast = 20;
    private const int MostPlanned = 20;
    private const int MostLookedAt = 500;
    private const long AheadDays = 14;

    /// <summary>Neither our own trouble, nor what waits for a person, nor what one has stopped.</summary>
    private const string Said = "guard = FALSE AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.subject = 'outage:' || outages.id AND a.phase IN ('Offered', 'Stopped'))";
    private const long Day = 24L * 60 * 60 * 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        StatusFeed.Map(routes);
        routes.MapGet("/status", (HttpContext http, StatusBoard board, View view) =>
            {
                LinkText.Speak(http);
                return Html.Page<StatusPage>(board.Read(view.Now, view.Zone));
            })
            .AllowAnonymous().ExcludeFromDescription();
    }

    public static StatusModel Read(Db db, long now, TimeZoneInfo zone)
    {
        // What is held back, or waits for a person, is not said here before it is said to those it touches.
        var open = db.Query<OutageRow>(
            $"SELECT * FROM outages WHERE state IN ('Investigating', 'Identified', 'Monitoring') AND {Said} ORDER BY began_at DESC LIMIT 50");
        // What is part of a larger one goes on, or is over, with that.
        var past = db.Query<OutageRow>(
            $"SELECT * FROM outages WHERE state = 'Resolved' AND resolved_at >= @since AND told_at > 0 AND merged_into = 0 AND {Said} ORDER BY resolved_at DESC LIMIT 500",
            new { since = now - (HistoryDays * Day) });
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(now), zone);
        var midnight = now - (long)local.TimeOfDay.TotalMilliseconds;
        var days = Enumerable.Range(0, HistoryDays).Select(i => midnight - ((HistoryDays - 1 - i) * Day)).Select(start => new StatusDay(
            start, open.Concat(past).Any(o => o.BeganAt < start + Day && (o.ResolvedAt == 0 || o.ResolvedAt >= start))));
        return new StatusModel([.. open.Select(o => Changed(db, o))], [.. past.Take(MostPast).Select(o => Changed(db, o))], [.. days]) { Planned = Planned(db, now) };
    }

    private static PublicOutage Changed(Db db, OutageRow row) => Public(row) with
    {
        ChangedAt = Math.Max(Math.Max(row.BeganAt, row.ResolvedAt), db.Scalar<long?>("SELECT max(at) FROM timeline WHERE subject = @subject", new { subject = $"outage:{row.Id}" }) ?? 0),
    };

    /// <summary>Work on segments and models: what is done on one device is its owner's business.</summary>
    private static IReadOnlyList<PublicMaintenance> Planned(Db db, long now) =>
    [
        .. MaintenanceStore.Live(db).Where(m => m.Scope is nameof(MaintenanceScope.Segment) or nameof(MaintenanceScope.Model) && m.UntilAt > now && m.FromAt < now + AheadDays * Day
                // What waits for a person, or was stopped by one, is not said here either.
                && ApprovalStore.Find(db, FormattableString.Invariant($"maintenance:{m.Id}"), "planned") is not { Phase: nameof(ApprovalPhase.Offered) or nameof(ApprovalPhase.Stopped) })
            .Take(MostPlanned).Select(m => new PublicMaintenance(PublicWords.Clean(m.Title, m.Target, ""), PlaceOf(db, m), m.FromAt, m.UntilAt, m.State == nameof(MaintenancePhase.Running))),
    ];

    private static string PlaceOf(Db db, MaintenanceRow row)
    {
        if (row.Scope != nameof(MaintenanceScope.Segment))
            return "";
        var devices = DeviceStore.List(db, new DeviceFilter { Segment = row.Target, Limit = MostLookedAt });
        string[] owners = [.. devices.Select(d => d.Customer).Where(c => c.Length > 0).Distinct(StringComparer.Ordinal)];
        return PublicWords.Clean(OutagePlace.Words(CustomerStore.FindAll(db, owners).Select(c => c.Place)), row.Target, "");
    }

    /// <summary>The outage without anything that names a node: a word of its segment in title, place, cause or work-around takes that text away.</summary>
    internal static PublicOutage Public(OutageRow row) => new(
        row.Id, PublicWords.Clean(row.Title, row.Segment, ""), PublicWords.Clean(row.Place, row.Segment, ""), row.BeganAt, row.ResolvedAt, row.State == "Monitoring",
        PublicWords.Clean(row.Cause, row.Segment, ""),
        PublicWords.Clean(row.Workaround, row.Segment, ""), row.EstimateFrom, row.EstimateUntil, row.NextUpdateAt);
}

/// <summary>The status page's facts, read at most every five seconds: the page is open to everybody.</summary>
internal sealed class StatusBoard(Stores stores, ISubscriptionDesk subscriptions)
{
    private const long Lasts = 5000;

    /// <summary>Places change seldom, and all customers are read for them.</summary>
    private const long PlacesLast = 5 * 60_000;
    private readonly Lock turn = new();
    private StatusModel? last;
    private long readAt;
    private IReadOnlyList<string> places = [];
    private long placesReadAt;

    public StatusModel Read(long now, TimeZoneInfo zone)
    {
        lock (turn)
        {
            if (last is null || now - readAt is >= Lasts or < 0)
            {
                if (subscriptions.IsOn && (placesReadAt == 0 || now - placesReadAt is >= PlacesLast or < 0))
                    (places, placesReadAt) = (stores.Whole.State.Read(SubscriptionStore.Places), now);
                (last, readAt) = (stores.Whole.State.Read(db => StatusPages.Read(db, now, zone)) with { Places = places }, now);
            }
            return last;
        }
    }
}
