namespace B2D.Core.Cases;

/// <summary>Where a case is worked on.</summary>
public interface ICaseDesk
{
    /// <summary>Does it as <paramref name="who"/>, unless the case is no longer at <paramref name="version"/>.</summary>
    ActOutcome Act(long caseId, int version, CaseAct act, string who);
}
