using System.CommandLine;
using B2D.Core.Rules;
using B2D.Host.Rules;

namespace B2D.Host.Verbs;

/// <summary><c>b2d rules</c>.</summary>
internal static class RulesVerb
{
    public static void AddTo(RootCommand root)
    {
        var folder = new Argument<string>("FOLDER") { Description = "A folder of rule files, or one file", DefaultValueFactory = _ => "rules" };
        var check = new Command("check", "Checks rule files as a whole and lists every mistake with file, line, column and what to do. Exit status 1 where there is an error.") { folder };
        check.SetAction((parsed, _) => Settings.Guard(() =>
        {
            var found = RuleSetReader.Read(RuleFolder.ReadAny(parsed.GetValue(folder)!));
            Terminal.Write(RuleReport.Text(found));
            return Task.FromResult(found.Set is null ? 1 : 0);
        }));
        root.Add(new Command("rules", "Rules: what a fault, a due or an outage looks like, and what to do about it.")
        {
            check, RulesTestVerb.Command(), new RulesBacktestVerb().Command(), RulesExplainVerb.Command(),
        });
    }

    /// <summary>The rules of a folder or file.</summary>
    /// <exception cref="IOException">They cannot be read or have mistakes; the message lists all of them.</exception>
    public static RuleSet MustRead(string path)
    {
        var check = RuleSetReader.Read(RuleFolder.ReadAny(path));
        return check.Set ?? throw new IOException(RuleReport.Text(check).TrimEnd());
    }
}
