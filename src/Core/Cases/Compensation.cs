namespace B2D.Core.Cases;

/// <summary>What the organisation owes for time without.</summary>
/// <param name="PerDay">Whole units for each day that has begun; 0: there is no such policy.</param>
/// <param name="After">Shorter ones owe nothing.</param>
/// <param name="Currency">Of the units.</param>
public sealed record CompensationPolicy(int PerDay, TimeSpan After, string Currency)
{
    public static readonly CompensationPolicy None = new(0, TimeSpan.Zero, "");
}

/// <summary>What a customer is owed by policy for the time in which their device did not work; people are asked to give it, nothing is given by itself.</summary>
public static class Compensation
{
    /// <param name="onset">When the fault began; zero: not known.</param>
    /// <param name="over">When it was over; zero: it lasts.</param>
    /// <param name="after">Shorter faults owe nothing.</param>
    /// <param name="perDay">Whole units for each day that has begun; 0: the organisation has no such policy.</param>
    /// <param name="given">Money that was given on the case already.</param>
    /// <returns>Whole units that are still owed; 0 for nothing.</returns>
    public static int Owed(ServerTime onset, ServerTime over, TimeSpan after, int perDay, long given, ServerTime now)
    {
        var lasted = (over > ServerTime.Zero ? over : now) - onset;
        if (perDay <= 0 || onset == ServerTime.Zero || lasted < after)
            return 0;
        return (int)Math.Clamp((perDay * (long)Math.Ceiling(lasted.TotalDays)) - given, 0, 1_000_000);
    }
}
