namespace B2D.Core.Maintenance;

/// <summary>The words of a notice in one language.</summary>
/// <param name="Channel">The channel that has words of its own; empty: they are the same by each.</param>
public sealed record PlannedText(string Language, string Channel, string Subject, string Text);

/// <summary>What customers will read of planned work.</summary>
public interface IPlannedPreview
{
    /// <summary>As it is told ahead, in each language, with the texts that are live; empty where customers do not feel it or it is not known.</summary>
    IReadOnlyList<PlannedText> Of(long maintenance);
}
