using System.Globalization;
using System.Text.RegularExpressions;
using B2D.Core.Defects;
using Xunit;

namespace B2D.Core.Tests.Defects;

/// <summary>What docs/rules.md says of its example is so.</summary>
public sealed partial class DefectDocsTests
{
    private static readonly string Section = File.ReadAllText(Path.Combine(Rules.RuleFiles.Root(), "docs", "rules.md")).ReplaceLineEndings("\n")
        .Split("\n## Defects\n")[1].Split("\n## ")[0];

    [GeneratedRegex(@"^\| ([0-9,]+) of ([0-9,]+) \| ([0-9,]+) of ([0-9,]+) \| ([^|]+) \| ([0-9.]+) \| (a defect|not yet)", RegexOptions.Multiline)]
    private static partial Regex Row();

    [Fact]
    public void Page_Example_DecidesAsItsTableSays()
    {
        var rule = Rules.RuleFiles.Good(Section.Split("```yaml\n")[1].Split("```")[0]).Defects[0];
        var rows = Row().Matches(Section);
        Assert.Equal(5, rows.Count);
        foreach (Match row in rows)
        {
            long Number(int group) => long.Parse(row.Groups[group].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            var (faulty, devices, otherFaulty, otherDevices) = (Number(1), Number(2), Number(3), Number(4));
            var decisions = DefectStep.Step(rule, [new("M", "new", "", devices, faulty, faulty), new("M", "old", "", otherDevices, otherFaulty, otherFaulty)], [], new ServerTime(1));

            Assert.Equal(row.Groups[7].Value, decisions.Count == 1 ? "a defect" : "not yet");
            var ratio = RateRatio.Of(faulty, devices, otherFaulty, otherDevices);
            Assert.Equal(row.Groups[5].Value, double.IsInfinity(ratio) ? "only here" : ratio.ToString("0.0", CultureInfo.InvariantCulture));
            Assert.Equal(row.Groups[6].Value, RateRatio.AtLeast(faulty, devices, otherFaulty, otherDevices, rule.Confidence).ToString("0.0", CultureInfo.InvariantCulture));
        }
    }
}
