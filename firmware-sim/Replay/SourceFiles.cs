using System.IO.Enumeration;

namespace B2D.FirmwareSim.Replay;

/// <summary>Which files a mapping's sources mean: <c>series/*.csv</c> is a source for each of the files, so that recordings of one file per device need no list.</summary>
internal static class SourceFiles
{
    /// <summary>The mapping with every wildcard replaced by the files that are there, in order of their names; one that fits no file is a mistake.</summary>
    public static ReplayMapping Found(ReplayMapping mapping, string folder, List<ReplayError> errors)
    {
        List<SourceMapping> sources = [];
        foreach (var source in mapping.Sources)
        {
            if (!source.File.Contains('*', StringComparison.Ordinal))
            {
                sources.Add(source);
                continue;
            }

            var files = In(folder, source.File);
            if (files.Count == 0)
                errors.Add(new ReplayError(mapping.File, source.Place.Line, source.Place.Column, $"no file fits '{source.File}' in {folder}", "name the folder with --data"));
            sources.AddRange(files.Select(file => source with { File = file }));
        }

        return mapping with { Sources = sources };
    }

    /// <summary>True where a file of that name (without folder) is one of those that a source names.</summary>
    public static bool IsOf(string pattern, string name) => FileSystemName.MatchesSimpleExpression(Path.GetFileName(pattern), name, ignoreCase: false);

    /// <summary>The file's name without folder, .gz and .csv: what <c>{file}</c> stands for.</summary>
    public static string NameOf(string file)
    {
        var name = Path.GetFileName(file);
        foreach (var ending in (ReadOnlySpan<string>)[".gz", ".csv"])
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) name = name[..^ending.Length];
        }

        return name;
    }

    private static List<string> In(string folder, string pattern)
    {
        var within = Path.GetDirectoryName(pattern) ?? "";
        var place = Path.Combine(folder, within);
        return !Directory.Exists(place)
            ? []
            : [.. Directory.EnumerateFiles(place).Select(path => Path.GetFileName(path)!)
                .Where(name => IsOf(pattern, name))
                .Order(StringComparer.Ordinal).Select(name => Path.Combine(within, name))];
    }
}
