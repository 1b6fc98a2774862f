using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class ParameterTableTests
{
    private static readonly FaultRule Rule = RuleFiles.Good("""
        - fault: hot
          raise: temp_c > params.limit && params.on && mode == params.mode
          params: { limit: 95, on: true, mode: eco }
          case: {}
        """).Faults[0];

    private static Device With(params (string Name, MetricValue Value)[] overrides) =>
        new(DeviceId.Parse("d")) { Params = ImmutableSortedDictionary<string, MetricValue>.Empty.AddRange(overrides.Select(o => KeyValuePair.Create(o.Name, o.Value))) };


    [Fact]
    public void Resolve_WithoutOverride_IsTheDefaults() =>
        Assert.Equal([MetricValue.Of(95), MetricValue.Of(true), MetricValue.Of("eco")], ParameterTable.Resolve(Rule, With()));

    [Fact]
    public void Resolve_Override_ReplacesTheDefaultOfItsSlot() =>
        Assert.Equal([MetricValue.Of(80), MetricValue.Of(false), MetricValue.Of("eco")],
            ParameterTable.Resolve(Rule, With(("hot.limit", MetricValue.Of(80)), ("hot.on", MetricValue.Of(false)), ("cold.mode", MetricValue.Of("max")))));

    [Fact]
    public void Resolve_OverrideOfAnotherKind_IsPassedOver() =>
        Assert.Equal([MetricValue.Of(95), MetricValue.Of(true), MetricValue.Of("eco")],
            ParameterTable.Resolve(Rule, With(("hot.limit", MetricValue.Of("80")), ("hot.on", MetricValue.Of(1)), ("hot.mode", MetricValue.Missing))));

    [Fact]
    public void Resolve_Override_ReachesTheCondition()
    {
        var device = With(("hot.limit", MetricValue.Of(80)));
        MetricValue[] metrics = [MetricValue.Of(90), MetricValue.Of("eco")];
        Assert.Equal(Truth.True, Rule.Raise!.Evaluate(new ConditionScope(metrics, device, ParameterTable.Resolve(Rule, device))));
        Assert.Equal(Truth.False, Rule.Raise.Evaluate(new ConditionScope(metrics, With(), ParameterTable.Resolve(Rule, With()))));
    }
}
