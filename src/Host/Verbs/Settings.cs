using System.CommandLine;
using B2D.Host.Options;

namespace B2D.Host.Verbs;

/// <summary>Options that several verbs share.</summary>
internal static class Settings
{
    public static Option<string> Data() => new("--data") { Description = "Folder of the databases; made where it is missing (default: data)" };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Any other option, as in appsettings.json: --set Gateway:Port=1884 --set Notices:Sender=Acme",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Name and value of each <c>--set</c>, and of options that have a name of their own.</summary>
    /// <exception cref="OptionsException">A setting has no '='.</exception>
    public static List<KeyValuePair<string, string?>> Of(string[]? set, params (string Name, object? Value)[] named)
    {
        var wrong = (set ?? []).Where(s => !s.Contains('=', StringComparison.Ordinal)).Select(s => $"--set {s} has no value; write --set NAME=VALUE").ToArray();
        if (wrong.Length > 0)
            throw new OptionsException(wrong);
        var all = (set ?? []).Select(s => s.Split('=', 2)).Select(p => new KeyValuePair<string, string?>(p[0], p[1])).ToList();
        all.AddRange(named.Where(n => n.Value is not null).Select(n => new KeyValuePair<string, string?>(n.Name, Convert.ToString(n.Value, System.Globalization.CultureInfo.InvariantCulture))));
        return all;
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
            Terminal.Error.WriteLine(e.Problems.Count == 1 ? "This cannot start; one option is wrong:" : $"This cannot start; {e.Problems.Count} options are wrong:");
            foreach (var problem in e.Problems)
                Terminal.Error.WriteLine($"  {problem}");
            return 2;
        }
        catch (Exception e) when (e is Storage.StorageException or IOException or HttpRequestException)
        {
            Terminal.Error.WriteLine(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
