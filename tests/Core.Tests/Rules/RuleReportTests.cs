using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class RuleReportTests
{
    private const string Twelve = """
        - fault: compressor-overheat
          applies_to: temp_c > 3
          raise: temp_c > params.limt && compressor == "on"
          hodl: 2m
          release: 5 minutes
          params: { limit: 95 }
          severity: [ { high: true }, { critical: temp_c > 110 } ]
          case: { priority: P9 }
        - fault: Pump Error
          codes: [ E42 ]
        - fault: sensor-lost
          raise: rate(vibration, "12h") > 46
          clear: vibration == "low" && vibration > 5
          case: {}
        - due: water-filter
          counter: litres_total
          every: 1,200 litres
        - outage: access-network
          of: [ compresor-overheat ]
          when: { devices: 5, share: 40, within: 10m }
        """;

    [Fact]
    public void Text_FileOfTwelveMistakes_ListsAllOfThemWithPlaceAndHint()
    {
        var check = RuleFiles.Read(Twelve);
        Assert.Null(check.Set);
        Assert.Equal(
            """
            rules.yaml:2:15: error: applies_to may read only device.*, not the metric temp_c
                hint: put conditions over metrics under raise
            rules.yaml:3:19: error: the rule has no parameter 'limt'
                hint: did you mean params.limit?
            rules.yaml:4:3: error: fault has no key 'hodl'
                hint: did you mean hold?
            rules.yaml:5:12: error: '5 minutes' is no duration
                hint: write whole numbers with ms, s, m, h or d, largest first: 90s, 2m, 1h30m, 7d
            rules.yaml:7:33: error: critical comes after a step that is no more severe
                hint: order the steps from critical down to low, each once
            rules.yaml:8:21: error: 'P9' is not known here
                hint: allowed: P1, P2, P3, P4
            rules.yaml:9:10: error: 'Pump Error' is no name
                hint: use lower-case letters, digits and dashes, at most 64 characters: pump-error
            rules.yaml:12:26: error: the window of rate must be a duration that is written out
                hint: write rate(temp_c, duration("5m"))
            rules.yaml:13:10: lint: vibration is taken as a text here and as a number by sensor-lost
                hint: a device sends a metric as one of them; the other condition stays unknown
            rules.yaml:13:42: error: '>' compares a text with a number
                hint: vibration is taken as a text because of 'vibration == "low"'; a metric has one type
            rules.yaml:15:8: lint: nothing marks this due as done
                hint: add done: { reset_of: filter_litres, or: owner_says }
            rules.yaml:17:10: error: '1,200 litres' is no quantity
                hint: write a number without separators and its unit: 1200 litres, 500 h, 10000 cycles
            rules.yaml:19:9: error: there is no rule compresor-overheat
                hint: did you mean compressor-overheat?
            rules.yaml:20:30: error: '40' is no percentage
                hint: write share: 40 %
            12 errors, 2 lints, 0 good rules

            """, RuleReport.Text(check));
    }

    [Fact]
    public void Text_GoodSet_CountsTheRules() =>
        Assert.Equal("0 errors, 0 lints, 1 good rule\n", RuleReport.Text(RuleFiles.Read("- fault: a\n  codes: [ E1 ]\n  case: {}\n")));

    [Fact]
    public void Text_SeveralFiles_IsSortedByPlace()
    {
        var check = RuleSetReader.Read(
        [
            new RuleFile("b.yaml", "- fault: a\n  codes: [ E1 ]\n  x: 1\n  case: { y: 1 }\n"),
            new RuleFile("a.yaml", "- fault: a\n  codes: [ E1 ]\n  case: {}\n- due: c\n"),
        ]);
        Assert.Equal(["a.yaml:4:3", "a.yaml:4:3", "a.yaml:4:8", "b.yaml:1:10", "b.yaml:3:3", "b.yaml:4:11"],
            RuleReport.Text(check).Split('\n').Where(l => l.Contains(".yaml:", StringComparison.Ordinal) && l[0] != ' ').Select(l => string.Join(':', l.Split(':')[..3])));
        Assert.EndsWith("5 errors, 1 lint, 1 good rule\n", RuleReport.Text(check), StringComparison.Ordinal);
    }

    /// <summary>Whatever is done to a good file, reading it ends with problems that have a place in it, or with a set.</summary>
    [Fact]
    public void Read_MutatedFile_NeverThrowsAndAlwaysPlaces()
    {
        const string Signs = "-:{}[]\"'#&*!|>%@` \n\t,?.=abc019\\\u00fc\ud83d\ude00\r\u2028";
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var text = new System.Text.StringBuilder(Twelve);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var at = random.Next(text.Length);
                if (random.Next(2) == 0)
                    text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at));
                else
                    text.Insert(at, Signs[random.Next(Signs.Length)]);
            }
            var yaml = text.ToString();
            var problems = Record.Exception(() => RuleFiles.Read(yaml)) is { } thrown ? throw new InvalidOperationException($"seed {seed}", thrown) : RuleFiles.Read(yaml).Problems;
            var lines = yaml.Split('\n').Length + yaml.Count(c => c is '\r' or '\u2028');
            Assert.All(problems, p => Assert.True(p.Line >= 1 && p.Line <= lines + 1 && p.Column >= 1 && p.Hint.Length > 0, $"seed {seed}: {p}"));
        }
    }
}
