using B2D.Core.Faults;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Faults;

/// <summary>
/// The same log gives the same states and effects, however it is cut: judged and applied in any batches, with ticks run as early as the log's seal
/// allows or only between entries, and stopped and restored from a snapshot after any entry. A failure names its seed.
/// </summary>
public sealed class LaneDeterminismTests
{
    [Fact]
    public void Log_Drawn_HoldsEveryKindOfEntryAndEffect()
    {
        var logs = Enumerable.Range(1, 160).Select(seed => new RandomLog(seed, 250, ends: seed % 2 == 0, maintenance: seed % 4 == 1)).ToArray();
        var bodies = logs.SelectMany(l => l.Entries).Select(e => e.Body.GetType()).ToHashSet();
        var effects = logs.SelectMany(l => l.Effects).Select(e => e.GetType()).ToHashSet();
        // Medians are drawn in LaneFleetTests: this log stays as snapshots of former releases were made of it.
        Assert.Equal([nameof(Entry.FleetMedians)], typeof(Entry).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(Entry)) && !bodies.Contains(t)).Select(t => t.Name));
        // Only partition 0 speaks of the gateway; so many messages as wait for lateness at most are not drawn.
        Assert.Equal([nameof(LaneEffect.ReorderFull), nameof(LaneEffect.GatewayWasDown)], typeof(LaneEffect).GetNestedTypes()
            .Where(t => t.IsSubclassOf(typeof(LaneEffect)) && !effects.Contains(t)).Select(t => t.Name));
    }

    [Fact]
    public void Apply_AnyBatchesAndEarlyTicks_GiveTheSameEffectsAndSnapshot()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            var log = new RandomLog(seed, 200, windows: seed % 2 == 0, ends: seed % 3 == 0, maintenance: seed % 3 == 0, delays: seed % 5 > 2);
            var expected = Lines(log.Effects);
            var snapshot = Text(log.Lane);
            for (var cut = 0; cut < 4; cut++)
            {
                var (lane, effects) = Run(log, new Random((seed * 10) + cut), wholeBatches: cut > 0);
                AssertSame(expected, Lines(effects), $"seed {seed}, cut {cut}");
                Assert.True(snapshot == Text(lane), $"seed {seed}, cut {cut}: snapshots differ\n{snapshot}\n{Text(lane)}");
            }
        }
    }

    [Fact]
    public void Snapshot_AfterAnyEntry_ContinuesTheSame()
    {
        for (var seed = 1; seed <= 16; seed++)
        {
            var log = new RandomLog(seed, 120, windows: seed % 2 == 0, ends: seed % 3 > 0, maintenance: seed % 3 == 0, delays: seed > 8);
            var expected = Lines(log.Effects);
            var random = new Random(seed);
            var lane = new Lane(RandomLog.Partition, ArrivalOptions.Default);
            var effects = new List<LaneEffect>();
            for (var i = 0; i < log.Entries.Count; i++)
            {
                Apply(log, lane, i, effects);
                if (random.Next(2) == 0)
                    lane.AdvanceTo(Between(random, log.Entries[i].At, log.SealBefore(i + 1)), effects);
                var bytes = LaneSnapshot.Write([lane]);
                var lanes = LaneBench.NewLanes();
                LaneSnapshot.Read(bytes, lanes, log.RulesOf);
                var restored = lanes[RandomLog.Partition];
                Assert.True(Convert.ToHexString(bytes) == Text(restored), $"seed {seed}, entry {i}: the snapshot changes by being read");
                var rest = effects.ToList();
                for (var j = i + 1; j < log.Entries.Count; j++)
                    Apply(log, restored, j, rest);
                restored.AdvanceTo(log.End, rest);
                AssertSame(expected, Lines(rest), $"seed {seed}, restored after entry {i}");
            }
        }
    }

    [Fact]
    public void Effects_OfOneLog_NeverShareAnId()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            var twice = new RandomLog(seed, 200, windows: seed % 2 == 0, maintenance: seed % 3 == 0, delays: seed % 5 > 2).Effects.GroupBy(e => e.EffectId).Where(g => g.Count() > 1)
                .Select(g => string.Join(" and ", g.Select(LaneBench.Text))).ToArray();
            Assert.True(twice.Length == 0, $"seed {seed}: {string.Join("; ", twice)}");
        }
    }

    [Fact]
    public void Effects_OfOneDeviceAndRule_RaiseAndClearInTurn()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            var open = new Dictionary<(string, string), EpisodeId>();
            foreach (var effect in new RandomLog(seed, 200, windows: seed % 2 == 0, maintenance: seed % 3 == 0, delays: seed % 5 > 2).Effects)
            {
                if (effect is LaneEffect.Raised raised)
                    Assert.True(open.TryAdd((raised.Device.Value, Key(raised.Rule.Id)), raised.Episode),
                        $"seed {seed}: raised twice: {LaneBench.Text(raised)}");
                if (effect is LaneEffect.Cleared cleared)
                    Assert.True(open.Remove((cleared.Device.Value, Key(cleared.Rule)), out var episode) && episode == cleared.Episode,
                        $"seed {seed}: {LaneBench.Text(cleared)} ends nothing");
            }
        }

        // The second set renames the rule and keeps its faults.
        static string Key(string rule) => rule == "too-hot" ? "hot" : rule;
    }

    [Fact]
    public void Effects_Times_NeverFall()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            var effects = new RandomLog(seed, 200, windows: seed % 2 == 0, maintenance: seed % 3 == 0, delays: seed % 5 > 2).Effects;
            for (var i = 1; i < effects.Count; i++)
                Assert.True(effects[i].At >= effects[i - 1].At, $"seed {seed}: {LaneBench.Text(effects[i])} comes after {LaneBench.Text(effects[i - 1])}");
        }
    }

    private static (Lane Lane, List<LaneEffect> Effects) Run(RandomLog log, Random random, bool wholeBatches)
    {
        var lane = new Lane(RandomLog.Partition, ArrivalOptions.Default);
        var effects = new List<LaneEffect>();
        for (var i = 0; i < log.Entries.Count;)
        {
            var size = Math.Min(wholeBatches ? random.Next(1, 30) : 1, log.Entries.Count - i);
            var judged = new Judgement[size];
            for (var j = 0; j < size; j++)
                judged[j] = lane.Judge(log.Entries[i + j]);
            for (var j = 0; j < size; j++)
                lane.Apply(log.Entries[i + j], judged[j], log.DuplicatesOf(i + j), log.RulesOf, effects);
            i += size;
            for (var seals = random.Next(3); seals > 0; seals--)
                lane.AdvanceTo(Between(random, lane.TickedUntil, log.SealBefore(i)), effects);
        }
        lane.AdvanceTo(log.End, effects);
        return (lane, effects);
    }

    private static void Apply(RandomLog log, Lane lane, int index, List<LaneEffect> effects) =>
        lane.Apply(log.Entries[index], lane.Judge(log.Entries[index]), log.DuplicatesOf(index), log.RulesOf, effects);

    private static ServerTime Between(Random random, ServerTime from, ServerTime until) =>
        random.Next(3) == 0 ? until : new ServerTime(from.EpochMs + (long)(random.NextDouble() * Math.Max(0, until.EpochMs - from.EpochMs)));

    private static string Text(Lane lane) => Convert.ToHexString(LaneSnapshot.Write([lane]));

    private static string[] Lines(IEnumerable<LaneEffect> effects) => [.. effects.Select(e => $"{LaneBench.Text(e)} {e.EffectId}{Details(e)}")];

    private static string Details(LaneEffect effect) => effect switch
    {
        LaneEffect.Raised e => $" {e.Severity} {e.OnsetAt} {string.Join(",", e.Evidence)}",
        LaneEffect.Cleared e => $" {e.ClearedAt}",
        LaneEffect.CommandWanted e => $" {e.ExpiresAt}",
        LaneEffect.DueChanged e => $" {e.State}",
        _ => "",
    };

    private static void AssertSame(string[] expected, string[] found, string where)
    {
        for (var i = 0; i < Math.Max(expected.Length, found.Length); i++)
        {
            var (a, b) = (i < expected.Length ? expected[i] : "nothing", i < found.Length ? found[i] : "nothing");
            Assert.True(a == b, $"{where}: effect {i} is\n{b}\nand should be\n{a}");
        }
    }
}
