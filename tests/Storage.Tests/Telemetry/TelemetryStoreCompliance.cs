using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Telemetry;

public abstract class TelemetryStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static readonly DeviceId Pump = DeviceId.Parse("pump-1");
    private static readonly DeviceId Router = DeviceId.Parse("router-7");

    private TelemetryStore Store => Stores.Telemetry;

    private static ArrangedReading At(long at, MetricValue value, long offset, string metric = "temp_c", DeviceId? device = null, long server = 1000) =>
        new(device ?? Pump, metric, new DeviceTime(at), value, offset, new ServerTime(server));

    private static ArrangedReading At(long at, double value, long offset) => At(at, MetricValue.Of(value), offset);

    private static ArrangedEvent Code(long at, string code, CodeState state, long offset, long server = 1000) =>
        new(Pump, code, state, new DeviceTime(at), offset, new ServerTime(server));

    private bool[] Arrange(params ArrangedReading[] readings)
    {
        var duplicate = new bool[readings.Length];
        Store.Arrange(readings, duplicate, [], []);
        return duplicate;
    }

    private bool[] Arrange(params ArrangedEvent[] events)
    {
        var duplicate = new bool[events.Length];
        Store.Arrange([], [], events, duplicate);
        return duplicate;
    }

    private SeriesPoint[] Series(string metric = "temp_c") =>
        [.. Store.Series(Pump, metric, new DeviceTime(long.MinValue), new DeviceTime(long.MaxValue), 1000)];

    private static SeriesPoint Point(long at, MetricValue value) => new(new DeviceTime(at), value);

    [Fact]
    public void Arrange_ReadingsOfEveryKind_ComeBackInOrderOfTime()
    {
        Assert.Equal([false, false, false, false],
            Arrange(At(30, MetricValue.Of("wärm"), 1), At(10, MetricValue.Of(-0.0), 2), At(20, MetricValue.Of(true), 3),
                At(15, MetricValue.Of(double.NaN), 4)));

        Assert.Equal([Point(10, MetricValue.Of(-0.0)), Point(15, MetricValue.Of(double.NaN)), Point(20, MetricValue.Of(true)),
            Point(30, MetricValue.Of("wärm"))], Series());
    }

    [Fact]
    public void Arrange_SameReadingOfALaterEntry_IsADuplicate()
    {
        Arrange(At(10, 1.5, 1));

        Assert.Equal([true], Arrange(At(10, 1.5, 2)));

        Assert.Single(Series());
        Assert.Equal((1, 1), (Store.CountDuplicates(), Store.CountDuplicates(Pump)));
        Assert.Equal(0, Store.CountDuplicates(Router));
    }

    [Fact]
    public void Arrange_SameReadingTwiceInABatch_TheLaterEntryIsTheDuplicate()
    {
        Assert.Equal([false, true, false, true], Arrange(At(10, 1.5, 1), At(10, 1.5, 2), At(11, 1.5, 2), At(10, 1.5, 3)));

        Assert.Equal(2, Store.CountDuplicates());
    }

    [Fact]
    public void Arrange_SameEntryAgain_IsARepeatedRun()
    {
        Assert.Equal([false, true], Arrange(At(10, 1.5, 1), At(10, 1.5, 2)));
        Assert.Equal([false, true], Arrange(At(10, 1.5, 1), At(10, 1.5, 2)));
        Assert.Equal([true, false], Arrange(At(10, 1.5, 2), At(20, 1.5, 3)));

        Assert.Equal((1, 2, 2), (Store.CountDuplicates(), Store.CountReadings(), Store.CountReadingsEver()));
    }

    [Fact]
    public void Arrange_OtherValueAtTheSameTime_IsKeptInOrderOfArrival()
    {
        Assert.Equal([false, false, false], Arrange(At(10, 9, 1), At(10, 3, 2), At(10, 5, 3)));

        Assert.Equal([Point(10, MetricValue.Of(9.0)), Point(10, MetricValue.Of(3.0)), Point(10, MetricValue.Of(5.0))], Series());
        Assert.Equal(MetricValue.Of(5.0), Assert.Single(Store.Latest(Pump)).Value);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    public void Arrange_SameTextOfAnotherKind_IsAnotherValue(string text)
    {
        var value = text == "1" ? MetricValue.Of(1.0) : MetricValue.Of(true);

        Assert.Equal([false, false], Arrange(At(10, value, 1), At(10, MetricValue.Of(text), 2)));
    }

    [Fact]
    public void Arrange_OtherMetricOrDevice_IsNoDuplicate()
    {
        Assert.Equal([false, false, false],
            Arrange(At(10, MetricValue.Of(1.0), 1), At(10, MetricValue.Of(1.0), 2, "volt"), At(10, MetricValue.Of(1.0), 3, device: Router)));

        Assert.Equal((3, 2, 1), (Store.CountReadings(), Store.CountReadings(Pump), Store.CountReadings(Router)));
    }

    [Fact]
    public void Latest_LateReading_DoesNotReplaceANewerOne()
    {
        Arrange(At(50, MetricValue.Of(5.0), 1, server: 70));
        Arrange(At(40, 4, 2), At(45, 4.5, 3));

        Assert.Equal(new LatestValue("temp_c", new DeviceTime(50), MetricValue.Of(5.0), new ServerTime(70)), Assert.Single(Store.Latest(Pump)));
    }

    [Fact]
    public void Latest_SeveralMetrics_InOrderOfName()
    {
        Arrange(At(1, MetricValue.Of(1.0), 1, "volt"), At(2, MetricValue.Of(2.0), 2, "Amps"), At(3, MetricValue.Of(3.0), 3, "temp_c"));

        Assert.Equal(["Amps", "temp_c", "volt"], Store.Latest(Pump).Select(l => l.Metric));
        Assert.Empty(Store.Latest(Router));
    }

    [Fact]
    public void Arrange_Events_DuplicateBySameCodeStateAndTime()
    {
        Assert.Equal([false, false, true, false, false],
            Arrange(Code(10, "E42", CodeState.Set, 1), Code(10, "E42", CodeState.Clear, 2), Code(10, "E42", CodeState.Set, 3),
                Code(11, "E42", CodeState.Set, 4), Code(10, "E43", CodeState.Set, 5)));
        Assert.Equal([false, true], Arrange(Code(10, "E42", CodeState.Set, 1), Code(10, "E42", CodeState.Set, 3)));

        Assert.Equal((4, 4, 1, 1, 0), (Store.CountEvents(), Store.CountEventsEver(), Store.CountDuplicates(), Store.CountDuplicateEvents(),
            Store.CountDuplicateReadings()));
    }

    [Fact]
    public void Events_OfARange_TheLastOnesInOrderOfTime()
    {
        Arrange(Code(30, "C", CodeState.Clear, 3), Code(10, "A", CodeState.Set, 1), Code(20, "B", CodeState.Set, 2), Code(40, "D", CodeState.Set, 4));

        Assert.Equal(
            [new EventPoint(new DeviceTime(20), "B", CodeState.Set, 2, new ServerTime(1000)),
                new EventPoint(new DeviceTime(30), "C", CodeState.Clear, 3, new ServerTime(1000))],
            Store.Events(Pump, new DeviceTime(10), new DeviceTime(40), 2));
        Assert.Empty(Store.Events(Router, new DeviceTime(0), new DeviceTime(100), 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Store.Events(Pump, new DeviceTime(0), new DeviceTime(1), 10_001));
    }

    [Fact]
    public void Series_Range_FromIsInAndUntilIsOut()
    {
        Arrange(At(10, 1, 1), At(20, 2, 2), At(30, 3, 3));

        Assert.Equal([10, 20], Store.Series(Pump, "temp_c", new DeviceTime(10), new DeviceTime(30), 10).Select(p => p.At.EpochMs));
        Assert.Empty(Store.Series(Pump, "unknown", new DeviceTime(10), new DeviceTime(30), 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Store.Series(Pump, "temp_c", new DeviceTime(0), new DeviceTime(1), 1));
    }

    [Fact]
    public void Series_MoreThanAskedFor_KeepsPeaksOfEachStretch()
    {
        Arrange([.. Enumerable.Range(0, 1000).Select(i => At(i, i == 500 ? 99 : i == 501 ? -99 : Math.Sin(i), i + 1))]);

        var points = Store.Series(Pump, "temp_c", new DeviceTime(0), new DeviceTime(1000), 50);

        Assert.InRange(points.Count, 25, 50);
        Assert.Contains(Point(500, MetricValue.Of(99.0)), points);
        Assert.Contains(Point(501, MetricValue.Of(-99.0)), points);
        Assert.Equal(points.Select(p => p.At), points.Select(p => p.At).Order());
    }

    [Fact]
    public void Arrange_LastOffset_IsTheHighest()
    {
        Arrange(At(10, 1, 7), At(11, 1, 5));
        Arrange(Code(1, "E", CodeState.Set, 6));

        Assert.Equal(7, Store.LastOffset);
    }

    [Fact]
    public void Arrange_WithinAFailedBatch_NothingIsThere()
    {
        Arrange(At(1, 1, 1));

        Assert.ThrowsAny<Exception>(() => Arrange(At(2, MetricValue.Of(1.0), 2, "new-metric"), At(3, MetricValue.Of(1.0), 3, null!)));

        Assert.Equal((1, 1, 1), (Store.CountReadings(), Store.CountReadingsEver(), Store.LastOffset));
        Assert.Equal([false, false], Arrange(At(2, MetricValue.Of(1.0), 2, "other"), At(2, MetricValue.Of(2.0), 2, "new-metric")));
        Assert.Equal(["new-metric", "other", "temp_c"], Store.Latest(Pump).Select(l => l.Metric));
    }

    [Fact]
    public void Arrange_AnswersOfAnotherLength_AreRefused() =>
        Assert.Throws<ArgumentException>(() => Store.Arrange([At(1, 1, 1)], new bool[2], [], []));

    [Fact]
    public void Arrange_NamesThatUtf8OrPostgresCannotHold_AreKeptAsReplacements()
    {
        Arrange(At(1, MetricValue.Of("x\0y\ud800"), 1, "a\0b"));
        Arrange(Code(1, "E\0", CodeState.Set, 2));

        Assert.Equal([true], Arrange(At(1, MetricValue.Of("x\0y\ufffd"), 3, "a\ufffdb")));
        Assert.Equal("x\0y\ufffd", Assert.Single(Series("a\0b")).Value.Text);
    }

    [Fact]
    public void Retain_ByArrival_GoesInChunksAndKeepsTheLastValues()
    {
        Arrange([.. Enumerable.Range(0, 12).Select(i => At(1000 - i, MetricValue.Of(i), i + 1, server: 100))]);
        Arrange(At(1000, MetricValue.Of(0), 13, server: 100), At(5, MetricValue.Of(1.0), 14, server: 200));
        Arrange(Code(1, "E", CodeState.Set, 15, server: 100), Code(2, "E", CodeState.Set, 16, server: 200));

        var deleted = new List<int>();
        do
            deleted.Add(Store.Retain(new ServerTime(200), 10));
        while (deleted[^1] > 0);

        Assert.Equal([10, 2, 1, 1, 0], deleted); // readings twice, the event, the duplicate
        Assert.Equal([5], Series().Select(p => p.At.EpochMs));
        Assert.Equal((1, 13, 1, 1, 2), (Store.CountReadings(), Store.CountReadingsEver(), Store.CountEvents(), Store.CountDuplicates(),
            Store.CountEventsEver()));
        Assert.Equal(1000, Assert.Single(Store.Latest(Pump)).At.EpochMs);
    }

    [Fact]
    public void Arrange_RandomBatchesWithRepeats_AgreesWithASimpleModel()
    {
        const int seed = 20260730;
        var random = new Random(seed);
        var log = Enumerable.Range(1, 600).Select(offset =>
            At(random.Next(40), MetricValue.Of((double)random.Next(3)), offset, $"m{random.Next(2)}")).ToArray();
        var first = new Dictionary<(string, long, MetricValue), long>();
        var expected = log.Select(r => !first.TryAdd((r.Metric, r.At.EpochMs, r.Value), r.Offset)).ToArray();
        var position = 0;
        while (position < log.Length)
        {
            var from = Math.Max(0, position - random.Next(20)); // as after a crash: some run again
            var until = Math.Min(log.Length, from + random.Next(1, 60));

            Assert.True(expected.AsSpan(from, until - from).SequenceEqual(Arrange(log[from..until])), $"seed {seed}, entries {from} to {until}");

            position = Math.Max(position, until);
        }
        Assert.Equal((first.Count, log.Length - first.Count), (Store.CountReadings(), Store.CountDuplicates()));
    }
}

public abstract class DurableTelemetryStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Open_Again_KnowsKeysCountsAndOffset()
    {
        var reading = new ArrangedReading(DeviceId.Parse("d"), "m", new DeviceTime(1), MetricValue.Of(1.0), 5, new ServerTime(2));
        Stores.Telemetry.Arrange([reading], new bool[1], [], []);

        Reopen();

        var duplicate = new bool[3];
        Stores.Telemetry.Arrange([reading, reading with { Offset = 6 }, reading with { Metric = "n", Offset = 7 }], duplicate, [], []);
        Assert.Equal([false, true, false], duplicate);
        Assert.Equal((7, 2, 1), (Stores.Telemetry.LastOffset, Stores.Telemetry.CountReadings(), Stores.Telemetry.CountDuplicates()));
    }
}

public sealed class TelemetryStoreOnSqliteFiles : TelemetryStoreCompliance<SqliteFiles>;

public sealed class TelemetryStoreInSqliteMemory : TelemetryStoreCompliance<SqliteMemory>;

public sealed class TelemetryStoreOnPostgres : TelemetryStoreCompliance<PostgresSchemas>;

public sealed class DurableTelemetryStoreOnSqliteFiles : DurableTelemetryStoreCompliance<SqliteFiles>;

public sealed class DurableTelemetryStoreOnPostgres : DurableTelemetryStoreCompliance<PostgresSchemas>;
