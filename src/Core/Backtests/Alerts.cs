using B2D.Core.Devices;

namespace B2D.Core.Backtests;

/// <summary>What scores have in common. An alert is a fault that a person was told of and whose rule opens cases, at the instant of telling.</summary>
internal static class Alerts
{
    public const double DaysPerYear = 365.25;

    /// <summary>Of each device that has any, in order of time.</summary>
    public static Dictionary<DeviceId, List<BacktestFault>> Of(BacktestRecord record) => record.Faults.Where(f => f.EscalatedAt is not null && f.Rule.Case is not null)
        .GroupBy(f => f.Device).ToDictionary(g => g.Key, g => g.OrderBy(f => f.EscalatedAt).ToList());

    /// <summary>One device's alerts, each within <paramref name="merge"/> of the one before in one list.</summary>
    /// <param name="alerts">In order of time.</param>
    public static IEnumerable<List<BacktestFault>> Merged(IEnumerable<BacktestFault> alerts, TimeSpan merge)
    {
        List<BacktestFault> together = [];
        foreach (var alert in alerts)
        {
            if (together.Count > 0 && alert.EscalatedAt!.Value - together[^1].EscalatedAt!.Value > merge)
            {
                yield return together;
                together = [];
            }
            together.Add(alert);
        }
        if (together.Count > 0)
            yield return together;
    }

    /// <summary>The mean of the middle two where they are even in number; null where there is none.</summary>
    public static TimeSpan? Median(List<TimeSpan> sorted) => sorted.Count == 0
        ? null
        : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
}
