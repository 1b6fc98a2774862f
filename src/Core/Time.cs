using System.Globalization;

namespace B2D.Core;

/// <summary>An instant of B2D's own clock: milliseconds since 1970-01-01T00:00Z. Never compared with <see cref="DeviceTime"/> except by <c>Arrival.Judge</c>.</summary>
/// <param name="EpochMs">Milliseconds since the Unix epoch.</param>
public readonly record struct ServerTime(long EpochMs) : IComparable<ServerTime>
{
    /// <summary>The earliest instant, before every stored one.</summary>
    public static readonly ServerTime Zero;

    /// <summary>The latest instant that can be written as a date, 9999-12-31: without end.</summary>
    public static readonly ServerTime Never = new(253_402_300_799_999);

    /// <summary>The same instant as a date with offset zero.</summary>
    public DateTimeOffset Utc => DateTimeOffset.FromUnixTimeMilliseconds(EpochMs);

    /// <summary>The instant of a date.</summary>
    public static ServerTime From(DateTimeOffset at) => new(at.ToUnixTimeMilliseconds());

    public int CompareTo(ServerTime other) => EpochMs.CompareTo(other.EpochMs);

    public static bool operator <(ServerTime a, ServerTime b) => a.EpochMs < b.EpochMs;

    public static bool operator >(ServerTime a, ServerTime b) => a.EpochMs > b.EpochMs;

    public static bool operator <=(ServerTime a, ServerTime b) => a.EpochMs <= b.EpochMs;

    public static bool operator >=(ServerTime a, ServerTime b) => a.EpochMs >= b.EpochMs;

    public static TimeSpan operator -(ServerTime a, ServerTime b) => Milliseconds.Span(a.EpochMs - b.EpochMs);

    public static ServerTime operator +(ServerTime a, TimeSpan b) => new(a.EpochMs + Milliseconds.Of(b));

    public static ServerTime operator -(ServerTime a, TimeSpan b) => new(a.EpochMs - Milliseconds.Of(b));

    public static ServerTime Max(ServerTime a, ServerTime b) => a > b ? a : b;

    public static ServerTime Min(ServerTime a, ServerTime b) => a < b ? a : b;

    public override string ToString() => Utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>An instant of a device's own clock: milliseconds since 1970-01-01T00:00Z as that device counts them.</summary>
/// <param name="EpochMs">Milliseconds since the Unix epoch by the device's clock.</param>
public readonly record struct DeviceTime(long EpochMs) : IComparable<DeviceTime>
{
    /// <summary>The same instant as a date with offset zero.</summary>
    public DateTimeOffset Utc => DateTimeOffset.FromUnixTimeMilliseconds(EpochMs);

    public int CompareTo(DeviceTime other) => EpochMs.CompareTo(other.EpochMs);

    public static bool operator <(DeviceTime a, DeviceTime b) => a.EpochMs < b.EpochMs;

    public static bool operator >(DeviceTime a, DeviceTime b) => a.EpochMs > b.EpochMs;

    public static bool operator <=(DeviceTime a, DeviceTime b) => a.EpochMs <= b.EpochMs;

    public static bool operator >=(DeviceTime a, DeviceTime b) => a.EpochMs >= b.EpochMs;

    public static TimeSpan operator -(DeviceTime a, DeviceTime b) => Milliseconds.Span(a.EpochMs - b.EpochMs);

    public static DeviceTime operator +(DeviceTime a, TimeSpan b) => new(a.EpochMs + Milliseconds.Of(b));

    public static DeviceTime operator -(DeviceTime a, TimeSpan b) => new(a.EpochMs - Milliseconds.Of(b));

    public static DeviceTime Max(DeviceTime a, DeviceTime b) => a > b ? a : b;

    public override string ToString() => Utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Whole milliseconds in whole numbers: times are compared and added many times for each message.</summary>
internal static class Milliseconds
{
    /// <summary>How many there are in a span; what is left of one counts for nothing.</summary>
    public static long Of(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>So many of them.</summary>
    /// <exception cref="OverflowException">They are more than 29,000 years.</exception>
    public static TimeSpan Span(long count) => new(checked(count * TimeSpan.TicksPerMillisecond));
}
