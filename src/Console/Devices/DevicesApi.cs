using System.Globalization;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Faults;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Faults;
using B2D.Storage.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Devices;

/// <summary>A device as the API shows it. Online is null where it was never heard.</summary>
internal class DeviceItem(DeviceLine line)
{
    public string Id => line.Id;
    public string Model => line.Model;
    public string Firmware => line.Firmware;
    public string Serial => line.Serial;
    public string Parent => line.Parent;
    public string Segment => line.Segment;
    public string Customer => line.Customer;
    public string Installed => line.Installed;
    public string WarrantyUntil => line.WarrantyUntil;
    /// <summary>Its own contract, which goes before its owner's, with its first and last day; empty: none, without beginning, without end.</summary>
    public string Contract => line.Contract;
    public string ContractFrom => line.ContractFrom;
    public string ContractUntil => line.ContractUntil;
    public JsonElement? Params => Json.OrNull(line.Params);
    public string? RegisteredAt => Words.IsoOrNull(line.RegisteredAt);
    public bool? Online => line.Online;
    public string? LastSeenAt => Words.IsoOrNull(line.LastSeenAt ?? 0);
    public long OpenFaults => line.OpenFaults;

    /// <summary>Since when it is its owner's; null: as far back as is known.</summary>
    public string? OwnerSince => Words.IsoOrNull(line.OwnerSince);

    /// <summary>Until when people work on it, or last did.</summary>
    public string? MaintenanceUntil => Words.IsoOrNull(line.MaintenanceUntil);
}

/// <summary>A metric's last value; at is device time.</summary>
internal sealed record LatestItem(string Metric, object? Value, string At, long AtMs);

/// <summary>A device with its last values and open faults.</summary>
internal sealed class DeviceDetail(DeviceLine line) : DeviceItem(line)
{
    public required IReadOnlyList<LatestItem> Latest { get; init; }
    public required IReadOnlyList<FaultItem> Faults { get; init; }
}

/// <summary>One reading; at is device time.</summary>
internal sealed record PointItem(string At, long AtMs, object? Value);

/// <summary>Readings of one metric, at most as many as asked for; of more, each stretch of time keeps its lowest and highest.</summary>
internal sealed record SeriesAnswer(string Device, string Metric, string From, string Until, IReadOnlyList<PointItem> Points);

/// <summary>A fault code that the device set or cleared; at is device time.</summary>
internal sealed record EventItem(string At, long AtMs, string Code, string State, string ReceivedAt);

/// <summary>/api/devices</summary>
internal static class DevicesApi
{
    private const int UsualPoints = 500;
    private const string FromUntil = "from (inclusive) and until (exclusive) are device times, ISO 8601 or epoch ms; ";

    public static void Map(IEndpointRouteBuilder read)
    {
        read.MapList<DeviceLine, DeviceItem>("devices", "Devices by id", DeviceLists.Definition, d => d.Id, d => new DeviceItem(d));
        read.MapGet("/devices/{id}", (string id, Stores stores) => Find(stores, id) is { } line ? Results.Ok(Detail(stores, line)) : Missing(id))
            .WithTags("devices").WithSummary("One device with its last values and open faults").Produces<DeviceDetail>();
        read.MapGet("/devices/{id}/series", Series).WithTags("devices").Produces<SeriesAnswer>().WithSummary("Readings of one metric")
            .WithDescription(FromUntil + "usually the day before the last reading. points is 2 to 10000, usually 500.");
        read.MapGet("/devices/{id}/events", Events).WithTags("devices").Produces<ListAnswer<EventItem>>()
            .WithSummary("Fault codes that the device set and cleared, oldest first")
            .WithDescription(FromUntil + "usually all. limit is 1 to 10000, usually 1000: the last ones.");
    }

    public static DeviceLine? Find(Stores stores, string id) => stores.State.Read(db => Find(db, id));

    public static DeviceLine? Find(Db db, string id) =>
        db.FirstOrDefault<DeviceLine>($"SELECT {DeviceLists.Definition.Select} FROM {DeviceLists.Definition.From} WHERE d.id = @id", new { id });

    private static DeviceDetail Detail(Stores stores, DeviceLine line) => new(line)
    {
        Latest = DeviceId.TryParse(line.Id, out var device, out _)
            ? [.. stores.Telemetry.Latest(device).Select(l => new LatestItem(l.Metric, Value(l.Value), Words.Iso(l.At.EpochMs), l.At.EpochMs))] : [],
        Faults = [.. stores.State.Read(db => FaultStore.Open(db, line.Id)).Select(FaultsApi.Item)],
    };

    private static IResult Series(string id, string? metric, string? from, string? until, int? points, Stores stores)
    {
        if (Find(stores, id) is null || !DeviceId.TryParse(id, out var device, out _))
            return Missing(id);
        if (string.IsNullOrEmpty(metric))
            return Refusals.Of(400, "metric is missing: which of the device's metrics.");
        if (points is < 2 or > TelemetryStore.MaxPoints)
            return Refusals.Of(400, $"points is 2 to {TelemetryStore.MaxPoints}, not {points}.");
        if (Bad("from", from) is { } badFrom)
            return badFrom;
        if (Bad("until", until) is { } badUntil)
            return badUntil;
        var last = stores.Telemetry.Latest(device).FirstOrDefault(l => l.Metric == metric)?.At.EpochMs ?? 0;
        var end = Times.Read(until)?.EpochMs ?? last + 1;
        var start = Times.Read(from)?.EpochMs ?? end - (long)TimeSpan.FromDays(1).TotalMilliseconds;
        var series = stores.Telemetry.Series(device, metric, new DeviceTime(start), new DeviceTime(end), points ?? UsualPoints);
        return Results.Ok(new SeriesAnswer(id, metric, Words.Iso(start), Words.Iso(end),
            [.. series.Select(p => new PointItem(Words.Iso(p.At.EpochMs), p.At.EpochMs, Value(p.Value)))]));
    }

    private static IResult Events(string id, string? from, string? until, int? limit, Stores stores)
    {
        if (Find(stores, id) is null || !DeviceId.TryParse(id, out var device, out _))
            return Missing(id);
        if (limit is < 1 or > TelemetryStore.MaxPoints)
            return Refusals.Of(400, $"limit is 1 to {TelemetryStore.MaxPoints}, not {limit}.");
        if ((Bad("from", from) ?? Bad("until", until)) is { } bad)
            return bad;
        var start = new DeviceTime(Times.Read(from)?.EpochMs ?? long.MinValue);
        var end = new DeviceTime(Times.Read(until)?.EpochMs ?? long.MaxValue);
        var events = stores.Telemetry.Events(device, start, end, limit ?? 1000);
        return Results.Ok(new ListAnswer<EventItem>(
            [.. events.Select(Item)], null));
    }

    private static EventItem Item(EventPoint e) =>
        new(Words.Iso(e.At.EpochMs), e.At.EpochMs, e.Code, e.State == CodeState.Set ? "set" : "clear", Words.Iso(e.ServerAt.EpochMs));

    private static IResult? Bad(string name, string? value) =>
        string.IsNullOrEmpty(value) || Times.Read(value) is not null ? null
            : Refusals.Of(400, $"{name} is a time, ISO 8601 or epoch milliseconds, not '{Words.Cut(value, 40)}'.");

    private static IResult Missing(string id) => Refusals.Of(404, $"There is no device {Words.Cut(id, 140)}.");

    private static object? Value(MetricValue value) => value.Kind switch
    {
        ValueKind.Number when double.IsFinite(value.Number) => value.Number,
        ValueKind.Number => value.Number.ToString(CultureInfo.InvariantCulture),
        ValueKind.Bool => value.IsTrue,
        ValueKind.Text => value.Text,
        _ => null,
    };
}
