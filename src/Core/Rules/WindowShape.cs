namespace B2D.Core.Rules;

/// <summary>What a window keeps of its numbers.</summary>
[Flags]
public enum WindowContent : byte
{
    None = 0,

    /// <summary>How many there are.</summary>
    Count = 1,

    /// <summary>In which order they came: the oldest, the newest and how far they rose.</summary>
    Order = 2,

    /// <summary>Their sum; always with their count, as all that follow.</summary>
    Sum = 4,

    /// <summary>How far they lie from their mean; always with their sum.</summary>
    Squares = 8,

    /// <summary>The least.</summary>
    Min = 16,

    /// <summary>The greatest.</summary>
    Max = 32,

    /// <summary>All that does not depend on their order.</summary>
    Totals = Count | Sum | Squares | Min | Max,
}

/// <summary>A window that conditions look through: one metric's numbers of so much device time. Conditions that name the same share one.</summary>
/// <param name="Slot">The metric.</param>
/// <param name="Length">How far back it reaches; <see cref="Shortest"/> to <see cref="Longest"/>.</param>
/// <param name="Content">What it keeps of its numbers: all that any condition asks of it.</param>
public readonly record struct WindowShape(int Slot, TimeSpan Length, WindowContent Content = WindowContent.Totals)
{
    /// <summary>Most windows of one set: at most 64 × 6.1 KB = 390 KB of memory for a device that fills them all.</summary>
    public const int MaxPerSet = 64;

    /// <summary>Shortest window: 1 s.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Longest window: 30 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);
}
