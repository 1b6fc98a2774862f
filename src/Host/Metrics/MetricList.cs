using B2D.Console;

namespace B2D.Host.Metrics;

/// <summary>Numbers for /metrics as they are collected: a name in Prometheus' form with its unit, what it says, its value.</summary>
internal sealed class MetricList
{
    private readonly List<Measure> measures = [];

    public IReadOnlyList<Measure> Measures => measures;

    /// <summary>A number that only rises while the program runs; its name ends in <c>_total</c>.</summary>
    public void Counter(string name, string help, double value) => measures.Add(new Measure(name, help, MeasureKind.Counter, value, []));

    /// <summary>A number that rises and falls.</summary>
    public void Gauge(string name, string help, double value) => measures.Add(new Measure(name, help, MeasureKind.Gauge, value, []));

    /// <summary>One number for each value of a label.</summary>
    public void Counters(string name, string help, string label, IEnumerable<(string Value, double Number)> numbers) =>
        measures.AddRange(numbers.Select(n => new Measure(name, help, MeasureKind.Counter, n.Number, [new(label, n.Value)])));

    /// <inheritdoc cref="Counters"/>
    public void Gauges(string name, string help, string label, IEnumerable<(string Value, double Number)> numbers) =>
        measures.AddRange(numbers.Select(n => new Measure(name, help, MeasureKind.Gauge, n.Number, [new(label, n.Value)])));
}
