namespace B2D.Core.Rules;

/// <summary>How many numbers there are, their sum, their extremes and how far they lie apart, in whatever order they came.</summary>
/// <param name="Count">How many.</param>
/// <param name="Sum">0 where there is none.</param>
/// <param name="Min">Infinity where there is none.</param>
/// <param name="Max">Minus infinity where there is none.</param>
/// <param name="Squares">Sum of the squared distances from the mean; NaN where nobody knows them; the others likewise.</param>
internal readonly record struct WindowTotal(int Count, double Sum, double Min, double Max, double Squares)
{
    /// <summary>No number at all.</summary>
    public static readonly WindowTotal None = new(0, 0, double.PositiveInfinity, double.NegativeInfinity, 0);

    /// <summary>Standard deviation of exactly these numbers (of the population: divided by how many there are); NaN where there is none.</summary>
    public double Deviation => Math.Sqrt(Squares / Count);

    /// <summary>One more number.</summary>
    public WindowTotal With(double value)
    {
        if (Count == 0)
            return new(1, Sum + value, value, value, 0);
        // Distances from the mean as it stands (Welford), never a difference of two large sums of squares.
        var apart = value - (Sum / Count);
        return new(Count + 1, Sum + value, Math.Min(Min, value), Math.Max(Max, value), Squares + (apart * apart * Count / (Count + 1)));
    }

    /// <summary>Both together.</summary>
    public WindowTotal With(in WindowTotal other)
    {
        if (Count == 0 || other.Count == 0)
            return Count == 0 ? other : this;
        var between = Between(Count, Sum, other.Count, other.Sum);
        return new(Count + other.Count, Sum + other.Sum, Math.Min(Min, other.Min), Math.Max(Max, other.Max), Squares + other.Squares + between);
    }

    /// <summary>What two groups of numbers lie apart more than each of them does by itself, as a part of <see cref="Squares"/>.</summary>
    public static double Between(int count, double sum, int otherCount, double otherSum)
    {
        var apart = (otherSum / otherCount) - (sum / count);
        return apart * apart * ((double)count * otherCount / ((double)count + otherCount));
    }
}
