using B2D.FirmwareSim.Signals;

namespace B2D.FirmwareSim.Replay;

/// <summary>
/// What a rule over current values cannot see: how a counter changed since the row before. Kept per device and source, fed in order of time.
/// A counter that steps back was reset or wrapped: nothing is said about that step, and counting goes on from there.
/// </summary>
internal sealed class Derivations(IReadOnlyList<DerivedMetric> metrics)
{
    private readonly double[][] _before = new double[metrics.Count][];
    private readonly bool[] _moved = new bool[metrics.Count];
    private long _beforeMs;

    public void AddTo(RecordedRow row)
    {
        for (var i = 0; i < metrics.Count; i++)
        {
            var now = row.Counters[i];
            if (now.Any(double.IsNaN)) continue;
            var before = _before[i];
            _before[i] = now;
            var back = before is not null && Enumerable.Range(0, now.Length).Any(c => now[c] < before[c]);
            var moving = before is not null && !back && Enumerable.Range(0, now.Length).Any(c => now[c] > before[c]);
            _moved[i] |= moving;
            if (Value(metrics[i].Derivation, i, now, back ? null : before, moving, row.DeviceTimeMs - _beforeMs) is { } value)
            {
                row.Values.Add(new(metrics[i].Name, value));
            }
        }

        _beforeMs = row.DeviceTimeMs;
    }

    private MetricValue? Value(Derivation how, int metric, double[] now, double[]? before, bool moving, long elapsedMs)
    {
        if (how == Derivation.Moved) return MetricValue.Of(_moved[metric]);
        if (before is null) return null;
        return how switch
        {
            Derivation.Moving => MetricValue.Of(moving),
            Derivation.Delta => MetricValue.Of(now[0] - before[0]),
            _ => elapsedMs > 0 ? MetricValue.Of(Math.Round((now[0] - before[0]) * 1000 / elapsedMs, 3)) : null,
        };
    }
}
