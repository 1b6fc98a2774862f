namespace B2D.Core.Dues;

/// <summary>Where dues are marked done.</summary>
public interface IDueDesk
{
    ActOutcome MarkDone(long dueId, string who);
}
