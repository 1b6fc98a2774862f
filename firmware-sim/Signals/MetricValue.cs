using System.Globalization;

namespace B2D.FirmwareSim.Signals;

/// <summary>Which of the three JSON types a metric has.</summary>
public enum MetricKind
{
    /// <summary>A JSON number, kept as a double.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A JSON string.</summary>
    Text,
}

/// <summary>One metric's value as it was put on the wire.</summary>
public readonly record struct MetricValue
{
    private MetricValue(MetricKind kind, double number, string? text)
    {
        Kind = kind;
        Number = number;
        Text = text;
    }

    /// <summary>Which type.</summary>
    public MetricKind Kind { get; }

    /// <summary>The number; 1 or 0 for a boolean; 0 for text.</summary>
    public double Number { get; }

    /// <summary>The text; null for numbers and booleans.</summary>
    public string? Text { get; }

    /// <summary>True for a boolean that is true.</summary>
    public bool IsTrue => Kind == MetricKind.Boolean && Number != 0;

    /// <summary>A number.</summary>
    public static MetricValue Of(double number) => new(MetricKind.Number, number, null);

    /// <summary>A boolean.</summary>
    public static MetricValue Of(bool truth) => new(MetricKind.Boolean, truth ? 1 : 0, null);

    /// <summary>A text.</summary>
    public static MetricValue Of(string text) => new(MetricKind.Text, 0, text);

    /// <summary>The value as JSON writes it, without quotes around text.</summary>
    public override string ToString() => Kind switch
    {
        MetricKind.Boolean => IsTrue ? "true" : "false",
        MetricKind.Text => Text!,
        _ => Number.ToString("R", CultureInfo.InvariantCulture),
    };
}

/// <summary>The values of one report, in the order the device sends them. Dotted names become nested objects on the wire.</summary>
internal sealed class SampleSheet
{
    private readonly List<KeyValuePair<string, MetricValue>> _values = [];

    public IReadOnlyList<KeyValuePair<string, MetricValue>> Values => _values;

    public void Add(string name, double value, int decimals = 0) => _values.Add(new(name, MetricValue.Of(Math.Round(value, decimals))));

    public void Add(string name, bool value) => _values.Add(new(name, MetricValue.Of(value)));

    public void Add(string name, string value) => _values.Add(new(name, MetricValue.Of(value)));
}
