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

/// <summary>
/// Goal: however many threads evaluate the lanes, and in whatever order they come to run, the same log gives the same decisions in the same order, the same memory and the
/// same telemetry. Method: drawn logs, evaluated by one share and by several, side by side, one after the other backwards, and cut short. A failure names its seed.
/// </summary>
public sealed class LaneSharesTests
{
    private const long Start = 1_790_000_000_000;
    private const int Devices = 80;

    private const string Rules = """
        - fault: warm
          raise: temp > 90
          hold: 2s
          case: {}
        - fault: hot
          raise: avg(temp, duration("5s")) > 95
          clear: temp < 80
          case: {}
        - fault: says-e4
          codes: [E4]
          case: {}
        - fault: quiet
          silent: 20s
          case: {}
        """;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Pump_AnyNumberOfThreads_DecidesTheSameInTheSameOrder(int threads)
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var expected = Run(seed, new Backwards(1));
            Assert.True(expected.Transitions.Length > 100, $"seed {seed}: only {expected.Transitions.Length} transitions");
            AssertSame(expected, Run(seed, new SideBySide(threads)), $"seed {seed}, {threads} side by side");
            AssertSame(expected, Run(seed, new Backwards(threads)), $"seed {seed}, {threads} backwards");
            AssertSame(expected, Run(seed, new CutShort(threads, seed)), $"seed {seed}, {threads} cut short");
        }
    }

    [Fact]
    public void Finish_WhileABatchIsCutShort_WritesNothingOfIt()
    {
        using var stores = Stores.InMemory();
        var (worker, clock) = Begin(stores, new CutShort(2, 1) { Always = true });
        Append(stores, clock, new Random(1), 600);
        var before = worker.Lanes.Position;

        Assert.Throws<IOException>(() => worker.Pump());
        worker.Finish();

        Assert.Equal((before, 0L), (worker.Lanes.Position, stores.State.Read(db => db.Scalar<long>("SELECT count(*) FROM fault_transitions"))));
        var (again, _) = (NewWorker(stores, clock, new Backwards(2)), 0);
        again.Start();
        PumpAll(again);
        Assert.Equal(stores.Log.LastOffset, again.Lanes.Position);
    }

    private static Outcome Run(int seed, ILaneThreads threads)
    {
        using var stores = Stores.InMemory();
        var (worker, clock) = Begin(stores, threads);
        var random = new Random(seed);
        for (var batch = 0; batch < 12; batch++)
        {
            Append(stores, clock, random, random.Next(2) == 0 ? random.Next(1, 60) : random.Next(500, 900));
            PumpAll(worker);
        }
        worker.Finish();
        return new Outcome(
            stores.State.Read(db => db.Query<string>("SELECT effect_id || ' ' || at || ' ' || reason FROM fault_transitions ORDER BY seq")).ToArray(),
            stores.State.Read(db => db.Query<string>("SELECT effect_id || ' ' || kind || ' ' || due_at FROM outbox ORDER BY id")).ToArray(),
            stores.Telemetry.CountReadings(), stores.Telemetry.CountDuplicateReadings(), worker.Lanes.Applied,
            [.. stores.Telemetry.Load().Select(l => $"{l.Partition} {l.Position} {l.At} {Convert.ToHexString(l.Body)}")]);
    }

    private static (Worker Worker, VirtualClock Clock) Begin(Stores stores, ILaneThreads threads)
    {
        var clock = new VirtualClock(DateTimeOffset.FromUnixTimeMilliseconds(Start));
        RuleFile[] files = [new("rules.yaml", Rules)];
        var set = RuleSetReader.Read(files).Set!;
        stores.State.Write(db => RuleSetStore.Put(db, set.Hash, files, Start, "test"));
        stores.Log.Append(new ServerTime(Start), [new Entry.RulesActivated(set.Hash), .. Enumerable.Range(0, Devices).Select(d => new Entry.Registered(new Device(IdOf(d))))], []);
        var worker = NewWorker(stores, clock, threads);
        worker.Start();
        return (worker, clock);
    }

    private static Worker NewWorker(Stores stores, VirtualClock clock, ILaneThreads threads) =>
        new(stores, new EntryQueue(), new CommandQueue(), new WorkerOptions(), new NoticeOptions(), [], clock, NullLoggerFactory.Instance, threads);

    /// <summary>Entries of many devices at one server time, some of them late or sent twice, a second or more after those before; now and then the gateway was away.</summary>
    private static void Append(Stores stores, VirtualClock clock, Random random, int count)
    {
        clock.AdvanceTo(clock.Now + TimeSpan.FromMilliseconds(random.Next(1, 30_000)));
        var now = clock.Now.ToUnixTimeMilliseconds();
        var entries = new List<Entry>();
        for (var i = 0; i < count; i++)
        {
            var device = IdOf(random.Next(Devices));
            var at = new DeviceTime(now - (random.Next(10) == 0 ? random.Next(0, 60_000) : random.Next(0, 400)));
            entries.Add(random.Next(100) switch
            {
                0 => new Entry.Removed(device),
                1 or 2 => new Entry.Registered(new Device(device)),
                < 8 => new Entry.Event(device, "E4", random.Next(2) == 0 ? CodeState.Set : CodeState.Clear, at),
                < 12 when entries.Count > 0 => entries[random.Next(entries.Count)],
                _ => new Entry.Telemetry(device, at, [new Reading("temp", MetricValue.Of(random.Next(60, 120))), new Reading($"m{random.Next(3)}", MetricValue.Of(i))]),
            });
        }
        if (random.Next(4) == 0)
            entries.Insert(random.Next(entries.Count), new Entry.GatewayUp(new ServerTime(now - 5_000)));
        stores.Log.Append(new ServerTime(now), entries, []);
    }

    private static void PumpAll(Worker worker)
    {
        for (var more = true; more;)
        {
            try
            {
                more = worker.Pump();
            }
            catch (IOException)
            {
                // As the loop's thread does: what it meets it tries again.
            }
        }
    }

    private static void AssertSame(Outcome expected, Outcome found, string where)
    {
        for (var i = 0; i < Math.Min(expected.Transitions.Length, found.Transitions.Length); i++)
            Assert.True(expected.Transitions[i] == found.Transitions[i], $"{where}, transition {i}: {found.Transitions[i]} in place of {expected.Transitions[i]}");
        Assert.True(expected.Transitions.Length == found.Transitions.Length, $"{where}: {found.Transitions.Length} transitions in place of {expected.Transitions.Length}");
        Assert.True(expected.Outbox.SequenceEqual(found.Outbox), $"{where}: other intents");
        Assert.True((expected.Readings, expected.Duplicates, expected.Applied) == (found.Readings, found.Duplicates, found.Applied),
            $"{where}: {found.Readings} readings, {found.Duplicates} duplicates, {found.Applied} applied in place of {expected.Readings}, {expected.Duplicates}, {expected.Applied}");
        Assert.True(expected.Lanes.SequenceEqual(found.Lanes), $"{where}: other memory in {expected.Lanes.Zip(found.Lanes).FirstOrDefault(p => p.First != p.Second).First?.Split(' ')[0]}");
    }

    private static DeviceId IdOf(int device) => DeviceId.Parse($"d{device:00}");

    private sealed record Outcome(string[] Transitions, string[] Outbox, long Readings, long Duplicates, long Applied, string[] Lanes);

    /// <summary>Real threads.</summary>
    private sealed class SideBySide(int count) : ILaneThreads
    {
        public int Count => count;

        public void Run(Action<int> share) => Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = count }, share);
    }

    /// <summary>The last share first.</summary>
    private sealed class Backwards(int count) : ILaneThreads
    {
        public int Count => count;

        public void Run(Action<int> share)
        {
            for (var i = count - 1; i >= 0; i--)
                share(i);
        }
    }

    /// <summary>One share in three cannot read its disk and is left out until the next turn.</summary>
    private sealed class CutShort(int count, int seed) : ILaneThreads
    {
        private readonly Random random = new(seed);

        public bool Always { get; init; }

        public int Count => count;

        public void Run(Action<int> share)
        {
            var failed = -1;
            for (var i = 0; i < count; i++)
            {
                if ((Always && i == 0) || random.Next(3) == 0)
                    failed = i;
                else
                    share(i);
            }
            if (failed >= 0)
                throw new IOException($"share {failed} could not read");
        }
    }
}
