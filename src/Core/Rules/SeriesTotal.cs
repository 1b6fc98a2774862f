namespace B2D.Core.Rules;

/// <summary>What some numbers did one after the other, in order of device time.</summary>
/// <param name="Count">How many; 0 makes everything else meaningless.</param>
/// <param name="FirstAt">Device time of the oldest.</param>
/// <param name="First">The oldest.</param>
/// <param name="LastAt">Device time of the newest.</param>
/// <param name="Last">The newest.</param>
/// <param name="Rise">Sum of <see cref="RiseOf"/> over all neighbours.</param>
internal readonly record struct SeriesTotal(int Count, DeviceTime FirstAt, double First, DeviceTime LastAt, double Last, double Rise)
{
    public static readonly SeriesTotal None;

    public static SeriesTotal Of(DeviceTime at, double value) => new(1, at, value, at, value, 0);

    /// <summary>How far a counter rose from one number to the next. A fall is a reset: it began again at 0, and rose to what it shows since.</summary>
    public static double RiseOf(double from, double to) => to >= from ? to - from : to;

    /// <summary>These numbers, and then those.</summary>
    public SeriesTotal Then(in SeriesTotal later)
    {
        if (Count == 0 || later.Count == 0)
            return Count == 0 ? later : this;
        return new(Count + later.Count, FirstAt, First, later.LastAt, later.Last, Rise + RiseOf(Last, later.First) + later.Rise);
    }

    /// <summary>One more number, at its place in time where that is known: a number between the oldest and the newest has none and is passed over.</summary>
    public SeriesTotal With(DeviceTime at, double value)
    {
        if (Count == 0 || at >= LastAt)
            return Then(Of(at, value));
        return at < FirstAt ? Of(at, value).Then(this) : this;
    }
}
