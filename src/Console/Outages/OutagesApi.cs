using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Cases;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Outages;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Outages;

/// <summary>An outage as the API shows it.</summary>
internal class OutageItem(OutageRow row)
{
    public long Id => row.Id;

    /// <summary>As everybody calls it, customers too: <c>O-3</c>.</summary>
    public string Reference => $"O-{row.Id}";
    public string State => row.State;
    public string Title => row.Title;
    public string Place => row.Place;
    public string Segment => row.Segment;
    public string Rule => row.Rule;
    public string Episode => row.Episode;
    public string? BeganAt => Words.IsoOrNull(row.BeganAt);
    public string? OpenedAt => Words.IsoOrNull(row.OpenedAt);
    public string? ToldAt => Words.IsoOrNull(row.ToldAt);
    public string? MonitoringAt => Words.IsoOrNull(row.MonitoringAt);
    public string? ResolvedAt => Words.IsoOrNull(row.ResolvedAt);
    public long Devices => row.Devices;
    public long Recovered => row.Recovered;
    public long Customers => row.Customers;
    public string Cause => row.Cause;
    public string Workaround => row.Workaround;
    public string? EstimateFrom => Words.IsoOrNull(row.EstimateFrom);
    public string? EstimateUntil => Words.IsoOrNull(row.EstimateUntil);
    public string? NextUpdateAt => Words.IsoOrNull(row.NextUpdateAt);

    /// <summary>Waits for a person before anybody is told.</summary>
    public bool Guard => row.Guard;
    public long Revision => row.Revision;
    public long Version => row.Version;
}

/// <summary>A device that an outage touched.</summary>
internal sealed record TouchedItem(string Device, string Customer, string? DownAt, string? UpAt);

/// <summary>An outage with its devices (the first 100), notices by state, timeline and cases.</summary>
internal sealed class OutageDetail(OutageRow row) : OutageItem(row)
{
    /// <summary>Customers told.</summary>
    public required long Told { get; init; }
    public required IReadOnlyList<TouchedItem> Touched { get; init; }
    public required IReadOnlyList<NoticeTally> Notices { get; init; }
    public required IReadOnlyList<TimelineItem> Timeline { get; init; }
    public required IReadOnlyList<long> Cases { get; init; }

    public static OutageDetail Of(OutageRecord record) => new(record.Outage)
    {
        Told = record.Told,
        Touched = [.. record.Touched.Select(t => new TouchedItem(t.Device, t.Customer, Words.IsoOrNull(t.DownAt), Words.IsoOrNull(t.UpAt)))],
        Notices = record.Notices,
        Timeline = [.. record.Timeline.Select(t => new TimelineItem(t.Id, Words.Iso(t.At), t.Kind, t.Text, t.Who))],
        Cases = [.. record.Cases.Select(c => c.Id)],
    };
}

/// <summary>/api/outages</summary>
internal static class OutagesApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<OutageRow, OutageItem>("outages", "Outages, newest first", OutageReader.Definition, o => o.Id.ToString(CultureInfo.InvariantCulture),
            o => new OutageItem(o));
        read.MapGet("/outages/{id:long}", (long id, OutageReader reader) => reader.Find(id) is { } record
            ? Results.Ok(OutageDetail.Of(record)) : Refusals.Of(404, $"There is no outage {id}.")).WithTags("outages").WithSummary("One outage")
                .Produces<OutageDetail>();
        write.MapPost("/outages/{id:long}/acts", (long id, OutageActWords words, HttpContext http, IOutageDesk desk, TimeProvider time) =>
        {
            var (act, problem) = words.Read(Times.Read(words.From), Times.Read(words.Until), Times.Read(words.At), ServerTime.From(time.GetUtcNow()));
            if (act is null)
                return Refusals.Of(400, Words.Sentence(problem));
            return words.Version is > 0 and var seen
                ? Acts.Answer(desk.Act(id, seen, act, http.User.Identity?.Name ?? ""))
                : Refusals.Of(400, "Version is missing: the one of the outage as you saw it, so that nobody’s words are overwritten. GET /api/outages/{id} has it.");
        }).WithTags("outages").WithSummary("Do something to an outage").Produces<Acted>()
            .WithDescription("act: set-cause (text; empty takes it back), set-workaround (text; the same), set-estimate (from, until), set-next-update (at), hold-news, override (state, reason), release-guard. "
                + "version is the one of the outage as it was seen; the act is refused with 409 where the outage has another one by now.");
    }
}
