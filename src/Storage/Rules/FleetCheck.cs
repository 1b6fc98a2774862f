using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Storage.Devices;

namespace B2D.Storage.Rules;

/// <summary>Compares rules with the devices of an installation and with what those report.</summary>
public static class FleetCheck
{
    /// <summary>In a larger fleet nothing is said of rules that match no device.</summary>
    private const int MostDevices = 20_000;

    /// <summary>Most devices whose telemetry is looked into.</summary>
    private const int MostHeard = 200;

    /// <summary>Devices by which the interval of a metric is told.</summary>
    private const int EnoughDevices = 5;

    private const int MostPoints = 1_000;

    /// <summary>A metric's interval is told from the shortest of these, back from its newest reading, in which it was reported three times.</summary>
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(3), TimeSpan.FromDays(3), TimeSpan.FromDays(90)];

    /// <summary>The check with what <see cref="FleetLints"/> finds; as it is where it has an error.</summary>
    /// <exception cref="StorageException">What is stored cannot be read.</exception>
    public static RuleCheck With(RuleCheck check, Stores stores)
    {
        if (check.Set is not { } set)
            return check;
        var devices = DeviceStore.Each(stores.State).Take(MostDevices + 1).Select(r => r.ToDevice()).ToList();
        var lints = FleetLints.Run(set, devices.Count > MostDevices ? [] : devices, Intervals(set, devices, stores));
        return check with { Problems = [.. check.Problems, .. lints] };
    }

    /// <summary>Zero for a metric that is reported by none of the devices looked into, or too seldom to tell: then it is never too far between.</summary>
    private static Dictionary<string, TimeSpan> Intervals(RuleSet set, List<Device> devices, Stores stores)
    {
        var seen = new Dictionary<string, List<long>>(StringComparer.Ordinal);
        var step = Math.Max(1, devices.Count / MostHeard);
        for (var i = 0; i < devices.Count; i += step)
            foreach (var (metric, at, _, _) in stores.Telemetry.Latest(devices[i].Id))
            {
                if (!seen.TryGetValue(metric, out var found))
                    seen.Add(metric, found = []);
                if (found.Count < EnoughDevices && set.Metrics.Contains(metric) && IntervalOf(devices[i].Id, metric, at, stores) is { } interval)
                    found.Add(interval);
            }
        return stores.Telemetry.MetricNames().ToDictionary(m => m, m => TimeSpan.FromMilliseconds(Median(seen.GetValueOrDefault(m) ?? [])), StringComparer.Ordinal);
    }

    /// <summary>Milliseconds.</summary>
    private static long? IntervalOf(DeviceId device, string metric, DeviceTime newest, Stores stores)
    {
        foreach (var window in Windows)
        {
            var points = stores.Telemetry.Series(device, metric, new DeviceTime(newest.EpochMs - (long)window.TotalMilliseconds), new DeviceTime(newest.EpochMs + 1), MostPoints);
            if (points.Count > 2)
                return Median([.. points.Zip(points.Skip(1), (a, b) => b.At.EpochMs - a.At.EpochMs)]);
        }
        return null;
    }

    private static long Median(List<long> of)
    {
        of.Sort();
        return of.Count == 0 ? 0 : of[of.Count / 2];
    }
}
