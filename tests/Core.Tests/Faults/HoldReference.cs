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
/// what is left is not longer than the gap. A fault that was raised too often has its quiet time for a release; one that latches is over when it is normal and
/// acknowledged, and is there again at the first sample that would begin a hold.
/// </summary>
internal sealed class HoldReference(FaultRule rule, IReadOnlyList<DrawnSample> samples, IReadOnlyList<long> acknowledged)
{
    private readonly List<string> changes = [];
    private readonly List<long> raised = [];
    private bool exists;
    private bool waits;
    private bool seen;
    private bool chatters;
    private int from;
    private int acts;

    public List<string> Changes()
    {
        for (var j = 0; j <= samples.Count; j++)
        {
            if (j > from && !waits && InSilence(j) is { } at)
            {
                Act(at);
                Change(at, Start(j - 1), j);
            }
            Act(j == samples.Count ? long.MaxValue : samples[j].Heard, j);
            if (j == samples.Count || !IsMet(j))
                continue;
            var start = Start(j);
            if (!waits && Counted(start, j) < Delay)
                continue;
            Act(samples[j].Heard, j);
            Change(samples[j].Heard, start, j + 1);
        }
        return changes;
    }

    private bool IsThere => exists && !waits;

    private long Delay => (long)(!exists ? rule.Hold : chatters && rule.Chatter!.Quiet > rule.Release ? rule.Chatter.Quiet : rule.Release).TotalMilliseconds;

    private long Gap => (long)(exists && chatters ? rule.Chatter!.MaxGap : rule.MaxGap).TotalMilliseconds;

    private void Change(long at, int start, int next)
    {
        from = next;
        if (waits)
        {
            (waits, seen) = (false, false);
            changes.Add($"{at} Relapsed");
        }
        else if (!exists)
        {
            (exists, seen) = (true, false);
            changes.Add($"{at} Raised since {samples[start].At}");
            Count(at);
        }
        else if (rule.Latch && !seen)
        {
            waits = true;
            changes.Add($"{at} Latched");
        }
        else
            Clear(at);
    }

    private void Clear(long at)
    {
        (exists, waits, chatters) = (false, false, false);
        changes.Add($"{at} Cleared");
    }

    private void Count(long at)
    {
        raised.Add(at);
        if (rule.Chatter is not { } limit || raised.Count(r => at - r <= (long)limit.Within.TotalMilliseconds) < limit.Raises)
            return;
        chatters = true;
        changes.Add($"{at} Chatters");
        raised.Clear();
    }

    /// <summary>People act up to then; what waits for them ends, and sample <paramref name="j"/> is the first that counts again.</summary>
    private void Act(long until, int j = 0)
    {
        for (; acts < acknowledged.Count && acknowledged[acts] < until; acts++)
        {
            seen |= IsThere;
            if (!waits)
                continue;
            Clear(acknowledged[acts]);
            from = j;
        }
    }

    /// <summary>When the server's clock completes what stood open after sample j-1, if it does so before sample j arrives.</summary>
    private long? InSilence(int j)
    {
        var last = samples[j - 1];
        if (!last.Live || !IsMet(j - 1))
            return null;
        var left = Delay - Counted(Start(j - 1), j - 1);
        var at = last.Heard + left;
        return left <= Gap && (j == samples.Count || at <= samples[j].Heard) ? at : null;
    }

    private bool IsCut(int k) => rule.AfterGap == GapPolicy.Reset && samples[k].At - samples[k - 1].At > Gap;

    /// <summary>Enough of the last samples agree, counting back to the last change or cut.</summary>
    private bool IsMet(int j)
    {
        var quota = IsThere ? rule.ClearSamples : rule.RaiseSamples;
        var agreed = 0;
        for (var k = j; k >= from && j - k < quota.Of; k--)
        {
            agreed += (IsThere ? samples[k].Clear : samples[k].Raise) ? 1 : 0;
            if (k > 0 && IsCut(k))
                break;
        }
        return agreed >= quota.Needed;
    }

    /// <summary>The first sample of the unbroken run of met ones that ends in j.</summary>
    private int Start(int j)
    {
        var start = j;
        while (start > from && !IsCut(start) && IsMet(start - 1))
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
            sum += rule.AfterGap == GapPolicy.Unknown && step > Gap ? 0 : step;
        }
        return sum;
    }
}
