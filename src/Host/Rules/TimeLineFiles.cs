using System.Collections.Immutable;
using B2D.Core.Backtests;
using B2D.Core.Rules;

namespace B2D.Host.Rules;

/// <summary>A file of time-lines and what came of each.</summary>
/// <param name="Name">As it was named.</param>
/// <param name="Problems">What kept it or its rules from being read; then there are no verdicts.</param>
/// <param name="Verdicts">One for each time-line.</param>
internal sealed record TimeLineOutcome(string Name, ImmutableArray<string> Problems, ImmutableArray<TimeLineVerdict> Verdicts)
{
    public int Failed => Problems.Length > 0 ? 1 : Verdicts.Count(v => !v.Passed);

    public int Passed => Verdicts.Count(v => v.Passed);
}

/// <summary>Finds and runs files of time-lines: one file, or all below folders that are called <c>tests</c>.</summary>
internal static class TimeLineFiles
{
    private const string FolderName = "tests";
    private const long MaxBytes = 1024 * 1024;

    /// <exception cref="IOException">There is nothing to run, or a file cannot be read.</exception>
    public static IEnumerable<TimeLineOutcome> Run(string path)
    {
        var files = Find(path);
        return files.Count > 0
            ? files.Select(RunFile)
            : throw new IOException($"there are no time-lines in '{path}': they stand in .yaml files in a folder '{FolderName}' beside the folder of the rules");
    }

    private static List<string> Find(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new IOException($"there is no file or folder '{path}'");
        var above = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))) == FolderName;
        return [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".yaml" or ".yml")
            .Where(f => above || Path.GetRelativePath(path, Path.GetDirectoryName(f)!).Split(Path.DirectorySeparatorChar).Contains(FolderName))
            .Order(StringComparer.Ordinal)];
    }

    private static TimeLineOutcome RunFile(string file)
    {
        if (new FileInfo(file).Length > MaxBytes)
            return new TimeLineOutcome(file, [$"{file}: longer than {MaxBytes} bytes"], []);
        var read = TimeLineReader.Read(file, File.ReadAllText(file));
        if (read.Problems.Length > 0)
            return new TimeLineOutcome(file, [.. read.Problems.Select(p => p.ToString())], []);
        var rules = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, read.Rules));
        if (!File.Exists(rules) && !Directory.Exists(rules))
            return new TimeLineOutcome(file, [$"{file}: there are no rules '{read.Rules}'; write 'rules:' with a folder or file, from this file's own folder"], []);
        var check = RuleSetReader.Read(RuleFolder.ReadAny(rules));
        return check.Set is { } set
            ? new TimeLineOutcome(file, [], [.. read.TimeLines.Select(line => TimeLineRun.Judge(line, set))])
            : new TimeLineOutcome(file, [.. check.Problems.Where(p => p.Level == ProblemLevel.Error).Select(p => p.ToString())], []);
    }
}
