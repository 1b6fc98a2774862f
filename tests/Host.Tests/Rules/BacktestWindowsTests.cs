using System.Text.Json;
using System.Xml.Linq;
using B2D.Core.Backtests;
using B2D.Core.Rules;
using B2D.Host.Rules;
using Spectre.Console;
using B2D.TestKit;
using Xunit;

namespace B2D.Host.Tests.Rules;

/// <summary>Back-tests against labelled windows: two series by hand, and the example over the recorded ones.</summary>
public sealed class BacktestWindowsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>web-1 is hot at 01:00, in its first window, and at 06:00; web-2 never is.</summary>
    private BacktestResult Run()
    {
        folder.Write("series/web-1.csv", "at,temp\n2026-01-01T00:00Z,70\n2026-01-01T01:00Z,95\n2026-01-01T02:00Z,70\n2026-01-01T06:00Z,95\n2026-01-01T07:00Z,70\n2026-01-01T10:00Z,70\n");
        folder.Write("series/web-2.csv", "at,temp\n2026-01-01T00:00Z,70\n2026-01-01T10:00Z,70\n");
        var replay = folder.Write("replay.yaml", """
            replay: two
            sources:
              - file: series/*.csv
                device: "{file}"
                time: { column: at, format: iso }
                metrics: { temp: temp }
            """);
        var labels = folder.Write("windows.json", """{ "web-1.csv": [["2026-01-01T00:30Z", "2026-01-01T01:30Z"], ["2026-01-01T08:00Z", "2026-01-01T09:00Z"]], "web-2.csv": [], "web-3.csv": [["2026-01-01", "2026-01-02"]] }""");
        var set = RuleSetReader.Read([new RuleFile("rules.yaml", "- fault: hot\n  raise: temp > 90\n  case: {}")]).Set!;
        return Over(set, replay, folder.Path, labels);
    }

    private static BacktestResult Over(RuleSet set, string replay, string data, string labels)
    {
        var windows = BacktestInput.Windows(labels, replay, CancellationToken.None);
        var terms = new ScoreTerms(TimeSpan.FromHours(48), TimeSpan.FromHours(24));
        var result = BacktestRun.Run(set, BacktestInput.OfRecording(replay, data, CancellationToken.None), null, terms, _ => { }, new VirtualClock(DateTimeOffset.UnixEpoch), CancellationToken.None);
        return result with { Windows = WindowScore.Of(result.Record, windows!, terms.Merge) };
    }

    [Fact]
    public void Json_Windows_FiguresOfAllAndOfEachSeries()
    {
        using var json = JsonDocument.Parse(BacktestJson.Of(Run()));
        var root = json.RootElement;

        Assert.Equal((2, 1, 1, 1), Figures(root, "ignoredLabels"));
        Assert.Equal(["web-1 2 1 1", "web-2 0 0 0"], root.GetProperty("series").EnumerateArray()
            .Select(s => $"{s.GetProperty("device")} {s.GetProperty("windows")} {s.GetProperty("detected")} {s.GetProperty("falseAlarms")}"));
        Assert.Equal(0.5, root.GetProperty("medianDelayHours").GetDouble());
        Assert.Equal("2026-01-01T08:00:00Z", Assert.Single(root.GetProperty("missed").EnumerateArray()).GetProperty("start").GetString());
        Assert.Equal("2026-01-01T06:00:00Z", Assert.Single(root.GetProperty("falseAlerts").EnumerateArray()).GetProperty("from").GetString());
        Assert.Equal([(1, 1, 0), (1, 0, 1)], root.GetProperty("halves").EnumerateArray().Select(h => (h.GetProperty("windows").GetInt32(), h.GetProperty("detected").GetInt32(), h.GetProperty("falseAlarms").GetInt32())));
        Assert.False(root.TryGetProperty("failures", out _));
    }

    private static (int, int, int, int) Figures(JsonElement of, string more) =>
        (of.GetProperty("windows").GetInt32(), of.GetProperty("detected").GetInt32(), of.GetProperty("falseAlarms").GetInt32(), of.GetProperty(more).GetInt32());

    [Fact]
    public void Report_Windows_ALineForEachDeviceAndTheTotals()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 200;

        BacktestReport.Write(Run(), new ScoreTerms(TimeSpan.FromHours(48), TimeSpan.FromHours(24)), console);

        var lines = text.ToString().Split('\n').Select(l => string.Join(' ', l.Replace('│', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim()).ToList();
        Assert.Contains("device windows detected median delay false alarms", lines);
        Assert.Contains("web-1 2 1 0.5 h 1", lines);
        Assert.Contains("web-2 0 0 0", lines);
        Assert.Contains("all 2 1 0.5 h 1", lines);
        Assert.Contains("1 windows do not count: their device has no telemetry, or not at that time", lines);
        Assert.DoesNotContain(lines, l => l.Contains("foresee", StringComparison.Ordinal));
    }

    [Fact]
    public void Plot_Windows_AreBandsThatSayWhatBecameOfThem()
    {
        var page = BacktestPlot.Of(Run());

        var svg = XElement.Parse(page[page.IndexOf("<svg", StringComparison.Ordinal)..(page.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
        Assert.Equal(["anomaly: 2026-01-01 00:30 to 2026-01-01 01:30, detected after 0.5 h", "anomaly: 2026-01-01 08:00 to 2026-01-01 09:00, missed"], svg.Elements("g").Select(g => g.Element("title")!.Value));
        Assert.Contains("1 of 2 windows detected, 1 false alarms", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_OfInstants_IsNull() => Assert.Null(BacktestInput.Windows(folder.Write("labels.csv", "device,time\npump-1,2026-01-04T00:00:00Z\n"), null, CancellationToken.None));

    [Theory]
    [InlineData("none.json", null, "There is no labels file ")]
    [InlineData("bad.json", "{ \"a\": [[\"x\", \"y\"]] }", "is not a time")]
    public void Windows_Wrong_SaysWhat(string name, string? text, string message)
    {
        var file = text is null ? System.IO.Path.Combine(folder.Path, name) : folder.Write(name, text);

        Assert.Contains(message, Assert.Throws<IOException>(() => BacktestInput.Windows(file, null, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    /// <summary>What examples/cloudwatch/README.md says of the shipped rules; they may only become better.</summary>
    [RecordedSeriesFact]
    public void Cloudwatch_ShippedRules_DetectAsManyAsMeasuredAndLeaveQuietSeriesAlone()
    {
        var example = System.IO.Path.Combine(RecordedSeriesFactAttribute.Root!, "examples", "cloudwatch");
        var data = RecordedSeriesFactAttribute.Data!;
        var set = RuleSetReader.Read(RuleFolder.Read(System.IO.Path.Combine(example, "rules"))).Set!;

        var result = Over(set, System.IO.Path.Combine(example, "replay.yaml"), data, System.IO.Path.Combine(data, "windows.json"));
        var score = result.Windows!;

        Assert.Equal((22, 0, 87_900), (result.Record.Devices.Count, result.Unregistered, result.Record.Readings));
        Assert.Equal(5, result.Record.Devices.Keys.Count(d => d.Value.StartsWith("art_", StringComparison.Ordinal)));
        Assert.DoesNotContain(result.Record.Faults, f => f.Device.Value.StartsWith("art_", StringComparison.Ordinal));
        Assert.Equal((30, 0), (score.Whole.Windows, score.IgnoredWindows));
        Assert.InRange(score.Whole.Detected, 20, 30);
        Assert.InRange(score.Whole.FalseAlarms, 0, 15);
        Assert.All(score.Devices, d => Assert.InRange(d.Value.FalseAlarms, 0, 4));
    }

    /// <summary>Skipped with a reason where the recorded series are not beside the project or a folder above it.</summary>
    private sealed class RecordedSeriesFactAttribute : FactAttribute
    {
        public RecordedSeriesFactAttribute()
        {
            if (Root is null || Data is null)
                Skip = "there is no folder shared/data/cloudwatch beside the project";
        }

        public static string? Root { get; } = Above(AppContext.BaseDirectory).FirstOrDefault(f => File.Exists(System.IO.Path.Combine(f, "B2D.sln")));

        public static string? Data { get; } = Root is null ? null : Above(Root).Select(f => System.IO.Path.Combine(f, "shared", "data", "cloudwatch")).FirstOrDefault(Directory.Exists);

        private static IEnumerable<string> Above(string folder)
        {
            for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
                yield return at.FullName;
        }
    }
}
