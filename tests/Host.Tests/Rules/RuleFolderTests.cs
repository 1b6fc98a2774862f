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

        Assert.Equal([("a.yml", "a"), ("b.yaml", "b"), ("deep/er/c.yaml", "c")], files!.Select(f => (f.Name, f.Text)));
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

        Assert.Equal(Directory.GetFiles(folder.Path).Length, rules.Changed()!.Count);
        Assert.Null(rules.Changed());
    }

    [Fact]
    public void Changed_LastFileRemoved_EmptyNotNull()
    {
        var a = folder.Write("a.yaml", "a");
        var rules = new RuleFolder(folder.Path);
        rules.Changed();
        File.Delete(a);

        Assert.Empty(rules.Changed()!);
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

        Assert.Contains("1048577", Assert.Throws<IOException>(rules.Changed).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(rules.Changed);
        File.WriteAllText(large, "small");
        Assert.Single(rules.Changed()!);
    }
}
