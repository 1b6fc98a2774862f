namespace B2D.Console.Shell;

/// <summary>The shape, tone and word of a severity or state.</summary>
/// <param name="Tone">CSS suffix: crit, high, med, low, good, busy, idle.</param>
/// <param name="Shape">SVG path in a box of 12 by 12.</param>
internal sealed record MarkLook(string Tone, string Shape, string Word)
{
    private const string Triangle = "M6 0.8 11.6 11H0.4Z";
    private const string Diamond = "M6 0.4 11.6 6 6 11.6 0.4 6Z";
    private const string Disc = "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1Z";
    private const string Ring = "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1Zm0 1.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4Z";
    private const string Half = "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1Zm0 1.8v6.4a3.2 3.2 0 0 0 0-6.4Z";
    private const string Pause = "M2 1.5h3v9H2Zm5 0h3v9H7Z";
    private const string Tick = "M4.6 10.4 0.6 6.2 2.2 4.7 4.6 7.2 9.9 1.4 11.5 2.9Z";
    private const string Cross = "M2.2 0.9 6 4.7 9.8 0.9 11.1 2.2 7.3 6 11.1 9.8 9.8 11.1 6 7.3 2.2 11.1 0.9 9.8 4.7 6 0.9 2.2Z";
    private const string Dash = "M1 5h10v2H1Z";

    /// <summary>How <paramref name="name"/> looks; an unknown one is a plain ring with its own name.</summary>
    public static MarkLook Of(string name) => name.ToLowerInvariant() switch
    {
        "critical" => new("crit", Triangle, "Critical"),
        "safety" => new("crit", Triangle, "Safety"),
        "warning" => new("high", Diamond, "Warning"),
        "high" => new("high", Diamond, "High"),
        "medium" => new("med", Disc, "Medium"),
        "low" => new("low", Ring, "Low"),
        "online" => new("good", Disc, "Online"),
        "offline" => new("low", Ring, "Offline"),
        "active" or "chattering" or "investigating" or "overdue" or "late" or "failed" or "notverified" or "suspected" => new("high", Diamond, Spaced(name)),
        "held" or "waiting" or "maintenance" or "shelved" or "latched" or "stopped" or "outofservice" or "locked" => new("low", Pause, Spaced(name)),
        "new" or "due" or "retrying" or "invited" => new("med", Disc, Spaced(name)),
        "working" or "identified" or "monitoring" or "clearing" or "sending" or "queued" or "delivered" or "answered" or "told"
            or "calling" or "booked" or "ordered" or "pending" or "running"
            => new("busy", Half, Spaced(name)),
        "sent" or "resolved" or "verified" or "done" or "normal" or "cleared" or "healthy" or "over" or "good" => new("good", Tick, Spaced(name)),
        "closed" or "suppressed" or "skipped" or "expired" or "declined" or "revoked" or "called off" => new("low", Dash, Spaced(name)),
        "rejected" or "error" => new("crit", Cross, Spaced(name)),
        _ => new("low", Ring, Spaced(name)),
    };

    private static string Spaced(string name) => name.ToLowerInvariant() switch
    {
        "notverified" => "Not verified",
        "outofservice" => "Out of service",
        _ => Words.Sentence(name),
    };
}
