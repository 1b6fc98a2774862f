namespace B2D.Storage;

/// <summary>Lists are read in pages.</summary>
public static class Page
{
    /// <summary>Most rows of one page.</summary>
    public const int MaxRows = 1000;

    /// <summary>A page's size as asked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within 1 to 1,000.</exception>
    internal static int Rows(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxRows);
        return limit;
    }
}
