namespace B2D.Core.Telemetry;

/// <summary>
/// Arrays for the readings of entries that nobody keeps: whoever reads a log a turn at a time decodes each turn into those of the turn before. Not safe for two
/// threads.
/// </summary>
public sealed class ReadingArrays
{
    /// <summary>Messages with more readings than this are rare, and get arrays of their own.</summary>
    private const int MostReadings = 64;

    private readonly List<Reading[]>[] made = [.. Enumerable.Range(0, MostReadings + 1).Select(_ => new List<Reading[]>())];
    private readonly int[] taken = new int[MostReadings + 1];

    /// <summary>Begins a turn: the entries of the one before are not looked at any more.</summary>
    public void Reuse() => Array.Clear(taken);

    /// <summary>An array of that length, to be filled wholly.</summary>
    internal Reading[] Take(int length)
    {
        if (length > MostReadings)
            return new Reading[length];
        var arrays = made[length];
        if (taken[length] == arrays.Count)
            arrays.Add(new Reading[length]);
        return arrays[taken[length]++];
    }
}
