using B2D.Core.Defects;
using Xunit;

namespace B2D.Core.Tests.Defects;

public sealed class RateRatioTests
{
    // Columns: events and size here, events and size elsewhere, confidence, the bound. The first row is Koopman's own example (95 % to both sides, 2.94);
    // the others were computed with the likeliest rates found by golden section.
    [Theory]
    [InlineData(36, 40, 16, 80, 0.975, 2.9396)]
    [InlineData(20, 667, 0, 1333, 0.99, 7.4093)]
    [InlineData(20, 667, 5, 1333, 0.99, 2.6596)]
    [InlineData(30, 1000, 9, 9000, 0.99, 12.7596)]
    [InlineData(30, 1000, 90, 9000, 0.99, 1.8539)]
    [InlineData(2, 10, 0, 10, 0.95, 0.8288)]
    [InlineData(10, 10, 5, 10, 0.975, 1.2689)]
    [InlineData(0, 10, 5, 10, 0.99, 0)]
    [InlineData(5, 10, 0, 0, 0.99, 0)]
    [InlineData(0, 0, 5, 10, 0.99, 0)]
    public void AtLeast_Counts_IsTheScoreBound(long events, long size, long otherEvents, long otherSize, double confidence, double bound) =>
        Assert.Equal(bound, RateRatio.AtLeast(events, size, otherEvents, otherSize, confidence), 4);

    [Theory]
    [InlineData(30, 1000, 9, 9000, 30)]
    [InlineData(1, 2, 1, 2, 1)]
    [InlineData(5, 10, 0, 10, double.PositiveInfinity)]
    [InlineData(0, 10, 0, 10, 0)]
    [InlineData(5, 10, 0, 0, 0)]
    public void Of_Counts_IsTheQuotientOfTheRates(long events, long size, long otherEvents, long otherSize, double ratio) =>
        Assert.Equal(ratio, RateRatio.Of(events, size, otherEvents, otherSize), 12);

    // Two-sided tables of the normal distribution.
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.95, 1.644854)]
    [InlineData(0.975, 1.959964)]
    [InlineData(0.99, 2.326348)]
    [InlineData(0.9999, 3.719016)]
    public void Quantile_Probability_IsTheTables(double p, double z) => Assert.Equal(z, RateRatio.Quantile(p), 6);

    [Fact]
    public void AtLeast_RandomCounts_EqualsANaiveSearchAndGrowsAsItMust()
    {
        var random = new Random(4711);
        for (var i = 0; i < 300; i++)
        {
            var (size, otherSize) = (random.Next(1, 400), random.Next(1, 400));
            var (events, otherEvents) = (random.Next(1, size + 1), random.Next(0, otherSize + 1));
            var bound = RateRatio.AtLeast(events, size, otherEvents, otherSize, 0.99);
            var what = $"run {i}: {events}/{size} against {otherEvents}/{otherSize}";

            Assert.True(bound <= RateRatio.Of(events, size, otherEvents, otherSize), what);
            Assert.True(RateRatio.AtLeast(events, size, otherEvents, otherSize, 0.999) <= bound, what);
            Assert.True(RateRatio.AtLeast(events, size, otherEvents, otherSize, 0.9) >= bound, what);
            Assert.True(Math.Abs(bound - Naive(events, size, otherEvents, otherSize, 2.3263478740)) <= 0.002 * bound, $"{what}: {bound}");
        }
    }

    /// <summary>The bound with the likeliest rates searched for instead of solved for.</summary>
    private static double Naive(double events, double size, double otherEvents, double otherSize, double z)
    {
        var (low, high) = (1e-6, otherEvents == 0 ? 1e6 : events / size / (otherEvents / otherSize));
        for (var i = 0; i < 60; i++)
        {
            var middle = Math.Sqrt(low * high);
            var other = Likeliest(middle, events, size, otherEvents, otherSize);
            var here = middle * other;
            var score = ((events / size) - (middle * otherEvents / otherSize)) / Math.Sqrt((here * (1 - here) / size) + (middle * middle * other * (1 - other) / otherSize));
            (low, high) = score > z ? (middle, high) : (low, middle);
        }
        return low;
    }

    private static double Likeliest(double ratio, double events, double size, double otherEvents, double otherSize)
    {
        double Likelihood(double p) => Log(events, ratio * p) + Log(size - events, 1 - (ratio * p)) + Log(otherEvents, p) + Log(otherSize - otherEvents, 1 - p);
        var (a, b) = (1e-12, Math.Min(1, 1 / ratio) - 1e-12);
        var golden = (Math.Sqrt(5) - 1) / 2;
        for (var i = 0; i < 100; i++)
        {
            var (c, d) = (b - (golden * (b - a)), a + (golden * (b - a)));
            (a, b) = Likelihood(c) > Likelihood(d) ? (a, d) : (c, b);
        }
        return (a + b) / 2;
    }

    private static double Log(double count, double p) => count == 0 ? 0 : count * Math.Log(Math.Max(p, 1e-300));
}
