namespace B2D.Core.Maintenance;

/// <summary>A time in which customers feel planned work.</summary>
public readonly record struct WorkSpan(ServerTime From, ServerTime Until);

/// <summary>Times of planned work, of one plan or of several that customers feel as one.</summary>
public static class WorkSpans
{
    /// <summary>Two times with less than this between them are one night's work.</summary>
    public static readonly TimeSpan OneNight = TimeSpan.FromHours(6);

    /// <summary>The times of a plan, in order; at least one where <see cref="MaintenancePlan.Problem"/> finds nothing.</summary>
    public static IReadOnlyList<WorkSpan> Of(MaintenancePlan plan) => [.. plan.Times(plan.From, plan.Until).Select(t => new WorkSpan(t.From, t.Until))];

    /// <summary>In order, and what overlaps or touches as one.</summary>
    public static IReadOnlyList<WorkSpan> Merged(IEnumerable<WorkSpan> spans)
    {
        var merged = new List<WorkSpan>();
        foreach (var span in spans.OrderBy(s => s.From).ThenBy(s => s.Until))
        {
            if (merged.Count > 0 && span.From <= merged[^1].Until)
                merged[^1] = merged[^1] with { Until = ServerTime.Max(merged[^1].Until, span.Until) };
            else
                merged.Add(span);
        }
        return merged;
    }

    /// <summary>Whether any time of the one is in one night with any of the other.</summary>
    /// <param name="a">In order.</param>
    /// <param name="b">In order.</param>
    public static bool AreOneNight(IReadOnlyList<WorkSpan> a, IReadOnlyList<WorkSpan> b)
    {
        for (int i = 0, j = 0; i < a.Count && j < b.Count;)
        {
            if (a[i].From < b[j].Until + OneNight && b[j].From < a[i].Until + OneNight)
                return true;
            if (a[i].Until < b[j].Until)
                i++;
            else
                j++;
        }
        return false;
    }
}
