using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Telemetry;
using B2D.Storage;
using B2D.Storage.Rules;
using B2D.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Telemetry;

/// <summary>Goal: a usual message leaves nothing for the collector on its way from the log through telemetry and rules. Method: what the thread allocated.</summary>
public sealed class LaneLoopAllocationTests : IDisposable
{
    private const int Devices = 20;
    private const long Start = 1_790_000_000_000;
    private const string Rule = "- fault: warm\n  raise: temp > 90 && avg(load, duration(\"5m\")) > 80\n  case: {}\n";

    private readonly Stores stores = Stores.InMemory();
    private readonly VirtualClock clock = new(DateTimeOffset.FromUnixTimeMilliseconds(Start));
    private readonly EntryBatch batch;
    private readonly LaneLoop lanes;
    private long now = Start;

    public LaneLoopAllocationTests()
    {
        batch = new EntryBatch(stores.Log.Names);
        RuleFile[] files = [new("rules.yaml", Rule)];
        var set = RuleSetReader.Read(files).Set!;
        stores.State.Write(db => RuleSetStore.Put(db, set.Hash, files, now, "test"));
        stores.Log.Append(new ServerTime(now), [new Entry.RulesActivated(set.Hash), .. Enumerable.Range(0, Devices).Select(d => new Entry.Registered(new Device(IdOf(d))))], []);
        var worker = new Worker(stores, new EntryQueue(), new CommandQueue(), new WorkerOptions(), new NoticeOptions(), [], clock, NullLoggerFactory.Instance);
        worker.Start();
        lanes = worker.Lanes;
        Pump();
    }

    public void Dispose() => stores.Dispose();

    [Fact]
    public void Pump_UsualMessages_AllocatesNothing()
    {
        // Until windows, columns and pools have their size, and between two doublings of the columns.
        for (var i = 0; i < 750; i++)
            Report();

        var allocated = 0L;
        for (var i = 0; i < 100; i++)
            allocated += Report();

        Assert.True(allocated < 1000, $"{allocated} bytes for {100 * Devices} messages");
        Assert.Equal(850 * 3 * Devices, stores.Telemetry.CountReadings());
    }

    /// <summary>A message of every device in one batch, a second later; what writing and evaluating it allocated.</summary>
    private long Report()
    {
        now += 1000;
        batch.Clear();
        for (var d = 0; d < Devices; d++)
        {
            batch.Add(new Entry.Telemetry(IdOf(d), new DeviceTime(now),
                [new Reading("temp", MetricValue.Of(20.5)), new Reading("load", MetricValue.Of(d)), new Reading("on", MetricValue.Of(true))]));
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        stores.Log.Append(new ServerTime(now), batch, []);
        Pump();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Pump()
    {
        while (lanes.Pump())
        {
            // Until all is evaluated.
        }
    }

    private static DeviceId IdOf(int device) => DeviceId.Parse($"d{device:00}");
}
