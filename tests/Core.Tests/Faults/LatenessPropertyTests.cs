using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>
/// Messages that come no more than the lateness late, in whichever order, give exactly the faults that the same messages give under the same rules without lateness
/// when each comes the moment it is measured. A failure names its seed.
/// </summary>
public sealed class LatenessPropertyTests
{
    private static readonly DeviceId Id = DeviceId.Parse("h1");

    /// <summary>Everything that a rule can look at, and every way in which a fault begins and ends by the device's time.</summary>
    private const string Rules = """
        - fault: hot
          raise: m0 > 90
          clear: m0 < 85
          hold: 25s
          release: 20s
          severity: [ { critical: m0 > 97 }, { high: true } ]
          LATENESS
          case: {}
        - fault: quota
          raise: m1 > 90 || code("E1")
          samples: { raise: 2 of 3, clear: 2 }
          max_gap: { after: 60s, then: POLICY }
          LATENESS
          case: {}
        - fault: mean
          raise: avg(m0, duration("2m")) > 89.0 && count(m1, duration("1m")) >= 2
          hold: 15s
          LATENESS
          case: {}
        - fault: rise
          raise: increase(m2, duration("3m")) > 30.0 || delta(m2, duration("1m")) > 9.0
          max_gap: { after: 40s, then: POLICY }
          release: 30s
          LATENESS
          case: {}
        - fault: change
          raise: changed(m3, duration("1m")) && age(m1) < duration("20s")
          LATENESS
          case: {}
        - fault: gone
          raise: last(m3, duration("45s")) > 1.0 && count(code("E2"), duration("5m")) > 1
          unseen: 70s
          LATENESS
          case: {}

        """;

    [Fact]
    public void Shuffled_WithinLateness_GivesTheFaultsOfTheSortedStream()
    {
        var (raised, cleared) = (0, 0);
        for (var seed = 1; seed <= 120; seed++)
        {
            var random = new Random(seed);
            var lateness = random.Next(10, 240);
            var stream = Stream(random, lateness * 1000);
            var policy = (seed % 3) switch { 0 => "reset", 1 => "hold", _ => "unknown" };
            var live = seed % 4 != 1;
            var expected = Run(Set(policy, ""), stream.Select(s => s with { Arrived = s.At }), live, null);
            var found = Run(Set(policy, $"lateness: {lateness}s"), stream, live, seed % 2 == 0 ? random : null);
            AssertSame(expected, found, $"seed {seed}");
            (raised, cleared) = (raised + expected.Count(l => l.Contains("Raised", StringComparison.Ordinal)), cleared + expected.Count(l => l.Contains("Cleared", StringComparison.Ordinal)));
        }
        // It is about something.
        Assert.True(raised > 1500 && cleared > 1000, $"{raised} raised, {cleared} cleared");
    }

    [Fact]
    public void Shuffled_WithoutLateness_DoesNot()
    {
        var differ = 0;
        for (var seed = 1; seed <= 20; seed++)
        {
            var stream = Stream(new Random(seed), 60_000);
            differ += Run(Set("reset", ""), stream.Select(s => s with { Arrived = s.At }), true, null).SequenceEqual(Run(Set("reset", ""), stream, true, null)) ? 0 : 1;
        }
        Assert.InRange(differ, 15, 20);
    }

    /// <summary>Seconds of quiet and of bursts; of one instant sometimes two messages. Each comes up to so many ms late, all in order of their arrival.</summary>
    private static Sent[] Stream(Random random, int latest)
    {
        var at = 1000L;
        var sent = new List<Sent>();
        for (var i = 0; i < 220; i++)
        {
            at += random.Next(12) switch { 0 => 0, 1 => random.Next(120_000), _ => random.Next(15_000) };
            Entry body = random.Next(8) == 0
                ? new Entry.Event(Id, $"E{random.Next(1, 3)}", random.Next(2) == 0 ? CodeState.Set : CodeState.Clear, new DeviceTime(Epoch + at))
                : new Entry.Telemetry(Id, new DeviceTime(Epoch + at), Values(random));
            sent.Add(new Sent(at, at + (random.Next(3) == 0 ? 0 : random.Next(latest)), body));
        }
        return [.. sent.OrderBy(s => s.Arrived)];
    }

    private static ImmutableArray<Reading> Values(Random random)
    {
        var values = Enumerable.Range(0, 5).Where(_ => random.Next(3) == 0)
            .Select(m => new Reading($"m{m}", MetricValue.Of(m switch { 2 => random.Next(50), 3 => random.Next(4), _ => 80 + random.Next(20) }))).ToImmutableArray();
        return values.IsEmpty ? [new Reading("m4", MetricValue.Of(1))] : values;
    }

    /// <summary>What happened by the device's clock. Where it is not <paramref name="live"/>, the server's clock completes nothing. With a <paramref name="random"/> the lane is stopped now and then, and goes on from its snapshot.</summary>
    private static string[] Run(ActiveRules rules, IEnumerable<Sent> stream, bool live, Random? random)
    {
        var partition = Partitions.Of(Id);
        var lane = new Lane(partition, ArrivalOptions.Default);
        var effects = new List<LaneEffect>();
        var offset = 0L;
        Take(Epoch, new Entry.RulesActivated("a"));
        Take(Epoch, new Entry.Registered(DeviceOf("h1")));
        // Of one device time those that came first are first.
        foreach (var sent in stream.OrderBy(s => s.Arrived))
        {
            Take(Epoch + sent.Arrived, sent.Body);
            if (random?.Next(20) == 0)
            {
                lane.AdvanceTo(new ServerTime(Epoch + sent.Arrived), effects);
                var lanes = LaneBench.NewLanes();
                LaneSnapshot.Read(LaneSnapshot.Write([lane]), lanes, _ => rules);
                lane = lanes[partition];
            }
        }
        lane.AdvanceTo(new ServerTime(Epoch + 100_000_000), effects);
        return [.. effects.Select(Text).OfType<string>().Order(StringComparer.Ordinal)];

        void Take(long at, Entry body)
        {
            var entry = new LogEntry(partition, ++offset, new ServerTime(at), body);
            lane.Apply(entry, lane.Judge(entry) with { Live = live }, [], _ => rules, effects);
        }
    }

    private static string? Text(LaneEffect effect) => effect switch
    {
        LaneEffect.Raised e => $"{e.OnsetAt.EpochMs - Epoch} {e.Rule.Id} Raised {e.Reason} {e.Severity} {string.Join(",", e.Evidence)}",
        LaneEffect.Cleared e => $"{e.ClearedAt.EpochMs - Epoch} {e.Rule} Cleared {e.Reason}",
        _ => null,
    };

    private static ActiveRules Set(string policy, string lateness) =>
        TestRules.FromFile(Rules.Replace("POLICY", policy, StringComparison.Ordinal).Replace("LATENESS", lateness, StringComparison.Ordinal));

    private static void AssertSame(string[] expected, string[] found, string where)
    {
        if (!expected.SequenceEqual(found))
            Assert.Fail($"{where}: missing\n{string.Join("\n", expected.Except(found))}\nand too much\n{string.Join("\n", found.Except(expected))}");
    }

    private sealed record Sent(long At, long Arrived, Entry Body);
}
