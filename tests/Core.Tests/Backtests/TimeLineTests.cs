using B2D.Core.Backtests;
using B2D.Core.Rules;
using B2D.Core.Tests.Rules;
using Xunit;

namespace B2D.Core.Tests.Backtests;

public sealed class TimeLineTests
{
    private const string Rules = """
        - fault: hot
          raise: temp > 90
          hold: 2m
          case: { family: heat }
        - fault: pump-error
          codes: [ E42 ]
          case: {}
        - fault: valve
          raise: bar > 10
          latch: true
          case: {}
        """;

    private static TimeLineVerdict Judge(string steps, string expect, string more = "")
    {
        var read = TimeLineReader.Read("t.yaml", $"time_lines:\n  - test: it\n    {more}\n    steps:\n{Items(steps)}\n    expect:\n{Items(expect)}\n");
        Assert.Equal([], read.Problems.Select(p => p.ToString()));
        return TimeLineRun.Judge(Assert.Single(read.TimeLines), RuleFiles.Good(Rules));
    }

    private static string Items(string items) => string.Join('\n', items.Split(';').Select(i => $"      - {i.Trim()}"));

    private static string[] Messages(TimeLineVerdict verdict) => [.. verdict.Problems.Select(p => p.Message)];

    [Theory]
    [InlineData("0m..5m every 1m: { temp: 99 }", "raised hot at 2m")]
    [InlineData("0m..5m every 1m: { temp: 99 }", "raised hot at 1m..3m since 0s")]
    [InlineData("0m..5m every 1m: { temp: 99 }", "raised hot; case heat at 2m; not cleared hot")]
    [InlineData("0m..1m every 1m: { temp: 99 }; 90s: { temp: 80 }", "not raised hot")]
    [InlineData("0m..10m every 1m: { temp: 85 -> 95 }", "raised hot at 8m since 6m; not raised hot before 8m")]
    [InlineData("1m: set E42; 3m: clear E42", "raised pump-error at 1m; cleared pump-error at 3m; case pump-error at 1m")]
    [InlineData("1m: set E42; 2m of 1m: set E42; 3m: clear E42", "raised pump-error at 1m")]
    [InlineData("0m: { temp: 99 }; 1m: restart; 5m: { temp: 99 }", "raised hot at 2m since 0s")]
    [InlineData("0m..10m every 1m: { temp: 80 }; 10m of 2m..6m every 1m: { temp: 99 }", "not raised hot")]
    [InlineData("0m..20m every 5m: { temp: 80 }; 20m of 6m..9m every 1m: { temp: 99 }; 30m: { temp: 80 }",
        "raised hot at 20m10s since 6m; cleared hot at 20m10s; not case heat")]
    [InlineData("0m..20m every 5m: { temp: 80 }; 20m of 6m..9m every 1m: { temp: 99 }; 20m5s: restart; 30m: { temp: 80 }", "raised hot at 20m10s since 6m")]
    [InlineData("0m..20m every 5m: { bar: 1 }; 20m of 6m..9m every 1m: { temp: 99 }; 40m: { bar: 1 }", "raised hot at 20m10s since 6m; not cleared hot; not case heat")]
    [InlineData("0m..20m every 5m: { bar: 1 }; 20m of 6m..9m every 1m: { temp: 99 }; 26m of 10m: { temp: 20 }; 40m: { bar: 1 }",
        "raised hot at 20m10s since 6m; cleared hot at 26m10s; not case heat")]
    [InlineData("0m..20m every 5m: { bar: 1 }; 20m of 6m..9m every 1m: { temp: 99 }; 30m..34m every 1m: { temp: 99 }; 40m: { temp: 20 }",
        "raised hot at 20m10s since 6m; raised hot at 32m since 30m; cleared hot at 32m; cleared hot at 40m; case heat at 32m")]
    [InlineData("0m..20m every 5m: { temp: 80 }; 20m of 6m: { temp: 99 }; 21m of 7m: { temp: 80 }; 30m: { temp: 80 }", "not raised hot")]
    [InlineData("10m: set E42; 20m: clear E42; 30m of 5m: set E42; 30m of 6m: clear E42; 40m: { bar: 1 }", "raised pump-error at 10m; raised pump-error at 30m10s since 5m; cleared pump-error at 30m10s")]
    [InlineData("1m: { bar: 11 }; 2m: { bar: 5 }; 10m: ack valve", "raised valve at 1m; cleared valve at 10m; case valve at 1m")]
    [InlineData("1m: { bar: 11 }; 90s: ack valve; 2m: { bar: 5 }", "raised valve at 1m; cleared valve at 2m")]
    [InlineData("1m: { bar: 11 }; 2m: { bar: 5 }; 3m: restart; 4m: { bar: 12 }; 20m: { bar: 5 }", "raised valve at 1m; not cleared valve")]
    public void Judge_AsExpected_Passes(string steps, string expect) => Assert.Equal([], Messages(Judge(steps, expect)));

    [Theory]
    [InlineData("0m..5m every 1m: { temp: 99 }", "raised hot at 3m",
        "nothing expects 2m device-1: raised hot (HoldCompletedInSilence, true since 0s)",
        "expected raised hot at 3m, but what happened was 2m device-1: raised hot (HoldCompletedInSilence, true since 0s)")]
    [InlineData("0m: { temp: 80 }", "raised hot at 2m", "expected raised hot at 2m, but it did not happen at all")]
    [InlineData("1m: set E42", "raised pump-error at 1m; not case pump-error", "expected not case pump-error, but 1m device-1: case pump-error (Open)")]
    [InlineData("1m: set E42", "not raised hot", "nothing expects 1m device-1: raised pump-error (CodeSet)")]
    [InlineData("1m: set E42", "raised pump-error at 1m; raised pump-error at 1m",
        "expected raised pump-error at 1m, but what happened was 1m device-1: raised pump-error (CodeSet)")]
    [InlineData("1m: set E42", "raised pump-eror at 1m", "there is no fault rule 'pump-eror'; did you mean pump-error?")]
    [InlineData("1m: ack valv", "not raised hot", "there is no fault rule 'valv'; did you mean valve?")]
    [InlineData("1m: set E42", "case het at 1m", "there is no case family 'het'; did you mean heat?")]
    public void Judge_NotAsExpected_SaysWhatHappenedInstead(string steps, string expect, params string[] problems) =>
        Assert.Equal(problems, Messages(Judge(steps, expect)));

    [Fact]
    public void Judge_SeveralDevices_EachStepIsForTheNamedOneOrTheFirst()
    {
        const string Devices = "devices: { a: { model: X }, b: {} }";

        Assert.Equal([], Messages(Judge("1m: set E42; 2m b: set E42", "raised pump-error at 1m on a; raised pump-error at 2m on b", Devices)));
        Assert.Equal(2, Judge("1m: set E42", "raised pump-error on b", Devices).Problems.Length);
    }

    [Fact]
    public void Judge_End_IsTheLastStepExpectationOrUntil()
    {
        Assert.Equal([], Messages(Judge("0m: { temp: 99 }", "not raised hot")));
        Assert.Equal([], Messages(Judge("0m: { temp: 99 }", "raised hot at 2m")));
        Assert.Equal(1, Judge("0m: { temp: 99 }", "not raised hot", "until: 3m").Problems.Count(p => p.Message.StartsWith("expected not", StringComparison.Ordinal)));
    }

    [Fact]
    public void Judge_ExampleOfThePage_Passes()
    {
        var page = File.ReadAllText(Path.Combine(RuleFiles.Root(), "docs", "rules.md"));
        var block = page[(page.IndexOf("```yml\n", StringComparison.Ordinal) + 7)..];
        var read = TimeLineReader.Read("rules.md", block[..block.IndexOf("\n```", StringComparison.Ordinal)]);
        Assert.Equal([], read.Problems.Select(p => p.ToString()));

        var verdict = TimeLineRun.Judge(Assert.Single(read.TimeLines), RuleFiles.Good("""
            - fault: compressor-overheat
              raise: temp_c > params.limit && compressor == "on"
              params: { limit: 95 }
              hold: 2m
              case: { family: compressor }
            - fault: pump-error
              codes: [ E42 ]
              case: {}
            """));

        Assert.Equal([], Messages(verdict));
    }

    [Theory]
    [InlineData("rules: x", 1, 1, "a file of time-lines needs a list 'time_lines'")]
    [InlineData("time_lines: []\nrulez: x", 2, 1, "a file of time-lines has no key 'rulez'")]
    [InlineData("time_lines:\n  - steps: []\n    expect: []", 2, 5, "a time-line needs 'test'")]
    [InlineData("time_lines:\n  - test: a\n    steps:\n      - soon: { temp: 1 }\n    expect: []", 4, 9, "this is no step")]
    [InlineData("time_lines:\n  - test: a\n    steps:\n      - 1m..2m: { temp: 1 }\n    expect: []", 4, 9, "this is no step")]
    [InlineData("time_lines:\n  - test: a\n    steps:\n      - 1m: explode\n    expect: []", 4, 13, "'explode' is no step")]
    [InlineData("time_lines:\n  - test: a\n    steps:\n      - 1m pump-9: restart\n    expect: []", 4, 9, "there is no device 'pump-9'")]
    [InlineData("time_lines:\n  - test: a\n    steps: []\n    expect:\n      - raises hot at 2m", 5, 9, "this is no expectation")]
    [InlineData("time_lines:\n  - test: a\n    steps: []\n    expect:\n      - raised hot on pump-9", 5, 9, "there is no device 'pump-9'")]
    [InlineData("time_lines:\n  - test: a\n    start: never\n    steps: []\n    expect: []", 3, 12, "'never' is no time after 2001")]
    [InlineData("time_lines:\n  - test: a\n    steps:\n      - 0s..10000h every 1s: restart\n    expect: []", 4, 9, "a row has at most 100,000 steps")]
    [InlineData("time_lines: [\nx", 1, 13, "this is not YAML: the [ is not closed")]
    public void Read_Mistake_IsNamedWithItsPlace(string text, int line, int column, string message)
    {
        var problem = TimeLineReader.Read("t.yaml", text).Problems[0];

        Assert.Equal((ProblemLevel.Error, line, column), (problem.Level, problem.Line, problem.Column));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }
}
