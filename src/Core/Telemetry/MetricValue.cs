using System.Globalization;
using System.Runtime.CompilerServices;

namespace B2D.Core.Telemetry;

/// <summary>What a metric's value is.</summary>
public enum ValueKind : byte
{
    /// <summary>Never reported: a condition that reads it is unknown.</summary>
    Missing = 0,
    Number = 1,
    Bool = 2,
    Text = 3,
}

/// <summary>One value of a metric: a double, a boolean or a text (at most 1,024 characters). Numbers are always doubles.</summary>
public readonly struct MetricValue : IEquatable<MetricValue>
{
    /// <summary>Longest text value, in characters.</summary>
    public const int MaxTextLength = 1024;

    private readonly double number;
    private readonly string? text;
    private readonly ValueKind kind;

    private MetricValue(ValueKind kind, double number, string? text) => (this.kind, this.number, this.text) = (kind, number, text);

    /// <summary>No value.</summary>
    public static MetricValue Missing => default;

    /// <summary>What it is.</summary>
    public ValueKind Kind => kind;

    /// <summary>The number; 1 or 0 for a boolean, NaN otherwise.</summary>
    public double Number => Kind is ValueKind.Number or ValueKind.Bool ? number : double.NaN;

    /// <summary>The number where it is one.</summary>
    internal bool TryNumber(out double value)
    {
        value = number;
        return kind == ValueKind.Number;
    }

    /// <summary>True only for the boolean true.</summary>
    public bool IsTrue => Kind == ValueKind.Bool && number != 0;

    /// <summary>The text; empty for anything else.</summary>
    public string Text => text ?? "";

    public static MetricValue Of(double value) => new(ValueKind.Number, value, null);

    public static MetricValue Of(bool value) => new(ValueKind.Bool, value ? 1 : 0, null);

    public static MetricValue Of(string value) => new(ValueKind.Text, 0, value);

    /// <summary>Puts a value where another one was. Without a text before and after there is no reference, and so nothing that a collector had to be told, as it is with
    /// every number.</summary>
    internal static void Put(ref MetricValue place, MetricValue value)
    {
        if (place.text is null && value.text is null)
            (Unsafe.AsRef(in place.number), Unsafe.AsRef(in place.kind)) = (value.number, value.kind);
        else
            place = value;
    }

    /// <summary>Same kind and same value; numbers are compared by their bits, so that NaN equals NaN.</summary>
    public bool Equals(MetricValue other) =>
        Kind == other.Kind && BitConverter.DoubleToInt64Bits(number) == BitConverter.DoubleToInt64Bits(other.number) && text == other.text;

    public override bool Equals(object? obj) => obj is MetricValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, number, text);

    public static bool operator ==(MetricValue a, MetricValue b) => a.Equals(b);

    public static bool operator !=(MetricValue a, MetricValue b) => !a.Equals(b);

    public override string ToString() => Kind switch
    {
        ValueKind.Number => number.ToString("R", CultureInfo.InvariantCulture),
        ValueKind.Bool => number != 0 ? "true" : "false",
        ValueKind.Text => Text,
        _ => "missing",
    };
}
