namespace B2D.Mqtt.Server;

/// <summary>A token bucket: so many a second on average, one second's worth at once. A value: taking makes a new one.</summary>
/// <param name="PerSecond">Tokens a second; 0 = no limit.</param>
/// <param name="Tokens">Left at <paramref name="At"/>, 0 to <paramref name="PerSecond"/>.</param>
/// <param name="At">When it was last looked at.</param>
internal readonly record struct RateLimit(int PerSecond, double Tokens, DateTimeOffset At)
{
    /// <summary>A full one.</summary>
    public static RateLimit Full(int perSecond, DateTimeOffset now) => new(perSecond, perSecond, now);

    /// <summary>Less than half is left: those who take from it come in a rush.</summary>
    public bool IsRush => PerSecond > 0 && Tokens < PerSecond / 2.0;

    /// <summary>The bucket one token poorer, and whether there was one. A clock set back gives nothing.</summary>
    public (RateLimit After, bool Taken) Take(DateTimeOffset now)
    {
        if (PerSecond == 0)
            return (this, true);
        var filled = Math.Min(PerSecond, Tokens + (Math.Max(0, (now - At).TotalSeconds) * PerSecond));
        return filled >= 1 ? (new RateLimit(PerSecond, filled - 1, now), true) : (new RateLimit(PerSecond, filled, now), false);
    }
}
