using B2D.Core;
using B2D.Core.Rules;

namespace B2D.Console;

/// <summary>Rule files as they are on disk.</summary>
/// <param name="Files">In order of name.</param>
/// <param name="Version">Another one after each change of a name or a text.</param>
public sealed record RuleFilesState(IReadOnlyList<RuleFile> Files, string Version);

/// <summary>Where rule files are changed.</summary>
public interface IRuleFiles
{
    /// <summary>Why they cannot be changed here, a sentence; empty where they can.</summary>
    string Closed { get; }

    /// <summary>The files as they are now.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    RuleFilesState Read();

    /// <summary>
    /// Makes the folder hold these files and no others, all at once for whoever reads it as one set, unless it is no longer at <paramref name="version"/> or
    /// the files have an error. They come into force within a second, as those of <paramref name="who"/>. A machine that stops in the middle leaves each file either
    /// as it was or as it was to be.
    /// </summary>
    ActOutcome Write(IReadOnlyList<RuleFile> files, string version, string who);
}
