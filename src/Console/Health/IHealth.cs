using B2D.Core.Alarms;

namespace B2D.Console;

/// <summary>Kinds of numbers in the Prometheus text format.</summary>
public enum MeasureKind { Counter, Gauge }

/// <summary>One number of the program about itself.</summary>
/// <param name="Name">Prometheus name, <c>b2d_readings_total</c>.</param>
/// <param name="Labels">Name and value; may be empty.</param>
public sealed record Measure(string Name, string Help, MeasureKind Kind, double Value, IReadOnlyList<KeyValuePair<string, string>> Labels);

/// <summary>One part of the program that is not ready, in words.</summary>
public sealed record NotReady(string Part, string Reason);

/// <summary>How the program itself is.</summary>
public interface IHealth
{
    /// <summary>Nothing where everything is ready.</summary>
    IReadOnlyList<NotReady> NotReady { get; }

    /// <summary>Alarms of B2D's own that last, the worst first; known also while the database cannot be written.</summary>
    IReadOnlyList<OwnAlarm> Alarms { get; }

    /// <summary>How far evaluation is behind arrival.</summary>
    TimeSpan Lag { get; }

    IReadOnlyList<Measure> Measures { get; }
}
