using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Demo;

/// <summary>The demo without people, as somebody who has just cloned the tree runs it. Its rules count seconds of the clock: alone.</summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
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

    [Fact]
    public async Task Demo_WithPeopleAndEnded_ShowsItsTownAndLeavesNothingBehind()
    {
        await using var b2d = new B2dProgram();
        var temporary = Directory.CreateDirectory(Path.Combine(b2d.Folder, "tmp")).FullName;
        await using var demo = ChildProgram.Start(
            Places.B2d, ["demo", "--console", b2d.Url, "--mqtt-port", $"{b2d.MqttPort}", "--seed", "3"], b2d.Work,
            new Dictionary<string, string> { ["TMPDIR"] = temporary });
        await Wait.UntilAsync(
            () => demo.Runs ? demo.Output.Contains("Ctrl-C ends the demo", StringComparison.Ordinal) : throw new InvalidOperationException(demo.Error),
            TimeSpan.FromSeconds(60), "the demo runs");
        Assert.Single(Directory.EnumerateDirectories(temporary, "b2d-demo-*"));
        // Signed in by itself, on this machine only: the first page sets the cookie.
        Assert.Equal(System.Net.HttpStatusCode.OK, (await b2d.Open.TryGetAsync("/demo")).Status);
        await Wait.UntilAsync(
            async () => (await b2d.Open.ListAsync("/api/devices")).Count(d => d.GetProperty("online").ValueKind == JsonValueKind.True) > 100,
            TimeSpan.FromSeconds(60), "the town is online");

        var ended = await demo.TerminateAsync(TimeSpan.FromSeconds(60));

        output.WriteLine($"{ended.Output}\n{ended.Error}");
        Assert.Equal((0, ""), (ended.Status, ended.Error));
        Assert.DoesNotMatch(" (ERR|WRN) ", ended.Output);
        Assert.Empty(Directory.EnumerateDirectories(temporary, "b2d-*"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(b2d.Work));
    }
}
