using System.Numerics;

namespace B2D.FirmwareSim.Load;

/// <summary>Counts times in steps that grow with them, so that any percentile is exact to 1.6 %. From one thread at a time.</summary>
public sealed class LatencyHistogram
{
    private const int StepsPerOctave = 64;
    private const int Octaves = 40;

    private readonly long[] _counts = new long[StepsPerOctave * Octaves];

    /// <summary>How many times were counted.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, exactly.</summary>
    public TimeSpan Max { get; private set; }

    /// <summary>Counts one; below zero counts as zero.</summary>
    public void Add(TimeSpan time)
    {
        _counts[IndexOf(Math.Max(0, time.Ticks))]++;
        Count++;
        if (time > Max) Max = time;
    }

    /// <summary>Takes over what another counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        if (other.Max > Max) Max = other.Max;
    }

    /// <summary>The time that so many percent stay within; zero where nothing was counted.</summary>
    /// <param name="percent">0 to 100.</param>
    public TimeSpan Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var wanted = (long)Math.Ceiling(percent / 100 * Count);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0) return TimeSpan.FromTicks(Math.Min(MiddleOf(i), Max.Ticks));
        }

        return TimeSpan.Zero;
    }

    private static int IndexOf(long ticks)
    {
        if (ticks < StepsPerOctave) return (int)ticks;
        var octave = BitOperations.Log2((ulong)ticks) - 6;
        return Math.Min(((octave + 1) * StepsPerOctave) + (int)((ticks >> octave) - StepsPerOctave), (StepsPerOctave * Octaves) - 1);
    }

    private static long MiddleOf(int index)
    {
        if (index < StepsPerOctave) return index;
        var octave = (index / StepsPerOctave) - 1;
        return ((long)((index % StepsPerOctave) + StepsPerOctave) << octave) + ((1L << octave) >> 1);
    }
}
