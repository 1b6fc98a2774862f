using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Telemetry;

public sealed class FleetMedianTests
{
    private static readonly ServerTime Now = new(1_700_000_000_000);

    [Theory]
    [InlineData("7", 7)]
    [InlineData("1 2", 1.5)]
    [InlineData("9 1 5", 5)]
    [InlineData("4 1 3 2", 2.5)]
    [InlineData("0.1 0.1 0.1 0.1", 0.1)]
    [InlineData("-3 -1 -2", -2)]
    [InlineData("1.5e308 1.5e308 1.6e308 1.5e308", 1.5e308)]
    [InlineData("-1.7e308 1.7e308", 0)]
    [InlineData("5e-324 5e-324", 5e-324)]
    [InlineData("1 1 1 1000000 1000000", 1)]
    public void Of_Numbers_IsTheMiddleOrTheMeanOfTheTwoInTheMiddle(string values, double median) =>
        Assert.Equal(median, FleetMedian.Of(values.Split(' ').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray()));

    [Fact]
    public void Of_Nothing_IsRefused() => Assert.Throws<ArgumentException>(() => FleetMedian.Of([]));

    /// <summary>The reference counts for each number how many are less and how many are greater, and sorts nothing.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Of_RandomNumbers_IsWhatCountingGives(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            // Few different numbers, so that many are equal.
            var values = Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(3) == 0 ? random.NextDouble() * 1e6 : random.Next(-4, 5)).ToArray();
            var (low, high) = (AtPlace(values, (values.Length - 1) / 2), AtPlace(values, values.Length / 2));

            var median = FleetMedian.Of([.. values]);

            Assert.True(median == (low == high ? low : (low + high) / 2), $"seed {seed}, run {run}: {median} of {string.Join(' ', values)}");
        }

        static double AtPlace(double[] values, int place) =>
            values.First(v => values.Count(o => o < v) <= place && place < values.Count(o => o <= v));
    }

    [Fact]
    public void Finish_FourDevices_HaveNoMedianAndFiveHave()
    {
        var gathered = new FleetGathering(Now);
        Add(gathered, "HP-2", "temp_c", 4, _ => MetricValue.Of(20));
        Add(gathered, "HP-3", "temp_c", 5, i => MetricValue.Of(20 + i));

        Assert.Equal([new FleetMedian("HP-3", "temp_c", 22, 5)], gathered.Finish().Medians.ToArray());
    }

    [Fact]
    public void Finish_WhatIsNoNumberOrOfASilentDeviceOrOfNoModel_DoesNotCount()
    {
        var gathered = new FleetGathering(Now);
        Add(gathered, "HP-2", "temp_c", 5, i => MetricValue.Of(20 + i));
        foreach (var odd in (MetricValue[])[MetricValue.Of(double.NaN), MetricValue.Of(double.PositiveInfinity), MetricValue.Of("99"), MetricValue.Of(true), MetricValue.Missing])
            gathered.Add("HP-2", "temp_c", odd, Now);
        gathered.Add("HP-2", "temp_c", MetricValue.Of(99), Now - TimeSpan.FromMilliseconds(3_600_001));
        Add(gathered, "", "temp_c", 9, _ => MetricValue.Of(99));

        Assert.Equal([new FleetMedian("HP-2", "temp_c", 22, 5)], gathered.Finish().Medians.ToArray());

        gathered.Add("HP-2", "temp_c", MetricValue.Of(99), Now - TimeSpan.FromHours(1));
        Assert.Equal([new FleetMedian("HP-2", "temp_c", 22.5, 6)], gathered.Finish().Medians.ToArray());
    }

    [Fact]
    public void Finish_MoreThanAThousand_TellsOfTheLargestAndCountsTheRest()
    {
        var gathered = new FleetGathering(Now);
        for (var model = 0; model < 1003; model++)
            Add(gathered, $"M{model:0000}", "temp_c", model is 7 or 600 or 1002 ? 6 : 5, _ => MetricValue.Of(model));

        var (medians, leftOut) = gathered.Finish();

        Assert.Equal((1000, 3), (medians.Length, leftOut));
        Assert.Equal(["M0007", "M0600", "M1002"], medians.Where(m => m.Devices == 6).Select(m => m.Model));
        // Of those of one size the last by name are left out.
        Assert.Equal(["M0999", "M1000", "M1001"], Enumerable.Range(0, 1003).Select(m => $"M{m:0000}").Except(medians.Select(m => m.Model)));
        Assert.Equal(medians.OrderBy(m => m.Model, StringComparer.Ordinal), medians);
    }

    private static void Add(FleetGathering gathered, string model, string metric, int devices, Func<int, MetricValue> value)
    {
        for (var i = 0; i < devices; i++)
            gathered.Add(model, metric, value(i), Now);
    }
}
