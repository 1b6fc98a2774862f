namespace B2D.Core.Faults;

/// <summary>Where faults are acknowledged and silenced.</summary>
public interface IFaultDesk
{
    /// <summary>Does it as <paramref name="who"/>.</summary>
    ActOutcome Act(long faultId, FaultAct act, string who);
}
