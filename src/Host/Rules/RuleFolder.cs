using System.Security.Cryptography;
using System.Text;
using B2D.Console;
using B2D.Core;
using B2D.Core.Rules;

namespace B2D.Host.Rules;

/// <summary>Reads and writes a folder of rule files; a change is seen by names, sizes and times of writing. Any thread.</summary>
internal sealed class RuleFolder(string folder) : IRuleFiles
{
    /// <summary>Largest rule file that is read, 1 MiB.</summary>
    private const long MaxBytes = 1024 * 1024;

    /// <summary>Who changed them by <see cref="Write"/>, until <see cref="Changed"/> has told.</summary>
    private string writer = "";

    /// <summary>Held while files are written, so that nobody reads half of a change.</summary>
    private readonly Lock gate = new();
    private string seen = "";

    /// <inheritdoc/>
    public string Closed => folder.Length == 0 ? "B2D was started without a folder of rules, so there is nowhere to write them (option Rules)." : "";

    /// <summary>All files in order of name.</summary>
    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    public static IReadOnlyList<RuleFile> Read(string folder) => [.. Files(folder).Select(f => new RuleFile(NameOf(folder, f), Text(f)))];

    /// <summary>The one file that a path names, or all files of a folder.</summary>
    /// <exception cref="IOException">There is neither, or it cannot be read.</exception>
    public static IReadOnlyList<RuleFile> ReadAny(string path)
    {
        if (File.Exists(path))
            return [new RuleFile(Path.GetFileName(path), Text(new FileInfo(path)))];
        return Directory.Exists(path) ? Read(path) : throw new IOException($"there is no file or folder '{path}'");
    }

    /// <summary>The files where something changed since the last call, and who changed them; null where nothing did.</summary>
    public (IReadOnlyList<RuleFile> Files, string Who)? Changed()
    {
        if (folder.Length == 0 || !Directory.Exists(folder))
            return null;
        lock (gate)
        {
            var now = string.Join('\n', Files(folder).Select(f => $"{f.FullName}|{f.Length}|{f.LastWriteTimeUtc.Ticks}"));
            if (now == seen)
                return null;
            var files = Read(folder);
            var who = writer.Length > 0 ? writer : "rule files";
            (seen, writer) = (now, "");
            return (files, who);
        }
    }

    /// <inheritdoc/>
    RuleFilesState IRuleFiles.Read()
    {
        lock (gate)
            return State();
    }

    /// <inheritdoc/>
    public ActOutcome Write(IReadOnlyList<RuleFile> files, string version, string who)
    {
        if (Closed.Length > 0)
            return new ActOutcome.Rejected(Closed);
        var check = RuleSetReader.Read(files);
        if (check.Set is null)
            return new ActOutcome.Rejected($"{check.Problems.Count(p => p.Level == ProblemLevel.Error)} errors, the first in {check.Problems.First(p => p.Level == ProblemLevel.Error)}");
        lock (gate)
        {
            try
            {
                var present = State();
                if (present.Version != version)
                    return new ActOutcome.Conflict(0, "Somebody changed the rule files meanwhile");
                foreach (var file in files.Except(present.Files))
                    Put(file);
                foreach (var file in present.Files.ExceptBy(files.Select(f => f.Name), f => f.Name))
                    File.Delete(Path.Combine(folder, file.Name));
                writer = who;
                return new ActOutcome.Done(0);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new ActOutcome.Rejected($"The files cannot be written: {e.Message}");
            }
        }
    }

    private RuleFilesState State()
    {
        IReadOnlyList<RuleFile> files = folder.Length > 0 && Directory.Exists(folder) ? Read(folder) : [];
        var bytes = Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Name}\0{f.Text}\0")));
        return new RuleFilesState(files, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>Wholly or not at all, whenever the machine stops.</summary>
    private void Put(RuleFile file)
    {
        var path = Path.GetFullPath(Path.Combine(folder, file.Name));
        if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new IOException($"{file.Name} is outside of the folder of rules");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var half = path + ".half";
        using (var stream = File.Create(half))
        {
            stream.Write(Encoding.UTF8.GetBytes(file.Text));
            stream.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite: true);
    }

    private static string NameOf(string folder, FileInfo file) => Path.GetRelativePath(folder, file.FullName).Replace('\\', '/');

    private static IEnumerable<FileInfo> Files(string folder) => new DirectoryInfo(folder)
        .EnumerateFiles("*", SearchOption.AllDirectories)
        .Where(f => f.Extension is ".yaml" or ".yml")
        .OrderBy(f => f.FullName, StringComparer.Ordinal);

    private static string Text(FileInfo file) => file.Length <= MaxBytes
        ? File.ReadAllText(file.FullName)
        : throw new IOException($"{file.FullName} has {file.Length} bytes; a rule file has at most {MaxBytes}");
}
