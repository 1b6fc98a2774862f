using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Rules;

namespace B2D.Core.Faults;

/// <summary>What every device under a set of rules has before anything happens to it. Shared, and never written: who changes something copies it first.</summary>
internal sealed class BlankMemory(RuleSet set)
{
    public FaultStates Faults { get; } = new(set.Faults.Length);

    public RemedyState[] Remedies { get; } = [.. New<RemedyState>(set.Faults.Length).Select(_ => RemedyState.None)];

    public DueState[] Dues { get; } = [.. New<DueState>(set.Dues.Length).Select(_ => DueState.Start)];

    public MetricHistory History { get; } = MetricHistory.Of(set);

    private static T[] New<T>(int length) => new T[length];
}
