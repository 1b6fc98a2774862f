using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Demo;

/// <summary>The demo without people, as somebody who has just cloned the tree runs it.</summary>
public sealed class HeadlessDemoTests(ITestOutputHelper output)
{
    /// <summary>The report's figures, by name as documented.</summary>
    private static readonly string[] Documented =
    [
        "readings.sent", "readings.acknowledged", "readings.stored", "readings.lost", "readings.duplicatesIgnored", "readings.rejected",
        "faults.injected", "faults.detected", "faults.missed", "faults.false",
        "cases.opened", "cases.duplicates", "cases.false",
        "outages.injected", "outages.opened", "outages.resolved", "outages.wrongSegment",
        "dues.injected", "dues.told", "dues.missed",
        "notices.due", "notices.sent", "notices.repeated", "notices.toUnaffected", "notices.allClearsMissing",
        "latencyMs.publishToCase.p50", "latencyMs.publishToCase.p99", "latencyMs.faultToNotice.p50", "latencyMs.faultToNotice.p99",
    ];

    private static readonly string[] Zero =
    [
        "readings.lost", "faults.missed", "faults.false", "cases.duplicates", "cases.false", "outages.wrongSegment", "dues.missed",
        "notices.repeated", "notices.toUnaffected", "notices.allClearsMissing",
    ];

    [Fact]
    public async Task Demo_HeadlessWithAllDisturbances_ReportHasItsFieldsAndItsZeros()
    {
        await using var b2d = new B2dProgram();
        var temporary = Directory.CreateDirectory(Path.Combine(b2d.Folder, "tmp")).FullName;

        var ended = await ChildProgram.RunAsync(
            Places.B2d, ["demo", "--headless", "--for", "60s", "--seed", "11", "--inject", "all", "--report", "report.json"], b2d.Work, TimeSpan.FromMinutes(4),
            new Dictionary<string, string> { ["TMPDIR"] = temporary });

        output.WriteLine($"{ended.Output}\n{ended.Error}");
        var text = File.ReadAllText(Path.Combine(b2d.Work, "report.json"));
        output.WriteLine(text);
        var figures = Figures(JsonElement.Parse(text), "").ToDictionary(f => f.Name, f => f.Value);
        Assert.Equal(Documented, figures.Keys);
        Assert.All(Zero, name => Assert.True(figures[name] == 0, $"{name} is {figures[name]}"));
        Assert.Equal((0, ""), (ended.Status, ended.Error));
        Assert.True(figures["readings.acknowledged"] > 1000);
        Assert.True(figures["faults.injected"] > 0 && figures["outages.injected"] > 0 && figures["dues.injected"] > 0);
        Assert.Equal(figures["faults.injected"], figures["faults.detected"]);
        Assert.Equal(figures["outages.injected"], figures["outages.resolved"]);
        Assert.True(figures["notices.sent"] > 0);
        // Its data were in a folder of their own, which is gone.
        Assert.Equal([Path.Combine(b2d.Work, "report.json")], Directory.EnumerateFileSystemEntries(b2d.Work));
        Assert.Empty(Directory.EnumerateDirectories(temporary, "b2d-*"));
    }

    private static IEnumerable<(string Name, double Value)> Figures(JsonElement at, string path) => at.ValueKind == JsonValueKind.Object
        ? at.EnumerateObject().SelectMany(p => Figures(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}"))
        : [(path, at.GetDouble())];
}
