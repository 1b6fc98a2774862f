using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry;

/// <summary>What is stored of a device, whole and in order, for those who evaluate it again.</summary>
public sealed partial class TelemetryStore
{
    /// <summary>What is in memory at once of one device.</summary>
    private static readonly TimeSpan Stretch = TimeSpan.FromDays(7);

    /// <summary>
    /// What a device measured and reported from <paramref name="from"/> (inclusive) until <paramref name="until"/> (exclusive), nothing left out, in order of the
    /// device's time: its events, and the readings of one time as one message (a second value of a metric at that time is another message). Read week by week
    /// while it is enumerated.
    /// </summary>
    /// <param name="metrics">Whose readings; null for all that the device ever reported.</param>
    /// <exception cref="StorageException">A block is damaged.</exception>
    public IEnumerable<(DeviceTime At, Entry Body)> History(DeviceId device, IReadOnlyCollection<string>? metrics, DeviceTime from, DeviceTime until)
    {
        metrics ??= [.. Latest(device).Select(l => l.Metric)];
        var span = SpanOf(device);
        var events = EveryEvent(device, from, until);
        var first = Math.Max(from.EpochMs, Math.Min(span.First, events.Count > 0 ? events[0].At.EpochMs : long.MaxValue));
        var end = Math.Min(until.EpochMs, Math.Max(span.Last, events.Count > 0 ? events[^1].At.EpochMs : long.MinValue) + 1);
        var next = 0;
        for (var at = first; at < end; at += (long)Stretch.TotalMilliseconds)
        {
            var (begin, stop) = (new DeviceTime(at), new DeviceTime(Math.Min(at + (long)Stretch.TotalMilliseconds, end)));
            var points = metrics.SelectMany(m => Gather(device, m, begin, stop, SeriesGathering.All).Select(p => (p.At, Metric: m, p.Value))).OrderBy(p => p.At).ToList();
            foreach (var told in Messages(device, points))
            {
                // As in a recording: what was measured at the time of a code is known when the code comes.
                for (; next < events.Count && events[next].At < told.At; next++)
                    yield return Of(device, events[next]);
                yield return (told.At!.Value, told);
            }
            for (; next < events.Count && events[next].At < stop; next++)
                yield return Of(device, events[next]);
        }
    }

    private static (DeviceTime At, Entry Body) Of(DeviceId device, EventPoint point) => (point.At, new Entry.Event(device, point.Code, point.State, point.At));

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

    /// <summary>No reading of the device, in memory or on disk, is outside.</summary>
    private (long First, long Last) SpanOf(DeviceId device)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        var partition = Of(device);
        lock (partition.Gate)
        {
            foreach (var columns in partition.Devices.GetValueOrDefault(device.Value)?.Columns() ?? [])
                (first, last) = (Math.Min(first, columns.FirstAt), Math.Max(last, columns.LastAt));
        }
        var disk = Database.Read(db => db.First<SpanRow>(
            $"SELECT min(first_at) AS first_at, max(last_at) AS last_at FROM blocks WHERE device_key = {KeyOfDevice}", new { device = device.Value }));
        return (Math.Min(first, disk.FirstAt ?? long.MaxValue), Math.Max(last, disk.LastAt ?? long.MinValue));
    }

    /// <summary>All events in order of time; read from the newest page backwards.</summary>
    private List<EventPoint> EveryEvent(DeviceId device, DeviceTime from, DeviceTime until)
    {
        var all = new List<EventPoint>();
        while (true)
        {
            var page = Events(device, from, until, MaxPoints);
            var isLast = page.Count < MaxPoints || page[0].At == page[^1].At;
            // The first instant of a full page may have more events: they come whole with the next page.
            var whole = isLast ? page : [.. page.Where(e => e.At > page[0].At)];
            all.InsertRange(0, whole);
            if (isLast)
                return all;
            until = whole[0].At;
        }
    }
}
