using B2D.Core;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;
using Xunit;

namespace B2D.Storage.Tests.Telemetry;

/// <summary>Many points are thinned as they come; the answer is that of looking at all of them.</summary>
public sealed class SeriesGatheringTests
{
    [Theory]
    [InlineData(1, 40_000, 300)]
    [InlineData(2, 17_000, 10_000)]
    [InlineData(3, 100_000, 2)]
    public void Finish_MorePointsThanAreKept_LowestAndHighestOfEachStretch(int seed, int count, int most)
    {
        var random = new Random(seed);
        var points = Enumerable.Range(0, count).Select(i => (At: (i * 10L) + random.Next(400), Value: random.Next(1000) / 10.0)).ToArray();
        var (first, last) = (points.Min(p => p.At), points.Max(p => p.At));
        var gathering = new SeriesGathering(new DeviceTime(0), new DeviceTime(long.MaxValue), most);
        gathering.Spans(first, last);
        foreach (var (block, index) in points.Chunk(500).Select((b, i) => (b, i)))
        {
            gathering.Begin(index * 1000);
            if (random.Next(2) == 0)
                gathering.AddNumbers([.. block.Select(p => p.At)], [.. block.Select(p => BitConverter.DoubleToInt64Bits(p.Value))]);
            else
                block.Index().ToList().ForEach(p => gathering.Add(p.Item.At, p.Index, MetricValue.Of(p.Item.Value)));
        }
        var stretches = points.GroupBy(p => Math.Min((most / 2) - 1, (int)((p.At - first) * (most / 2 / (last - first + 1.0))))).OrderBy(g => g.Key);
        var expected = stretches.SelectMany(g => new[] { g.OrderBy(p => p.Value).ThenBy(p => p.At).First(), g.OrderByDescending(p => p.Value).ThenBy(p => p.At).First() }.Distinct().OrderBy(p => p.At)).ToArray();

        var actual = gathering.Finish();

        Assert.Equal(expected.Length, actual.Count);
        // Of equal values at one time either may be the earlier.
        Assert.Equal(expected.Select(p => (p.At, p.Value)).Order(), actual.Select(p => (p.At.EpochMs, p.Value.Number)).Order());
        Assert.Equal(actual.Select(p => p.At), actual.Select(p => p.At).Order());
    }
}
