using System.Text.RegularExpressions;

namespace B2D.Tidy;

/// <summary>What code may not do, and what it owes.</summary>
internal static partial class CodeChecks
{
    /// <summary>The one timer outside Host: it paces the live part of a page for as long as the browser's request lasts.</summary>
    private const string LiveParts = "src/Console/Live/LiveEvents.cs";

    /// <summary>Host alone starts threads, timers and background tasks.</summary>
    public static IEnumerable<string> ThreadsOutsideHost(SourceTree tree)
    {
        foreach (var file in tree.Sources("src", "firmware-sim").Where(f => !f.IsIn("src/Host") && !IsProgram(f)))
        {
            var timers = 0;
            foreach (Match match in ThreadRegex().Matches(file.Code))
            {
                if (file.Path == LiveParts && match.Value.StartsWith("new PeriodicTimer", StringComparison.Ordinal) && ++timers == 1)
                    continue;
                yield return file.At(match.Index, $"{match.Value.TrimEnd()} outside Host; make it a loop that its caller pumps, and let Host start the thread");
            }
        }
    }

    /// <summary>Core decides: no clock, no I/O, no asynchrony, no log, no chance.</summary>
    public static IEnumerable<string> ImpureCore(SourceTree tree) =>
        from file in tree.CSharp("src/Core")
        from Match match in ImpureRegex().Matches(file.Code)
        select file.At(match.Index, $"'{match.Value.Trim()}' in Core; take `now` and values as arguments, return effects, and leave the rest to the shell");

    /// <summary>An exception out of <c>async void</c> ends the process.</summary>
    public static IEnumerable<string> AsyncVoid(SourceTree tree) =>
        from file in tree.Sources("src", "firmware-sim", "tests")
        from Match match in AsyncVoidRegex().Matches(file.Code)
        select file.At(match.Index, "async void; return a Task that somebody awaits (a ForEach with an async lambda is async void too: use a loop)");

    /// <summary>Every options type of the product says all that is wrong with it.</summary>
    /// <param name="owed">Types without a validator, with the reason.</param>
    public static IEnumerable<string> OptionsWithoutValidator(SourceTree tree, IReadOnlyDictionary<string, string> owed)
    {
        var sources = tree.CSharp("src").ToArray();
        var names = sources.SelectMany(
            f => Words.TypesIn(f.Code).Where(t => t.Name.EndsWith("Options", StringComparison.Ordinal) && t.Name != "Options")
            .Select(t => (t.Name, t.Index, File: f))).ToArray();
        foreach (var (name, index, file) in names)
        {
            var has = ValidateRegex().IsMatch(BodyOf(file.Code, index))
                || sources.Any(f => f.Code.Contains($"IValidateOptions<{name}>", StringComparison.Ordinal) || Words.TypesIn(f.Code)
                    .Any(t => t.Name == name + "Validator"));
            if (!has && !owed.ContainsKey(name))
                yield return file.At(index, $"{name} has no validator; add Validate() that returns all that is wrong with property, range and value, and call it");
            if (has && owed.ContainsKey(name))
                yield return file.At(index, $"{name} has a validator now; strike it out of the list of those that owe one");
        }
        foreach (var (name, why) in owed)
        {
            if (why.Length == 0 || names.All(n => n.Name != name))
                yield return $"{name} stands in the list of options without a validator without a reason or a type; strike it out";
        }
    }

    /// <summary>Every effect that Core can ask for is handled by the worker. While the worker has no code, nothing is asked of it.</summary>
    public static IEnumerable<string> EffectsWithoutHandler(SourceTree tree)
    {
        var worker = tree.CSharp("src/ProactiveWorker").ToArray();
        if (worker.Length == 0)
            yield break;
        foreach (var effects in new[] { "LaneEffect", "CorrelatorEffect" })
        {
            var cases = CasesOf(tree, effects);
            if (cases.Count == 0)
                yield return $"src/Core: no cases of {effects} found; if it was renamed, tell this check";
            foreach (var name in cases)
            {
                if (!worker.Any(f => Regex.IsMatch(f.Code, $@"\b{effects}\.{name}\b")))
                    yield return $"src/ProactiveWorker: nothing handles {effects}.{name}; add a case where effects are recorded, or take it out of Core";
            }
        }
    }

    /// <summary>One number, one log message, over all roles: they run in one process.</summary>
    public static IEnumerable<string> SharedEventIds(SourceTree tree) =>
        from message in from file in tree.Sources("src")
                        from Match match in EventIdRegex().Matches(file.Text)
                        select (Id: int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), Where: file.At(match.Index, ""))
        group message.Where by message.Id into shared
        where shared.Count() > 1
        let places = string.Join(" and ", shared.Select(w => w.TrimEnd(':', ' ')))
        select $"event id {shared.Key} is given {shared.Count()} times ({places}); take the next free one of the project's range";

    /// <summary>Nothing of one machine, and no name of a package registry.</summary>
    public static IEnumerable<string> ForeignPlaces(SourceTree tree)
    {
        // In pieces, or this file would find itself.
        string[] registries =
        [
            "api.nu" + "get.org", "www.nu" + "get.org", "registry.npm" + "js.org", "py" + "pi.org", "files.python" + "hosted.org", "proxy.go" + "lang.org",
                "crates" + ".io", "deb.deb" + "ian.org",
        ];
        foreach (var file in tree.Files)
        {
            foreach (Match match in MachinePathRegex().Matches(file.Text))
                yield return file.At(match.Index, $"'{match.Value}' is a path of one machine; write it relative to the tree, or let an option say it");
            foreach (var registry in registries.Where(r => file.Text.Contains(r, StringComparison.OrdinalIgnoreCase)))
                yield return file.At(file.Text.IndexOf(registry, StringComparison.OrdinalIgnoreCase),
                    $"'{registry}' is a registry's host; each machine configures its own");
        }
    }

    private static bool IsProgram(SourceFile file) => file.Path.StartsWith("firmware-sim/Program", StringComparison.Ordinal);

    /// <summary>The cases of a closed record: the records nested in it that derive from it.</summary>
    private static List<string> CasesOf(SourceTree tree, string effects)
    {
        var file = tree.CSharp("src/Core").FirstOrDefault(f => Regex.IsMatch(f.Code, $@"\babstract\s+record\s+{effects}\b"));
        return file is null ? [] : [.. Regex.Matches(file.Code, $@"\bsealed\s+record\s+(\w+)(?:\([^{{;]*?\))?\s*:\s*{effects}\b")
            .Select(m => m.Groups[1].Value)];
    }

    /// <summary>The type's text from its name to the brace that closes it.</summary>
    private static string BodyOf(string code, int index)
    {
        var depth = 0;
        for (var i = index; i < code.Length; i++)
        {
            depth += code[i] == '{' ? 1 : code[i] == '}' ? -1 : 0;
            if ((code[i] == '}' && depth == 0) || (code[i] == ';' && depth == 0))
                return code[index..(i + 1)];
        }
        return code[index..];
    }

    [GeneratedRegex(@"\bnew\s+(?:System\.Threading\.)?(?:Thread|Timer|PeriodicTimer)\s*\(|\bPeriodicTimer\b(?=\s+\w+\s*=\s*new\s*\()|\bTask\s*\.\s*Run\s*\(|"
        + @"\bTask\.Factory\s*\.\s*StartNew\b|\bThreadPool\s*\.|\bParallel\s*\.|\.CreateTimer\s*\(|\bSystem\.Timers\.Timer\b|\bBackgroundService\b")]
    private static partial Regex ThreadRegex();

    [GeneratedRegex(@"\basync\b|\bawait\b|\bTask\s*[<.]|\bValueTask\b|\bTimeProvider\b|\bILogger\b|\bRandom(?:NumberGenerator)?\b|"
        + @"(?<![.\w])(?:File|Directory)\s*\.\s*(?:Read|Write|Open|Exists|Create|Delete|Move|Copy|Append|Enumerate|Get)\w*|"
        + @"\b(?:FileStream|FileInfo|DirectoryInfo|StreamReader|StreamWriter|HttpClient)\b|\bPath\s*\.\s*Get(?:FullPath|Temp\w*|RandomFileName)\b|\bEnvironment\s*\.|\bStopwatch\b")]
    private static partial Regex ImpureRegex();

    [GeneratedRegex(@"\basync\s+void\b|\.ForEach\s*\(\s*async\b")]
    private static partial Regex AsyncVoidRegex();

    [GeneratedRegex(@"\b(?:Validate|Problems)\s*\(")]
    private static partial Regex ValidateRegex();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex EventIdRegex();

    [GeneratedRegex(@"(?<![\w.~/-])/(?:work|root|Users)/[\w.-]+|(?<![\w.~/-])/home/[\w.-]+|\b[A-Z]:\\(?:Users|work|home)\\")]
    private static partial Regex MachinePathRegex();
}
