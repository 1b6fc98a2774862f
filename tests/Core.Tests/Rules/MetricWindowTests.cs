using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Rules;

/// <summary>A window against a list of everything that entered it; its steps of a sixtieth are the only thing the list has to know.</summary>
public sealed class MetricWindowTests
{
    private const WindowContent Everything = WindowContent.Totals | WindowContent.Order;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Total_Empty_IsNothing() => Assert.Equal(WindowTotal.None, new MetricWindow(Minute).Total);

    // A minute's steps are seconds: what came in second 0 is in until second 59 is over.
    [Theory]
    [InlineData(0, 59_999, 1)]
    [InlineData(0, 60_000, 0)]
    [InlineData(999, 59_999, 1)]
    [InlineData(999, 60_000, 0)]
    [InlineData(1000, 60_999, 1)]
    [InlineData(1000, 61_000, 0)]
    public void MoveTo_Border_LeavesWithItsStep(long added, long until, int count)
    {
        var window = new MetricWindow(Minute);
        window.Add(new DeviceTime(added), 5);
        window.MoveTo(new DeviceTime(until));
        Assert.Equal(count, window.Total.Count);
    }

    [Fact]
    public void Add_SeveralSteps_TotalsWhatIsIn()
    {
        var window = new MetricWindow(Minute);
        window.Add(new DeviceTime(0), 9);
        window.Add(new DeviceTime(100), 1);
        window.Add(new DeviceTime(30_000), 4);
        Assert.Equal(new WindowTotal(3, 14, 1, 9, 0), window.Total with { Squares = 0 });
        window.Add(new DeviceTime(60_500), 2);
        Assert.Equal(new WindowTotal(2, 6, 2, 4, 0), window.Total with { Squares = 0 });
        window.MoveTo(new DeviceTime(90_000));
        Assert.Equal(new WindowTotal(1, 2, 2, 2, 0), window.Total with { Squares = 0 });
    }

    [Fact]
    public void Add_AfterAGapLongerThanTheWindow_BeginsAnew()
    {
        var window = new MetricWindow(Minute);
        for (var i = 0; i < 60; i++)
            window.Add(new DeviceTime(i * 1000), i);
        Assert.Equal(new WindowTotal(60, 1770, 0, 59, 0), window.Total with { Squares = 0 });
        window.Add(new DeviceTime(10_000_000), 7);
        Assert.Equal(new WindowTotal(1, 7, 7, 7, 0), window.Total with { Squares = 0 });
    }

    [Fact]
    public void Add_EarlierThanTheNewest_EntersItsPlace()
    {
        var window = new MetricWindow(Minute);
        window.Add(new DeviceTime(50_000), 5);
        window.Add(new DeviceTime(20_000), 2);
        Assert.Equal(2, window.Total.Count);
        window.MoveTo(new DeviceTime(80_000));
        Assert.Equal(new WindowTotal(1, 5, 5, 5, 0), window.Total with { Squares = 0 });
    }

    [Fact]
    public void Add_BeforeAllThatItHolds_BeginsAnewThere()
    {
        var window = new MetricWindow(Minute);
        window.Add(new DeviceTime(600_000), 5);
        window.Add(new DeviceTime(540_000), 2);
        Assert.Equal(new WindowTotal(1, 2, 2, 2, 0), window.Total with { Squares = 0 });
        window.Add(new DeviceTime(560_000), 3);
        Assert.Equal(new WindowTotal(2, 5, 2, 3, 0), window.Total with { Squares = 0 });
    }

    [Fact]
    public void Sum_AfterAHugeNumberLeft_IsExact()
    {
        var window = new MetricWindow(Minute);
        window.Add(new DeviceTime(0), 1e300);
        for (var i = 1; i < 70; i++)
            window.Add(new DeviceTime(i * 1000), 0.25);
        Assert.Equal(new WindowTotal(60, 15, 0.25, 0.25, 0), window.Total with { Squares = 0 });
    }

    [Fact]
    public void Add_TimesBeforeTheEpoch_AreInOrder()
    {
        var window = new MetricWindow(Minute);
        window.Add(new DeviceTime(-30_500), 1);
        window.Add(new DeviceTime(28_000), 2);
        Assert.Equal(2, window.Total.Count);
        window.Add(new DeviceTime(28_999), 3);
        Assert.Equal(3, window.Total.Count);
        window.MoveTo(new DeviceTime(29_000));
        Assert.Equal(new WindowTotal(2, 5, 2, 3, 0), window.Total with { Squares = 0 });
    }

    [Fact]
    public void Deviation_TextbookNumbers_IsOfThePopulation()
    {
        var window = new MetricWindow(Minute);
        foreach (var (value, i) in new double[] { 2, 4, 4, 4, 5, 5, 7, 9 }.Select((v, i) => (v, i)))
            window.Add(new DeviceTime(i * 2000), value);
        Assert.Equal(2, window.Total.Deviation, 12);
        // Numbers far from 0 and close to each other are where a difference of squares would fail.
        var far = new MetricWindow(Minute);
        foreach (var (value, i) in new double[] { 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16 }.Select((v, i) => (v, i)))
            far.Add(new DeviceTime(i * 2000), value);
        Assert.Equal(Math.Sqrt(22.5), far.Total.Deviation, 6);
        Assert.True(double.IsNaN(WindowTotal.None.Deviation));
        Assert.Equal(0, WindowTotal.None.With(5).Deviation);
    }

    [Fact]
    public void Series_CounterWithAReset_RisesByWhatItShowsSince()
    {
        var window = new MetricWindow(Minute, WindowContent.Order);
        window.Add(new DeviceTime(500), 100);
        window.Add(new DeviceTime(700), 110);
        window.Add(new DeviceTime(10_000), 130);
        window.Add(new DeviceTime(20_000), 5);
        window.Add(new DeviceTime(30_500), 12);
        Assert.Equal(new SeriesTotal(5, new DeviceTime(500), 100, new DeviceTime(30_500), 12, 10 + 20 + 5 + 7), window.Series!.Total);
        Assert.Equal((0, WindowTotal.None), (window.Count, window.Total));
        // The first two leave together with their step, and with them the rise up to the third.
        window.MoveTo(new DeviceTime(60_000));
        Assert.Equal(new SeriesTotal(3, new DeviceTime(10_000), 130, new DeviceTime(30_500), 12, 5 + 7), window.Series.Total);
        window.MoveTo(new DeviceTime(200_000));
        Assert.Equal(SeriesTotal.None, window.Series.Total);
    }

    [Fact]
    public void Keep_OtherContent_BeginsWhatIsNewAndForgetsWhatNobodyLooksAt()
    {
        var window = new MetricWindow(Minute);
        window.Add(new DeviceTime(0), 5);
        window.Keep(Everything);
        window.Add(new DeviceTime(1000), 7);
        Assert.Equal((2, 1), (window.Total.Count, window.Series!.Total.Count));
        window.Keep(WindowContent.Order);
        Assert.Equal((0, 1), (window.Total.Count, window.Series.Total.Count));
        window.Keep(WindowContent.Totals);
        Assert.Null(window.Series);
    }

    [Fact]
    public void Window_DrawnTimesAndNumbers_AgreesWithAList()
    {
        for (var seed = 1; seed <= 400; seed++)
        {
            var random = new Random(seed);
            // Lengths that sixty divides and that it does not.
            var length = random.Next(3) switch { 0 => 1000L, 1 => 60_000L, _ => random.NextInt64(1000, 2_592_000_001) };
            var (window, list) = (new MetricWindow(TimeSpan.FromMilliseconds(length), Everything), new ListedWindow(length));
            var now = random.NextInt64(0, 2_000_000_000_000);
            for (var i = 0; i < 500; i++)
            {
                now += random.Next(20) switch
                {
                    0 => random.NextInt64(0, 3 * length),
                    1 => -random.NextInt64(0, length),
                    2 => -random.NextInt64(0, 3 * length),
                    < 10 => random.NextInt64(0, (length / 400) + 1),
                    _ => random.NextInt64(0, length / 20),
                };
                // Whole numbers, so that no order of adding makes a difference.
                var value = (double)random.Next(-1000, 1000);
                if (random.Next(4) == 0)
                {
                    window.MoveTo(new DeviceTime(now));
                    list.MoveTo(now);
                }
                else
                {
                    window.Add(new DeviceTime(now), value);
                    list.Add(now, value);
                }
                Assert.True(list.Total == window.Total with { Squares = 0 }, $"seed {seed}, turn {i}: {window.Total} and should be {list.Total}");
                Assert.True(Math.Abs(list.Squares - window.Total.Squares) <= 1e-6 * (1 + list.Squares), $"seed {seed}, turn {i}: {window.Total.Squares} and should be {list.Squares}");
                Assert.True(list.Series == window.Series!.Total, $"seed {seed}, turn {i}: {window.Series!.Total} and should be {list.Series}");
                Assert.InRange(window.Count, 0, MetricWindow.Steps);
                Assert.Equal(window.Count, window.Series!.Count);
                if (random.Next(50) == 0)
                    window = Copied(window, TimeSpan.FromMilliseconds(length), Everything);
            }
        }
    }

    // What is not asked for is unknown, unless single numbers tell it; what is asked for is the same to the last bit as in a window that keeps everything.
    [Theory]
    [InlineData(WindowContent.Count)]
    [InlineData(WindowContent.Count | WindowContent.Sum)]
    [InlineData(WindowContent.Count | WindowContent.Min)]
    [InlineData(WindowContent.Count | WindowContent.Max)]
    [InlineData(WindowContent.Count | WindowContent.Sum | WindowContent.Squares)]
    [InlineData(WindowContent.Count | WindowContent.Sum | WindowContent.Max)]
    public void Window_OfAPart_HasItAsTheWhole(WindowContent content)
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            var (whole, part, now) = (new MetricWindow(Minute), new MetricWindow(Minute, content), 1_000_000_000_000L);
            for (var i = 0; i < 400; i++)
            {
                now += random.Next(12) == 0 ? random.Next(-30_000, 90_000) : random.Next(3000);
                var value = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 9));
                whole.Add(new DeviceTime(now), value);
                part.Add(new DeviceTime(now), value);
                if (random.Next(40) == 0)
                    part = Copied(part, Minute, content);
                var at = $"seed {seed}, turn {i}";
                Assert.Equal(whole.Total.Count, part.Numbers);
                AssertKept(WindowContent.Sum, whole.Total.Sum, part.Sum, at);
                AssertKept(WindowContent.Min, whole.Total.Min, part.Min, at);
                AssertKept(WindowContent.Max, whole.Total.Max, part.Max, at);
                if (part.Numbers > 1)
                    AssertKept(WindowContent.Squares, whole.Total.Deviation, part.Deviation, at);
                Assert.Equal((whole.Sum, whole.Min, whole.Max, whole.Deviation), (whole.Total.Sum, whole.Total.Min, whole.Total.Max, whole.Total.Deviation));
            }
        }

        void AssertKept(WindowContent one, double expected, double found, string at) =>
            Assert.True(((content & one) == 0 && double.IsNaN(found)) || BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(found), $"{at}: {one} is {found}, {expected} in the whole");
    }

    [Fact]
    public void Keep_MoreOfTheTotals_IsUnknownUntilWhatWasThereHasLeft()
    {
        var window = new MetricWindow(Minute, WindowContent.Count | WindowContent.Sum);
        window.Add(new DeviceTime(0), 5);
        window.Add(new DeviceTime(10_000), 1);
        window.Add(new DeviceTime(10_100), 3);
        window.Keep(WindowContent.Totals);
        window.Add(new DeviceTime(20_000), 7);
        Assert.Equal((4, 16.0, double.NaN, double.NaN, double.NaN), (window.Numbers, window.Sum, window.Min, window.Max, window.Deviation));
        window.MoveTo(new DeviceTime(65_000));
        Assert.Equal((3, 11.0, double.NaN), (window.Numbers, window.Sum, window.Max));
        window.MoveTo(new DeviceTime(75_000));
        Assert.Equal((1, 7.0, 7.0, 7.0, 0.0), (window.Numbers, window.Sum, window.Min, window.Max, window.Deviation));
        // One number alone is its own sum and its own greatest.
        window.Keep(WindowContent.Count | WindowContent.Max);
        window.Keep(WindowContent.Count | WindowContent.Sum);
        Assert.Equal(7, window.Sum);
    }

    private static MetricWindow Copied(MetricWindow window, TimeSpan length, WindowContent content)
    {
        var copy = new MetricWindow(length, content);
        copy.Restore(window.Head, window.Settled, window.Recent, [.. Enumerable.Range(0, window.Count).Select(i => window[i])],
            [.. Enumerable.Range(0, window.Series?.Count ?? 0).Select(i => window.Series![i])]);
        return copy;
    }

    /// <summary>Every number with its step, forgotten only when it has left.</summary>
    private sealed class ListedWindow(long length)
    {
        private readonly List<(long Step, long At, double Value)> all = [];
        private long head = long.MinValue;

        public WindowTotal Total => all.Aggregate(WindowTotal.None, (total, n) => total.With(n.Value)) with { Squares = 0 };

        public double Squares => all.Count == 0 ? 0 : all.Sum(n => Math.Pow(n.Value - all.Average(m => m.Value), 2));

        /// <summary>By time; of those that came late into a step, only what is older than all of it.</summary>
        public SeriesTotal Series
        {
            get
            {
                var kept = new List<(long Step, long At, double Value)>();
                foreach (var step in all.GroupBy(n => n.Step).OrderBy(g => g.Key))
                {
                    var placed = new List<(long Step, long At, double Value)>();
                    foreach (var number in step)
                    {
                        if (placed.Count == 0 || number.At >= placed[^1].At)
                            placed.Add(number);
                        else if (number.At < placed[0].At)
                            placed.Insert(0, number);
                    }
                    kept.AddRange(placed);
                }
                if (kept.Count == 0)
                    return SeriesTotal.None;
                var rise = kept.Zip(kept.Skip(1), (a, b) => b.Value < a.Value ? b.Value : b.Value - a.Value).Sum();
                return new SeriesTotal(kept.Count, new DeviceTime(kept[0].At), kept[0].Value, new DeviceTime(kept[^1].At), kept[^1].Value, rise);
            }
        }

        public void MoveTo(long at)
        {
            var step = StepOf(at);
            if (head != long.MinValue && step <= head - 60)
            {
                all.Clear();
                head = step;
            }
            head = Math.Max(head, step);
            all.RemoveAll(n => n.Step <= head - 60);
        }

        public void Add(long at, double value)
        {
            MoveTo(at);
            all.Add((StepOf(at), at, value));
        }

        private long StepOf(long at) => (long)Math.Floor(at * 60m / length);
    }
}
