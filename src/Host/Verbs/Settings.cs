using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using B2D.Core.Devices;
using B2D.Host.Options;

namespace B2D.Host.Verbs;

/// <summary>Options that several verbs share.</summary>
internal static class Settings
{
    private const string SetName = "--set";

    /// <summary>Options of the command line that stand for one of appsettings.json.</summary>
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["--data"] = "Data",
        ["--rules"] = "Rules",
        ["--url"] = "Url",
        ["--console"] = "Url",
        ["--roles"] = "Roles",
        ["--mqtt-port"] = "Gateway:Port",
    };

    public static Option<string> Data() => new("--data") { Description = "Folder of the databases; made where it is missing (default: data)" };

    public static Option<string[]> Set() => new(SetName)
    {
        Description = "Any other option, as in appsettings.json: --set Gateway:Port=1884 --set Notices:Sender=Acme",
        HelpName = "NAME=VALUE",
    };

    /// <summary>The options as a command line, the environment and appsettings.json in a folder have them.</summary>
    /// <param name="known">What is known to be wrong already; said with the rest.</param>
    /// <exception cref="OptionsException">Something is wrong; all of it.</exception>
    public static InstallationOptions Read(ParseResult parsed, string folder, params IReadOnlyList<string> known)
    {
        List<string> problems = [.. known];
        InstallationOptions? options = null;
        try
        {
            options = OptionsReader.Read(folder, Of(parsed, problems));
        }
        catch (OptionsException e)
        {
            problems.AddRange(e.Problems);
        }
        return options is null || problems.Count > 0 ? throw new OptionsException(problems) : options;
    }

    /// <summary>Says everything that is wrong with a command line, its settings included.</summary>
    /// <returns>The exit status, 2.</returns>
    public static int Refuse(ParseResult parsed)
    {
        List<string> problems = [.. Unmatched(parsed), .. Errors(parsed)];
        try
        {
            _ = Read(parsed, Directory.GetCurrentDirectory());
        }
        catch (OptionsException e)
        {
            problems.AddRange(e.Problems);
        }
        var status = Say(problems);
        Terminal.Error.WriteLine($"{NameOf(parsed)} --help says what there is.");
        return status;
    }

    /// <summary>Runs a verb and turns what is known to go wrong into plain words and an exit status.</summary>
    public static async Task<int> Guard(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (OptionsException e)
        {
            return Say(e.Problems);
        }
        catch (CryptographicException e)
        {
            Terminal.Error.WriteLine($"The certificate cannot be used: {e.Message}");
            return 1;
        }
        catch (Exception e) when (e is Storage.StorageException or IOException or UnauthorizedAccessException or HttpRequestException)
        {
            Terminal.Error.WriteLine(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private static int Say(IReadOnlyList<string> problems)
    {
        Terminal.Error.WriteLine(problems.Count == 1 ? "This cannot start; one option is wrong:" : $"This cannot start; {problems.Count} options are wrong:");
        foreach (var problem in problems)
            Terminal.Error.WriteLine($"  {problem}");
        return 2;
    }

    /// <summary>Name and value of each <c>--set</c>, and of options that have a name of their own.</summary>
    private static List<KeyValuePair<string, string?>> Of(ParseResult parsed, List<string> problems)
    {
        List<KeyValuePair<string, string?>> settings = [];
        foreach (var option in parsed.CommandResult.Command.Options)
        {
            // A value of the wrong kind is among the errors of parsing.
            if (parsed.GetResult(option) is not { Implicit: false } given || given.Errors.Any())
                continue;
            foreach (var value in given.Tokens.Select(t => t.Value))
            {
                if (Named.TryGetValue(option.Name, out var name))
                    settings.Add(new(name, value));
                else if (option.Name == SetName && value.Split('=', 2) is [{ Length: > 0 } key, var rest])
                    settings.Add(new(key, rest));
                else if (option.Name == SetName)
                    problems.Add($"--set {value} has no value; write --set NAME=VALUE");
            }
        }
        foreach (var twice in settings.GroupBy(s => s.Key, StringComparer.OrdinalIgnoreCase).Where(s => s.Count() > 1))
            problems.Add($"{twice.Key} is given {twice.Count()} times: {string.Join(", ", twice.Select(t => $"'{t.Value}'"))}");
        return [.. settings.DistinctBy(s => s.Key, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>What else parsing found. A word that means nothing is told of already, and so is the verb that is missing because of it.</summary>
    private static IEnumerable<string> Errors(ParseResult parsed) => parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command.Subcommands.Count > 0
        ? []
        : parsed.Errors.Select(e => string.Join(' ', e.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            .Where(m => !parsed.UnmatchedTokens.Any(t => m.Contains($"'{t}'", StringComparison.Ordinal)))
            .Distinct();

    /// <summary>Words that mean nothing; the value of an option that does not exist is not said again.</summary>
    private static IEnumerable<string> Unmatched(ParseResult parsed)
    {
        var before = "";
        foreach (var word in parsed.UnmatchedTokens)
        {
            if (word.StartsWith('-'))
            {
                var near = ImportNames.Nearest(word, parsed.CommandResult.Command.Options.Select(o => o.Name));
                yield return $"{word} is no option of {NameOf(parsed)}{(near is null ? "" : $"; did you mean {near}?")}";
            }
            else if (!before.StartsWith('-'))
                yield return $"'{word}' is not understood by {NameOf(parsed)}";
            before = word;
        }
    }

    /// <summary>The command as it is typed: <c>b2d keys create</c>.</summary>
    private static string NameOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
            names.Push(command.Command is RootCommand ? "b2d" : command.Command.Name);
        return string.Join(' ', names);
    }
}
