using B2D.Core.Rules.Files;

namespace B2D.Core.Rules;

/// <summary>
/// Reads rule files into one checked, compiled set. Pure: the same files give the same set, hash, slots and problems. The language is
/// described in docs/rules.md.
/// </summary>
public static class RuleSetReader
{
    /// <summary>
    /// Reads all files in one pass and lists everything wrong with any of them, sorted by file, line and column. A file that is no YAML, or a
    /// rule with mistakes, does not keep the others from being checked; but a set exists only where there is no error at all.
    /// Limits: 1,000 rules, 1 MiB a file, 64 parameters a rule, 2,000 characters, 64 levels and 200 terms an expression, 64 windows a set.
    /// </summary>
    public static RuleCheck Read(IReadOnlyList<RuleFile> files) => Read(files, alone: false, kept: false);

    /// <summary>Reads what was in force once: a template that it names may be none by now, and it stays readable.</summary>
    public static RuleCheck ReadKept(IReadOnlyList<RuleFile> files) => Read(files, alone: false, kept: true);

    /// <summary>A set of one fault rule: its text as <see cref="Rule.Text"/> keeps it, read by itself, so that it reads its own metrics alone; its calendar need not be
    /// there. Null where that is no fault rule without a mistake.</summary>
    public static RuleSet? ReadAlone(string text) =>
        // In a file it is an item of a list.
        Read([new RuleFile("rule.yaml", "- " + text.ReplaceLineEndings("\n  "))], alone: true, kept: true).Set is { Faults.Length: 1 } set ? set : null;

    private static RuleCheck Read(IReadOnlyList<RuleFile> files, bool alone, bool kept)
    {
        if (files.Count == 0)
            return new RuleCheck(RuleSet.Empty, []);
        var ordered = files.OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        var reading = new SetReading();
        foreach (var file in ordered)
            reading.Add(file);
        return reading.Finish(ordered, alone, kept);
    }
}
