using System.Text.Json;
using System.Xml.Linq;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Host.Rules;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Telemetry;
using B2D.TestKit;
using Xunit;

namespace B2D.Host.Tests.Rules;

/// <summary>Back-tests on a recording of two pumps that is written by hand.</summary>
public sealed class BacktestRunTests : IDisposable
{
    private static readonly ScoreTerms Terms = new(TimeSpan.FromHours(48), TimeSpan.FromHours(24));
    private readonly TemporaryFolder folder = new();
    private readonly VirtualClock clock = new(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RuleSet rules;

    public BacktestRunTests()
    {
        folder.Write("replay.yaml", """
            replay: <pumps>
            credentials: devices.csv
            sources:
              - file: telemetry.csv
                device: pump-{pump}
                time: { column: at, format: "yyyy-MM-dd HH:mm" }
                metrics: { temp: temp }
              - file: codes.csv
                device: pump-{pump}
                time: { column: at, format: "yyyy-MM-dd HH:mm" }
                event: { code: "{code}", state: set }
            """);
        folder.Write("devices.csv", "id,model\npump-1,P1\n");
        folder.Write("telemetry.csv", "at,pump,temp\n2026-01-01 00:00,1,70\n2026-01-01 00:00,2,70\n2026-01-03 00:00,1,95\n2026-01-03 01:00,1,70\n2026-01-05 00:00,1,70\n2026-01-06 00:00,2,70\n");
        folder.Write("codes.csv", "at,pump,code\n2026-01-02 00:00,2,E42\n2026-01-03 00:00,1,E42\n");
        folder.Write("labels.csv", "at,pump,part\n2026-01-04 00:00,1,seal\n2026-01-04 00:00,1,shaft\n2026-01-05 00:00,2,seal\n");
        rules = RuleSetReader.Read([new RuleFile("rules.yaml", """
            - fault: hot
              applies_to: device.model == "P1"
              raise: temp > 90
              case: {}
            - fault: code
              codes: [ E42 ]
              auto_clear: 12h
              evidence: [ temp ]
              case: {}
            """)]).Set!;
    }

    public void Dispose() => folder.Dispose();

    private string Path(string name) => System.IO.Path.Combine(folder.Path, name);

    private BacktestInput Recording() => BacktestInput.OfRecording(Path("replay.yaml"), folder.Path, CancellationToken.None);

    private BacktestResult Run(BacktestInput? input = null, Action<long>? progress = null) => BacktestRun.Run(
        rules, input ?? Recording(), BacktestInput.Labels(Path("labels.csv"), Path("replay.yaml"), CancellationToken.None), Terms, progress ?? (_ => { }),
        clock, CancellationToken.None);

    private static IEnumerable<string> Seen(BacktestResult result) =>
        result.Record.Faults.Select(f => $"{f.Device} {f.Rule.Id} {f.RaisedAt} {f.ClearedAt} {f.Case} {string.Join(",", f.Evidence.Select(e => $"{e.Metric}={e.Value}@{e.At.EpochMs}"))}");

    [Fact]
    public void Run_Recording_FaultsAndScoreAsCountedByHand()
    {
        var told = new List<long>();

        var result = Run(progress: told.Add);

        Assert.Equal([("pump-2", "code"), ("pump-1", "hot"), ("pump-1", "code")], result.Record.Faults.Select(f => (f.Device.Value, f.Rule.Id)));
        // The failure of pump-1 was announced a day before, that of pump-2 three days before: too early.
        Assert.Equal((2, 1, 1, TimeSpan.FromHours(24)), (result.Score!.Whole.Failures, result.Score.Whole.Foreseen, result.Score.Whole.FalseCases, result.Score.Whole.MedianLead));
        Assert.Equal((6, 2, 1), (result.Record.Readings, result.Record.Events, result.Unregistered));
        Assert.NotEmpty(told);
    }

    [Fact]
    public void Json_Figures_StandUnderTheirNames()
    {
        using var json = JsonDocument.Parse(BacktestJson.Of(Run()));
        var root = json.RootElement;

        Assert.Equal((2, 1, 1, 24.0), (root.GetProperty("failures").GetInt32(), root.GetProperty("foreseen").GetInt32(), root.GetProperty("falseCases").GetInt32(), root.GetProperty("medianLeadHours").GetDouble()));
        var years = (4 + 5) / 365.25;
        Assert.Equal(years, root.GetProperty("deviceYears").GetDouble(), 3);
        Assert.Equal(1 / years, root.GetProperty("falsePerDeviceYear").GetDouble(), 3);
        Assert.Equal(2, root.GetProperty("halves").GetArrayLength());
        Assert.Equal(2, root.GetProperty("halves").EnumerateArray().Sum(h => h.GetProperty("failures").GetInt32()));
        Assert.Equal("pump-2", Assert.Single(root.GetProperty("missed").EnumerateArray()).GetProperty("device").GetString());
    }

    [Fact]
    public void Plot_Page_IsWholeAndNamesEverything()
    {
        var page = BacktestPlot.Of(Run());

        Assert.Contains("&lt;pumps&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        var svg = XElement.Parse(page[page.IndexOf("<svg", StringComparison.Ordinal)..(page.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
        Assert.Equal(3, svg.Descendants("rect").Count());
        Assert.Equal(["seal, shaft: 2026-01-04 00:00, foreseen 24 h ahead", "seal: 2026-01-05 00:00, missed"], svg.Elements("g").Select(g => g.Element("title")!.Value));
    }

    [Theory]
    [InlineData("at,pump,part\n2026-01-04 00:00,1,seal\nyesterday,1,seal\n", ":3:1: 'yesterday' is not a time of the format yyyy-MM-dd HH:mm")]
    [InlineData("at,part,pump\n2026-01-04 00:00,seal,a/b\n", ":2:23: 'pump-a/b' is not a device id")]
    [InlineData("at,pump,part\n2026-01-04 00:00,1\n", ":2: the row has 2 cells, the header has 3")]
    [InlineData("when,pump\n2026-01-04 00:00,1\n", ":1:1: the labels have no column 'device' (name device and time as 'pump' and 'at' or 'device' and 'time'; the file has when, pump)")]
    public void Labels_Wrong_SaysWhere(string text, string message)
    {
        var file = folder.Write("bad.csv", text);

        var wrong = Assert.Throws<IOException>(() => BacktestInput.Labels(file, Path("replay.yaml"), CancellationToken.None));

        Assert.StartsWith(file + message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_DeviceAndTime_NeedNoReplayDescription()
    {
        var file = folder.Write("plain.csv", "device,time\npump-1,2026-01-04T00:00:00Z\n");

        Assert.Equal(new BacktestLabel(DeviceId.Parse("pump-1"), ServerTime.From(new DateTimeOffset(2026, 1, 4, 0, 0, 0, TimeSpan.Zero)), "failure"),
            Assert.Single(BacktestInput.Labels(file, null, CancellationToken.None)));
    }

    [Fact]
    public void Run_StoredTelemetry_SameAsTheRecording()
    {
        var data = Path("data");
        Store(data, Recording());
        using var stored = StoredInput.Open(data, null, null, clock);

        var result = Run(stored.Input);

        Assert.Equal(Seen(Run()), Seen(result));
        Assert.Equal(0, result.Unregistered);
    }

    [Fact]
    public void Run_StoredTelemetryFromTo_OnlyThat()
    {
        var data = Path("data");
        Store(data, Recording());
        using var stored = StoredInput.Open(data, new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 3, 1, 0, 0, TimeSpan.Zero), clock);

        Assert.Equal(["hot", "code"], Run(stored.Input).Record.Faults.Select(f => f.Rule.Id));
    }

    [Fact]
    public void Open_NoTelemetry_SaysSo() => Assert.Contains("There is no telemetry.db", Assert.Throws<IOException>(() => StoredInput.Open(folder.Path, null, null, clock)).Message, StringComparison.Ordinal);

    /// <summary>Puts a recording where the program keeps telemetry, as its worker does.</summary>
    private static void Store(string data, BacktestInput input)
    {
        using var stores = Stores.Open(new StorageOptions { DataFolder = data });
        foreach (var (name, model) in new[] { ("pump-1", "P1"), ("pump-2", "") })
            stores.State.Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse(name)) { Model = model }, 0));
        var offset = 0L;
        foreach (var one in input.Entries)
        {
            var entry = new LogEntry(Partitions.Of(one.Device), ++offset, one.At, one.Body);
            if (one.Body is Entry.Telemetry t)
                stores.Telemetry.Append(entry, t, t.At!.Value, new bool[t.Readings.Length]);
            else if (one.Body is Entry.Event e)
                stores.Telemetry.Append(entry, e, e.At!.Value);
        }
        foreach (var partition in input.Entries.Select(e => Partitions.Of(e.Device)).Distinct())
            stores.Telemetry.Cut(new LaneMemory(partition, offset, ServerTime.Zero, 0, []));
        while (stores.Telemetry.PendingCuts > 0)
            stores.Telemetry.Arrange();
    }
}
