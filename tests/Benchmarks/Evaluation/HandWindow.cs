namespace B2D.Benchmarks.Evaluation;

/// <summary>Numbers of the last so many milliseconds in a ring, in steps of a sixtieth of it, with running sums. Written for speed: what left is subtracted.</summary>
internal sealed class HandWindow(long lengthMs)
{
    private const int Steps = 60;

    private (long Step, double Value)[] ring = new (long, double)[16];
    private int first;
    private double sum;
    private double squares;
    private double max = double.NegativeInfinity;

    public int Count { get; private set; }

    public double Average => sum / Count;

    public double Max => max;

    public double Deviation => Math.Sqrt(Math.Max(0, (squares / Count) - (Average * Average)));

    public void Add(long at, double value)
    {
        var step = at * Steps / lengthMs;
        while (Count > 0 && ring[first].Step <= step - Steps)
            Drop();
        if (Count == ring.Length)
            Grow();
        ring[(first + Count) & (ring.Length - 1)] = (step, value);
        Count++;
        sum += value;
        squares += value * value;
        max = Math.Max(max, value);
    }

    private void Drop()
    {
        var gone = ring[first].Value;
        first = (first + 1) & (ring.Length - 1);
        Count--;
        sum -= gone;
        squares -= gone * gone;
        if (gone != max)
            return;
        max = double.NegativeInfinity;
        for (var i = 0; i < Count; i++)
            max = Math.Max(max, ring[(first + i) & (ring.Length - 1)].Value);
    }

    private void Grow()
    {
        var grown = new (long, double)[ring.Length * 2];
        for (var i = 0; i < Count; i++)
            grown[i] = ring[(first + i) & (ring.Length - 1)];
        (ring, first) = (grown, 0);
    }
}
