namespace B2D.Core.Rules;

/// <summary>How many numbers there are, their sum and their extremes.</summary>
/// <param name="Count">How many.</param>
/// <param name="Sum">0 where there is none.</param>
/// <param name="Min">Infinity where there is none.</param>
/// <param name="Max">Minus infinity where there is none.</param>
internal readonly record struct WindowTotal(int Count, double Sum, double Min, double Max)
{
    public static readonly WindowTotal None = new(0, 0, double.PositiveInfinity, double.NegativeInfinity);

    /// <summary>One more number.</summary>
    public WindowTotal With(double value) => new(Count + 1, Sum + value, Math.Min(Min, value), Math.Max(Max, value));

    /// <summary>Both together.</summary>
    public WindowTotal With(in WindowTotal other) => new(Count + other.Count, Sum + other.Sum, Math.Min(Min, other.Min), Math.Max(Max, other.Max));
}
