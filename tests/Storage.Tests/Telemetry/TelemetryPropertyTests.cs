using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Telemetry;

/// <summary>
/// Goal: whatever comes in, is cut, written, merged, lost in a crash and appended again, telemetry says what a list of everything says. Method: random steps from one
/// seed, compared with that list again and again. A failing seed prints itself.
/// </summary>
public sealed class TelemetryPropertyTests
{
    private static readonly DeviceId[] Devices = [.. Enumerable.Range(0, 5).Select(i => DeviceId.Parse("dev-" + i))];
    private static readonly string[] Metrics = ["temp", "flow", "mode", "open"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(100, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AnySteps_AgreeWithAList(int seed)
    {
        var random = new Random(seed);
        using var place = new SqliteMemory();
        using var stores = place.Open();
        var bench = new TelemetryBench(stores.Telemetry);
        var reference = new Reference();
        for (var step = 0; step < 1200; step++)
        {
            switch (random.Next(100))
            {
                case < 70:
                    Send(random, bench, reference, $"seed {seed}, step {step}");
                    break;
                case < 78:
                    var (device, at, code, state) = (Devices[random.Next(Devices.Length)], (long)random.Next(200), "E" + random.Next(3), (CodeState)random.Next(1, 3));
                    Assert.True(bench.Event(device, at, code, state) == reference.Event(device, at, code, state, bench.LastOffset), $"seed {seed}, step {step}: event");
                    break;
                case < 86:
                    bench.Cut(Partitions.Of(Devices[random.Next(Devices.Length)]));
                    break;
                case < 94:
                    for (var turns = random.Next(1, 6); turns > 0 && bench.Store.Arrange(); turns--)
                    {
                    }
                    break;
                case < 96:
                    foreach (var (key, answer) in bench.Crash())
                        Assert.True(reference.Answers[key] == answer, $"seed {seed}, step {step}: {key} is answered {answer} after a crash");
                    break;
                default:
                    Compare(random, bench.Store, reference, $"seed {seed}, step {step}");
                    break;
            }
        }
        Compare(random, bench.Store, reference, $"seed {seed}, at the end");
    }

    private static void Send(Random random, TelemetryBench bench, Reference reference, string where)
    {
        var device = Devices[random.Next(Devices.Length)];
        // Mostly forward, often back, as devices do that send what they had kept.
        reference.Clock[device] = reference.Clock.GetValueOrDefault(device) + random.Next(0, 8);
        var at = random.Next(4) == 0 ? random.NextInt64(Math.Max(1, reference.Clock[device])) : reference.Clock[device];
        var readings = Metrics.Where(_ => random.Next(5) > 0).Select(m => (m, Value(m, random))).ToArray();
        if (random.Next(30) == 0)
            readings = [.. readings, ("temp", Value("temp", random))];
        var answers = bench.Send(device, at, 1000 + bench.LastOffset, readings);
        Assert.True(answers.SequenceEqual(reference.Take(device, at, readings, bench.LastOffset)), $"{where}: duplicates of {device} at {at}");
    }

    private static MetricValue Value(string metric, Random random) => metric switch
    {
        "temp" => MetricValue.Of(random.Next(4) / 10.0),
        "flow" => MetricValue.Of(random.Next(20) == 0 ? double.NaN : Math.Sqrt(random.Next(3))),
        "mode" => random.Next(3) switch { 0 => MetricValue.Of("eco"), 1 => MetricValue.Of("full"), _ => MetricValue.Of(1.0) },
        _ => random.Next(6) == 0 ? MetricValue.Missing : MetricValue.Of(random.Next(2) == 0),
    };

    private static void Compare(Random random, TelemetryStore store, Reference reference, string where)
    {
        foreach (var device in Devices)
        {
            foreach (var metric in Metrics)
            {
                var (from, until) = (random.NextInt64(400) - 50, random.NextInt64(2000));
                var expected = reference.Series(device, metric).Where(p => p.At.EpochMs >= from && p.At.EpochMs < until);
                Assert.True(expected.SequenceEqual(store.Series(device, metric, new DeviceTime(from), new DeviceTime(until), 10_000)), $"{where}: series of {metric} of {device}");
            }
            var latest = Metrics.Order(StringComparer.Ordinal).Select(m => (m, reference.Series(device, m).LastOrDefault())).Where(l => reference.Series(device, l.m).Any());
            Assert.True(latest.SequenceEqual(store.Latest(device).Select(l => (l.Metric, new SeriesPoint(l.At, l.Value)))), $"{where}: latest of {device}");
            Assert.True(reference.Events(device).SequenceEqual(store.Events(device, new DeviceTime(0), new DeviceTime(1000), 10_000).Select(e => (e.At.EpochMs, e.Code, e.State, e.Offset))), $"{where}: events of {device}");
            Assert.True(reference.CountReadings(device) == store.CountReadings(device), $"{where}: count of {device}");
            Assert.True(reference.CountDuplicates(device) == store.CountDuplicates(device), $"{where}: duplicates of {device}");
        }
        Assert.True(Devices.Sum(reference.CountReadings) == store.CountReadings(), $"{where}: count");
        Assert.True(store.CountReadings() == store.CountReadingsEver(), $"{where}: count ever");
    }

    /// <summary>Everything in one list, looked through for every question.</summary>
    private sealed class Reference
    {
        private readonly List<(DeviceId Device, string Metric, long At, MetricValue Value, long Offset)> stored = [];
        private readonly List<(DeviceId Device, long At, string Code, CodeState State, long Offset)> events = [];
        private readonly List<DeviceId> duplicates = [];

        public Dictionary<DeviceId, long> Clock { get; } = [];

        public Dictionary<(long Offset, int Place), bool> Answers { get; } = [];

        public bool[] Take(DeviceId device, long at, (string Metric, MetricValue Value)[] readings, long offset)
        {
            var answers = readings.Select(r => stored.Any(s => s.Device == device && s.Metric == r.Metric && s.At == at && s.Value == r.Value)).ToArray();
            for (var i = 0; i < readings.Length; i++)
            {
                Answers[(offset, i)] = answers[i];
                if (answers[i])
                    duplicates.Add(device);
                else if (!stored.Any(s => s.Offset == offset && s.Metric == readings[i].Metric && s.Value == readings[i].Value))
                    stored.Add((device, readings[i].Metric, at, readings[i].Value, offset));
            }
            return answers;
        }

        public bool Event(DeviceId device, long at, string code, CodeState state, long offset)
        {
            var again = events.Any(e => e.Device == device && e.At == at && e.Code == code && e.State == state);
            Answers[(offset, 0)] = again;
            if (again)
                duplicates.Add(device);
            else
                events.Add((device, at, code, state, offset));
            return again;
        }

        public IEnumerable<SeriesPoint> Series(DeviceId device, string metric) => stored.Where(s => s.Device == device && s.Metric == metric).OrderBy(s => s.At).Select(s => new SeriesPoint(new DeviceTime(s.At), s.Value));

        public IEnumerable<(long, string, CodeState, long)> Events(DeviceId device) => events.Where(e => e.Device == device).OrderBy(e => e.At).ThenBy(e => e.Offset).Select(e => (e.At, e.Code, e.State, e.Offset));

        public long CountReadings(DeviceId device) => stored.Count(s => s.Device == device);

        public long CountDuplicates(DeviceId device) => duplicates.Count(d => d == device);
    }
}
