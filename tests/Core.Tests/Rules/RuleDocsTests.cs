using System.Text.RegularExpressions;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

/// <summary>docs/rules.md says what the reader does: its examples are read, its tables name every key and its conditions are evaluated.</summary>
public sealed partial class RuleDocsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RuleFiles.Root(), "docs", "rules.md")).ReplaceLineEndings("\n");

    [GeneratedRegex("^```yaml\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"^\| `(.+)` \| (true|false|unknown) \|$", RegexOptions.Multiline)]
    private static partial Regex ConditionRow();

    public static TheoryData<string> Examples() => [.. YamlBlock().Matches(Page).Select(m => m.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Page_Example_IsGoodAndWithoutLint(string yaml)
    {
        var check = RuleFiles.Read(yaml);
        Assert.True(check.Set is not null && check.Problems.IsEmpty, RuleReport.Text(check));
        Assert.NotEqual(0, check.GoodRules);
    }

    [Fact]
    public void Page_Examples_AreAllFound() => Assert.Equal(Page.Split("```yaml").Length - 1, Examples().Count);

    public static IEnumerable<object[]> ConditionRows() => ConditionRow().Matches(Page).Select(m => new object[] { m.Groups[1].Value, m.Groups[2].Value });

    [Theory]
    [MemberData(nameof(ConditionRows))]
    public void Page_Condition_GivesWhatIsWritten(string condition, string gives)
    {
        var truth = Conditions.Evaluate(condition.Replace("\\|", "|", StringComparison.Ordinal),
            ("temp_c", MetricValue.Of(100)), ("compressor", MetricValue.Of("on")), ("door_open", MetricValue.Of(true)), ("zero", MetricValue.Of(0)));
        Assert.Equal(gives, truth.ToString().ToLowerInvariant());
    }

    [GeneratedRegex(@"^\| `(.+)` \| (-?[0-9.]+) \|.*\|$", RegexOptions.Multiline)]
    private static partial Regex CounterRow();

    public static IEnumerable<object[]> CounterRows() => CounterRow().Matches(Page).Select(m => new object[] { m.Groups[1].Value, m.Groups[2].Value });

    [Fact]
    public void Page_Counter_HasItsRows() => Assert.Equal(7, CounterRows().Count());

    [Theory]
    [MemberData(nameof(CounterRows))]
    public void Page_Counter_GivesWhatIsWritten(string function, string gives)
    {
        var check = RuleFiles.Read($"- fault: f\n  raise: {function} == {gives} && now > 0\n  case: {{}}\n");
        var bench = new Faults.LaneBench(new B2D.Core.Faults.ActiveRules(check.Set ?? throw new ArgumentException(RuleReport.Text(check)))).Register(0, Faults.TestRules.DeviceOf("d1"));
        bench.Reading(0, "d1", "litres=10").Reading(50, "d1", "litres=20").Reading(100, "d1", "litres=2").Reading(150, "d1", "litres=5").Expect();
        Assert.Equal("240 Raised d1 f ConditionTrue", bench.Reading(240, "d1", "now=1").Said()[0]);
    }

    // Each rule has the key x somewhere; the hint lists all keys known there.
    [Theory]
    [InlineData("- fault: a\n  raise: m > 1\n  x: 1", "fault title words applies_to was params release latch chatter during hold unseen raise clear samples max_gap lateness severity class catalog remedy case notice explained_by shadow takes_down still_works warning")]
    [InlineData("- fault: a\n  codes: E\n  x: 1", "fault title words applies_to was params release latch chatter during hold unseen codes auto_clear evidence severity class catalog remedy case notice explained_by shadow takes_down still_works warning")]
    [InlineData("- fault: a\n  silent: 1h\n  x: 1", "fault title words applies_to was params release latch chatter during silent start_grace evidence severity class catalog remedy case notice explained_by shadow takes_down still_works warning")]
    [InlineData("- fault: a\n  codes: E\n  remedy: { command: c, within: 1m, x: 1 }", "command args verify within at_most safe_state")]
    [InlineData("- fault: a\n  codes: E\n  case: { x: 1 }", "family queue for priority reopen_within resolve_after respond repair hours from contracts")]
    [InlineData("- fault: a\n  codes: E\n  case: { contracts: { gold: { repair: 1h, x: 1 } } }", "respond repair hours from")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: \"08:00-12:00\" }\n  x: 1", "calendar zone week holidays")]
    [InlineData("- fault: a\n  codes: E\n  catalog: { x: 1 }", "cause consequence response customer self_help")]
    [InlineData("- fault: a\n  raise: m > 1\n  max_gap: { after: 1m, x: 1 }", "after then")]
    [InlineData("- fault: a\n  raise: m > 1\n  samples: { x: 1 }", "raise clear")]
    [InlineData("- fault: a\n  raise: m > 1\n  chatter: { raises: 2, within: 1h, quiet: 1h, x: 1 }", "raises within quiet")]
    [InlineData("- fault: a\n  raise: m > 1\n  during: [ { zone: Etc/UTC, x: 1 } ]", "days from to zone")]
    [InlineData("- due: a\n  counter: m\n  every: 1\n  x: 1", "due title words applies_to was counter every tell_at done notice")]
    [InlineData("- due: a\n  counter: m\n  every: 1\n  notice: { template: filter-due, x: 1 }", "template to hold_back reminders")]
    [InlineData("- due: a\n  counter: m\n  every: 1\n  done: { reset_of: m, x: 1 }", "reset_of or")]
    [InlineData("- fault: f\n  codes: E\n- outage: a\n  of: f\n  when: { devices: 2, share: 1 %, within: 1m }\n  x: 1", "outage title words was of over when hold_back monitoring_at resolved_after notice takes_down still_works warning")]
    [InlineData("- fault: f\n  codes: E\n- outage: a\n  of: f\n  when: { devices: 2, share: 1 %, within: 1m, x: 1 }", "devices share within")]
    [InlineData("- fault: f\n  codes: E\n- defect: a\n  of: f\n  over: model\n  when: { devices: 2, rate_ratio: 2 }\n  x: 1", "defect title words was of over batch when")]
    [InlineData("- fault: f\n  codes: E\n- defect: a\n  of: f\n  over: model\n  when: { devices: 2, rate_ratio: 2, x: 1 }", "devices rate_ratio against confidence within")]
    public void Page_Tables_NameEveryKey(string yaml, string keys)
    {
        var problem = Assert.Single(RuleFiles.Read(yaml).Problems, p => p.Message.EndsWith("no key 'x'", StringComparison.Ordinal));
        var known = problem.Hint["known are ".Length..].Split(", ");
        Assert.Equal(keys.Split(' ').Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
        Assert.All(known, key => Assert.Matches($@"[`. {{]{key}[`:,\s]", Page));
    }
}
