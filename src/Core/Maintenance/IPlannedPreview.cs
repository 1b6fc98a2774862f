namespace B2D.Core.Maintenance;

/// <summary>The words of a notice in one language.</summary>
public sealed record PlannedText(string Language, string Subject, string Text);

/// <summary>What customers will read of planned work.</summary>
public interface IPlannedPreview
{
    /// <summary>As it is told ahead, in each language; empty where customers do not feel it or it is not known.</summary>
    IReadOnlyList<PlannedText> Of(long maintenance);
}
