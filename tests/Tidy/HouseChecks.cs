using System.Xml.Linq;

namespace B2D.Tidy;

/// <summary>The house: which project may know which, and how its rooms are called.</summary>
internal static class HouseChecks
{
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Core"] = [],
        ["Mqtt"] = [],
        ["Storage"] = ["Core"],
        ["Bus"] = ["Core"],
        ["DeviceGateway"] = ["Mqtt", "Core", "Storage", "Bus"],
        ["ProactiveWorker"] = ["Core", "Storage", "Bus"],
        ["Console"] = ["Core", "Storage", "Bus"],
        ["firmware-sim"] = ["Mqtt"],
        ["Host"] = ["Core", "Mqtt", "Storage", "Bus", "DeviceGateway", "ProactiveWorker", "Console", "firmware-sim"],
    };

    private static readonly string[] CorePackages = ["YamlDotNet", "NodaTime"];

    private static readonly string[] Features = ["Devices", "Telemetry", "Rules", "Faults", "Cases", "Outages", "Notices", "Remedies", "Dues", "Defects",
        "Customers", "Alarms", "Backtests", "Maintenance", "Contacts", "Search", "Links", "Subscriptions", "Webhooks", "Access"];

    private static readonly string[] Banned = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Processor", "Info", "Impl"];

    private static readonly string[] DomainWords = ["Device", "Fault", "Case", "Outage", "Notice", "Remedy"];

    /// <summary>Project references are those of design.md §2 and no others.</summary>
    public static IEnumerable<string> ProjectArrows(SourceTree tree)
    {
        foreach (var file in Projects(tree))
        {
            var found = Includes(file, "ProjectReference").Select(i => i.Replace('\\', '/').Split('/')[^1].Replace(".csproj", "", StringComparison.Ordinal))
                .ToArray();
            if (!Arrows.TryGetValue(file.Name, out var expected))
            {
                yield return $"{file.Path}: a project that design.md §2 does not know; put its code into the role or library it belongs to";
                continue;
            }
            foreach (var extra in found.Except(expected))
                yield return $"{file.Path}: {file.Name} → {extra} is no arrow of the house; give it to a project that both may know, or let Host join them";
            foreach (var missing in expected.Except(found))
                yield return $"{file.Path}: the arrow {file.Name} → {missing} of design.md §2 is missing; add the reference";
        }
    }

    /// <summary>Core knows YamlDotNet and NodaTime and no other package or framework.</summary>
    public static IEnumerable<string> PackagesOfCore(SourceTree tree) => Projects(tree).Where(f => f.Name == "Core")
        .SelectMany(f => Includes(f, "PackageReference").Except(CorePackages).Concat(Includes(f, "FrameworkReference"))
            .Select(p => $"{f.Path}: Core may not use {p}; decide in Core with plain values and leave the package to the shell that acts"));

    /// <summary>Folders of Core are features; nobody else has a feature under another name.</summary>
    public static IEnumerable<string> FeatureFolders(SourceTree tree)
    {
        foreach (var (project, folder, file) in Folders(tree))
        {
            if (project == "Core" && !Features.Contains(folder))
                yield return $"{file.Path}: Core/{folder} is no feature; put it into one of {string.Join(", ", Features)}";
            var singular = Features.FirstOrDefault(
                f => folder != f && (f == folder + "s" || f == folder + "ies" || (folder.EndsWith('y') && f == folder[..^1] + "ies")));
            if (singular is not null)
                yield return $"{file.Path}: the folder is called {singular} in every project, not {folder}; rename it";
        }
    }

    /// <summary>No name that says nothing, in types and files. AssemblyInfo is what every .NET tool calls the file of an assembly's attributes.</summary>
    public static IEnumerable<string> BannedWords(SourceTree tree)
    {
        const string Instead = "say what it does with a word of design.md §1 or of the field";
        foreach (var file in tree.Sources("src", "firmware-sim", "tests"))
        {
            foreach (var word in Words.Of(file.Name).Intersect(Banned).Where(_ => file.Name != "AssemblyInfo"))
                yield return $"{file.Path}: the file name has '{word}'; {Instead}";
            foreach (var (name, index) in Words.TypesIn(file.Code))
            {
                foreach (var word in Words.Of(name).Intersect(Banned))
                    yield return file.At(index, $"the type {name} has '{word}' in its name; {Instead}");
            }
        }
    }

    /// <summary>The MQTT library knows nothing of B2D, so that it can be replaced.</summary>
    public static IEnumerable<string> DomainWordsInMqtt(SourceTree tree) =>
        from file in tree.CSharp("src/Mqtt")
        from identifier in Words.IdentifiersIn(file.Code)
        where !identifier.Name.EndsWith("IgnoreCase", StringComparison.Ordinal)
        let word = Words.Of(identifier.Name).FirstOrDefault(w => DomainWords.Contains(Singular(w)))
        where word is not null
        select file.At(identifier.Index,
            $"'{identifier.Name}' is a word of B2D in the MQTT library; use the specification's word, or move it to DeviceGateway");

    /// <summary>No file grows beyond what can be read at once.</summary>
    /// <param name="allowed">Files that may be longer, with their greatest length and why.</param>
    public static IEnumerable<string> FileLengths(SourceTree tree, IReadOnlyDictionary<string, (int Lines, string Why)> allowed)
    {
        const int MaxLines = 400;
        foreach (var file in tree.Sources("src"))
        {
            var lines = file.Text.TrimEnd('\n').Count(c => c == '\n') + 1;
            var (limit, _) = allowed.GetValueOrDefault(file.Path, (MaxLines, ""));
            if (lines > limit)
                yield return $"{file.Path}: {lines} lines, at most {limit} are allowed; ask what in it wants a room of its own";
        }
        foreach (var (path, (limit, why)) in allowed)
        {
            if (limit <= MaxLines || why.Length == 0 || !tree.Files.Any(f => f.Path == path))
                yield return $"{path}: stands in the list of longer files without need, reason or file; strike it out";
        }
    }

    private static string Singular(string word) => word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y" : word.TrimEnd('s');

    private static IEnumerable<SourceFile> Projects(SourceTree tree) => tree.Files.Where(f => f.Is(".csproj") && (f.IsIn("src") || f.IsIn("firmware-sim")));

    private static IEnumerable<string> Includes(SourceFile file, string element) =>
        XDocument.Parse(file.Text).Descendants().Where(e => e.Name.LocalName == element).Select(e => (string?)e.Attribute("Include") ?? "")
            .Where(i => i.Length > 0);

    private static IEnumerable<(string Project, string Folder, SourceFile File)> Folders(SourceTree tree) => tree.Sources("src")
        .Select(f => (Parts: f.Path.Split('/'), File: f))
        .Where(p => p.Parts.Length > 3)
        .Select(p => (p.Parts[1], p.Parts[2], p.File))
        .DistinctBy(p => (p.Item1, p.Item2));
}
