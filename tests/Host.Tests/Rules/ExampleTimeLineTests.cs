using B2D.Core.Rules;
using B2D.Host.Rules;
using Xunit;

namespace B2D.Host.Tests.Rules;

/// <summary>Every example has time-lines for its rules, and they pass.</summary>
public sealed class ExampleTimeLineTests
{
    public static TheoryData<string> Examples() => [.. Directory.EnumerateDirectories(Root()).Where(d => Directory.Exists(Path.Combine(d, "rules"))).Select(d => Path.GetFileName(d)!).Order()];

    [Theory]
    [MemberData(nameof(Examples))]
    public void TimeLines_OfExample_Pass(string example)
    {
        var outcomes = TimeLineFiles.Run(Path.Combine(Root(), example)).ToList();

        Assert.Empty(outcomes.SelectMany(o => o.Problems));
        Assert.Empty(outcomes.SelectMany(o => o.Verdicts.SelectMany(v => v.Problems.Select(p => $"{o.Name}:{p.Line}: {p.Message}"))));
        Assert.NotEmpty(outcomes.SelectMany(o => o.Verdicts));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void TimeLines_OfExample_CoverEveryRuleARestartAndLateData(string example)
    {
        var lines = TimeLineFiles.Run(Path.Combine(Root(), example)).SelectMany(o => o.Verdicts).Select(v => v.TimeLine).ToList();
        var expected = lines.SelectMany(l => l.Expectations).Where(e => !e.Not).Select(e => e.Name).ToHashSet();
        var set = RuleSetReader.Read(RuleFolder.Read(Path.Combine(Root(), example, "rules"))).Set!;

        // A rule whose fault is never expected could say anything.
        Assert.Empty(set.Faults.Select(f => f.Id).Except(expected));
        Assert.Contains(lines, l => l.Steps.Any(s => s.Body is null));
        Assert.Contains(lines, l => l.Steps.Any(s => s.Body is Core.Telemetry.Entry.Telemetry { At: { } at } && at.EpochMs < (l.Start + s.At).EpochMs));
    }

    [Fact]
    public void Run_NoTimeLines_SaysWhereTheyStand()
    {
        using var folder = new TemporaryFolder();
        folder.Write("rules/a.yaml", "[]");

        Assert.Contains("a folder 'tests'", Assert.Throws<IOException>(() => TimeLineFiles.Run(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BadFileOrRules_IsAFailureThatNamesThem()
    {
        using var folder = new TemporaryFolder();
        folder.Write("one/tests/a.yaml", "time_lines: 5");
        folder.Write("two/tests/b.yaml", "time_lines: []");
        folder.Write("three/tests/c.yaml", "time_lines: []");
        folder.Write("three/rules/c.yaml", "- fault: x\n  raise: 5");

        var outcomes = TimeLineFiles.Run(folder.Path).ToList();

        Assert.Equal([1, 1, 1], outcomes.Select(o => o.Failed));
        Assert.Contains("needs a list 'time_lines'", outcomes[0].Problems[0], StringComparison.Ordinal);
        Assert.Contains("c.yaml:2:", outcomes[1].Problems[0], StringComparison.Ordinal);
        Assert.Contains("there are no rules '../rules'", outcomes[2].Problems[0], StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "B2D.sln")))
            folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("B2D.sln is in no folder above the tests"), "examples");
    }
}
