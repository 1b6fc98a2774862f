namespace B2D.Console.Shell;

/// <summary>How a time is written.</summary>
public enum WhenForm
{
    /// <summary>4 min ago; kept current by the script.</summary>
    Ago,

    /// <summary>14:02, yesterday 14:02, 12 May.</summary>
    Point,

    /// <summary>14:02:07.</summary>
    Clock,

    /// <summary>12 min.</summary>
    Since,
}
