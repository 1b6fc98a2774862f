using B2D.Console.Charts;
using B2D.Console.Telemetry;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Remedies;
using B2D.Storage.Telemetry;

namespace B2D.Console.Devices;

/// <summary>A metric's last value, and its course where it is a number.</summary>
public sealed record MetricLine(LatestValue Latest, IReadOnlyList<ChartPoint> Course);

/// <summary>All there is to know about one device.</summary>
public sealed record DeviceRecord
{
    public required DeviceLine Device { get; init; }

    public required IReadOnlyList<FaultRow> Open { get; init; }

    /// <summary>What would be open but for people who work on it.</summary>
    public required IReadOnlyList<HeldFaultRow> Held { get; init; }

    /// <summary>Ended faults, latest first.</summary>
    public required IReadOnlyList<FaultRow> Past { get; init; }

    public required IReadOnlyList<CaseRow> Cases { get; init; }

    /// <summary>Cases of earlier owners.</summary>
    public int CasesBefore { get; init; }

    public required IReadOnlyList<DueRow> Dues { get; init; }

    public required IReadOnlyList<CommandRow> Commands { get; init; }

    public required IReadOnlyList<TimelineRow> Timeline { get; init; }

    public required IReadOnlyList<string> Children { get; init; }

    public IReadOnlyList<MetricLine> Metrics { get; init; } = [];

    /// <summary>Fault codes, latest first.</summary>
    public IReadOnlyList<EventPoint> Events { get; init; } = [];

    /// <summary>One metric large, where it was asked for.</summary>
    public ChartSpec? Chart { get; init; }
}

/// <summary>Reads everything about one device.</summary>
internal sealed class DeviceReader(Stores stores)
{
    private const int MostMetrics = 40;
    private const int CoursePoints = 60;
    private const int ChartPoints = 300;

    /// <param name="metric">The metric to draw large; null or unknown: none.</param>
    public DeviceRecord? Find(string id, string? metric, TimeZoneInfo zone)
    {
        var record = stores.State.Read(db => DevicesApi.Find(db, id) is { } line ? Read(db, line) : null);
        if (record is null || !DeviceId.TryParse(id, out var device, out _))
            return record;
        // How it was used before its owner had it is not theirs to see.
        var since = record.Device.OwnerSince;
        var latest = stores.Telemetry.Latest(device).Where(l => l.At.EpochMs >= since).Take(MostMetrics).ToList();
        var chosen = latest.FirstOrDefault(l => l.Metric == metric && Drawable(l));
        return record with
        {
            // The row is a few seconds late.
            Device = record.Device with { LastSeenAt = Math.Max(record.Device.LastSeenAt ?? 0, stores.Telemetry.LastHeard(device).EpochMs) },
            Metrics = [.. latest.Select(l => new MetricLine(l, Drawable(l) ? Course(device, l, CoursePoints, since) : []))],
            Events = [.. stores.Telemetry.Events(device, new DeviceTime(since > 0 ? since : long.MinValue), new DeviceTime(long.MaxValue), 50).Reverse()],
            Chart = chosen is null ? null : Chart(device, chosen, record, zone),
        };
    }

    private static bool Drawable(LatestValue latest) => latest.Value.Kind is ValueKind.Number or ValueKind.Bool;

    /// <summary>The day that ends with the last reading: a device that has been silent for long still shows how it was.</summary>
    private IReadOnlyList<ChartPoint> Course(DeviceId device, LatestValue latest, int most, long since) =>
        Points.Of(stores.Telemetry, device, latest.Metric, Math.Max(since, latest.At.EpochMs - (long)TimeSpan.FromDays(1).TotalMilliseconds), latest.At.EpochMs + 1, most);

    private ChartSpec? Chart(DeviceId device, LatestValue latest, DeviceRecord record, TimeZoneInfo zone)
    {
        var points = Course(device, latest, ChartPoints, record.Device.OwnerSince);
        if (points.Count < 2)
            return null;
        var (from, until) = (points[0].At, points[^1].At);
        var markers = record.Open.Concat(record.Past).Where(f => f.OnsetAt >= from && f.OnsetAt <= until).Take(4)
            .Select(f => new ChartMarker(f.OnsetAt, Shell.Words.Cut(f.Title, 24), "crit"));
        return new ChartSpec { Title = latest.Metric, Points = points, From = from, Until = until, Zone = zone, Markers = [.. markers] };
    }

    private static DeviceRecord Read(Db db, DeviceLine line) => new()
    {
        Device = line,
        Open = FaultStore.Open(db, line.Id),
        Held = HeldFaultStore.Of(db, line.Id),
        Past = db.Query<FaultRow>("SELECT * FROM faults WHERE device = @Id AND cleared_at > 0 ORDER BY raised_at DESC, id DESC LIMIT 20", new { line.Id }),
        Cases = [.. CaseStore.List(db, new CaseFilter { Device = line.Id, Limit = 10 }).Where(c => Ownership.Of(c.Customer, c.OpenedAt, line.Customer, line.OwnerSince) != OwnerTime.Before)],
        CasesBefore = CaseStore.List(db, new CaseFilter { Device = line.Id, Limit = 100 }).Count(c => Ownership.Of(c.Customer, c.OpenedAt, line.Customer, line.OwnerSince) == OwnerTime.Before),
        Dues = DueStore.List(db, new DueFilter { Device = line.Id, Limit = 10 }),
        Commands = CommandStore.List(db, new CommandFilter { Device = line.Id, Limit = 10 }),
        Timeline = TimelineStore.List(db, "device:" + line.Id, 50),
        Children = db.Query<string>("SELECT id FROM devices WHERE parent = @Id ORDER BY id LIMIT 50", new { line.Id }),
    };
}
