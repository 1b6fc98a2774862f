namespace B2D.Core.Cases;

/// <summary>Where objections to cases are answered.</summary>
public interface IObjectionDesk
{
    /// <summary>Answers in words as <paramref name="who"/>; whoever objected reads it.</summary>
    ActOutcome Answer(long objectionId, string text, string who);
}
