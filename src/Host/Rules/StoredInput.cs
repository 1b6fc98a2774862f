using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Telemetry;

namespace B2D.Host.Rules;

/// <summary>
/// The telemetry of an installation for a back-test, read device by device and week by week. Nothing is written; what a program that was killed had not yet put
/// into the telemetry is missing until it has run again.
/// </summary>
internal sealed class StoredInput : IDisposable
{
    /// <summary>What is in memory at once of one device.</summary>
    private static readonly TimeSpan Stretch = TimeSpan.FromDays(7);

    private readonly Stores stores;
    private readonly DeviceTime from;
    private readonly DeviceTime until;
    private readonly Dictionary<DeviceId, Device> devices = [];

    private StoredInput(Stores stores, DateTimeOffset? from, DateTimeOffset? until)
    {
        this.stores = stores;
        this.from = new DeviceTime(from?.ToUnixTimeMilliseconds() ?? 0);
        this.until = until is { } end ? new DeviceTime(end.ToUnixTimeMilliseconds()) : new DeviceTime(ServerTime.Never.EpochMs);
        for (string? after = null; ;)
        {
            var page = stores.State.Read(db => DeviceStore.List(db, new DeviceFilter { Limit = Page.MaxRows, After = after }));
            foreach (var row in page)
                devices[DeviceId.Parse(row.Id)] = row.ToDevice();
            if (page.Count < Page.MaxRows)
                break;
            after = page[^1].Id;
        }
    }

    /// <summary>Opens a data folder.</summary>
    /// <param name="folder">Of an installation that does not run, or a copy that <c>b2d backup</c> made.</param>
    /// <param name="from">Telemetry from then on; null for all.</param>
    /// <param name="until">Telemetry before then; null for all.</param>
    /// <exception cref="IOException">There is no telemetry.</exception>
    /// <exception cref="StorageException">Another process has it, or it cannot be read.</exception>
    public static StoredInput Open(string folder, DateTimeOffset? from, DateTimeOffset? until) => File.Exists(Path.Combine(folder, "telemetry.db"))
        ? new StoredInput(Stores.Open(new StorageOptions { DataFolder = folder }), from, until)
        : throw new IOException($"There is no telemetry.db in {folder}: --stored takes the data folder of an installation, or a copy that b2d backup made.");

    public BacktestInput Input => new("stored telemetry", devices, devices.Keys.Order().SelectMany(Entries), Math.Max(1, stores.Telemetry.CountReadings()));

    public void Dispose() => stores.Dispose();

    private IEnumerable<BacktestEntry> Entries(DeviceId device)
    {
        var metrics = stores.Telemetry.Latest(device).Select(l => l.Metric).ToList();
        var span = stores.Telemetry.StoredSpan(device);
        var events = Events(device).ToList();
        var first = new DeviceTime(Math.Max(from.EpochMs, Math.Min(span?.First.EpochMs ?? long.MaxValue, events.Count > 0 ? events[0].At.EpochMs : long.MaxValue)));
        var last = new DeviceTime(Math.Min(
            until.EpochMs - 1, Math.Max(span?.Last.EpochMs ?? long.MinValue, events.Count > 0 ? events[^1].At.EpochMs : long.MinValue)));
        var next = 0;
        for (var at = first; at <= last; at += Stretch)
        {
            var end = new DeviceTime(Math.Min((at + Stretch).EpochMs, last.EpochMs + 1));
            var begin = at;
            var points = metrics.SelectMany(metric => stores.Telemetry.StoredPoints(device, metric, begin, end).Select(p => (p.At, metric, p.Value)))
                .OrderBy(p => p.At).ToList();
            foreach (var told in Messages(device, points))
            {
                // As in a recording: what was measured at the time of a code is known when the code comes.
                for (; next < events.Count && events[next].At < told.At; next++)
                    yield return Of(device, events[next]);
                yield return new BacktestEntry(device, told, new ServerTime(told.At!.Value.EpochMs));
            }
            for (; next < events.Count && events[next].At < end; next++)
                yield return Of(device, events[next]);
        }
    }

    /// <summary>Readings of one time as one message; a second value of a metric at that time begins another.</summary>
    private static IEnumerable<Entry.Telemetry> Messages(DeviceId device, List<(DeviceTime At, string Metric, MetricValue Value)> points)
    {
        var readings = new List<Reading>();
        for (var i = 0; i < points.Count; i++)
        {
            if (readings.Count > 0 && (points[i].At != points[i - 1].At || readings.Exists(r => r.Metric == points[i].Metric)))
            {
                yield return new Entry.Telemetry(device, points[i - 1].At, [.. readings]);
                readings.Clear();
            }
            readings.Add(new Reading(points[i].Metric, points[i].Value));
        }
        if (readings.Count > 0)
            yield return new Entry.Telemetry(device, points[^1].At, [.. readings]);
    }

    private static BacktestEntry Of(DeviceId device, EventPoint point) =>
        new(device, new Entry.Event(device, point.Code, point.State, point.At), new ServerTime(point.At.EpochMs));

    /// <summary>All events in order of time; read from the newest page backwards.</summary>
    private List<EventPoint> Events(DeviceId device)
    {
        var all = new List<EventPoint>();
        var end = until;
        while (true)
        {
            var page = stores.Telemetry.Events(device, from, end, TelemetryStore.MaxPoints);
            var isLast = page.Count < TelemetryStore.MaxPoints || page[0].At == page[^1].At;
            // The first instant of a full page may have more events: they come whole with the next page.
            var whole = isLast ? page : [.. page.Where(e => e.At > page[0].At)];
            all.InsertRange(0, whole);
            if (isLast)
                return all;
            end = whole[0].At;
        }
    }
}
