using B2D.Core;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry;

/// <summary>
/// Thins a series that comes in order of time: the span is cut into equal stretches, and each keeps the two points that matter for a drawing, its lowest
/// and highest
/// number, in their order. Where the values are not numbers, the first and the last.
/// </summary>
internal sealed class SeriesThinning
{
    private readonly List<SeriesPoint> points = [];
    private readonly bool keepAll;
    private readonly long start;
    private readonly double width;
    private readonly int buckets;
    private int bucket = -1;
    private int inBucket;
    private (int Index, SeriesPoint Point) low;
    private (int Index, SeriesPoint Point) high;

    public SeriesThinning(long count, DeviceTime first, DeviceTime last, int maxPoints)
    {
        keepAll = count <= maxPoints;
        start = first.EpochMs;
        buckets = maxPoints / 2;
        width = (last.EpochMs - first.EpochMs + 1.0) / buckets;
    }

    public void Add(SeriesPoint point)
    {
        if (keepAll)
        {
            points.Add(point);
            return;
        }
        var into = Math.Min(buckets - 1, (int)((point.At.EpochMs - start) / width));
        if (into != bucket)
        {
            Flush();
            (bucket, inBucket, low, high) = (into, 1, (0, point), (0, point));
            return;
        }
        var index = inBucket++;
        if (point.Value.Kind != ValueKind.Number)
            high = (index, point);
        else if (point.Value.Number < low.Point.Value.Number)
            low = (index, point);
        else if (!(point.Value.Number <= high.Point.Value.Number)) // also where the one before is no number
            high = (index, point);
    }

    public IReadOnlyList<SeriesPoint> Finish()
    {
        Flush();
        return points;
    }

    private void Flush()
    {
        if (bucket < 0)
            return;
        var (one, other) = low.Index <= high.Index ? (low, high) : (high, low);
        points.Add(one.Point);
        if (other.Index != one.Index)
            points.Add(other.Point);
    }
}
