using B2D.Core.Notices;

namespace B2D.Core.Rules;

/// <summary>What customers have not while a fault or an outage lasts, as far as what they are told depends on it.</summary>
/// <param name="TakesDown">Channels that do not reach them.</param>
/// <param name="StillWorks">What they have all the same, a sentence; empty: nothing is said.</param>
/// <param name="Warning">What they have to take care of, a sentence; empty: nothing is said.</param>
public sealed record Disruption(ChannelSet TakesDown = default, string StillWorks = "", string Warning = "")
{
    public static readonly Disruption None = new();
}
