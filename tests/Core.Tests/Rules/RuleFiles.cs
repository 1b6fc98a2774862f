using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Rules;

/// <summary>Reads rule texts for tests.</summary>
internal static class RuleFiles
{
    public static RuleCheck Read(string yaml) => RuleSetReader.Read([new RuleFile("rules.yaml", yaml)]);

    /// <summary>The set of texts that must be good; lints are allowed.</summary>
    public static RuleSet Good(string yaml)
    {
        var check = Read(yaml);
        Assert.True(check.Set is not null, RuleReport.Text(check));
        return check.Set;
    }

    /// <summary>The folder above this program that holds the solution.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "B2D.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("B2D.sln is in no folder above the tests");
    }
}
