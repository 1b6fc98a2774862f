using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>Plans under one set of rules, safe for any thread. A device mostly says the same again, or what it said in between: the first look is at its last plan,
/// the second at what came after that one, and only then at all of them.</summary>
internal sealed class ReadingPlans(ActiveRules rules)
{
    /// <summary>Most plans that are kept; with one more, all are worked out again as they are needed.</summary>
    private const int MaxKept = 4096;

    private readonly Dictionary<int, List<ReadingPlan>> kept = [];
    private int count;

    public ReadingPlan Of(ReadOnlySpan<Reading> readings, ReadingPlan? last)
    {
        if (last is null)
            return Search(readings);
        if (last.Fits(readings))
            return last;
        if (last.Next is { } next && next.Fits(readings))
            return next;
        return last.Next = Search(readings);
    }

    private ReadingPlan Search(ReadOnlySpan<Reading> readings)
    {
        lock (kept)
            return Search(readings, ReadingPlan.HashOf(readings));
    }

    private ReadingPlan Search(ReadOnlySpan<Reading> readings, int hash)
    {
        if (kept.TryGetValue(hash, out var alike))
        {
            foreach (var plan in alike)
            {
                if (plan.Fits(readings))
                    return plan;
            }
        }
        if (count++ == MaxKept)
        {
            kept.Clear();
            (alike, count) = (null, 1);
        }
        if (alike is null)
            kept[hash] = alike = [];
        alike.Add(new ReadingPlan(rules, readings));
        return alike[^1];
    }
}
