namespace B2D.Tidy;

/// <summary>One text file of the tree.</summary>
/// <param name="Path">From the root, with '/'.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private string? code;

    /// <summary>The text without comments and without what stands in quotes, line for line: what a compiler would take for code.</summary>
    public string Code => code ??= Path.EndsWith(".cs", StringComparison.Ordinal) ? SourceCode.Of(Text) : Text;

    /// <summary>Name without folders and endings: <c>Lane</c> of <c>src/Core/Faults/Lane.cs</c>.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..].Split('.')[0];

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public bool Is(params string[] endings) => endings.Any(e => Path.EndsWith(e, StringComparison.Ordinal));

    /// <summary>A finding as a compiler writes it, so that an editor can follow it.</summary>
    public string At(int index, string what) => $"{Path}:{Text.AsSpan(0, Math.Min(index, Text.Length)).Count('\n') + 1}: {what}";
}

/// <summary>All text files of the product, or a few made up by a test of the checks themselves.</summary>
internal sealed class SourceTree(IEnumerable<SourceFile> files)
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", "TestResults", "artifacts"];

    private static readonly string[] Texts =
    [
        ".cs", ".csproj", ".razor", ".props", ".targets", ".sln", ".md", ".json", ".yaml", ".yml", ".sh", ".css", ".js", ".hbs", ".sql", ".csv", ".txt", ".py",
            ".editorconfig", "run", ".svg", ".html",
    ];

    public IReadOnlyList<SourceFile> Files { get; } = [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)];

    /// <summary>Source files (C# and Razor) below a folder.</summary>
    public IEnumerable<SourceFile> Sources(params string[] folders) => Files.Where(f => f.Is(".cs", ".razor") && folders.Any(f.IsIn));

    public IEnumerable<SourceFile> CSharp(params string[] folders) => Sources(folders).Where(f => f.Is(".cs"));

    public static SourceTree Of(params (string Path, string Text)[] files) => new(files.Select(f => new SourceFile(f.Path, f.Text)));

    /// <summary>The tree that this test was built from: the folder of B2D.sln above the test's own.</summary>
    public static SourceTree Read()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "B2D.sln")))
            root = root.Parent;
        if (root is null)
            throw new InvalidOperationException($"no B2D.sln above {AppContext.BaseDirectory}; run the test from the built tree");
        return new SourceTree(Walk(root.FullName, ""));
    }

    private static IEnumerable<SourceFile> Walk(string folder, string prefix)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (Texts.Any(e => name.EndsWith(e, StringComparison.Ordinal)))
                yield return new SourceFile(prefix + name, File.ReadAllText(path));
        }
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            var name = Path.GetFileName(path);
            if (Skipped.Contains(name) || (name.StartsWith('.') && name != ".ci"))
                continue;
            foreach (var file in Walk(path, $"{prefix}{name}/"))
                yield return file;
        }
    }
}
