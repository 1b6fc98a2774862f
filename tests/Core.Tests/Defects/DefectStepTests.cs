using B2D.Core.Defects;
using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Defects;

public sealed class DefectStepTests
{
    private static readonly ServerTime Now = new(1_700_000_000_000);

    // Columns: what is compared; cells as model/firmware/batch faulty:devices; what is said, in order. Every count by hand; bounds as in RateRatioTests.
    [Theory]
    [InlineData("firmware", "A/1/ 30:1000 A/2/ 9:9000", "Firmware A/1 Opened 30/1000 9/9000")]
    [InlineData("firmware", "A/1/ 19:1000 A/2/ 0:9000", "")] // too few devices
    [InlineData("firmware", "A/1/ 20:667 A/2/ 5:1333", "")] // 8 times as often, but for sure only 2.66 times
    [InlineData("firmware", "A/1/ 20:667 A/2/ 0:1333", "Firmware A/1 Opened 20/667 0/1333")] // no fault elsewhere
    [InlineData("firmware", "A/1/ 30:1000", "")] // nobody to compare with
    [InlineData("firmware", "A/1/ 30:1000 B/2/ 9:9000", "")] // another model is no comparison for a firmware
    [InlineData("firmware", "A/1/ 30:1000 A// 9:9000", "Firmware A/1 Opened 30/1000 9/9000")] // unknown firmware is elsewhere
    [InlineData("firmware", "A/2/ 9:9000 A// 30:1000", "")] // but no group
    [InlineData("firmware", "/1/ 30:1000 /2/ 9:9000", "")]
    [InlineData("model", "A/1/ 15:500 A/2/ 15:500 B/1/ 9:9000", "Model A/ Opened 30/1000 9/9000")]
    [InlineData("serial", "A/1/x 15:500 A/2/x 15:500 A/1/y 9:9000", "Serial A/x Opened 30/1000 9/9000")]
    // A model bad as a whole is told once, also where one of its firmwares is worse still.
    [InlineData("model firmware", "A/1/ 200:1000 A/2/ 60:3000 B/1/ 1:9000", "Model A/ Opened 260/4000 1/9000")]
    // A model that is bad only for one firmware is not told; the firmware is.
    [InlineData("model firmware", "A/1/ 200:1000 A/2/ 1:3000 B/1/ 2:9000", "Firmware A/1 Opened 200/1000 1/3000")]
    // A model with one firmware has nothing to compare it with inside.
    [InlineData("model firmware", "A/1/ 200:1000 B/1/ 2:9000", "Model A/ Opened 200/1000 2/9000")]
    // A batch that was made with the bad firmware: the firmware is bad in other batches too, the batch is good on other firmware.
    [InlineData("firmware serial", "A/1/x 100:500 A/1/y 100:500 A/2/x 0:100 A/2/y 1:3000", "Firmware A/1 Opened 200/1000 1/3100")]
    // The other way round.
    [InlineData("firmware serial", "A/1/x 100:500 A/2/x 100:500 A/1/y 0:100 A/2/y 1:3000", "Serial A/x Opened 200/1000 1/3100")]
    [InlineData("model firmware", "A/1/ 60:1000 A/2/ 1:3000 B/1/ 60:1000 B/2/ 1:3000", "Firmware A/1 Opened 60/1000 1/3000; Firmware B/1 Opened 60/1000 1/3000")]
    public void Step_NothingKnown_OpensWhatStandsOut(string over, string cells, string said) => Assert.Equal(said, Said(Rule(over), cells));

    [Theory]
    [InlineData("other firmware", "Firmware A/1 Opened 200/1000 60/3000")]
    [InlineData("other model", "Model A/ Opened 260/4000 1/9000")]
    [InlineData("", "Model A/ Opened 260/4000 1/9000")]
    public void Step_Against_IsTheOnlyComparison(string against, string said) =>
        Assert.Equal(said, Said(Rule("model firmware") with { Against = against }, "A/1/ 200:1000 A/2/ 60:3000 B/1/ 1:9000"));

    // Columns: since when the known one is below, in hours (0: it is not); cells; what is said.
    [Theory]
    [InlineData(0, "A/1/ 30:1000 A/2/ 9:9000", "Firmware A/1 Still 30/1000 9/9000")]
    [InlineData(30, "A/1/ 30:1000 A/2/ 9:9000", "Firmware A/1 Still 30/1000 9/9000")]
    [InlineData(0, "A/1/ 20:667 A/2/ 5:1333", "Firmware A/1 Still 20/667 5/1333")] // would not open
    [InlineData(0, "A/1/ 10:667 A/2/ 5:1333", "Firmware A/1 Still 10/667 5/1333")] // half as many devices, 3.997 times
    [InlineData(0, "A/1/ 9:667 A/2/ 4:1333", "Firmware A/1 Below 9/667 4/1333")]
    [InlineData(0, "A/1/ 20:667 A/2/ 14:1333", "Firmware A/1 Below 20/667 14/1333")] // 2.86 times
    [InlineData(23.9, "A/1/ 20:667 A/2/ 14:1333", "Firmware A/1 Below 20/667 14/1333")]
    [InlineData(24, "A/1/ 20:667 A/2/ 14:1333", "Firmware A/1 Subsided 20/667 14/1333")]
    [InlineData(24, "A/2/ 14:1333", "Firmware A/1 Subsided 0/0 14/1333")] // nobody has it any more
    [InlineData(0, "A/1/ 20:667", "Firmware A/1 Still 20/667 0/0")] // everybody has it now
    [InlineData(24, "", "Firmware A/1 Subsided 0/0 0/0")]
    public void Step_Known_StaysUntilItHasBeenBelowForADay(double belowHours, string cells, string said) =>
        Assert.Equal(said, Said(Rule("firmware"), cells, new OpenDefect(new DefectGroup(DefectDimension.Firmware, "A", "1"),
            belowHours == 0 ? ServerTime.Zero : Now - TimeSpan.FromHours(belowHours))));

    [Fact]
    public void Step_ModelBecomesBadAsAWhole_TakesItsFirmwareIn() => Assert.Equal(
        "Model A/ Opened 260/4000 1/9000; Firmware A/1 PartOf Model A/ 200/1000 60/3000",
        Said(Rule("model firmware"), "A/1/ 200:1000 A/2/ 60:3000 B/1/ 1:9000", new OpenDefect(new DefectGroup(DefectDimension.Firmware, "A", "1"), ServerTime.Zero)));

    [Fact]
    public void Step_OnlyOneFirmwareOfAKnownModelIsBad_IsToldInItsPlace() => Assert.Equal(
        "Model A/ PartOf Firmware A/1 201/4000 2/9000; Firmware A/1 Opened 200/1000 1/3000",
        Said(Rule("model firmware"), "A/1/ 200:1000 A/2/ 1:3000 B/1/ 2:9000", new OpenDefect(new DefectGroup(DefectDimension.Model, "A", ""), ServerTime.Zero)));

    [Fact]
    public void Step_TwoThatAreMuchAlike_DoNotTakeTurns()
    {
        // The same devices have firmware 1 and batch x: both stand out, whichever is known stays.
        foreach (var known in new[] { new DefectGroup(DefectDimension.Firmware, "A", "1"), new DefectGroup(DefectDimension.Serial, "A", "x") })
        {
            var said = Said(Rule("firmware serial"), "A/1/x 100:500 A/2/y 1:3000", new OpenDefect(known, ServerTime.Zero));
            Assert.Equal($"{known.Dimension} A/{known.Part} Still 100/500 1/3000", said);
        }
    }

    [Fact]
    public void Step_FaultBeforeTheFirmwareWasInstalled_IsNotItsFault()
    {
        // 30 devices that failed on the old firmware were updated: the new one has done nothing yet.
        DefectCell[] cells = [new("A", "2", "", 1000, 30, 0), new("A", "1", "", 9000, 9, 9), new("B", "1", "", 9000, 0, 0)];
        Assert.Empty(DefectStep.Step(Rule("firmware"), cells, [], Now));
        Assert.Equal("Model A/ Opened 39/10000 0/9000", Text(DefectStep.Step(Rule("model"), cells, [], Now)));
    }

    [Fact]
    public void Step_Decision_ShowsTheOthersBesideIt()
    {
        var decision = Assert.Single(DefectStep.Step(Rule("firmware"), Cells("A/1/ 30:1000 A/2/ 1:4000 A/3/ 8:5000 B/1/ 0:10"), [], Now));
        Assert.Equal<DefectPart>([new DefectPart("1", 1000, 30), new("3", 5000, 8), new("2", 4000, 1)], decision.Beside);
        Assert.Equal(30, decision.Figures.Ratio, 9);
        Assert.Equal(12.7596, decision.Figures.AtLeast, 4);
    }

    [Theory]
    [InlineData("2024-W12-0417", 3, "2024-W12-0")]
    [InlineData("SN12345678", 4, "SN1234")]
    [InlineData("417", 3, "")]
    [InlineData("", 3, "")]
    public void BatchOf_Serial_IsAllButItsLastCharacters(string serial, int characters, string batch) => Assert.Equal(batch, DefectSearch.BatchOf(serial, characters));

    /// <summary>The rule of these tests: 20 devices, 3 times as often, 99 %.</summary>
    internal static DefectRule Rule(string over) => RuleFilesOf(over).Defects[0];

    internal static IEnumerable<DefectCell> Cells(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Select(pair =>
    {
        var (names, counts) = (pair[0].Split('/'), pair[1].Split(':').Select(n => long.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToArray());
        return new DefectCell(names[0], names[1], names[2], counts[1], counts[0], counts[0]);
    });

    internal static string Text(IEnumerable<DefectDecision> decisions) => string.Join("; ", decisions.Select(d =>
        $"{Name(d.Group)} {d.Outcome} {(d.Whole is { } whole ? Name(whole) + " " : "")}{d.Figures.Faulty}/{d.Figures.Devices} {d.Figures.OtherFaulty}/{d.Figures.OtherDevices}"));

    private static string Name(DefectGroup group) => $"{group.Dimension} {group.Model}/{group.Part}";

    private static string Said(DefectRule rule, string cells, params OpenDefect[] open) => Text(DefectStep.Step(rule, Cells(cells), open, Now));

    private static RuleSet RuleFilesOf(string over) => Rules.RuleFiles.Good($$"""
        - fault: f
          codes: E1
        - defect: d
          of: f
          over: [ {{over.Replace(" ", ", ", StringComparison.Ordinal)}} ]
          when: { devices: 20, rate_ratio: 3.0 }
        """);
}
