using B2D.Core.Rules;

namespace B2D.Host.Rules;

/// <summary>Reads a folder of rule files; a change is seen by names, sizes and times of writing.</summary>
internal sealed class RuleFolder(string folder)
{
    /// <summary>Largest rule file that is read, 1 MiB.</summary>
    private const long MaxBytes = 1024 * 1024;

    private string seen = "";

    public string Path => folder;

    /// <summary>All files in order of name.</summary>
    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    public static IReadOnlyList<RuleFile> Read(string folder) => [.. Files(folder)
        .Select(f => new RuleFile(System.IO.Path.GetRelativePath(folder, f.FullName).Replace('\\', '/'), Text(f)))];

    /// <summary>The one file that a path names, or all files of a folder.</summary>
    /// <exception cref="IOException">There is neither, or it cannot be read.</exception>
    public static IReadOnlyList<RuleFile> ReadAny(string path)
    {
        if (File.Exists(path))
            return [new RuleFile(System.IO.Path.GetFileName(path), Text(new FileInfo(path)))];
        return Directory.Exists(path) ? Read(path) : throw new IOException($"there is no file or folder '{path}'");
    }

    /// <summary>The files where something changed since the last call; null where nothing did.</summary>
    public IReadOnlyList<RuleFile>? Changed()
    {
        if (folder.Length == 0 || !Directory.Exists(folder))
            return null;
        var now = string.Join('\n', Files(folder).Select(f => $"{f.FullName}|{f.Length}|{f.LastWriteTimeUtc.Ticks}"));
        if (now == seen)
            return null;
        var files = Read(folder);
        seen = now;
        return files;
    }

    private static IEnumerable<FileInfo> Files(string folder) => new DirectoryInfo(folder)
        .EnumerateFiles("*", SearchOption.AllDirectories)
        .Where(f => f.Extension is ".yaml" or ".yml")
        .OrderBy(f => f.FullName, StringComparer.Ordinal);

    private static string Text(FileInfo file) => file.Length <= MaxBytes
        ? File.ReadAllText(file.FullName)
        : throw new IOException($"{file.FullName} has {file.Length} bytes; a rule file has at most {MaxBytes}");
}
