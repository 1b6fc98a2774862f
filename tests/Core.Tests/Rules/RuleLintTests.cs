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
    public void Read_Usual_IsNoLint(string yaml) => Assert.Empty(RuleFiles.Read(yaml).Problems);
}
