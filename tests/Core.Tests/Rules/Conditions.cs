using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Rules.Expressions;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

/// <summary>Reads and evaluates single expressions for tests.</summary>
internal static class Conditions
{
    public static readonly Device HeatPump = new(DeviceId.Parse("hp-1"))
    {
        Model = "HP-2",
        Firmware = "1.4.0",
        Serial = "S77",
        Parent = DeviceId.Parse("gw-9"),
        Segment = Segment.Parse("north/n12/cab-7"),
        Customer = "c42",
    };

    public static ExpressionReading Read(string text, bool deviceOnly = false, params (string Name, MetricValue Default)[] parameters) =>
        Expression.Read(text, new ExpressionContext("raise", new MetricTable(), [.. parameters], deviceOnly));

    /// <summary>Evaluates with the given metrics; all others are missing.</summary>
    public static Truth Evaluate(string text, params (string Name, MetricValue Value)[] metrics)
    {
        var table = new MetricTable();
        var reading = Expression.Read(text, new ExpressionContext("raise", table, [("limit", MetricValue.Of(95.0)), ("mode", MetricValue.Of("eco")), ("on", MetricValue.Of(true))]));
        Assert.Empty(reading.Problems.Where(p => p.Level == ProblemLevel.Error));
        foreach (var (name, _) in metrics)
            table.Slot(name);
        var slots = new MetricValue[table.Names.Count];
        foreach (var (name, value) in metrics)
            slots[table.Slot(name)] = value;
        return reading.Condition!.Evaluate(new ConditionScope(slots, HeatPump, [MetricValue.Of(95.0), MetricValue.Of("eco"), MetricValue.Of(true)]));
    }

    /// <summary>The readings most tables use.</summary>
    public static readonly (string Name, MetricValue Value)[] Usual =
    [
        ("temp_c", MetricValue.Of(100.0)), ("cold", MetricValue.Of(-5.0)), ("zero", MetricValue.Of(0.0)), ("nan", MetricValue.Of(double.NaN)),
        ("compressor", MetricValue.Of("on")), ("door_open", MetricValue.Of(true)), ("idle", MetricValue.Of(false)), ("wifi.rssi", MetricValue.Of(-71.0)),
        ("odd name", MetricValue.Of(7.0)), ("text", MetricValue.Of("Grüße 👋")), ("code", MetricValue.Of("E42")), ("same_a", MetricValue.Of("x")), ("same_b", MetricValue.Of("x")),
    ];
}
