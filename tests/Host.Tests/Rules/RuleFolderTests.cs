using B2D.Console;
using B2D.Core;
using B2D.Core.Rules;
using B2D.Host.Rules;
using Xunit;

namespace B2D.Host.Tests.Rules;

public sealed class RuleFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Changed_FirstLook_AllRuleFilesInOrderOfTheirNames()
    {
        folder.Write("b.yaml", "b");
        folder.Write("a.yml", "a");
        folder.Write("deep/er/c.yaml", "c");
        folder.Write("readme.md", "no rule");
        folder.Write("old.yaml.bak", "no rule");

        var files = new RuleFolder(folder.Path).Changed();

        Assert.Equal([("a.yml", "a"), ("b.yaml", "b"), ("deep/er/c.yaml", "c")], files!.Value.Files.Select(f => (f.Name, f.Text)));
    }

    [Fact]
    public void Changed_NothingHappened_Null()
    {
        folder.Write("a.yaml", "a");
        var rules = new RuleFolder(folder.Path);
        rules.Changed();

        Assert.Null(rules.Changed());
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("same length, other time")]
    [InlineData("added")]
    [InlineData("renamed")]
    [InlineData("removed")]
    public void Changed_SomethingHappened_AllFilesOnce(string what)
    {
        var a = folder.Write("a.yaml", "one");
        folder.Write("b.yaml", "b");
        var rules = new RuleFolder(folder.Path);
        rules.Changed();
        switch (what)
        {
            case "changed":
                folder.Write("a.yaml", "other");
                break;
            case "same length, other time":
                folder.Write("a.yaml", "two");
                File.SetLastWriteTimeUtc(a, File.GetLastWriteTimeUtc(a) + TimeSpan.FromSeconds(1));
                break;
            case "added":
                folder.Write("c.yaml", "c");
                break;
            case "renamed":
                File.Move(a, Path.Combine(folder.Path, "z.yaml"));
                break;
            default:
                File.Delete(a);
                break;
        }

        Assert.Equal(Directory.GetFiles(folder.Path).Length, rules.Changed()!.Value.Files.Count);
        Assert.Null(rules.Changed());
    }

    [Fact]
    public void Changed_LastFileRemoved_EmptyNotNull()
    {
        var a = folder.Write("a.yaml", "a");
        var rules = new RuleFolder(folder.Path);
        rules.Changed();
        File.Delete(a);

        Assert.Empty(rules.Changed()!.Value.Files);
    }

    [Fact]
    public void Changed_NoFolder_Null()
    {
        Assert.Null(new RuleFolder("").Changed());
        Assert.Null(new RuleFolder(Path.Combine(folder.Path, "nowhere")).Changed());
    }

    [Fact]
    public void Changed_FileTooLarge_RefusedUntilItIsSmaller()
    {
        var large = folder.Write("a.yaml", new string('#', 1024 * 1024 + 1));
        var rules = new RuleFolder(folder.Path);

        Assert.Contains("1048577", Assert.Throws<IOException>(() => rules.Changed()).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => rules.Changed());
        File.WriteAllText(large, "small");
        Assert.Single(rules.Changed()!.Value.Files);
    }

    [Fact]
    public void Write_AsOneSet_ReadOnceAsThatPersons()
    {
        folder.Write("a.yaml", "- fault: a\n  raise: x > 1\n  case: {}\n");
        folder.Write("b.yaml", "- fault: b\n  raise: x > 2\n  case: {}\n");
        var rules = new RuleFolder(folder.Path);
        Assert.Equal("rule files", rules.Changed()!.Value.Who);
        IReadOnlyList<RuleFile> wanted = [new("a.yaml", "- fault: a\n  raise: x > 3\n  case: {}\n"), new("deep/c.yaml", "- fault: c\n  raise: x > 4\n  case: {}\n")];

        Assert.IsType<ActOutcome.Done>(rules.Write(wanted, Version(rules), "ana"));

        var (files, who) = rules.Changed()!.Value;
        Assert.Equal(wanted, files);
        Assert.Equal("ana", who);
        Assert.Null(rules.Changed());
        folder.Write("a.yaml", "- fault: a\n  raise: x > 33\n  case: {}\n");
        Assert.Equal("rule files", rules.Changed()!.Value.Who);
        Assert.Equal(["a.yaml", "deep/c.yaml"], Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder.Path, f)).Order());
    }

    [Fact]
    public void Write_ChangedMeanwhileOrWithAnErrorOrOutside_NothingIsWritten()
    {
        folder.Write("a.yaml", "- fault: a\n  raise: x > 1\n  case: {}\n");
        var rules = new RuleFolder(folder.Path);
        var version = Version(rules);
        folder.Write("a.yaml", "- fault: a\n  raise: x > 2\n  case: {}\n");

        Assert.IsType<ActOutcome.Conflict>(rules.Write([new("a.yaml", "")], version, "ana"));
        var wrong = Assert.IsType<ActOutcome.Rejected>(rules.Write([new("a.yaml", "- fault: a\n  raise: x >\n")], Version(rules), "ana"));
        Assert.Contains("a.yaml:2:", wrong.Reason, StringComparison.Ordinal);
        Assert.IsType<ActOutcome.Rejected>(rules.Write([new("../out.yaml", "")], Version(rules), "ana"));
        Assert.IsType<ActOutcome.Rejected>(new RuleFolder("").Write([], "", "ana"));

        Assert.Equal("- fault: a\n  raise: x > 2\n  case: {}\n", File.ReadAllText(Path.Combine(folder.Path, "a.yaml")));
        Assert.False(File.Exists(Path.Combine(folder.Path, "..", "out.yaml")));
    }

    private static string Version(IRuleFiles rules) => rules.Read().Version;
}
