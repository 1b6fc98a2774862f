using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class ExpressionTests
{
    // Columns: expression, its value over Conditions.Usual. "missing" is never reported.
    [Theory]
    [InlineData("true", Truth.True)]
    [InlineData("false", Truth.False)]
    // Comparison of numbers; an int is a double.
    [InlineData("temp_c > 95", Truth.True)]
    [InlineData("temp_c > 100", Truth.False)]
    [InlineData("temp_c >= 100.0", Truth.True)]
    [InlineData("temp_c < 1e2", Truth.False)]
    [InlineData("temp_c <= 1e2", Truth.True)]
    [InlineData("temp_c == 100", Truth.True)]
    [InlineData("temp_c != 100", Truth.False)]
    [InlineData("95 < temp_c", Truth.True)]
    [InlineData("cold == -5", Truth.True)]
    [InlineData("cold == - 5.0", Truth.True)]
    [InlineData("-cold == 5", Truth.True)]
    [InlineData("--cold == cold", Truth.True)]
    [InlineData("temp_c > .5", Truth.True)]
    [InlineData("temp_c > 2.5E-3", Truth.True)]
    // Arithmetic: strength and association to the left.
    [InlineData("2 + 3 * 4 == 14", Truth.True)]
    [InlineData("(2 + 3) * 4 == 20", Truth.True)]
    [InlineData("10 - 4 - 3 == 3", Truth.True)]
    [InlineData("100 / 10 / 5 == 2", Truth.True)]
    [InlineData("7 % 4 == 3", Truth.True)]
    [InlineData("-7 % 4 == -3", Truth.True)]
    [InlineData("temp_c - params.limit == 5", Truth.True)]
    [InlineData("temp_c/2>49&&temp_c/2<51", Truth.True)]
    // Division by zero is unknown, not infinite.
    [InlineData("temp_c / zero > 1", Truth.Unknown)]
    [InlineData("temp_c % zero > 1", Truth.Unknown)]
    [InlineData("zero / zero == 0", Truth.Unknown)]
    // NaN as IEEE 754 has it: equal to nothing, different from all.
    [InlineData("nan > 0", Truth.False)]
    [InlineData("nan < 0", Truth.False)]
    [InlineData("nan == nan", Truth.False)]
    [InlineData("nan != 1", Truth.True)]
    [InlineData("nan >= 0", Truth.False)]
    // A missing metric is unknown, and never true.
    [InlineData("missing > 1", Truth.Unknown)]
    [InlineData("!(missing > 1)", Truth.Unknown)]
    [InlineData("missing == missing", Truth.Unknown)]
    [InlineData("missing != 1", Truth.Unknown)]
    [InlineData("flag", Truth.Unknown)]
    [InlineData("!flag", Truth.Unknown)]
    [InlineData("missing + 1 > 0", Truth.Unknown)]
    // && and || do not depend on the order of their sides.
    [InlineData("missing > 1 && temp_c > 200", Truth.False)]
    [InlineData("temp_c > 200 && missing > 1", Truth.False)]
    [InlineData("missing > 1 && temp_c > 1", Truth.Unknown)]
    [InlineData("temp_c > 1 && missing > 1", Truth.Unknown)]
    [InlineData("missing > 1 || temp_c > 1", Truth.True)]
    [InlineData("temp_c > 1 || missing > 1", Truth.True)]
    [InlineData("missing > 1 || temp_c > 200", Truth.Unknown)]
    [InlineData("temp_c > 200 || missing > 1", Truth.Unknown)]
    [InlineData("idle || door_open && idle", Truth.False)]
    [InlineData("door_open || idle && idle", Truth.True)]
    // Booleans.
    [InlineData("door_open", Truth.True)]
    [InlineData("!door_open", Truth.False)]
    [InlineData("!!door_open", Truth.True)]
    [InlineData("door_open == true", Truth.True)]
    [InlineData("door_open != idle", Truth.True)]
    [InlineData("(temp_c > 95) == door_open", Truth.True)]
    [InlineData("(missing > 1) == door_open", Truth.Unknown)]
    // Texts.
    [InlineData("compressor == \"on\"", Truth.True)]
    [InlineData("compressor == 'on'", Truth.True)]
    [InlineData("compressor != \"off\"", Truth.True)]
    [InlineData("compressor == \"ON\"", Truth.False)]
    [InlineData("compressor < 'oo'", Truth.True)]
    [InlineData("compressor >= 'on'", Truth.True)]
    [InlineData("\"a\\\"b\" == 'a\"b'", Truth.True)]
    [InlineData("'\\x41\\u0042\\U00000043\\104' == 'ABCD'", Truth.True)]
    [InlineData("'\\n\\t\\\\' != r'\\n\\t\\\\'", Truth.True)]
    [InlineData("code.startsWith('E4')", Truth.True)]
    [InlineData("code.endsWith('2')", Truth.True)]
    [InlineData("code.contains('43')", Truth.False)]
    [InlineData("code.matches('4')", Truth.True)]
    [InlineData("code.matches(r'^E\\d+$')", Truth.True)]
    [InlineData("code.matches('^E[0-9]$')", Truth.False)]
    [InlineData("text.size() == 7", Truth.True)]
    [InlineData("size(text) == 7", Truth.True)]
    [InlineData("missing.startsWith('E')", Truth.Unknown)]
    [InlineData("missing.matches('E')", Truth.Unknown)]
    [InlineData("missing.size() == 0", Truth.Unknown)]
    [InlineData("'E42'.startsWith(code)", Truth.True)]
    // in
    [InlineData("compressor in ['off', 'on']", Truth.True)]
    [InlineData("compressor in ['off']", Truth.False)]
    [InlineData("compressor in []", Truth.False)]
    [InlineData("temp_c in [1, 100]", Truth.True)]
    [InlineData("temp_c in [missing, 100]", Truth.True)]
    [InlineData("temp_c in [missing, 99]", Truth.Unknown)]
    [InlineData("temp_c in [params.limit, params.limit + 5]", Truth.True)]
    [InlineData("!(compressor in ['off'])", Truth.True)]
    // ?:
    [InlineData("door_open ? temp_c > 95 : temp_c > 200", Truth.True)]
    [InlineData("idle ? temp_c > 95 : temp_c > 200", Truth.False)]
    [InlineData("flag ? true : true", Truth.Unknown)]
    [InlineData("temp_c > (door_open ? 120 : 90)", Truth.False)]
    [InlineData("idle ? false : idle ? false : true", Truth.True)]
    [InlineData("(door_open ? compressor : code) == 'on'", Truth.True)]
    [InlineData("(door_open ? same_a : compressor) == same_b", Truth.True)]
    // Names.
    [InlineData("wifi.rssi < -70", Truth.True)]
    [InlineData("metric(\"odd name\") == 7", Truth.True)]
    [InlineData("metric('wifi.rssi') < -70", Truth.True)]
    [InlineData("same_a == same_b", Truth.True)]
    [InlineData("same_a < same_b", Truth.False)]
    [InlineData("temp_c == compressor", Truth.Unknown)]
    [InlineData("temp_c == zero", Truth.False)]
    [InlineData("door_open == idle", Truth.False)]
    [InlineData("door_open < idle", Truth.Unknown)]
    // Devices and parameters.
    [InlineData("device.id == 'hp-1' && device.model.startsWith('HP-')", Truth.True)]
    [InlineData("device.firmware == '1.4.0' && device.serial == 'S77' && device.parent == 'gw-9' && device.customer == 'c42'", Truth.True)]
    [InlineData("device.segment.startsWith('north/')", Truth.True)]
    [InlineData("params.mode == 'eco' && params.on", Truth.True)]
    // A value of another kind than the condition takes it for is unknown.
    [InlineData("compressor > 5", Truth.Unknown)]
    [InlineData("door_open == 1", Truth.Unknown)]
    [InlineData("temp_c == 'hot'", Truth.Unknown)]
    [InlineData("temp_c", Truth.Unknown)]
    [InlineData("temp_c == 'hot' || door_open", Truth.True)]
    // Places in lists, from 0; what is not there is unknown.
    [InlineData("[10, 20, 30][1] == 20", Truth.True)]
    [InlineData("[10, 20, 30][zero] == 10", Truth.True)]
    [InlineData("[10, 20, 30][3] == 20", Truth.Unknown)]
    [InlineData("[10, 20, 30][-1] == 20", Truth.Unknown)]
    [InlineData("[10, 20, 30][0.5] == 20", Truth.Unknown)]
    [InlineData("[10, 20, 30][nan] == 20", Truth.Unknown)]
    [InlineData("[10, 20, 30][missing] == 20", Truth.Unknown)]
    [InlineData("[missing, temp_c][1] == 100", Truth.True)]
    [InlineData("[missing, temp_c][0] == 100", Truth.Unknown)]
    [InlineData("[compressor, code][1].startsWith('E')", Truth.True)]
    [InlineData("[idle, door_open][1]", Truth.True)]
    [InlineData("[same_a, compressor][0] == same_b", Truth.True)]
    [InlineData("[duration('1m'), duration('1h')][1] > duration('30m')", Truth.True)]
    [InlineData("size([1, 2, 3]) == 3 && [].size() == 0 && {'a': 1}.size() == 1", Truth.True)]
    // Maps: in looks at keys, an index gives the key's value.
    [InlineData("compressor in {'on': 1, 'off': 2}", Truth.True)]
    [InlineData("compressor in {'auto': 1}", Truth.False)]
    [InlineData("missing in {'auto': 1}", Truth.Unknown)]
    [InlineData("compressor in {}", Truth.False)]
    [InlineData("temp_c > {'on': 90, 'off': 50}[compressor]", Truth.True)]
    [InlineData("temp_c > {'on': params.limit + 10, 'off': 50}[compressor]", Truth.False)]
    [InlineData("temp_c > {'auto': 90}[compressor]", Truth.Unknown)]
    [InlineData("temp_c > {'auto': 90}[missing]", Truth.Unknown)]
    [InlineData("{0: 'no', 100: 'yes'}[temp_c] == 'yes'", Truth.True)]
    [InlineData("{true: 1, false: 2}[idle] == 2", Truth.True)]
    [InlineData("{'on': true, 'off': false}[compressor]", Truth.True)]
    [InlineData("{'on': {'x': 1}['x']}[compressor] == 1", Truth.True)]
    [InlineData("device.model in {'HP-1': 1, 'HP-2': 2}", Truth.True)]
    // CEL has matches as a function too.
    [InlineData("matches(code, '^E')", Truth.True)]
    // Over the largest number is infinity, as in IEEE 754; nothing wraps around.
    [InlineData("1e308 * 10 > 1e308", Truth.True)]
    [InlineData("1e308 * 10 - 1e308 * 10 == 0", Truth.False)]
    [InlineData("9007199254740993 == 9007199254740992", Truth.True)]
    [InlineData("1 / 2 == 0.5", Truth.True)]
    [InlineData("-zero == zero", Truth.True)]
    // Codes: not set until the device says so.
    [InlineData("code('E42')", Truth.False)]
    [InlineData("!code('E42') && temp_c > 1", Truth.True)]
    [InlineData("code == 'E42'", Truth.True)]
    [InlineData("count(code('E42'), duration('1h')) == 0", Truth.True)]
    // Functions over time without any.
    [InlineData("stddev(temp_c, duration('5m')) > 0", Truth.Unknown)]
    [InlineData("rate(temp_c, duration('5m')) == 0", Truth.Unknown)]
    [InlineData("delta(temp_c, duration('5m')) == 0", Truth.Unknown)]
    [InlineData("increase(temp_c, duration('5m')) == 0", Truth.Unknown)]
    [InlineData("last(missing, duration('5m')) == 0", Truth.Unknown)]
    [InlineData("changed(missing, duration('5m'))", Truth.Unknown)]
    [InlineData("age(missing) > duration('5m')", Truth.Unknown)]
    // Durations.
    [InlineData("duration('1h') + duration('30m') == duration('1h30m')", Truth.True)]
    [InlineData("duration('1m') - duration('1h') < duration('0s')", Truth.True)]
    [InlineData("duration('90m').getHours() == 1", Truth.True)]
    [InlineData("duration('90m').getMinutes() == 90", Truth.True)]
    [InlineData("duration('1m999ms').getSeconds() == 60", Truth.True)]
    [InlineData("(duration('0s') - duration('1m999ms')).getSeconds() == -60", Truth.True)]
    [InlineData("(idle ? duration('1s') : duration('2s')) == duration('2s')", Truth.True)]
    [InlineData("duration('5m') in [duration('300s')]", Truth.True)]
    [InlineData("duration('90s') == duration('1m30s')", Truth.True)]
    [InlineData("duration('1h') < duration('59m')", Truth.False)]
    public void Evaluate_OverUsualReadings_IsAsWritten(string text, Truth expected) =>
        Assert.Equal(expected, Conditions.Evaluate(text, Conditions.Usual));

    [Fact]
    public void Evaluate_SlotsOutsideTheScope_AreMissing()
    {
        var condition = Conditions.Read("temp_c > 1 || params.limit > 1", false, ("limit", MetricValue.Of(5))).Condition!;
        Assert.Equal(Truth.Unknown, condition.Evaluate(new ConditionScope([], Conditions.HeatPump, [])));
    }

    [Fact]
    public void Read_Condition_KnowsTextAndSlots()
    {
        var condition = Conditions.Read("b > 1 && a > b && metric('c d') == 'x'").Condition!;
        Assert.Equal("b > 1 && a > b && metric('c d') == 'x'", condition.Text);
        Assert.Equal<int>([0, 1, 2], condition.MetricSlots);
    }

    [Theory]
    [InlineData("temp_c > 95 && wifi.rssi < -70 || !door_open")]
    [InlineData("temp_c * 2 + params.limit % 7 >= (door_open ? 3 : 4)")]
    [InlineData("compressor == 'on' && params.mode == 'eco' && device.model != 'HP-9'")]
    [InlineData("compressor in ['off', 'on'] && code.startsWith('E')")]
    [InlineData("missing > 1 && same_a == same_b")]
    public void Evaluate_NumbersBooleansAndTexts_AllocatesNothing(string text)
    {
        Assert.NotEqual(Truth.False, Conditions.Evaluate(text, Conditions.Usual));
        var table = new B2D.Core.Rules.Expressions.MetricTable();
        var parameters = new[] { MetricValue.Of(95.0), MetricValue.Of("eco") };
        var condition = B2D.Core.Rules.Expressions.Expression.Read(text, new("raise", table, [("limit", parameters[0]), ("mode", parameters[1])])).Condition!;
        var known = Conditions.Usual.ToDictionary(u => u.Name, u => u.Value);
        var metrics = table.Names.Select(n => known.GetValueOrDefault(n)).ToArray();
        var scope = new ConditionScope(metrics, Conditions.HeatPump, parameters);
        condition.Evaluate(scope);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            condition.Evaluate(scope);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
