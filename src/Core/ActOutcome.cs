namespace B2D.Core;

/// <summary>What came of a person's act.</summary>
public abstract record ActOutcome
{
    private ActOutcome() { }

    /// <summary>Done; <paramref name="Version"/> is the row's new version, 0 where it has none.</summary>
    public sealed record Done(int Version) : ActOutcome;

    /// <summary>Somebody changed it first; nothing was done. <paramref name="Version"/> is the present one.</summary>
    public sealed record Conflict(int Version, string What) : ActOutcome;

    /// <summary>The act is not possible as things are; <paramref name="Reason"/> is a sentence for people.</summary>
    public sealed record Rejected(string Reason) : ActOutcome;

    /// <summary>There is no such thing.</summary>
    public sealed record Unknown : ActOutcome;
}
