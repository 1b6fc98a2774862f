namespace B2D.Core.Rules.Files;

/// <summary>Collects what is wrong with one file.</summary>
internal sealed class FileProblems(string file, List<RuleProblem> all)
{
    public string File { get; } = file;

    /// <summary>Errors so far, so that a reader can tell whether what it just read was good.</summary>
    public int Errors { get; private set; }

    public void Error(SourcePosition at, string message, string hint)
    {
        Errors++;
        all.Add(new RuleProblem(ProblemLevel.Error, File, at.Line, at.Column, message, hint));
    }

    public void Lint(SourcePosition at, string message, string hint) =>
        all.Add(new RuleProblem(ProblemLevel.Lint, File, at.Line, at.Column, message, hint));
}
