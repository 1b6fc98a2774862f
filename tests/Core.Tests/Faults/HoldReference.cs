using B2D.Core.Faults;
using B2D.Core.Rules;

namespace B2D.Core.Tests.Faults;

/// <summary>One sample of a random sequence, in milliseconds of both clocks.</summary>
internal readonly record struct DrawnSample(long At, long Heard, bool Live, bool Raise, bool Clear)
{
    public override string ToString() => $"(at {At}, heard {Heard}, {(Live ? "live" : "late")}, raise {Raise}, clear {Clear})";
}

/// <summary>
/// The definition of hold and release, looked up for each sample over all samples before it, without any state of a machine: a change happens at the
/// first sample at which the quota has been met without interruption for as long as the delay, or by the server's clock after a live sample, where
/// what is left is not longer than the gap.
/// </summary>
internal sealed class HoldReference(FaultRule rule, IReadOnlyList<DrawnSample> samples)
{
    private readonly long gap = (long)rule.MaxGap.TotalMilliseconds;

    public List<string> Changes()
    {
        var changes = new List<string>();
        var (exists, from) = (false, 0);
        for (var j = 0; j <= samples.Count; j++)
        {
            if (j > from && InSilence(exists, from, j) is { } at)
            {
                changes.Add(Line(exists, at, Start(exists, from, j - 1)));
                (exists, from) = (!exists, j);
            }
            if (j == samples.Count || !IsMet(exists, from, j))
                continue;
            var start = Start(exists, from, j);
            if (Counted(start, j) < Delay(exists))
                continue;
            changes.Add(Line(exists, samples[j].Heard, start));
            (exists, from) = (!exists, j + 1);
        }
        return changes;
    }

    private string Line(bool exists, long at, int start) => exists ? $"{at} Cleared" : $"{at} Raised since {samples[start].At}";

    private long Delay(bool exists) => (long)(exists ? rule.Release : rule.Hold).TotalMilliseconds;

    /// <summary>When the server's clock completes what stood open after sample j-1, if it does so before sample j arrives.</summary>
    private long? InSilence(bool exists, int from, int j)
    {
        var last = samples[j - 1];
        if (!last.Live || !IsMet(exists, from, j - 1))
            return null;
        var left = Delay(exists) - Counted(Start(exists, from, j - 1), j - 1);
        var at = last.Heard + left;
        return left <= gap && (j == samples.Count || at <= samples[j].Heard) ? at : null;
    }

    private bool IsCut(int k) => rule.AfterGap == GapPolicy.Reset && samples[k].At - samples[k - 1].At > gap;

    /// <summary>Enough of the last samples agree, counting back to the last change or cut.</summary>
    private bool IsMet(bool exists, int from, int j)
    {
        var quota = exists ? rule.ClearSamples : rule.RaiseSamples;
        var agreed = 0;
        for (var k = j; k >= from && j - k < quota.Of; k--)
        {
            agreed += (exists ? samples[k].Clear : samples[k].Raise) ? 1 : 0;
            if (k > 0 && IsCut(k))
                break;
        }
        return agreed >= quota.Needed;
    }

    /// <summary>The first sample of the unbroken run of met ones that ends in j.</summary>
    private int Start(bool exists, int from, int j)
    {
        var start = j;
        while (start > from && !IsCut(start) && IsMet(exists, from, start - 1))
            start--;
        return start;
    }

    /// <summary>Device time between two samples that counts for the delay.</summary>
    private long Counted(int i, int j)
    {
        var sum = 0L;
        for (var k = i + 1; k <= j; k++)
        {
            var step = samples[k].At - samples[k - 1].At;
            sum += rule.AfterGap == GapPolicy.Unknown && step > gap ? 0 : step;
        }
        return sum;
    }
}
