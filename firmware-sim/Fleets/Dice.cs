namespace B2D.FirmwareSim.Fleets;

/// <summary>
/// A seeded generator (SplitMix64). The same seed and purpose give the same numbers on every machine and version,
/// and each device and purpose has its own stream, so that injecting something into one device changes no other signal.
/// </summary>
internal sealed class Dice
{
    private ulong _state;

    public Dice(long seed, string purpose)
    {
        // FNV-1a: string.GetHashCode is randomised per process and would break repeatability.
        var hash = 14695981039346656037UL;
        foreach (var letter in purpose)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        _state = hash ^ ((ulong)seed * 0x9E3779B97F4A7C15UL);
        Next();
    }

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * Unit());

    /// <summary>Uniform whole number from low to high, both included.</summary>
    public int Whole(int low, int high) => low + (int)(Unit() * (high - low + 1));

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>Standard normal (Box-Muller).</summary>
    public double Normal() => Math.Sqrt(-2.0 * Math.Log(1.0 - Unit())) * Math.Cos(2.0 * Math.PI * Unit());

    public T Pick<T>(IReadOnlyList<T> from) => from[(int)(Unit() * from.Count)];

    /// <summary>How many of a rare thing happen when <paramref name="mean"/> are expected (Poisson).</summary>
    public int Count(double mean)
    {
        if (mean > 30) return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal())));
        var limit = Math.Exp(-mean);
        var count = 0;
        for (var product = Unit(); product > limit; product *= Unit()) count++;
        return count;
    }

    /// <summary>The list in a new random order.</summary>
    public List<T> Shuffled<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = (int)(Unit() * (i + 1));
            (list[i], list[j]) = (list[j], list[i]);
        }

        return list;
    }
}
