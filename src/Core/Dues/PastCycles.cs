using B2D.Core.Rules;

namespace B2D.Core.Dues;

/// <summary>
/// The cycles of due rules that ended with their rule or device. Should one come back, its cycles go on counting: a record of an old cycle must not
/// be taken for that of a new one.
/// </summary>
internal sealed class PastCycles
{
    private readonly SortedDictionary<string, int> next = new(StringComparer.Ordinal);

    public PastCycles()
    {
    }

    public PastCycles(IEnumerable<KeyValuePair<string, int>> next)
    {
        foreach (var (rule, cycle) in next)
            this.next[rule] = cycle;
    }

    /// <summary>By rule id, the first cycle that was not counted yet.</summary>
    public IReadOnlyDictionary<string, int> Next => next;

    /// <summary>A rule's counting ends.</summary>
    /// <returns>The cycles with it; null where there are none still.</returns>
    public static PastCycles? End(PastCycles? past, DueRule rule, DueState state)
    {
        if (state == DueState.Start)
            return past;
        past ??= new PastCycles();
        past.next[rule.Id] = state.Cycle + 1;
        return past;
    }

    /// <summary>A rule's counting begins, or begins again.</summary>
    public DueState Begin(DueRule rule) => DueState.Start with { Cycle = next.GetValueOrDefault(rule.Id) };
}
