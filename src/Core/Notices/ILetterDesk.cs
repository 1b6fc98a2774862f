namespace B2D.Core.Notices;

/// <summary>Where letters are written down that were printed.</summary>
public interface ILetterDesk
{
    /// <summary>These went to the post: their customers were told. Those that are not to be printed any more are left as they are.</summary>
    /// <param name="notices">Ids of the ledger, at most 1,000.</param>
    ActOutcome Printed(IReadOnlyCollection<string> notices, string who);
}
