namespace B2D.Core.Outages;

/// <summary>Where an outage is worked on.</summary>
public interface IOutageDesk
{
    /// <summary>Does it as <paramref name="who"/>, unless the outage is no longer at <paramref name="version"/>.</summary>
    ActOutcome Act(long outageId, int version, OutageAct act, string who);
}
