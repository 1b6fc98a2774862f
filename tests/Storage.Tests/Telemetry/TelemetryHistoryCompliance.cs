using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Telemetry;

/// <summary>What evaluations read: everything, in order, wherever it is.</summary>
public abstract class TelemetryHistoryCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private const long Day = 86_400_000;
    private static readonly DeviceId Pump = DeviceId.Parse("pump-1");
    private static readonly DeviceTime First = new(long.MinValue), Last = new(long.MaxValue);
    private readonly TelemetryBench bench;

    protected TelemetryHistoryCompliance() => bench = new TelemetryBench(Stores.Telemetry);

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void History_ReadingsAndEvents_AsMessagesInOrderOfTime(Stage stage)
    {
        Send(20, ("temp_c", 2), ("flow", 5));
        Send(10, ("temp_c", 1));
        bench.Event(Pump, 20, "E7", CodeState.Set);
        Send(20, ("temp_c", 3));
        bench.Bring(stage);
        bench.Event(Pump, 15, "E1", CodeState.Set);
        Send(30 * Day, ("temp_c", 4));

        Assert.Equal(["10 temp_c=1", "15 E1", "20 temp_c=2", "20 temp_c=3 flow=5", "20 E7", $"{30 * Day} temp_c=4"], History(["temp_c", "flow"], First, Last));
        Assert.Equal(["10 temp_c=1", "15 E1", "20 flow=5 temp_c=2", "20 temp_c=3", "20 E7", $"{30 * Day} temp_c=4"], History(null, First, Last));
        Assert.Equal(["15 E1", "20 flow=5", "20 E7"], History(["flow", "unknown"], new DeviceTime(15), new DeviceTime(30 * Day)));
    }

    [Theory]
    [MemberData(nameof(StageData.All), MemberType = typeof(StageData))]
    public void History_MoreThanAChartShows_NothingIsLeftOut(Stage stage)
    {
        const int count = 25_000;
        for (var i = 0; i < count; i++)
            Send(i, ("temp_c", i));
        bench.Bring(stage);

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i} temp_c={i}"), History(["temp_c"], First, Last));
    }

    [Fact]
    public void History_NothingStored_IsEmpty() => Assert.Empty(History(null, First, Last));

    private void Send(long at, params (string Metric, double Value)[] readings) => bench.Send(Pump, at, 1000, [.. readings.Select(r => (r.Metric, MetricValue.Of(r.Value)))]);

    private IEnumerable<string> History(string[]? metrics, DeviceTime from, DeviceTime until) => Stores.Telemetry.History(Pump, metrics, from, until).Select(h => h.Body switch
    {
        Entry.Telemetry t => $"{h.At.EpochMs} {string.Join(' ', t.Readings.Select(r => $"{r.Metric}={r.Value}"))}",
        Entry.Event e => $"{h.At.EpochMs} {e.Code}",
        var other => $"{other}",
    });
}

public sealed class TelemetryHistoryOnSqliteFiles : TelemetryHistoryCompliance<SqliteFiles>;

public sealed class TelemetryHistoryOnPostgres : TelemetryHistoryCompliance<PostgresSchemas>;
