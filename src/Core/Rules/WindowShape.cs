namespace B2D.Core.Rules;

/// <summary>A window that conditions look through: one metric's numbers of so much device time. Conditions that name the same share one.</summary>
/// <param name="Slot">The metric.</param>
/// <param name="Length">How far back it reaches; <see cref="Shortest"/> to <see cref="Longest"/>.</param>
public readonly record struct WindowShape(int Slot, TimeSpan Length)
{
    /// <summary>Most windows of one set: at most 64 × 2.7 KB = 173 KB of memory for a device that fills them all.</summary>
    public const int MaxPerSet = 64;

    /// <summary>Shortest window: 1 s.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Longest window: 30 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);
}
