using B2D.Core.Faults;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Faults;

/// <summary>What was cut off or altered on its way is refused with a word about where, and the lane stays as it was.</summary>
public sealed class LaneSnapshotDamageTests
{
    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        foreach (var seed in (int[])[1, 2, 3])
        {
            var log = new RandomLog(seed, 200, windows: true, ends: seed > 1, maintenance: true);
            var whole = LaneBench.Bytes(log.Lane);
            for (var length = 0; length < whole.Length; length++)
            {
                var lane = NewLane();
                var problem = Assert.Throws<InvalidDataException>(() => LaneSnapshot.Read(whole.AsSpan(0, length), lane, log.RulesOf));
                Assert.Contains("snapshot of a lane", problem.Message, StringComparison.Ordinal);
                Assert.Equal((0, ServerTime.Zero, 0), (lane.DeviceCount, lane.TickedUntil, lane.Known().Length));
            }
            Assert.Throws<InvalidDataException>(() => LaneSnapshot.Read([.. whole, 0], NewLane(), log.RulesOf));
        }
    }

    [Fact]
    public void Read_WhatWaitsCutOff_IsRefused()
    {
        var log = new RandomLog(8, 200, windows: true, delays: true);
        var whole = LaneBench.Bytes(Waiting(log));
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => LaneSnapshot.Read(whole.AsSpan(0, length), NewLane(), log.RulesOf));
    }

    [Fact]
    public void Read_Version4_HasNothingThatWaits()
    {
        var log = new RandomLog(8, 200, windows: true);
        var (read, whole) = (NewLane(), LaneBench.Bytes(log.Lane));
        LaneSnapshot.Read([4, .. whole[1..]], read, log.RulesOf);
        Assert.Equal(whole, LaneBench.Bytes(read));
        var late = new RandomLog(8, 200, windows: true, delays: true);
        var bytes = LaneBench.Bytes(Waiting(late));
        Assert.Throws<InvalidDataException>(() => LaneSnapshot.Read([4, .. bytes[1..]], NewLane(), late.RulesOf));
        // Rules of which the snapshot knows nothing begin with what stands.
        var before = NewLane();
        LaneSnapshot.Read([4, .. whole[1..]], before, late.RulesOf);
        Assert.All(before.Known(), k => Assert.Null(k.Memory.State?.Delayed));
    }

    [Fact]
    public void Read_WhatWaitsUnderRulesWithoutLateness_IsPassedOver()
    {
        var (late, log) = (new RandomLog(8, 200, windows: true, delays: true), new RandomLog(8, 200, windows: true));
        var read = NewLane();
        LaneSnapshot.Read(LaneBench.Bytes(Waiting(late)), read, log.RulesOf);
        Assert.NotEqual(0, read.DeviceCount);
        Assert.All(read.Known(), k => Assert.Null(k.Memory.State?.Delayed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_AnyByteAltered_IsRefusedOrAnotherLane(bool waits)
    {
        var log = waits ? new RandomLog(8, 200, windows: true, delays: true) : new RandomLog(5, 200, windows: true, ends: true, maintenance: true);
        var whole = LaneBench.Bytes(waits ? Waiting(log) : log.Lane);
        for (var i = 0; i < whole.Length; i++)
        {
            foreach (var altered in (byte[])[0, 0x7F, 0xFF, (byte)(whole[i] ^ 1)])
            {
                var bytes = whole.ToArray();
                bytes[i] = altered;
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    LaneSnapshot.Read(bytes, NewLane(), log.RulesOf);
                }
                catch (InvalidDataException)
                {
                    // Refused, which is right.
                }
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4_000_000, $"byte {i} as {altered} makes the reader take too much memory");
            }
        }
    }

    [Fact]
    public void Read_OfAnotherPartition_IsRefused()
    {
        var bytes = LaneBench.Bytes(new RandomLog(1, 20).Lane);
        var problem = Assert.Throws<InvalidDataException>(() => LaneSnapshot.Read(bytes, new Lane(4, ArrivalOptions.Default), _ => ActiveRules.Empty));
        Assert.Contains("partition 3, not 4", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 60)]
    [InlineData(8, 120)]
    [InlineData(21, 150)]
    public void Read_Version1_ContinuesTheSame(int seed, int cut)
    {
        // Written by the release before, after the entry that the name says.
        var old = File.ReadAllBytes(Path.Combine(Rules.RuleFiles.Root(), "tests", "Core.Tests", "Faults", "Snapshots", $"format1-{seed}-{cut}.json"));
        var log = new RandomLog(seed, 200);
        var lanes = LaneBench.NewLanes();
        LaneSnapshot.Read(old, lanes, log.RulesOf);
        var (read, kept, effects) = (lanes[RandomLog.Partition], NewLane(), new List<LaneEffect>());
        Take(log, 0, cut + 1, kept, effects);
        Assert.Equal(LaneBench.Bytes(kept), LaneBench.Bytes(read));
        AssertGoesOn(log, cut, read, effects.Count);
    }

    [Theory]
    [InlineData(3, 60)]
    [InlineData(8, 120)]
    [InlineData(21, 150)]
    public void Read_Version2_ContinuesTheSame(int seed, int cut)
    {
        // Written by the release before, after the entry that the name says.
        var old = File.ReadAllBytes(Path.Combine(Rules.RuleFiles.Root(), "tests", "Core.Tests", "Faults", "Snapshots", $"format2-{seed}-{cut}.bin"));
        Assert.Equal(2, old[0]);
        var log = new RandomLog(seed, 200, windows: true);
        var (read, kept, effects) = (NewLane(), NewLane(), new List<LaneEffect>());
        LaneSnapshot.Read(old, read, log.RulesOf);
        Take(log, 0, cut + 1, kept, effects);
        Assert.Equal(Windows(kept), Windows(read));
        Assert.NotEmpty(Windows(read));
        AssertGoesOn(log, cut, read, effects.Count);
        Assert.Equal(Windows(log.Lane), Windows(read));
    }

    /// <summary>A lane in which most messages wait for rules with lateness.</summary>
    private static Lane Waiting(RandomLog log)
    {
        var (lane, most, until) = (NewLane(), 0, 0);
        for (var i = 0; i < log.Entries.Count; i++)
        {
            Take(log, i, i + 1, lane, []);
            var waiting = lane.Known().Sum(k => k.Memory.State?.Delayed?.Held.Count ?? 0);
            (most, until) = waiting > most ? (waiting, i + 1) : (most, until);
        }
        Assert.True(most > 3, $"{most} messages wait");
        lane = NewLane();
        Take(log, 0, until, lane, []);
        return lane;
    }

    private static void Take(RandomLog log, int from, int until, Lane lane, List<LaneEffect> effects)
    {
        for (var i = from; i < until; i++)
            lane.Apply(log.Entries[i], lane.Judge(log.Entries[i]), log.DuplicatesOf(i), log.RulesOf, effects);
    }

    /// <summary>A lane that was read does after the entry <paramref name="cut"/> what the one did that was never written.</summary>
    private static void AssertGoesOn(RandomLog log, int cut, Lane read, int saidBefore)
    {
        var said = new List<LaneEffect>();
        Take(log, cut + 1, log.Entries.Count, read, said);
        read.AdvanceTo(log.End, said);
        Assert.NotEmpty(said);
        Assert.Equal(log.Effects.Skip(saidBefore).Select(e => e.EffectId), said.Select(e => e.EffectId));
    }

    /// <summary>What every window gives, but for how far its numbers lie apart: that was not known to the release before.</summary>
    private static string[] Windows(Lane lane) =>
    [
        .. lane.Known().Where(k => k.Memory.State is not null)
            .SelectMany(k => k.Memory.State!.Windows.Select((w, i) => w is null ? "" : $"{k.Id} {i} {w.Head} {w.Total with { Squares = 0 }}")).Where(t => t.Length > 0),
    ];

    private static Lane NewLane() => new(RandomLog.Partition, ArrivalOptions.Default);
}
