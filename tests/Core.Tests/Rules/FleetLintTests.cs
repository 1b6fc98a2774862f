using B2D.Core.Devices;
using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class FleetLintTests
{
    private static readonly Device[] Fleet = [new(DeviceId.Parse("hp-1")) { Model = "HP-2" }, new(DeviceId.Parse("cm-1")) { Model = "CM-1" }];

    private static readonly Dictionary<string, TimeSpan> Intervals = new() { ["temp_c"] = TimeSpan.FromMinutes(5), ["vibration"] = TimeSpan.FromHours(1), ["pulses"] = TimeSpan.FromSeconds(1) };

    // Columns: a fault's own lines, the only lint's message, part of its hint.
    [Theory]
    [InlineData("applies_to: device.model == 'XX'\n  raise: temp_c > 5", "a: no device matches applies_to", "registered")]
    [InlineData("raise: temp_k > 5", "a: no device reports temp_k", "did you mean temp_c?")]
    [InlineData("raise: pressure > 5 && temp_c > 1", "a: no device reports pressure", "unknown")]
    [InlineData("raise: temp_c > 5\n  hold: 4m", "a: hold is 4m and its metrics are reported every 5m", "twice the interval")]
    [InlineData("raise: vibration > 5\n  hold: 2h\n  max_gap: 30m", "a: a hold can never complete: its metrics are reported every 1h, and after max_gap of 30m", "max_gap: 2h")]
    [InlineData("raise: vibration > 5\n  release: 2h\n  max_gap: 30m", "a: a release can never complete", "then: hold")]
    [InlineData("raise: vibration > 5\n  samples: { raise: 3 of 5 }", "a: samples to raise can never be enough", "max_gap: 2h")]
    [InlineData("raise: vibration > 5\n  samples: { clear: 2 }", "a: samples to clear can never be enough", "max_gap: 2h")]
    [InlineData("raise: avg(vibration, duration('30m')) > 5", "a: vibration is reported every 1h, so a window of 30m holds one number", "longer")]
    [InlineData("raise: pulses > 5\n  lateness: 5m", "a: its metrics are reported every 1s, and of a device at most 256 messages wait, so a lateness of 5m", "lateness: 4m16s")]
    public void Run_RuleBesideItsFleet_IsALint(string lines, string message, string hint)
    {
        var problem = Assert.Single(FleetLints.Run(Set(lines), Fleet, Intervals));
        Assert.Equal((ProblemLevel.Lint, "rules.yaml", 1), (problem.Level, problem.File, problem.Line));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("applies_to: device.model == 'HP-2'\n  raise: temp_c > 5\n  hold: 10m")]
    [InlineData("raise: vibration > 5\n  hold: 4h\n  samples: { raise: 3 of 5 }\n  max_gap: 3h")]
    [InlineData("raise: vibration > 5\n  samples: { raise: 3 of 5 }\n  max_gap: { after: 10m, then: hold }")]
    [InlineData("raise: vibration > 5 && temp_c > 5\n  samples: { raise: 3 of 5 }")]
    [InlineData("raise: code('E1') && vibration > 5\n  samples: { raise: 3 of 5 }")]
    [InlineData("codes: E1\n  hold: 1s")]
    [InlineData("raise: pulses > 5\n  lateness: 4m16s")]
    [InlineData("raise: temp_c > 5\n  lateness: 15m")]
    public void Run_RuleThatFits_IsNoLint(string lines) => Assert.Empty(FleetLints.Run(Set(lines), Fleet, Intervals));

    [Fact]
    public void Run_NothingKnown_SaysNothing() =>
        Assert.Empty(FleetLints.Run(Set("applies_to: device.model == 'XX'\n  raise: temp_k > 5"), [], new Dictionary<string, TimeSpan>()));

    private static RuleSet Set(string lines) => RuleFiles.Read($"- fault: a\n  {lines}\n  case: {{}}\n").Set!;
}
