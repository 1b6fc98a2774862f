namespace B2D.Core.Outages;

/// <summary>News of an outage in one language.</summary>
public sealed record OutageText(string Language, string Subject, string Text);

/// <summary>What customers will read of an outage.</summary>
public interface IOutagePreview
{
    /// <summary>What was written and has not left yet, in each language, with the texts that are live; empty where nothing waits.</summary>
    IReadOnlyList<OutageText> News(long outage);
}
