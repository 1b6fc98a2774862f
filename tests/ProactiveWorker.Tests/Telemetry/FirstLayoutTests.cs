using System.IO.Compression;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Replay;
using B2D.Storage.Telemetry;
using B2D.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Telemetry;

/// <summary>
/// Goal: data of the release that kept a row for each reading and one snapshot of all lanes is taken over whole. Method: <c>first-layout.zip</c> was written by that
/// release: 12 devices, 90 rounds of readings with late and repeated ones, events, a snapshot somewhat before the end. Everything is compared with its log.
/// </summary>
public sealed class FirstLayoutTests : IDisposable
{
    private const long LastOffset = 1148;

    private readonly string folder = Directory.CreateTempSubdirectory("b2d-first-layout").FullName;
    private readonly VirtualClock clock = new(DateTimeOffset.FromUnixTimeMilliseconds(1_790_001_000_000));

    public FirstLayoutTests() => ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "Telemetry", "first-layout.zip"), folder);

    public void Dispose() => Directory.Delete(folder, true);

    [Fact]
    public void Start_DataOfTheFirstLayout_IsAllThereOnce()
    {
        using (var stores = Open())
        {
            Assert.InRange(stores.State.Read(db => SnapshotStore.Latest(db, "lanes"))!.Position, 1, LastOffset - 1);
            var worker = Started(stores);
            AssertWhole(stores, worker);
            AssertGoesOn(stores, worker);
        }
        // Killed: what only moved the position was not committed yet and comes again.
        using var again = Open();
        var next = Started(again);
        next.Pump();
        Assert.Equal((LastOffset + 1, 3058, 395), (next.Lanes.Position, again.Telemetry.CountReadings(), again.Telemetry.CountDuplicateReadings()));
    }

    [Fact]
    public void Start_AfterTheTakeOverWasCutShort_IsAllThereOnce()
    {
        using (var stores = Open())
        {
            var position = stores.State.Read(db => SnapshotStore.Latest(db, "lanes"))!.Position;
            Assert.Throws<OperationCanceledException>(() => stores.Telemetry.Upgrade(position, [], (done, _) =>
            {
                if (done == 5)
                    throw new OperationCanceledException();
            }));
        }
        using var again = Open();
        AssertWhole(again, Started(again));
    }

    [Fact]
    public void Start_AfterAnOrderlyStop_ReplaysNothingAndSaysTheSame()
    {
        using (var stores = Open())
        {
            var worker = Started(stores);
            while (worker.Pump())
            {
            }
            worker.Finish();
        }
        using var again = Open();
        Assert.All(again.Telemetry.Load(), l => Assert.Equal(LastOffset, l.Position));
        AssertWhole(again, Started(again));
    }

    private static void AssertWhole(Stores stores, Worker worker)
    {
        Assert.Equal((LastOffset, 0), (worker.Lanes.Position, stores.Telemetry.RowsUntil));
        // As that release counted them.
        Assert.Equal((3056, 3056, 56, 394, 0),
            (stores.Telemetry.CountReadings(), stores.Telemetry.CountReadingsEver(), stores.Telemetry.CountEvents(), stores.Telemetry.CountDuplicateReadings(), stores.Telemetry.CountDuplicateEvents()));
        var entries = stores.Log.Read(0, 100_000);
        var readings = entries.Where(e => e.Body is Entry.Telemetry).SelectMany(e => ((Entry.Telemetry)e.Body).Readings.Select(r => (Entry: (Entry.Telemetry)e.Body, r.Metric, r.Value)))
            .DistinctBy(r => (r.Entry.Device, r.Metric, r.Entry.At, r.Value)).ToLookup(r => (r.Entry.Device, r.Metric));
        foreach (var series in readings)
        {
            var expected = series.OrderBy(r => r.Entry.At!.Value).Select(r => new SeriesPoint(r.Entry.At!.Value, r.Value)).ToArray();
            Assert.Equal(expected, stores.Telemetry.Series(series.Key.Device, series.Key.Metric, new DeviceTime(0), new DeviceTime(long.MaxValue), 10_000));
            var latest = stores.Telemetry.Latest(series.Key.Device).Single(l => l.Metric == series.Key.Metric);
            Assert.Equal(expected[^1], new SeriesPoint(latest.At, latest.Value));
        }
        Assert.Equal(394, readings.Select(r => r.Key.Device).Distinct().Sum(d => stores.Telemetry.CountDuplicates(d)));
        var events = entries.Select(e => e.Body).OfType<Entry.Event>().Distinct().Count();
        Assert.Equal(events, readings.Select(r => r.Key.Device).Distinct().Sum(d => stores.Telemetry.Events(d, new DeviceTime(0), new DeviceTime(long.MaxValue), 1000).Count));
    }

    /// <summary>A reading of the first round is known, others are new.</summary>
    private static void AssertGoesOn(Stores stores, Worker worker)
    {
        var first = (Entry.Telemetry)stores.Log.Read(0, 100).First(e => e.Body is Entry.Telemetry).Body;
        stores.Log.Append(new ServerTime(1_790_000_999_000), [first with { Readings = [first.Readings[0], new Reading("new", MetricValue.Of(1.0)), new Reading("other", MetricValue.Of(2.0))] }], []);
        worker.Pump();
        Assert.Equal((LastOffset + 1, 3058, 395), (worker.Lanes.Position, stores.Telemetry.CountReadings(), stores.Telemetry.CountDuplicateReadings()));
    }

    private Stores Open() => Stores.Open(new StorageOptions { DataFolder = folder });

    private Worker Started(Stores stores)
    {
        var worker = new Worker(stores, new EntryQueue(), new CommandQueue(), new WorkerOptions(), new NoticeOptions(), [], clock, NullLoggerFactory.Instance);
        worker.Start();
        return worker;
    }
}
