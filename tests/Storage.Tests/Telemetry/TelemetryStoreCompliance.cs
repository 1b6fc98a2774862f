using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Telemetry;

/// <summary>What holds wherever the readings are: in memory, cut and not yet written, on disk, or loaded again from there.</summary>
public abstract class TelemetryStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static readonly DeviceId Pump = DeviceId.Parse("pump-1");
    private static readonly DeviceId Router = DeviceId.Parse("router-7");
    private readonly TelemetryBench bench;

    protected TelemetryStoreCompliance() => bench = new TelemetryBench(Stores.Telemetry);

    private TelemetryStore Store => Stores.Telemetry;

    private bool Send(long at, MetricValue value, string metric = "temp_c", DeviceId? device = null, long server = 1000) =>
        Assert.Single(bench.Send(device ?? Pump, at, server, (metric, value)));

    private bool Send(long at, double value) => Send(at, MetricValue.Of(value));

    private SeriesPoint[] Series(string metric = "temp_c") =>
        [.. Store.Series(Pump, metric, new DeviceTime(long.MinValue), new DeviceTime(long.MaxValue), 1000)];

    private static SeriesPoint Point(long at, MetricValue value) => new(new DeviceTime(at), value);

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Append_ReadingsOfEveryKind_ComeBackInOrderOfTime(Stage stage)
    {
        Assert.False(Send(30, MetricValue.Of("wärm")));
        Assert.False(Send(10, MetricValue.Of(-0.0)));
        Assert.False(Send(20, MetricValue.Of(true)));
        Assert.False(Send(15, MetricValue.Of(double.NaN)));
        Assert.False(Send(40, MetricValue.Missing));
        bench.Bring(stage);

        Assert.Equal([Point(10, MetricValue.Of(-0.0)), Point(15, MetricValue.Of(double.NaN)), Point(20, MetricValue.Of(true)),
            Point(30, MetricValue.Of("wärm")), Point(40, MetricValue.Missing)], Series());
        Assert.Equal((5, 5, 5), (Store.CountReadings(), Store.CountReadings(Pump), Store.CountReadingsEver()));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Append_SameReadingOfALaterEntry_IsADuplicate(Stage stage)
    {
        Send(10, 1.5);
        Send(20, 2.5);
        bench.Bring(stage);

        Assert.True(Send(10, 1.5));
        Assert.True(Send(20, 2.5));
        Assert.False(Send(10, 2.5));
        Assert.False(Send(15, 1.5));

        Assert.Equal(4, Series().Length);
        Assert.Equal((2, 2, 2, 0), (Store.CountDuplicates(), Store.CountDuplicates(Pump), Store.CountDuplicateReadings(), Store.CountDuplicates(Router)));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Append_OtherValueAtTheSameTime_IsKeptInOrderOfArrival(Stage stage)
    {
        Send(10, 9);
        bench.Bring(stage);
        Assert.False(Send(10, 3));
        Assert.False(Send(10, 5));
        Assert.True(Send(10, 9));
        bench.Bring(stage);

        Assert.Equal([Point(10, MetricValue.Of(9.0)), Point(10, MetricValue.Of(3.0)), Point(10, MetricValue.Of(5.0))], Series());
        Assert.Equal(MetricValue.Of(5.0), Assert.Single(Store.Latest(Pump)).Value);
    }

    [Fact]
    public void Append_MetricTwiceInAMessage_BothValuesOnce()
    {
        Assert.Equal([false, false, false, false], bench.Send(Pump, 10, 1000, ("m", MetricValue.Of(1.0)), ("m", MetricValue.Of(2.0)), ("n", MetricValue.Of(3.0)), ("n", MetricValue.Of(3.0))));

        Assert.Equal([Point(10, MetricValue.Of(1.0)), Point(10, MetricValue.Of(2.0))], Series("m"));
        Assert.Equal([Point(10, MetricValue.Of(3.0))], Series("n"));
        Assert.Equal((3, 0), (Store.CountReadings(), Store.CountDuplicates()));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    public void Append_SameTextOfAnotherKind_IsAnotherValue(string text)
    {
        var value = text == "1" ? MetricValue.Of(1.0) : MetricValue.Of(true);

        Assert.False(Send(10, value));
        Assert.False(Send(10, MetricValue.Of(text)));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Append_OtherMetricOrDevice_IsNoDuplicate(Stage stage)
    {
        Assert.Equal([false, false], bench.Send(Pump, 10, 1000, ("temp_c", MetricValue.Of(1.0)), ("volt", MetricValue.Of(1.0))));
        bench.Bring(stage);
        Assert.Equal([true, false, true], bench.Send(Pump, 10, 1000, ("volt", MetricValue.Of(1.0)), ("amps", MetricValue.Of(1.0)), ("temp_c", MetricValue.Of(1.0))));
        Assert.False(Send(10, MetricValue.Of(1.0), device: Router));

        Assert.Equal((4, 3, 1), (Store.CountReadings(), Store.CountReadings(Pump), Store.CountReadings(Router)));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Latest_LateReading_DoesNotReplaceANewerOne(Stage stage)
    {
        Send(50, MetricValue.Of(5.0), server: 70);
        bench.Bring(stage);
        Send(40, 4);
        Send(45, 4.5);
        bench.Bring(stage);

        Assert.Equal(new LatestValue("temp_c", new DeviceTime(50), MetricValue.Of(5.0), new ServerTime(70)), Assert.Single(Store.Latest(Pump)));
        Assert.Equal((new ServerTime(1000), default), (Store.LastHeard(Pump), Store.LastHeard(Router)));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Latest_SeveralMetrics_InOrderOfName(Stage stage)
    {
        bench.Send(Pump, 1, 1000, ("volt", MetricValue.Of(1.0)), ("Amps", MetricValue.Of("x")), ("temp_c", MetricValue.Of(true)), ("none", MetricValue.Missing));
        bench.Bring(stage);

        Assert.Equal([("Amps", MetricValue.Of("x")), ("none", MetricValue.Missing), ("temp_c", MetricValue.Of(true)), ("volt", MetricValue.Of(1.0))],
            Store.Latest(Pump).Select(l => (l.Metric, l.Value)));
        Assert.Empty(Store.Latest(Router));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Append_Events_DuplicateBySameCodeStateAndTime(Stage stage)
    {
        Assert.False(bench.Event(Pump, 10, "E42", CodeState.Set));
        Assert.False(bench.Event(Pump, 10, "E42", CodeState.Clear));
        Assert.True(bench.Event(Pump, 10, "E42", CodeState.Set));
        bench.Bring(stage);
        Assert.True(bench.Event(Pump, 10, "E42", CodeState.Clear));
        Assert.False(bench.Event(Pump, 11, "E42", CodeState.Set));
        Assert.False(bench.Event(Pump, 10, "E43", CodeState.Set));

        Assert.Equal((4, 4, 2, 2, 0), (Store.CountEvents(), Store.CountEventsEver(), Store.CountDuplicates(Pump), Store.CountDuplicateEvents(), Store.CountDuplicateReadings()));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Events_OfARange_TheLastOnesInOrderOfTime(Stage stage)
    {
        bench.Event(Pump, 30, "C", CodeState.Clear);
        bench.Event(Pump, 10, "A", CodeState.Set);
        bench.Bring(stage);
        bench.Event(Pump, 20, "B", CodeState.Set);
        bench.Event(Pump, 40, "D", CodeState.Set);

        Assert.Equal(
            [new EventPoint(new DeviceTime(20), "B", CodeState.Set, 3, new ServerTime(1000)),
                new EventPoint(new DeviceTime(30), "C", CodeState.Clear, 1, new ServerTime(1000))],
            Store.Events(Pump, new DeviceTime(10), new DeviceTime(40), 2));
        Assert.Empty(Store.Events(Router, new DeviceTime(0), new DeviceTime(100), 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Store.Events(Pump, new DeviceTime(0), new DeviceTime(1), 10_001));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Series_Range_FromIsInAndUntilIsOut(Stage stage)
    {
        Send(10, 1);
        Send(20, 2);
        Send(30, 3);
        bench.Bring(stage);

        Assert.Equal([10, 20], Store.Series(Pump, "temp_c", new DeviceTime(10), new DeviceTime(30), 10).Select(p => p.At.EpochMs));
        Assert.Empty(Store.Series(Pump, "unknown", new DeviceTime(10), new DeviceTime(30), 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Store.Series(Pump, "temp_c", new DeviceTime(0), new DeviceTime(1), 1));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Series_MoreThanAskedFor_KeepsPeaksOfEachStretch(Stage stage)
    {
        for (var i = 0; i < 1000; i++)
            Send(i, i == 500 ? 99 : i == 501 ? -99 : Math.Sin(i));
        bench.Bring(stage);

        var points = Store.Series(Pump, "temp_c", new DeviceTime(0), new DeviceTime(1000), 50);

        Assert.InRange(points.Count, 25, 50);
        Assert.Contains(Point(500, MetricValue.Of(99.0)), points);
        Assert.Contains(Point(501, MetricValue.Of(-99.0)), points);
        Assert.Equal(points.Select(p => p.At), points.Select(p => p.At).Order());
    }

    [Fact]
    public void Append_AnswersOfAnotherLength_AreRefused()
    {
        var sent = new Entry.Telemetry(Pump, new DeviceTime(1), [new Reading("m", MetricValue.Of(1.0))]);
        Assert.Throws<ArgumentException>(() => Store.Append(new LogEntry(Partitions.Of(Pump), 1, new ServerTime(1), sent), sent, new DeviceTime(1), new bool[2]));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void Append_NamesThatUtf8OrPostgresCannotHold_AreKeptAsReplacements(Stage stage)
    {
        Send(1, MetricValue.Of("x\0y\ud800"), "a\0b");
        bench.Event(Pump, 1, "E\0", CodeState.Set);
        bench.Bring(stage);

        Assert.True(Send(1, MetricValue.Of("x\0y\ufffd"), "a\ufffdb"));
        Assert.True(Send(1, MetricValue.Of("x\0y\ud800"), "a\0b"));
        Assert.Equal("x\0y\ufffd", Assert.Single(Series("a\0b")).Value.Text);
        Assert.True(bench.Event(Pump, 1, "E\ufffd", CodeState.Set));
    }

    [Fact]
    public void Retain_ByArrival_GoesInChunksAndKeepsTheLastValues()
    {
        for (var i = 0; i < 12; i++)
        {
            Send(1000 - i, MetricValue.Of(i), server: 100);
            bench.Bring(Stage.Disk);
        }
        Send(5, MetricValue.Of(1.0), server: 200);
        bench.Event(Pump, 1, "E", CodeState.Set, server: 100);
        bench.Event(Pump, 2, "E", CodeState.Set, server: 200);
        bench.Bring(Stage.Disk);

        var deleted = new List<int>();
        do
            deleted.Add(Store.Retain(new ServerTime(200), 5));
        while (deleted[^1] > 0);

        Assert.Equal([5, 5, 2, 1, 0], deleted); // twelve blocks, then the event
        Assert.Equal([5], Series().Select(p => p.At.EpochMs));
        Assert.Equal((1, 13, 1, 2), (Store.CountReadings(), Store.CountReadingsEver(), Store.CountEvents(), Store.CountEventsEver()));
        Assert.Equal(1000, Assert.Single(Store.Latest(Pump)).At.EpochMs);
    }

    [Fact]
    public void Downsample_AfterItsTime_KeepsLowestHighestAndLastOfFiveMinutes()
    {
        for (var i = 0; i < 300; i++)
            bench.Send(Pump, i * 2000, 100 + i, ("temp_c", MetricValue.Of(i == 70 ? 99.5 : i == 71 ? -3.5 : 20 + (i % 7))), ("mode", MetricValue.Of(i < 200 ? "eco" : "full")));
        bench.Bring(Stage.Disk);
        Send(600_000, MetricValue.Of(50.0), server: 10_000);
        bench.Bring(Stage.Disk);

        Assert.Equal(1, Store.Downsample(new ServerTime(10_000)));
        Assert.Equal(0, Store.Downsample(new ServerTime(10_000)));

        // The first stretch: its peaks and its last; the second: 20 comes first at i = 154, 26 at i = 153.
        Assert.Equal(
            [Point(140_000, MetricValue.Of(99.5)), Point(142_000, MetricValue.Of(-3.5)), Point(298_000, MetricValue.Of(22.0)), Point(306_000, MetricValue.Of(26.0)),
                Point(308_000, MetricValue.Of(20.0)), Point(598_000, MetricValue.Of(25.0)), Point(600_000, MetricValue.Of(50.0))],
            Series());
        Assert.Equal(["eco", "eco", "eco", "full"], Series("mode").Select(p => p.Value.Text));
        Assert.Equal(0, Store.Retain(new ServerTime(100), 10));
        Assert.Equal(1, Store.Retain(new ServerTime(10_000), 10));
        Assert.Single(Series());
    }

    [Fact]
    public void Arrange_ManySmallBlocks_BecomeOneAndSayTheSame()
    {
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 10; i++)
                bench.Send(Pump, (round * 100) + (i * 7 % 10), 1000 + round, ("a", MetricValue.Of(round + (i / 10.0))), (round % 3 == 0 ? "b" : "c", MetricValue.Of(i > 4)));
            bench.Bring(Stage.Disk);
        }

        Assert.InRange(Store.MeasureBlocks().Blocks, 1, 8);
        Assert.Equal((200, 70, 130, 400), (Series("a").Length, Series("b").Length, Series("c").Length, Store.CountReadings()));
        Assert.Equal(Series("a").Select(p => p.At), Series("a").Select(p => p.At).Order());
        Assert.True(bench.Send(Pump, 307, 5000, ("b", MetricValue.Of(false)))[0]); // i = 1
    }

    [Fact]
    public void HeardSince_UntilItIsTold_EachDeviceOnce()
    {
        Send(1, MetricValue.Of(1.0), server: 100);
        Send(2, MetricValue.Of(1.0), server: 110);
        Send(2, MetricValue.Of(1.0), device: Router, server: 200);

        Assert.Equal([new("pump-1", 110)], Store.HeardSince(new ServerTime(150), 10));
        Assert.Equal(2, Store.HeardSince(new ServerTime(250), 10).Count);
        Assert.Single(Store.HeardSince(new ServerTime(250), 1));
        Store.Told(1);
        Assert.Equal([new("router-7", 200)], Store.HeardSince(new ServerTime(250), 10));
        Send(3, MetricValue.Of(1.0), server: 300);
        Store.Told(1);
        Assert.Equal([new("pump-1", 300)], Store.HeardSince(ServerTime.Never, 10));
    }

    [Fact]
    public void Cut_BeforeTheLastOneIsWritten_IsRefused()
    {
        var partition = Partitions.Of(Pump);
        Send(1, 1);
        Assert.True(bench.Cut(partition));
        Assert.True(Store.IsCutPending(partition));
        Send(2, 1);
        Assert.False(bench.Cut(partition));
        Assert.Equal(2, Series().Length);

        bench.Write();

        Assert.False(Store.IsCutPending(partition));
        Assert.True(bench.Cut(partition));
        Assert.Equal((2, 2, 1), (Series().Length, Store.CountReadings(), Store.PendingCuts));
    }

    [Fact]
    public void Load_AfterACut_HasTheLanesMemoryAtItsPosition()
    {
        Send(1, 1);
        bench.Cut(3);
        Send(2, 1);
        bench.Cut(4);
        Assert.Empty(Store.Load());
        bench.Cut(5);
        bench.Write();

        var lane = Assert.Single(Store.Load());

        Assert.Equal((5, 2L, new ServerTime(1000), 7), (lane.Partition, lane.Position, lane.At, lane.Format));
        Assert.Equal([5], lane.Body);
        Assert.Equal((0, ServerTime.Zero), Store.NeedsLogFrom);
        bench.CutAll();
        bench.Write();
        Assert.Equal((2, new ServerTime(1000)), Store.NeedsLogFrom);
    }
}

public abstract class DurableTelemetryStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Open_Again_KnowsKeysCountsAndPositions()
    {
        var device = DeviceId.Parse("d");
        var bench = new TelemetryBench(Stores.Telemetry);
        bench.Send(device, 1, 2, ("m", MetricValue.Of(1.0)));
        bench.Event(device, 1, "E", CodeState.Set);
        bench.Bring(Stage.Disk);

        Reopen();

        bench.Store = Stores.Telemetry;
        Assert.Equal(256, Stores.Telemetry.Load().Count);
        Assert.Equal([true, false], bench.Send(device, 1, 3, ("m", MetricValue.Of(1.0)), ("n", MetricValue.Of(1.0))));
        Assert.True(bench.Event(device, 1, "E", CodeState.Set));
        bench.Bring(Stage.Disk);
        Reopen();
        Assert.Equal((2, 2, 2, 1), (Stores.Telemetry.CountReadings(), Stores.Telemetry.CountReadingsEver(), Stores.Telemetry.CountDuplicates(device), Stores.Telemetry.CountDuplicateReadings()));
        Assert.True(Stores.Telemetry.StoredBytes() > 0);
    }
}

public sealed class TelemetryStoreOnSqliteFiles : TelemetryStoreCompliance<SqliteFiles>;

public sealed class TelemetryStoreInSqliteMemory : TelemetryStoreCompliance<SqliteMemory>;

public sealed class TelemetryStoreOnPostgres : TelemetryStoreCompliance<PostgresSchemas>;

public sealed class DurableTelemetryStoreOnSqliteFiles : DurableTelemetryStoreCompliance<SqliteFiles>;

public sealed class DurableTelemetryStoreOnPostgres : DurableTelemetryStoreCompliance<PostgresSchemas>;
