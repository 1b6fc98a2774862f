namespace B2D.Console.Shell;

/// <summary>What went wrong, in words, and where to go from here.</summary>
public sealed record ProblemModel(string Title, string Text)
{
    public string Back { get; init; } = "/";
}
