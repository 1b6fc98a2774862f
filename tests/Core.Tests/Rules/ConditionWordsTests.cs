using B2D.Core.Rules.Expressions;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class ConditionWordsTests
{
    [Theory]
    [InlineData("temp_c > params.limit && compressor == \"on\"", "temp_c was over 95 and compressor was on")]
    [InlineData("temp_c >= 95.5 || temp_c <= -2.0", "temp_c was at least 95.5 or temp_c was at most -2")]
    [InlineData("temp_c > 95.0 && (flow < 2.0 || door_open)", "temp_c was over 95 and (flow was under 2 or door_open was true)")]
    [InlineData("!door_open && mode != \"eco\"", "door_open was not true and mode was not eco")]
    [InlineData("code(\"E42\") && !code(\"E17\")", "it reported E42 and it did not report E17")]
    [InlineData("temp_c > params.limit + 10.0", "temp_c was over 95 + 10")]
    [InlineData("avg(temp_c, duration(\"5m\")) > params.limit", "avg(temp_c, duration(\"5m\")) was over 95")]
    [InlineData("min(temp_c, params.limit) > 3.0", "min(temp_c, 95) was over 3")]
    [InlineData("device.model.startsWith(\"HP-\")", "device.model.startsWith(\"HP-\") was true")]
    [InlineData("temp_c > params.gone", "temp_c was over params.gone")]
    [InlineData("temp_c >", "temp_c >")]
    public void Of_Condition_IsSaidOfThePast(string text, string expected) =>
        Assert.Equal(expected, ConditionWords.Of(text, name => name == "limit" ? MetricValue.Of(95) : null));
}
