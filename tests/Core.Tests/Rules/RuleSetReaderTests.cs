using System.Collections.Immutable;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class RuleSetReaderTests
{
    private const string Everything = """
        - fault: compressor-overheat
          title: Compressor runs too hot
          applies_to: device.model.startsWith("HP-")
          raise: temp_c > params.limit && compressor == "on"
          clear: temp_c < params.limit - 10.0
          params: { limit: 95.0, name: "5", loud: true }
          hold: 2m
          release: 5m
          samples: { raise: 3 of 5, clear: 3 }
          max_gap: { after: 20m, then: hold }
          unseen: 6h
          severity: [ { critical: temp_c > 110.0 && params.name == "x" }, { high: params.loud }, { low: true } ]
          class: safety
          catalog: { cause: Blocked fan, consequence: It stops, response: Clean it, customer: Too hot, self_help: Open the window }
          remedy: { command: reduce_power, args: { percent: 50, mode: eco, now: true }, verify: outlet_c < 90.0, within: 10m, at_most: 2 per day, safe_state: true }
          case: { family: compressor, queue: heating, priority: P2, reopen_within: 48h, resolve_after: 1h }
          notice: { template: device-fault, to: owner }
        - fault: pump-error
          codes: [ E42, E43 ]
          auto_clear: 24h
          hold: 10s
          was: pump-failure
          case: {}
        - fault: router-silent
          silent: 10m
          start_grace: 15m
          evidence: [ wifi.rssi, temp_c ]
          explained_by: outage
          shadow: true
        - due: water-filter
          title: Water filter
          applies_to: device.model == "CM-1"
          counter: litres_total
          every: 1200 litres
          tell_at: 85 %
          done: { reset_of: filter_litres, or: owner_says }
          notice: { template: filter-due, to: owner, reminders: 1, hold_back: 1h }
        - outage: access-network
          of: [ router-silent, pump-error ]
          over: segment
          when: { devices: 5, share: 40 %, within: 10m }
          hold_back: 90s
          monitoring_at: 75 % recovered
          resolved_after: 1h30m
          notice: { template: outage-opened, to: owner }
        - defect: firmware-regression
          of: [ pump-error ]
          over: [ model, firmware ]
          batch: 4
          when: { devices: 20, rate_ratio: 3.5, against: other firmware, confidence: 99.5 %, within: 14d }
        """;

    private static readonly RuleSet Set = RuleFiles.Good(Everything);

    private static ImmutableSortedDictionary<string, MetricValue> Args(params (string, MetricValue)[] args) =>
        args.ToImmutableSortedDictionary(a => a.Item1, a => a.Item2, StringComparer.Ordinal);

    [Theory]
    [InlineData("close_valve")]
    [InlineData("restart")]
    public void ReadKept_SafetyRemedyOfAnOlderVersion_StaysReadable(string command)
    {
        RuleFile[] files = [new("a.yaml", $"- fault: gas\n  codes: [ G1 ]\n  class: safety\n  remedy: {{ command: {command}, within: 1m }}")];
        Assert.Null(RuleSetReader.Read(files).Set);
        Assert.Equal(command, RuleSetReader.ReadKept(files).Set!.Faults[0].Remedy!.Command);
    }

    [Fact]
    public void ReadKept_TemplateThatIsNoneByNow_StaysReadable()
    {
        RuleFile[] files = [new("rules.yaml", "- fault: a\n  codes: [ E1 ]\n  notice: { template: gone, to: owner }\n")];
        Assert.Null(RuleSetReader.Read(files).Set);
        Assert.Equal("gone", RuleSetReader.ReadKept(files).Set!.Faults[0].Notice!.Template);
    }

    [Fact]
    public void Read_EndsOfAFault_AsWritten()
    {
        var fault = RuleFiles.Good("""
            - fault: a
              silent: 10m
              release: 2m
              latch: true
              chatter: { raises: 5, within: 2h, quiet: 30m }
              during:
                - { days: [ fri-mon, wed ], from: 22:00, to: "06:30", zone: America/New_York }
                - { days: tue, zone: Europe/Lisbon }
              case: {}
            """).Faults[0];
        Assert.True(fault.Latch);
        Assert.Equal(new ChatterRule(5, TimeSpan.FromHours(2), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1)), fault.Chatter);
        Assert.Equal(
            ["1010111 1320 390 America/New_York", "0100000 0 1440 Europe/Lisbon"],
            fault.During!.Items.Select(i => $"{string.Concat(i.Days.Select(d => d ? 1 : 0))} {i.From} {i.To} {i.Zone.Id}"));
    }

    [Theory]
    [InlineData("", 60)]
    [InlineData("  hold: 2h\n", 240)]
    [InlineData("  max_gap: 5m\n", 5)]
    public void Read_GapOfAFaultThatChatters_IsTwiceItsQuietWhereNotWritten(string line, int minutes)
    {
        var fault = RuleFiles.Good($"- fault: a\n  raise: x > 1\n  chatter: {{ raises: 2, within: 1h, quiet: 30m }}\n{line}  case: {{}}\n").Faults[0];
        Assert.Equal(TimeSpan.FromMinutes(minutes), fault.Chatter!.MaxGap);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("  lateness: 0s\n", 0)]
    [InlineData("  lateness: 90s\n", 90)]
    [InlineData("  lateness: 15m\n", 900)]
    public void Read_Lateness_AsWritten(string line, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RuleFiles.Good($"- fault: a\n  raise: x > 1\n{line}  case: {{}}\n").Faults[0].Lateness);

    [Theory]
    [InlineData("codes: E1", "'lateness' does not go with codes", "raise: code(\"E42\")")]
    [InlineData("silent: 10m", "'lateness' does not go with silent", "server's clock")]
    public void Read_LatenessOfAnotherKind_IsRefused(string kind, string message, string hint)
    {
        var problem = Assert.Single(RuleFiles.Read($"- fault: a\n  {kind}\n  lateness: 5m\n  case: {{}}\n").Problems);
        Assert.Equal((ProblemLevel.Error, message), (problem.Level, problem.Message));
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoEnds_HasNone()
    {
        var fault = RuleFiles.Good("- fault: a\n  raise: x > 1\n  case: {}\n").Faults[0];
        Assert.Equal((false, null, null), (fault.Latch, fault.Chatter, fault.During));
    }

    [Fact]
    public void Read_ConditionFault_HasAllItsKeys()
    {
        var rule = Set.Faults[0];
        Assert.Equal(("compressor-overheat", "Compressor runs too hot", "rules.yaml", 1), (rule.Id, rule.Title, rule.File, rule.Line));
        Assert.Equal(FaultKind.Condition, rule.Kind);
        Assert.Equal("device.model.startsWith(\"HP-\")", rule.AppliesTo!.Text);
        Assert.Equal("temp_c > params.limit && compressor == \"on\"", rule.Raise!.Text);
        Assert.Equal("temp_c < params.limit - 10.0", rule.Clear!.Text);
        Assert.Equal<(string, MetricValue)>([("limit", MetricValue.Of(95.0)), ("name", MetricValue.Of("5")), ("loud", MetricValue.Of(true))], rule.Params);
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5)), (rule.Hold, rule.Release));
        Assert.Equal((new SampleQuota(3, 5), new SampleQuota(3, 3)), (rule.RaiseSamples, rule.ClearSamples));
        Assert.Equal((TimeSpan.FromMinutes(20), GapPolicy.Hold, TimeSpan.FromHours(6)), (rule.MaxGap, rule.AfterGap, rule.Unseen!.Value));
        Assert.Equal([Severity.Critical, Severity.High], rule.Ladder.Select(s => s.Severity));
        Assert.Equal(Severity.Low, rule.BaseSeverity);
        Assert.Equal(FaultClass.Safety, rule.Class);
        Assert.Equal(new Catalog("Blocked fan", "It stops", "Clean it", "Too hot", "Open the window"), rule.Catalog);
        Assert.Equal(new CasePolicy("compressor", "heating", 2, TimeSpan.FromHours(48), TimeSpan.FromHours(1)), rule.Case);
        Assert.Equal(new NoticePolicy("device-fault", TimeSpan.Zero, 0), rule.Notice);
        Assert.False(rule.ExplainedByOutage);
        Assert.False(rule.Shadow);
        Assert.Equal(["temp_c", "compressor", "outlet_c"], rule.MetricSlots.Select(s => Set.Metrics[s]));
    }

    [Fact]
    public void Read_Remedy_HasAllItsKeys()
    {
        var remedy = Set.Faults[0].Remedy!;
        Assert.Equal(("reduce_power", TimeSpan.FromMinutes(10), 2, TimeSpan.FromDays(1)), (remedy.Command, remedy.Within, remedy.AtMost, remedy.Per));
        Assert.Equal(Args(("mode", MetricValue.Of("eco")), ("now", MetricValue.Of(true)), ("percent", MetricValue.Of(50))), remedy.Args);
        Assert.Equal("outlet_c < 90.0", remedy.Verify!.Text);
    }

    [Fact]
    public void Read_CodesFault_HasDefaults()
    {
        var rule = Set.Faults[1];
        Assert.Equal(FaultKind.Codes, rule.Kind);
        Assert.Equal<string>(["E42", "E43"], rule.Codes);
        Assert.Equal((TimeSpan.FromHours(24), TimeSpan.FromSeconds(10), TimeSpan.Zero, TimeSpan.FromMinutes(10)), (rule.AutoClear!.Value, rule.Hold, rule.Release, rule.MaxGap));
        Assert.Equal(("pump-error", "pump-failure"), (rule.Title, rule.Was));
        Assert.Equal(new CasePolicy("pump-error", "service", 3, TimeSpan.FromHours(24), TimeSpan.FromMinutes(30)), rule.Case);
        Assert.Equal((Severity.Medium, FaultClass.Ordinary, GapPolicy.Reset), (rule.BaseSeverity, rule.Class, rule.AfterGap));
        Assert.Equal((new SampleQuota(1, 1), new SampleQuota(1, 1)), (rule.RaiseSamples, rule.ClearSamples));
        Assert.Null(rule.Unseen);
        Assert.Null(rule.Remedy);
        Assert.Null(rule.AppliesTo);
        Assert.Equal(new Catalog(), rule.Catalog);
    }

    [Fact]
    public void Read_SilenceFault_HasAllItsKeys()
    {
        var rule = Set.Faults[2];
        Assert.Equal((FaultKind.Silence, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15)), (rule.Kind, rule.Silent, rule.StartGrace));
        Assert.True(rule.ExplainedByOutage);
        Assert.True(rule.Shadow);
        Assert.Equal(["wifi.rssi", "temp_c"], rule.MetricSlots.Select(s => Set.Metrics[s]));
        Assert.Null(rule.Case);
    }

    [Fact]
    public void Read_Due_HasAllItsKeys()
    {
        var rule = Assert.Single(Set.Dues);
        Assert.Equal(("litres_total", "filter_litres"), (Set.Metrics[rule.CounterSlot], Set.Metrics[rule.DoneByResetOfSlot]));
        Assert.Equal((1200.0, "litres", 0.85, true), (rule.Every, rule.Unit, rule.TellAt, rule.DoneByOwner));
        Assert.Equal(new NoticePolicy("filter-due", TimeSpan.FromHours(1), 1), rule.Notice);
        Assert.Equal("device.model == \"CM-1\"", rule.AppliesTo!.Text);
    }

    [Fact]
    public void Read_Outage_HasAllItsKeys()
    {
        var rule = Assert.Single(Set.Outages);
        Assert.Equal<string>(["router-silent", "pump-error"], rule.Of);
        Assert.Equal((5, 0.4, TimeSpan.FromMinutes(10)), (rule.Devices, rule.Share, rule.Within));
        Assert.Equal((TimeSpan.FromSeconds(90), 0.75, TimeSpan.FromMinutes(90)), (rule.HoldBack, rule.MonitoringAt, rule.ResolvedAfter));
        Assert.Equal(new NoticePolicy("outage-opened", TimeSpan.Zero, 0), rule.Notice);
    }

    [Fact]
    public void Read_Defect_HasAllItsKeys()
    {
        var rule = Assert.Single(Set.Defects);
        Assert.Equal<string>(["pump-error"], rule.Of);
        Assert.Equal<string>(["model", "firmware"], rule.Over);
        Assert.Equal((20, 3.5, "other firmware", 0.995), (rule.Devices, rule.RateRatio, rule.Against, rule.Confidence));
        Assert.Equal((TimeSpan.FromDays(14), 4), (rule.Within, rule.Batch));
    }

    [Fact]
    public void Read_ShortRules_HaveTheDocumentedDefaults()
    {
        var set = RuleFiles.Good("""
            - fault: f
              raise: a > 1
              hold: 10m
              release: 3h
              max_gap: 30m
              severity: high
              remedy: { command: restart, within: 5m }
            - fault: g
              raise: a > 1
              release: 3h
            - due: d
              counter: a
              every: 10
            - outage: o
              of: f
              when: { devices: 2, share: 0 %, within: 1m }
            - defect: e
              of: f
              over: serial
              when: { devices: 2, rate_ratio: 1.5 }
            """);
        Assert.Equal((TimeSpan.FromMinutes(30), Severity.High), (set.Faults[0].MaxGap, set.Faults[0].BaseSeverity));
        Assert.Equal(TimeSpan.FromHours(6), set.Faults[1].MaxGap);
        Assert.Equal((3, TimeSpan.FromDays(1)), (set.Faults[0].Remedy!.AtMost, set.Faults[0].Remedy!.Per));
        Assert.Null(set.Faults[0].Remedy!.Verify);
        Assert.Equal((10.0, "", 0.9, -1, false), (set.Dues[0].Every, set.Dues[0].Unit, set.Dues[0].TellAt, set.Dues[0].DoneByResetOfSlot, set.Dues[0].DoneByOwner));
        Assert.Equal((TimeSpan.FromMinutes(2), 0.8, TimeSpan.FromMinutes(10)), (set.Outages[0].HoldBack, set.Outages[0].MonitoringAt, set.Outages[0].ResolvedAfter));
        Assert.Equal((0.99, ""), (set.Defects[0].Confidence, set.Defects[0].Against));
        Assert.Equal((TimeSpan.FromDays(30), 3), (set.Defects[0].Within, set.Defects[0].Batch));
    }

    [Fact]
    public void Read_NoFile_IsTheEmptySet() => Assert.Same(RuleSet.Empty, RuleSetReader.Read([]).Set);

    [Theory]
    [InlineData("")]
    [InlineData("# no rule yet\n")]
    [InlineData("---\n")]
    public void Read_FileWithoutRules_IsGood(string text) => Assert.Empty(RuleFiles.Good(text).Faults);

    [Fact]
    public void Read_Version_IsOfTheRulesOwnText()
    {
        // SHA-256 of the rule as written, by hand: printf 'fault: a\nraise: x > 1\ncase: {}' | sha256sum
        const string Expected = "d8dc49dc1899";
        var plain = RuleFiles.Good("- fault: a\n  raise: x > 1\n  case: {}\n").Faults[0];
        Assert.Equal("fault: a\nraise: x > 1\ncase: {}", plain.Text);
        Assert.Equal(Expected, plain.Version);
        var moved = RuleFiles.Good("# why\n  - fault: b\n    codes: [ E1 ]\n\n  - fault: a\r\n    raise: x > 1\r\n    case: {}\r\n\r\n  # next\n  - fault: c\n    codes: [ E2 ]\n");
        Assert.Equal((Expected, 5), (moved.Faults[1].Version, moved.Faults[1].Line));
        Assert.NotEqual(Expected, RuleFiles.Good("- fault: a\n  raise: x > 2\n  case: {}\n").Faults[0].Version);
    }

    [Fact]
    public void Read_Hash_IsOfNamesAndTextsWhateverTheirOrder()
    {
        RuleFile one = new("a.yaml", "- fault: a\n  codes: [ E1 ]\n"), two = new("b.yaml", "- fault: b\n  codes: [ E2 ]\n");
        var hash = RuleSetReader.Read([one, two]).Set!.Hash;
        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, RuleSetReader.Read([two, one]).Set!.Hash);
        Assert.NotEqual(hash, RuleSetReader.Read([one, two with { Name = "c.yaml" }]).Set!.Hash);
        Assert.NotEqual(hash, RuleSetReader.Read([one, two with { Text = two.Text + "\n" }]).Set!.Hash);
    }

    [Fact]
    public void Read_Metrics_ShareSlotsAcrossRulesAndFiles()
    {
        var set = RuleSetReader.Read(
        [
            new RuleFile("b.yaml", "- fault: b\n  raise: y > 1 && x > 1\n"),
            new RuleFile("a.yaml", "- fault: a\n  raise: x > 1 || metric(\"z z\") > 1\n"),
        ]).Set!;
        Assert.Equal<string>(["x", "z z", "y"], set.Metrics);
        Assert.Equal(TimeSpan.Zero, set.Reach);
        Assert.Equal<int>([0, 2], set.Faults.Single(f => f.Id == "b").MetricSlots);
    }
}
