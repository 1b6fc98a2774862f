using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class RuleLintTests
{
    // Columns: rules, place of the only lint, part of its message.
    [Theory]
    [InlineData("- fault: a\n  raise: x > 1", 1, 10, "nothing follows from this fault")]
    [InlineData("- fault: a\n  raise: x > 1\n  clear: x>1\n  case: {}", 3, 10, "clear is the same as raise")]
    [InlineData("- fault: a\n  raise: 1 > 2\n  case: {}", 2, 10, "raise is always false")]
    [InlineData("- fault: a\n  raise: x > 1\n  params: { limit: 5 }\n  case: {}", 3, 13, "no condition reads params.limit")]
    [InlineData("- fault: a\n  silent: 10m\n  explained_by: outage", 3, 3, "no rule of kind outage")]
    [InlineData("- fault: a\n  raise: input-rate > 1\n  case: {}", 2, 15, "read as input minus rate")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h", 1, 8, "nothing marks this due as done")]
    [InlineData("- fault: a\n  raise: temp_c > 1 && temp_c < 5\n  case: {}\n- fault: b\n  raise: tmep_c > 1\n  case: {}", 5, 10, "only this rule reads tmep_c, and it resembles temp_c")]
    [InlineData("- fault: a\n  raise: temp_c > 1\n  case: {}\n- fault: b\n  raise: temp_C > 1\n  case: {}", 5, 10, "it resembles temp_c")]
    [InlineData("- fault: a\n  raise: mode == 1\n  case: {}\n- fault: b\n  raise: mode == 'x'\n  case: {}", 5, 10, "taken as a text here and as a number by a")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: x > 20 && x < 5\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: x < 5 && x >= 5\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: (x < 5 || x == 6) && x > 6\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: x < params.limit - 10 && x > params.limit\n  params: { limit: 5 }\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: 2 > 3\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: 'm == \"a\" && m != \"a\"'\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: 'm == \"a\" && !(m in [\"a\", \"b\"])'\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: open && !open\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: -x > 5 && x > -5\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: 'avg(x, duration(\"5m\")) < 1 && 2 < avg(x,duration(\"5m\"))'\n  case: {}", 3, 10, "clear can never be true")]
    [InlineData("- fault: a\n  raise: x > 10 && x < 5\n  case: {}", 2, 10, "raise can never be true")]
    [InlineData("- fault: a\n  raise: 'm == \"a\" && m == \"b\"'\n  case: {}", 2, 10, "raise can never be true")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: x > 20\n  case: {}", 3, 10, "clear is true only while raise is")]
    [InlineData("- fault: a\n  raise: x > 10 || y > 5\n  clear: y > 6\n  case: {}", 3, 10, "clear is true only while raise is")]
    [InlineData("- fault: a\n  raise: age(x) > duration('5m')\n  case: {}", 2, 14, "age(x) is always 0")]
    [InlineData("- fault: a\n  raise: code('pump1') && x > 1\n  clear: '!code(\"pmup1\") && x < 1'\n  case: {}\n- fault: b\n  raise: code('pump1')\n  case: {}", 3, 12, "it resembles code(\"pump1\")")]
    [InlineData("- fault: a\n  raise: x > 10\n  release: 1h\n  chatter: { raises: 3, within: 1d, quiet: 30m }\n  case: {}", 4, 3, "quiet is shorter than release")]
    [InlineData("- fault: a\n  raise: x > 10\n  latch: true\n  remedy: { command: restart, within: 1m }", 3, 3, "the remedy is proven by the end of the fault")]
    [InlineData("- fault: a\n  raise: x > 10\n  lateness: 5m\n  remedy: { command: restart, within: 5m }", 3, 3, "the remedy's within is not longer than lateness")]
    [InlineData("- fault: a\n  raise: x > 10\n  during: { zone: Etc/UTC, from: '08:00', to: '08:00' }\n  case: {}", 3, 28, "never open")]
    [InlineData("- fault: a\n  raise: x > 10\n  during: { zone: Etc/UTC }\n  case: {}", 3, 3, "the whole week")]
    [InlineData("- fault: a\n  raise: x > 10\n  during: [ { zone: Etc/UTC, from: '06:00', to: '22:00' }, { zone: Etc/UTC, from: '22:00', to: '06:00' } ]\n  case: {}", 3, 3, "the whole week")]
    public void Read_Suspicious_IsALintAtItsPlace(string yaml, int line, int column, string message)
    {
        var problem = Assert.Single(RuleFiles.Read(yaml).Problems);
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Hint);
    }

    [Theory]
    [InlineData("- fault: a\n  raise: temp_1 > 1 && temp_2 > 1\n  case: {}")]
    [InlineData("- fault: a\n  raise: volt > 1\n  case: {}\n- fault: b\n  raise: rotate > 1\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 1\n  shadow: true")]
    [InlineData("- fault: a\n  raise: x > 1\n  remedy: { command: restart, within: 1m }")]
    [InlineData("- fault: a\n  raise: x > 1\n- outage: o\n  of: a\n  when: { devices: 2, share: 1 %, within: 1m }")]
    [InlineData("- fault: a\n  raise: temp_c > 1 && tempo_c > 1\n  case: {}\n- fault: b\n  raise: temp_c > 1 && tempo_c > 5\n  case: {}")]
    [InlineData("- fault: a\n  raise: a == b\n  case: {}\n- fault: b\n  raise: a == 5\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: x < 5\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 10\n  release: 30m\n  chatter: { raises: 3, within: 1d, quiet: 30m }\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 10\n  latch: true\n  remedy: { command: restart, within: 1m, verify: x < 5 }")]
    [InlineData("- fault: a\n  raise: x > 10\n  lateness: 5m\n  remedy: { command: restart, within: 6m }")]
    [InlineData("- fault: a\n  raise: x > 10\n  lateness: 0s\n  class: safety\n  remedy: { command: close_valve, safe_state: true, within: 6m }")]
    [InlineData("- fault: a\n  raise: x > 10\n  during: [ { zone: Etc/UTC, to: '22:00' }, { zone: Europe/Lisbon, from: '22:00' } ]\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: x >= 5 && x <= 5\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: x < 5 || x > 20\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: y > 20\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 10 && y > 5\n  clear: x > 20\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > params.limit\n  clear: x < params.limit - 10\n  params: { limit: 5 }\n  case: {}")]
    [InlineData("- fault: a\n  raise: x * x > 10\n  clear: x * x < 5 && x > 1\n  case: {}")]
    [InlineData("- fault: a\n  raise: 'm in [\"a\", \"b\"]'\n  clear: 'm == \"c\" || m == \"d\"'\n  case: {}")]
    [InlineData("- fault: a\n  raise: \"open ? x > 5 : x < 1\"\n  clear: \"open ? x < 4 : x > 2\"\n  case: {}")]
    [InlineData("- fault: a\n  raise: 'age(x) > duration(\"5m\") && y > 0'\n  case: {}")]
    [InlineData("- fault: a\n  raise: 'age(x) > duration(\"5m\")'\n  clear: 'age(x) < duration(\"1m\") && y > 0'\n  case: {}")]
    [InlineData("- fault: a\n  raise: x > 10\n  clear: '(open ? \"a\" : \"c\") in [\"a\", \"b\"] && !((open ? \"a\" : \"c\") in [\"a, Text:b\"])'\n  case: {}")]
    public void Read_Usual_IsNoLint(string yaml) => Assert.Empty(RuleFiles.Read(yaml).Problems);
}
