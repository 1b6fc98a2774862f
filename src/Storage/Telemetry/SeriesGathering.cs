using B2D.Core;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;

namespace B2D.Storage.Telemetry;

/// <summary>
/// Collects the points of a series from blocks in any order. Up to a number of points all are kept and put in order; beyond it only the lowest and highest of
/// each stretch of time, so that memory is bounded however many there are.
/// </summary>
internal sealed class SeriesGathering(DeviceTime from, DeviceTime until, int maxPoints) : ISeriesSink
{
    /// <summary>As the number of points: none is left out.</summary>
    public const int All = int.MaxValue;

    /// <summary>Most points that are kept before they are thinned.</summary>
    private const int MostKept = 16_384;

    private readonly List<Gathered> points = [];
    private Stretch[]? stretches;
    private long start;
    private double perMs;
    private long order;
    private bool sorted = true;

    /// <summary>What follows comes from a block, or tail, that began with this offset.</summary>
    public void Begin(long offset) => order = offset;

    /// <summary>All times of the series lie within; where there are too many points, the stretches are cut from this.</summary>
    public void Spans(long first, long last)
    {
        start = Math.Max(first, from.EpochMs);
        perMs = (maxPoints / 2) / (Math.Min(last, until.EpochMs - 1) - start + 1.0);
    }

    public void Add(long at, int row, MetricValue value)
    {
        if (at < from.EpochMs || at >= until.EpochMs)
            return;
        var point = new Gathered(at, order, row, value);
        if (stretches is not null)
        {
            Thin(point);
            return;
        }
        sorted = sorted && (points.Count == 0 || points[^1].CompareTo(point) <= 0);
        points.Add(point);
        if (points.Count > MostKept && maxPoints != All)
            BeginThinning();
    }

    public void AddNumbers(ReadOnlySpan<long> times, ReadOnlySpan<long> numbers)
    {
        for (var row = 0; row < times.Length; row++)
        {
            var at = times[row];
            if (stretches is null)
                Add(at, row, MetricValue.Of(BitConverter.Int64BitsToDouble(numbers[row])));
            else if (at >= from.EpochMs && at < until.EpochMs && !StretchOf(at).IsWithin(BitConverter.Int64BitsToDouble(numbers[row])))
                StretchOf(at).Add(new Gathered(at, order, row, MetricValue.Of(BitConverter.Int64BitsToDouble(numbers[row]))));
        }
    }

    public IReadOnlyList<SeriesPoint> Finish()
    {
        if (stretches is not null)
            return [.. stretches.SelectMany(s => s.Points())];
        if (points.Count == 0)
            return [];
        if (!sorted)
            points.Sort();
        var thinning = new SeriesThinning(points.Count, new DeviceTime(points[0].At), new DeviceTime(points[^1].At), maxPoints);
        foreach (var point in points)
            thinning.Add(point.Point);
        return thinning.Finish();
    }

    private void BeginThinning()
    {
        stretches = new Stretch[maxPoints / 2];
        foreach (var point in points)
            Thin(point);
        points.Clear();
    }

    private void Thin(in Gathered point) => StretchOf(point.At).Add(point);

    private ref Stretch StretchOf(long at) => ref stretches![Math.Clamp((int)((at - start) * perMs), 0, stretches.Length - 1)];

    private readonly record struct Gathered(long At, long Order, int Row, MetricValue Value) : IComparable<Gathered>
    {
        public SeriesPoint Point => new(new DeviceTime(At), Value);

        public int CompareTo(Gathered other) =>
            At != other.At ? At.CompareTo(other.At) : Order != other.Order ? Order.CompareTo(other.Order) : Row.CompareTo(other.Row);
    }

    /// <summary>Of equal ones the earliest counts; of values that are no numbers the first and the last.</summary>
    private struct Stretch
    {
        private Gathered low;
        private Gathered high;
        private bool any;

        /// <summary>A number between the two that are kept, so that it changes nothing.</summary>
        public readonly bool IsWithin(double number) => any && number > low.Value.Number && number < high.Value.Number;

        public void Add(in Gathered point)
        {
            if (!any)
            {
                (low, high, any) = (point, point, true);
                return;
            }
            var isNumber = point.Value.Kind == ValueKind.Number;
            if (isNumber ? point.Value.Number < low.Value.Number || (point.Value.Number == low.Value.Number && point.CompareTo(low) < 0) : point.CompareTo(low) < 0)
                low = point;
            if (isNumber ? !(point.Value.Number <= high.Value.Number) || (point.Value.Number == high.Value.Number && point.CompareTo(high) < 0) : point.CompareTo(high) > 0)
                high = point;
        }

        public readonly IEnumerable<SeriesPoint> Points()
        {
            if (!any)
                return [];
            if (low == high)
                return [low.Point];
            return low.CompareTo(high) < 0 ? [low.Point, high.Point] : [high.Point, low.Point];
        }
    }
}
