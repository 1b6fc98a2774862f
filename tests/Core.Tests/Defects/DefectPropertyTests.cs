using B2D.Core.Defects;
using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Defects;

/// <summary>Random fleets beside a count of every single device. A failure names its seed.</summary>
public sealed class DefectPropertyTests
{
    private static readonly ServerTime Now = new(1_700_000_000_000);

    [Fact]
    public void Step_RandomFleets_AgreesWithCountingEveryDevice()
    {
        var (opened, models, parts) = (0, 0, 0);
        for (var seed = 1; seed <= 400; seed++)
        {
            var fleet = Fleet(seed);
            var rule = DefectStepTests.Rule("model firmware serial");
            var decisions = DefectStep.Step(rule, Cells(fleet), [], Now);
            var told = decisions.Select(d => d.Group).ToHashSet();
            foreach (var decision in decisions)
            {
                var (here, around) = Counted(fleet, decision.Group);
                Assert.True(decision.Figures is var f && (f.Devices, f.Faulty, f.OtherDevices, f.OtherFaulty)
                    == (here.Count, here.Count(Bad), around.Count, around.Count(Bad)), $"seed {seed}: {decision}");
                Assert.True(Opens(rule, here, around), $"seed {seed}: {decision.Group} does not stand out");
                Assert.True(decision.Group.Dimension == DefectDimension.Model || !told.Contains(new(DefectDimension.Model, decision.Group.Model, "")), $"seed {seed}: told twice");
                opened++;
            }
            // What stands out and is not told is explained: without the devices of what is told it does not stand out, or its model is told.
            foreach (var group in Groups(fleet).Except(told))
            {
                var (here, around) = Counted(fleet, group);
                if (!Opens(rule, here, around))
                    continue;
                var left = here.Where(u => !told.Any(t => In(u, t))).ToList();
                Assert.True(!Opens(rule, left, around), $"seed {seed}: {group} stands out by itself and is not told");
                (models, parts) = group.Dimension == DefectDimension.Model ? (models + 1, parts) : (models, parts + 1);
            }
        }
        // The test must have met what it is about.
        Assert.True(opened > 100 && models > 20 && parts > 20, $"{opened} opened, {models} models and {parts} parts explained");
    }

    [Fact]
    public void Step_CellsInAnotherOrderOrSplit_SaysTheSame()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            var rule = DefectStepTests.Rule("model firmware serial");
            var cells = Cells(Fleet(seed)).ToArray();
            var split = cells.Where(c => c.Devices > c.Faulty).Select(c => c with { Devices = c.Faulty }).Concat(
                cells.Select(c => c.Devices > c.Faulty ? c with { Devices = c.Devices - c.Faulty, Faulty = 0, FaultyOnFirmware = 0 } : c)).ToArray();
            new Random(seed).Shuffle(split);
            Assert.True(DefectStepTests.Text(DefectStep.Step(rule, cells, [], Now)) == DefectStepTests.Text(DefectStep.Step(rule, split, [], Now)), $"seed {seed}");
        }
    }

    [Fact]
    public void Step_RatesThatWaver_OpenOnceAndDoNotFlap()
    {
        var (opened, over) = (0, 0);
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var rule = DefectStepTests.Rule("firmware");
            OpenDefect[] open = [];
            // A firmware right at the edge for ten days, looked at every hour: its window loses and gains a few devices each time.
            for (var hour = 0; hour < 240; hour++)
            {
                var now = Now + TimeSpan.FromHours(hour);
                DefectCell[] cells = [new("A", "1", "", 1000, 36 + random.Next(-6, 7), 36 + random.Next(-6, 7)), new("A", "2", "", 4000, 30, 30)];
                var decisions = DefectStep.Step(rule, cells, open, now);
                opened += decisions.Count(d => d.Outcome == DefectOutcome.Opened);
                over += decisions.Count(d => d.Outcome is DefectOutcome.Subsided or DefectOutcome.PartOf);
                open = [.. decisions.Where(d => d.Outcome is DefectOutcome.Opened or DefectOutcome.Still or DefectOutcome.Below).Select(d => new OpenDefect(d.Group,
                    d.Outcome == DefectOutcome.Below ? open.First(o => o.Group == d.Group).BelowSince is var since && since > ServerTime.Zero ? since : now : ServerTime.Zero))];
            }
        }
        Assert.Equal((50, 0), (opened, over));
    }

    private sealed record Unit(string Model, string Firmware, string Batch, bool Faulty);

    private static bool Bad(Unit unit) => unit.Faulty;

    /// <summary>Two models with three firmwares and three batches each; some of them are bad.</summary>
    private static List<Unit> Fleet(int seed)
    {
        var random = new Random(seed);
        double Rate() => random.Next(4) == 0 ? 0.05 + (random.NextDouble() * 0.3) : 0;
        var rates = new Dictionary<string, double>();
        double RateOf(string name) => rates.TryGetValue(name, out var rate) ? rate : rates[name] = Rate();
        var fleet = new List<Unit>();
        foreach (var model in new[] { "A", "B" })
        {
            foreach (var firmware in new[] { "1", "2", "3" })
            {
                foreach (var batch in new[] { "x", "y", "z" })
                {
                    var rate = 0.002 + RateOf(model) + RateOf(model + firmware) + RateOf(model + batch);
                    var size = random.Next(3) == 0 ? 0 : random.Next(20, 600);
                    fleet.AddRange(Enumerable.Range(0, size).Select(_ => new Unit(model, firmware, batch, random.NextDouble() < rate)));
                }
            }
        }
        return fleet;
    }

    private static IEnumerable<DefectCell> Cells(List<Unit> fleet) => fleet.GroupBy(u => (u.Model, u.Firmware, u.Batch))
        .Select(g => new DefectCell(g.Key.Model, g.Key.Firmware, g.Key.Batch, g.Count(), g.Count(Bad), g.Count(Bad)));

    private static IEnumerable<DefectGroup> Groups(List<Unit> fleet) => fleet.SelectMany(u => new DefectGroup[]
        { new(DefectDimension.Model, u.Model, ""), new(DefectDimension.Firmware, u.Model, u.Firmware), new(DefectDimension.Serial, u.Model, u.Batch) }).Distinct();

    private static bool In(Unit unit, DefectGroup group) => unit.Model == group.Model
        && group.Part == group.Dimension switch { DefectDimension.Firmware => unit.Firmware, DefectDimension.Serial => unit.Batch, _ => "" };

    private static (List<Unit> Here, List<Unit> Elsewhere) Counted(List<Unit> fleet, DefectGroup group) => (
        fleet.Where(u => In(u, group)).ToList(),
        fleet.Where(u => !In(u, group) && (group.Dimension == DefectDimension.Model || u.Model == group.Model)).ToList());

    private static bool Opens(DefectRule rule, List<Unit> here, List<Unit> elsewhere) => here.Count(Bad) >= rule.Devices
        && RateRatio.AtLeast(here.Count(Bad), here.Count, elsewhere.Count(Bad), elsewhere.Count, rule.Confidence) >= rule.RateRatio;
}
