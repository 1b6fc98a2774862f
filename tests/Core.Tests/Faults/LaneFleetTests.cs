using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>A device beside the median of its model, in a lane. Times in seconds; medians are told every 100 seconds.</summary>
public sealed class LaneFleetTests
{
    private static readonly ActiveRules Warm = FromFile("- fault: warm\n  raise: temp > fleet_median(temp) + 8\n  case: {}\n");

    private static Entry.FleetMedians Told(params FleetMedian[] medians) => new(Sec(100), [.. medians]);

    private static FleetMedian Median(double value, string model = "HP-2", string metric = "temp", int devices = 5) => new(model, metric, value, devices);

    private static LaneBench Bench(ActiveRules rules) => new LaneBench(rules).Register(0, DeviceOf("d1"), DeviceOf("d2", "HP-3"));

    private static LaneBench Clear(LaneBench bench, string id = "d1")
    {
        bench.Said();
        Assert.Equal(FaultPhase.Normal, bench.Of(id).Faults[0].Phase);
        return bench;
    }

    [Fact]
    public void Median_Known_CountsAtTheNextMessageAndNotBefore()
    {
        var bench = Bench(Warm).Reading(1, "d1", "temp=99");
        Clear(bench);

        bench.Everywhere(10, Told(Median(20))).Until(20).Expect();

        bench.Reading(30, "d1", "temp=28").Expect();
        bench.Reading(40, "d1", "temp=28.1");
        Assert.Equal("40 Raised d1 warm ConditionTrue", bench.Said()[0]);
        bench.Everywhere(50, Told(Median(25))).Expect();
        bench.Reading(60, "d1", "temp=28.1");
        Assert.Equal("60 Cleared d1 warm ConditionFalse", bench.Said()[0]);
    }

    [Fact]
    public void Median_OfFourDevicesOrAnotherModelOrAnotherMetric_IsUnknown()
    {
        var bench = Bench(Warm).Everywhere(10, Told(Median(20, devices: 4), Median(20, "HP-4"), Median(20, metric: "other"), Median(double.NaN, "HP-3")));

        bench.Reading(20, "d1", "temp=99").Reading(20, "d2", "temp=99").Expect();

        bench.Everywhere(30, Told(Median(20), Median(95, "HP-3"))).Reading(40, "d1", "temp=99").Reading(40, "d2", "temp=99");
        Assert.Equal(["40 Raised d1 warm ConditionTrue", "40 Escalated d1 warm NoRemedy"], bench.Said());
    }

    [Fact]
    public void Median_NotToldAgain_IsUnknownFromThenOn()
    {
        var bench = Bench(Warm).Everywhere(10, Told(Median(20), Median(20, "HP-3"))).Reading(20, "d1", "temp=99");
        bench.Said();

        bench.Everywhere(30, Told(Median(20, "HP-3"))).Reading(40, "d1", "temp=20").Reading(40, "d2", "temp=20").Expect();

        // Unknown neither clears nor raises.
        Assert.Equal(FaultPhase.Active, bench.Of("d1").Faults[0].Phase);
    }

    [Theory]
    [InlineData(310, true)]
    [InlineData(310.001, false)]
    public void Median_OlderThanThreeIntervalsByTheServersClock_IsUnknown(double at, bool known)
    {
        foreach (var restart in (bool[])[false, true])
        {
            var bench = Bench(Warm).Everywhere(10, Told(Median(20)));
            if (restart)
                bench.Restart();

            // The device's own clock has no part in it.
            bench.Reading(at, "d1", "temp=99", device: 15);

            Assert.Equal(known ? FaultPhase.Active : FaultPhase.Normal, bench.Of("d1").Faults[0].Phase);
        }
    }

    [Fact]
    public void Median_AfterRestart_StandsAndIsWrittenAgain()
    {
        var bench = Bench(Warm).Everywhere(10, Told(Median(20), Median(20, "HP-3"), Median(1, metric: "other"))).Restart().Restart();

        Assert.Equal([Median(20), Median(20, "HP-3"), Median(1, metric: "other")], bench.Lanes[7].Fleet.Told!.Medians.ToArray());
        Assert.Equal((Server(10), Sec(100)), (bench.Lanes[7].Fleet.At, bench.Lanes[7].Fleet.Told!.Every));
        bench.Reading(20, "d2", "temp=99");
        Assert.Equal("20 Raised d2 warm ConditionTrue", bench.Said()[0]);
    }

    [Fact]
    public void Snapshot_OfVersion3_IsReadAndKnowsNoMedian()
    {
        var bench = Bench(Warm).Reading(10, "d1", "temp=99");
        var lane = bench.Lanes[Partitions.Of(DeviceId.Parse("d1"))];
        var (written, old) = (LaneBench.Bytes(lane), LaneBench.Bytes(lane));
        // Where no median was told, nothing but the number of the version is new.
        Assert.Equal(LaneSnapshot.Format, old[0]);
        old[0] = 3;

        var read = new Lane(lane.Partition, ArrivalOptions.Default);
        LaneSnapshot.Read(old, read, _ => Warm);

        Assert.Null(read.Fleet.Told);
        Assert.Equal(written, LaneBench.Bytes(read));
    }

    [Fact]
    public void Snapshot_WithAnImpossibleInterval_IsRefused()
    {
        var bench = new LaneBench(Warm).Everywhere(10, new Entry.FleetMedians(TimeSpan.Zero, []));
        var bytes = LaneBench.Bytes(bench.Lanes[3]);

        var problem = Assert.Throws<InvalidDataException>(() => LaneSnapshot.Read(bytes, new Lane(3, ArrivalOptions.Default), _ => Warm));

        Assert.Contains("an interval of 0 ms", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Switch_RuleAsksForAnother_ItIsFoundAmongWhatWasTold()
    {
        var both = FromFile("- fault: warm\n  raise: temp > fleet_median(temp) + 8\n  case: {}\n- fault: thirsty\n  raise: litres > fleet_median(litres) * 2\n  case: {}\n");
        // The worker looks when the rules change; its entry may come before the one that says so.
        var bench = Bench(Warm).Everywhere(10, Told(Median(20), Median(3, metric: "litres"))).Activate(11, both);

        bench.Reading(20, "d1", "litres=7").Reading(30, "d1", "temp=29");

        Assert.Equal(["20 Raised d1 thirsty ConditionTrue", "30 Raised d1 warm ConditionTrue"], bench.Said().Where(s => s.Contains("Raised", StringComparison.Ordinal)));
    }

    [Fact]
    public void Switch_NoRuleAsksAnyMore_ForgetsAndKnowsNothingWhenOneAsksAgain()
    {
        var none = FromFile("- fault: warm\n  raise: temp > 50\n  case: {}\n");
        var bench = Bench(Warm).Everywhere(10, Told(Median(20))).Activate(20, none);
        Assert.All(bench.Lanes, l => Assert.Null(l.Fleet.Told));

        bench.Activate(30, Warm).Reading(40, "d1", "temp=99").Expect();

        bench.Everywhere(50, Told(Median(20))).Reading(60, "d1", "temp=99");
        Assert.Equal("60 Raised d1 warm ConditionTrue", bench.Said()[0]);
    }

    [Fact]
    public void Switch_RuleThatAskedIsRemoved_OthersKeepTheirs()
    {
        var both = FromFile("- fault: thirsty\n  raise: litres > fleet_median(litres) * 2\n  case: {}\n- fault: warm\n  raise: temp > fleet_median(temp) + 8\n  case: {}\n");
        var bench = Bench(both).Everywhere(10, Told(Median(20), Median(3, metric: "litres"))).Activate(20, Warm);

        Assert.Equal([Median(20)], bench.Lanes[0].Fleet.Told!.Medians.ToArray());
        bench.Reading(30, "d1", "temp=29");
        Assert.Equal("30 Raised d1 warm ConditionTrue", bench.Said()[0]);
    }

    [Fact]
    public void Register_DeviceChangesModel_IsComparedWithTheNewOne()
    {
        var bench = Bench(Warm).Everywhere(10, Told(Median(20), Median(95, "HP-3"))).Reading(20, "d1", "temp=99");
        bench.Said();

        bench.Register(30, DeviceOf("d1", "HP-3")).Reading(40, "d1", "temp=99");

        Assert.Equal("40 Cleared d1 warm ConditionFalse", bench.Said()[0]);
    }

    [Fact]
    public void Raised_EvidenceHasTheMedianThatStoodAndWhenItWasTaken()
    {
        var bench = Bench(Warm).Everywhere(10, Told(Median(20))).Reading(20, "d1", "temp=99");

        var raised = Assert.Single(bench.Effects.OfType<LaneEffect.Raised>());

        Assert.Equal(
            [new EvidenceValue("temp", MetricValue.Of(99), Device(20)), new EvidenceValue("fleet_median(temp)", MetricValue.Of(20), Device(10))],
            raised.Evidence.ToArray());
    }

    [Fact]
    public void Verify_MayAskForAMedian()
    {
        var bench = Bench(FromFile("- fault: warm\n  raise: temp > fleet_median(temp) + 8\n  release: 10m\n  remedy: { command: cool, within: 10m, verify: temp < fleet_median(temp) + 2 }\n"))
            .Everywhere(10, Told(Median(20))).Reading(20, "d1", "temp=99");
        var command = Assert.Single(bench.Effects.OfType<LaneEffect.CommandWanted>()).CommandId;
        bench.Said();

        bench.Delivered(25, "d1", command).Reading(30, "d1", "temp=21");

        Assert.Contains(bench.Said(), s => s.StartsWith("30 RemedyChanged d1 warm Verified", StringComparison.Ordinal));
    }

    /// <summary>A log with medians in it, cut anywhere: what goes on from a snapshot says what the undisturbed run says.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Replay_FromASnapshotAnywhere_SaysTheSame(int seed)
    {
        var random = new Random(seed);
        var second = FromFile("- fault: warm\n  raise: temp > fleet_median(temp) + 5\n  clear: temp < fleet_median(temp) + 2\n  hold: 20s\n  case: {}\n- fault: odd\n  raise: other < fleet_median(other)\n  case: {}\n");
        var sets = new[] { Warm, second, ActiveRules.Empty }.ToDictionary(s => s.Set.Hash);
        ImmutableArray<DeviceId> ids = [.. Enumerable.Range(0, 10_000).Select(i => DeviceId.Parse($"d{i}")).Where(d => Partitions.Of(d) == 3).Take(4)];
        var now = 0;
        var entries = new List<LogEntry>();
        Add(new Entry.RulesActivated(Warm.Set.Hash));
        foreach (var id in ids)
            Add(new Entry.Registered(DeviceOf(id.Value, id == ids[0] ? "HP-3" : "HP-2")));
        while (entries.Count < 150)
        {
            now += random.Next(30) == 0 ? 400 : random.Next(20);
            Add(random.Next(10) switch
            {
                0 => new Entry.RulesActivated(sets.Keys.ElementAt(random.Next(3))),
                1 or 2 => Told([.. new[] { "HP-2", "HP-3" }.SelectMany(m => new[] { "temp", "other" }, (m, metric) => Median(random.Next(20, 30), m, metric, random.Next(3, 9))).Where(_ => random.Next(4) > 0)]),
                _ => new Entry.Telemetry(ids[random.Next(4)], Device(now), LaneBench.Values(random.Next(2) == 0 ? $"temp={random.Next(20, 45)}" : $"temp={random.Next(20, 45)} other={random.Next(20, 30)}")),
            });
        }
        var whole = Run(new Lane(3, ArrivalOptions.Default), 0, entries.Count);
        Assert.True(whole.Count > 20, $"seed {seed} says {whole.Count} things");
        for (var cut = 1; cut < entries.Count; cut += 7)
        {
            var first = new Lane(3, ArrivalOptions.Default);
            var said = Run(first, 0, cut);
            var read = new Lane(3, ArrivalOptions.Default);
            LaneSnapshot.Read(LaneBench.Bytes(first), read, hash => sets.GetValueOrDefault(hash, ActiveRules.Empty));
            said.AddRange(Run(read, cut, entries.Count));
            Assert.True(whole.SequenceEqual(said), $"seed {seed}, cut {cut}: {string.Join("; ", said.Except(whole).Take(3))} instead of {string.Join("; ", whole.Except(said).Take(3))}");
        }

        void Add(Entry body) => entries.Add(new LogEntry(3, entries.Count + 1, Server(now), body));

        List<string> Run(Lane lane, int from, int until)
        {
            var effects = new List<LaneEffect>();
            for (var i = from; i < until; i++)
                lane.Apply(entries[i], lane.Judge(entries[i]), [], hash => sets.GetValueOrDefault(hash, ActiveRules.Empty), effects);
            return [.. effects.Select(e => e is LaneEffect.Raised r ? $"{LaneBench.Text(e)} {string.Join(' ', r.Evidence)}" : LaneBench.Text(e))];
        }
    }

    [Fact]
    public void Evaluation_OfARuleThatAsks_AllocatesNothing()
    {
        var bench = Bench(Warm).Everywhere(10, Told(Median(20)));
        bench.Reading(20, "d1", "temp=20").Reading(21, "d1", "temp=21");
        var lane = bench.Lanes[Partitions.Of(DeviceId.Parse("d1"))];
        var readings = Enumerable.Range(0, 500).Select(i => new LogEntry(lane.Partition, 1000 + i, Server(30 + (i * 0.1)),
            new Entry.Telemetry(DeviceId.Parse("d1"), Device(30 + (i * 0.1)), LaneBench.Values("temp=21")))).ToArray();
        var effects = new List<LaneEffect>();
        Func<string, ActiveRules> rules = _ => Warm;
        foreach (var entry in readings.Take(100))
            lane.Apply(entry, lane.Judge(entry), [], rules, effects);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 100; i < readings.Length; i++)
            lane.Apply(readings[i], lane.Judge(readings[i]), [], rules, effects);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
