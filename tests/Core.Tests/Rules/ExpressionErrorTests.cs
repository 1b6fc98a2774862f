using B2D.Core.Rules;
using B2D.Core.Rules.Expressions;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class ExpressionErrorTests
{
    // Columns: expression, offset of the problem, part of its message, part of its hint. Parameter "limit" is a number.
    [Theory]
    // Signs and words.
    [InlineData("temp_c = 5", 7, "'=' means nothing", "==")]
    [InlineData("a > 1 & b > 1", 6, "'&' means nothing", "&&")]
    [InlineData("a > 1 | b > 1", 6, "'|' means nothing", "||")]
    [InlineData("a > 1 and b > 1", 6, "'and' is not expected", "&&")]
    [InlineData("a > 1 or b > 1", 6, "'or' is not expected", "||")]
    [InlineData("not a", 4, "'a' is not expected", "operator")]
    [InlineData("a <> 1", 3, "'>' is not expected", "!=")]
    [InlineData("a == “on”", 5, "'“' means nothing", "straight quotes")]
    [InlineData("a > 1 // limit", 6, "'/' means nothing", "comments")]
    [InlineData("a > 5C", 5, "runs into 'C'", "without a unit")]
    [InlineData("a > 5u", 5, "runs into 'u'", "without a unit")]
    [InlineData("a > 0x10", 5, "runs into 'x'", "without a unit")]
    [InlineData("a > 1e999", 4, "too large", "1.8e308")]
    [InlineData("a > 1,5", 5, "',' is not expected", "operator")]
    [InlineData("a == \"on", 5, "is not closed", "close it with \"")]
    [InlineData("a == 'o\\q'", 7, "no escape", "raw text")]
    [InlineData("a == '\\x4'", 6, "no escape", "raw text")]
    [InlineData("a == '\\uD800'", 6, "no escape", "raw text")]
    [InlineData("a == null", 5, "reserved word", "missing metric")]
    [InlineData("for > 1", 0, "reserved word", "metric(\"for\")")]
    [InlineData("größe > 1", 2, "'ö' means nothing", "metric(")]
    // Grammar.
    [InlineData("", 0, "ends too early", "a value")]
    [InlineData("a >", 3, "ends too early", "a value")]
    [InlineData("(a > 1", 6, "ends too early", "')'")]
    [InlineData("a > 1)", 5, "')' is not expected", "operator")]
    [InlineData("a > > 1", 4, "'>' is not expected", "a value")]
    [InlineData("a ? 1", 5, "ends too early", "':'")]
    [InlineData("a b", 2, "'b' is not expected", "operator")]
    [InlineData("a.startsWith('x'", 16, "ends too early", "','")]
    [InlineData("a['x'] > 1", 1, "'[' cannot follow", "outer.inner")]
    [InlineData("(a).b > 1", 4, "'.b' cannot follow", "startsWith")]
    [InlineData("device == 'x'", 0, "no value by itself", "device.model")]
    [InlineData("params > 1", 0, "no value by itself", "params.name")]
    [InlineData("metric(a) > 1", 0, "takes one text", "metric(\"odd name\")")]
    [InlineData("metric('') > 1", 7, "1 to 128 characters", "device sends it")]
    [InlineData("duration('5 min') == duration('5m')", 9, "no duration", "1h30m")]
    // Meaning.
    [InlineData("fleet_median(t)", 0, "must be true or false, but this is a number", "compare")]
    [InlineData("t > fleet_median()", 4, "fleet_median takes a metric", "fleet_median(temp_c) + 8.0")]
    [InlineData("t > fleet_median(t, duration('5m'))", 4, "fleet_median takes a metric", "fleet_median(temp_c) + 8.0")]
    [InlineData("t > t.fleet_median()", 6, "fleet_median", "")]
    [InlineData("t > fleet_median(code('E1'))", 17, "looks at one metric, and this is a code", "fleet_median(temp_c)")]
    [InlineData("t > fleet_median(t + 1)", 17, "looks at one metric, and this is none", "calculate with what it gives")]
    [InlineData("t > fleet_median(params.limit)", 17, "looks at one metric, and this is none", "fleet_median(temp_c)")]
    [InlineData("t > fleet_median(device.model)", 17, "looks at one metric, and this is none", "fleet_median(temp_c)")]
    [InlineData("t > fleet_median('t')", 17, "looks at one metric, and this is none", "fleet_median(temp_c)")]
    [InlineData("t > fleet_median(avg(t, duration('5m')))", 17, "looks at one metric, and this is none", "fleet_median(temp_c)")]
    [InlineData("mode == 'on' && 1 < fleet_median(mode)", 33, "fleet_median needs a number, but this is a text", "because of 'mode == 'on''")]
    [InlineData("fleet_median(t) == 'on'", 16, "compares a number with a text", "one type")]
    [InlineData("t > fleet_meadian(t)", 4, "there is no function fleet_meadian", "did you mean fleet_median?")]
    [InlineData("temp_c + 1", 0, "must be true or false, but this is a number", "compare")]
    [InlineData("'on'", 0, "but this is a text", "compare")]
    [InlineData("1 == 'a'", 2, "'==' compares a number with a text", "one type")]
    [InlineData("a > 3 && a == 'on'", 11, "'==' compares a number with a text", "because of 'a > 3'")]
    [InlineData("a == b && a > 1 && b == 'x'", 21, "compares a number with a text", "b is taken as a number")]
    [InlineData("a == true && a > 1", 15, "compares true or false with a number", "because of 'a == true'")]
    [InlineData("1 < a < 5", 6, "compares true or false with a number", "do not chain")]
    [InlineData("a == b && a && a < b", 17, "cannot order true and false", "==")]
    [InlineData("true < false", 5, "cannot order true and false", "==")]
    [InlineData("a && 5", 5, "'&&' needs true or false, but this is a number", "compare")]
    [InlineData("!5", 1, "'!' needs true or false", "compare")]
    [InlineData("-'x' == 1", 1, "'-' needs a number, but this is a text", "without quotes")]
    [InlineData("a + 'x' > 1", 4, "'+' needs a number, but this is a text", "without quotes")]
    [InlineData("(a > 1) + 1 > 1", 1, "'+' needs a number, but this is true or false", "? 1 : 0")]
    [InlineData("a ? 1 > 0 : 'x'", 12, "'? :' gives true or false or a text", "one type")]
    [InlineData("5 ? true : false", 0, "'?' needs true or false", "compare")]
    [InlineData("a in 5", 5, "'in' needs a list", "heat")]
    [InlineData("a in [1, 'x']", 9, "'in' looks for a number, but this is a text", "because of")]
    [InlineData("[1] == a", 0, "only right of 'in'", "in [")]
    [InlineData("a > {}", 4, "a map can stand only right of 'in'", "[mode]")]
    [InlineData("5.5.size() > 1", 0, "size needs a text, but this is a number", "quotes")]
    [InlineData("a.startsWith(5)", 13, "startsWith needs a text", "quotes")]
    [InlineData("a.startsWith('x', 'y')", 2, "takes one text, not 2", "startsWith(")]
    [InlineData("a > 1 && a.startsWith('x')", 9, ".startsWith needs a text, but this is a number", "because of 'a > 1'")]
    [InlineData("startsWith(a, 'x')", 0, "no function startsWith", "method")]
    [InlineData("a.startWith('x')", 2, "no function startWith", "did you mean startsWith")]
    [InlineData("abs(a) > 1", 0, "no function abs", "known are")]
    [InlineData("a.matches('(')", 10, "pattern cannot be used: insufficient closing parentheses", "regular expressions")]
    [InlineData("a.matches('(?=x)')", 10, "needs back-tracking", "look-around")]
    [InlineData("a.matches(b)", 10, "must be a literal", "write it out")]
    [InlineData("device.colour == 'x'", 0, "a device has no 'colour'", "known are")]
    [InlineData("device.modell == 'x'", 0, "a device has no 'modell'", "did you mean device.model")]
    [InlineData("a > params.limt", 4, "no parameter 'limt'", "did you mean params.limit")]
    [InlineData("a > params.other", 4, "no parameter 'other'", "params: { other: 95 }")]
    [InlineData("params.limit == 'x'", 13, "compares a number with a text", "one type")]
    [InlineData("a > duration('5m') && a > 1", 24, "compares a duration with a number", "one type")]
    // Functions over a window.
    [InlineData("avg(a) > 1", 0, "avg takes a metric and a window", "write avg(temp_c, duration(\"5m\"))")]
    [InlineData("min(1, 2) > 1", 4, "min looks at one metric, and this is none", "write min(temp_c, duration")]
    [InlineData("a.max(duration('5m')) > 1", 2, "max takes a metric and a window", "write max(temp_c, duration")]
    [InlineData("avg(a, 5) > 1", 7, "the window of avg must be a duration that is written out", "duration(\"5m\")")]
    [InlineData("avg(a, params.limit) > 1", 7, "the window of avg must be a duration", "duration(\"5m\")")]
    [InlineData("avg(a + 1, duration('5m')) > 1", 4, "avg looks at one metric", "calculate with what it gives")]
    [InlineData("sum(device.model, duration('5m')) > 1", 4, "sum looks at one metric", "write sum(temp_c")]
    [InlineData("avg(a, duration('999ms')) > 1", 7, "the window is 999ms", "1s to 30d")]
    [InlineData("avg(a, duration('30d1ms')) > 1", 7, "the window is 30d1ms", "1s to 30d")]
    [InlineData("a == 'x' && avg(a, duration('5m')) > 1", 16, "avg needs a number, but this is a text", "a metric has one type")]
    [InlineData("avg(a, duration('5m'))", 0, "must be true or false, but this is a number", "compare it")]
    [InlineData("avg(a, duration('5m')) == 'x'", 23, "compares a number with a text", "one type")]
    [InlineData("stddev(a) > 1", 0, "stddev takes a metric and a window", "write stddev(temp_c, duration")]
    [InlineData("rate(a, duration('5m'), 1) > 1", 0, "rate takes a metric and a window", "write rate(temp_c, duration")]
    [InlineData("a == true && increase(a, duration('5m')) > 1", 22, "increase needs a number, but this is true or false", "a metric has one type")]
    [InlineData("delta(a, duration('5m')) > duration('5m')", 25, "compares a number with a duration", "one type")]
    [InlineData("last(a) == 1", 0, "last takes a metric and a window", "write last(temp_c, duration")]
    [InlineData("last(a + 1, duration('5m')) == 1", 5, "last looks at one metric, and this is none", "calculate with")]
    [InlineData("a > 5 && last(a, duration('5m')) == 'x'", 33, "compares a number with a text", "one type")]
    [InlineData("changed(a)", 0, "changed takes a metric and a window", "write changed(temp_c, duration")]
    [InlineData("changed(a, duration('5m')) > 1", 27, "compares true or false with a number", "one type")]
    [InlineData("changed(a, duration('31d'))", 11, "the window is 31d", "1s to 30d")]
    [InlineData("age(a, duration('5m')) > duration('1m')", 0, "age takes a metric", "write age(temp_c) > duration")]
    [InlineData("age(5) > duration('5m')", 4, "age looks at one metric, and this is none", "age(temp_c)")]
    [InlineData("age(a) > 300", 7, "compares a duration with a number", "one type")]
    [InlineData("age(a).getSeconds(1) > 300", 7, "getSeconds is a method of durations without arguments", "age(temp_c).getSeconds()")]
    [InlineData("a.getSeconds() > 300 && a > 1", 26, "compares a duration with a number", "a is taken as a duration")]
    [InlineData("(5).getHours() > 300", 1, ".getHours needs a duration, but this is a number", "age(temp_c)")]
    [InlineData("age(a)", 0, "must be true or false, but this is a duration", "compare it")]
    // Codes.
    [InlineData("code(a)", 0, "code takes one text", "write code(\"E42\")")]
    [InlineData("code('')", 5, "a code has 1 to 128 characters", "device sends it")]
    [InlineData("code('E42') > 1", 12, "compares true or false with a number", "one type")]
    [InlineData("avg(code('E42'), duration('5m')) > 1", 4, "avg looks at one metric, and this is a code", "count(code(\"E42\")")]
    [InlineData("age(code('E42')) > duration('5m')", 4, "age looks at one metric, and this is a code", "how often it was set")]
    [InlineData("count(code('E42')) > 1", 0, "count takes a metric and a window", "write count(temp_c")]
    [InlineData("metric('code(\"E42\")')", 7, "no metric has the name of a code", "write code(")]
    // Durations.
    [InlineData("duration('5m') + 1 > duration('5m')", 17, "'+' needs a duration, but this is a number", "duration(\"5m\")")]
    [InlineData("duration('5m') * 2 > 1", 0, "'*' needs a number, but this is a duration", ".getSeconds()")]
    [InlineData("-duration('5m') < 1", 1, "'-' needs a number, but this is a duration", ".getSeconds()")]
    [InlineData("a > duration('5m')", 0, "a is taken as a duration, and no metric is one", "age(a)")]
    [InlineData("a in [duration('5m')]", 0, "a is taken as a duration", "age(a)")]
    // Lists and maps.
    [InlineData("a == {'x': 1}", 5, "a map can stand only right of 'in'", "[mode]")]
    [InlineData("['a'][b] == 1", 9, "compares a text with a number", "one type")]
    [InlineData("[1, 'x'][a] > 1", 4, "this list has a number and a text", "all of a list")]
    [InlineData("[1, 2]['x'] > 1", 7, "the place in a list needs a number, but this is a text", "without quotes")]
    [InlineData("[][0] > 1", 0, "an empty list has nothing", "[mode]")]
    [InlineData("{}['x'] > 1", 0, "an empty map has nothing", "[mode]")]
    [InlineData("{'x': 1, 'x': 2}['x'] > 1", 9, "the key x is there twice", "remove one")]
    [InlineData("{a: 1}['x'] > 1", 1, "a key must be a literal", "write out")]
    [InlineData("{'x': 1, 'y': 'z'}['x'] > 1", 14, "this map has a number and a text", "all of a map")]
    [InlineData("{'x': 1}[5] > 1", 1, "'[ ]' looks for a number, but this key is a text", "one type")]
    [InlineData("5 in {'x': 1}", 6, "'in' looks for a number, but this is a text", "one type")]
    [InlineData("{'x' 1}['x'] > 1", 5, "'1' is not expected", "':'")]
    [InlineData("{'x': 1 'y': 2}['x'] > 1", 8, "\"y\"' is not expected", "','")]
    [InlineData("{'x': 1", 7, "ends too early", "','")]
    [InlineData("[1, 2][0 > 1", 12, "ends too early", "']'")]
    [InlineData("[[1]][0] > 1", 1, "a list can stand only right of 'in'", "in [")]
    [InlineData("matches(a)", 0, "matches takes one text, not 0", "text.matches")]
    public void Read_Mistake_NamesPlaceMessageAndHint(string text, int offset, string message, string hint)
    {
        var reading = Conditions.Read(text, false, ("limit", MetricValue.Of(95.0)));
        Assert.Null(reading.Condition);
        var problem = Assert.Single(reading.Problems);
        Assert.Equal(offset, problem.Offset);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralMistakesOfMeaning_ListsAll()
    {
        var reading = Conditions.Read("device.modell == 'x' && avg(a) > 1 && b + 'x' > 2 && params.limit > 1");
        Assert.Equal([0, 24, 42, 53], reading.Problems.Select(p => p.Offset));
    }

    [Theory]
    [InlineData("temp_c > 5", 0, "may read only device.*, not the metric temp_c")]
    [InlineData("device.model == 'x' && params.limit > 5", 23, "may read only device.*, not params.limit")]
    public void Read_DeviceOnly_RefusesOthers(string text, int offset, string message)
    {
        var problem = Assert.Single(Conditions.Read(text, deviceOnly: true, ("limit", MetricValue.Of(95.0))).Problems);
        Assert.Equal(offset, problem.Offset);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NameWithDash_IsALintAtTheDash()
    {
        var reading = Conditions.Read("state-count > 5");
        Assert.NotNull(reading.Condition);
        var problem = Assert.Single(reading.Problems);
        Assert.Equal((ProblemLevel.Lint, 5), (problem.Level, problem.Offset));
        Assert.Contains("metric(\"state-count\")", problem.Hint, StringComparison.Ordinal);
        Assert.Empty(Conditions.Read("state - count > 5").Problems);
    }

    [Fact]
    public void Read_Length_HasALimit()
    {
        Assert.NotNull(Conditions.Read("a > 1".PadRight(Expression.MaxLength)).Condition);
        Assert.Contains("2001 characters", Assert.Single(Conditions.Read("a > 1".PadRight(Expression.MaxLength + 1)).Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", ")", 63, 64)]
    [InlineData("!", "", 63, 64)]
    [InlineData("a && (", ")", 63, 64)]
    public void Read_Nesting_HasALimit(string open, string close, int most, int tooMany)
    {
        string Nested(int levels) => string.Concat(Enumerable.Repeat(open, levels)) + "a" + string.Concat(Enumerable.Repeat(close, levels));
        Assert.NotNull(Conditions.Read(Nested(most)).Condition);
        Assert.Contains("deeper than 64 levels", Assert.Single(Conditions.Read(Nested(tooMany)).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Terms_HaveALimit()
    {
        string Chain(int reads) => string.Join("&&", Enumerable.Repeat("a", reads));
        Assert.NotNull(Conditions.Read(Chain(100)).Condition);
        Assert.Contains("more than 200 terms", Assert.Single(Conditions.Read(Chain(101)).Problems).Message, StringComparison.Ordinal);
    }
}
