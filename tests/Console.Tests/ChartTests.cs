using B2D.Console.Cases;
using B2D.Console.Charts;
using B2D.Console.Imports;
using B2D.Console.Telemetry;
using B2D.Core.Telemetry;

namespace B2D.Console.Tests;

public sealed class ChartTests
{
    private static readonly TimeZoneInfo Lisbon = TimeZoneInfo.FindSystemTimeZoneById("Europe/Lisbon");

    [Theory]
    [InlineData(0, 10, 4, "0 5 10")]
    [InlineData(0, 30, 4, "0 10 20 30")]
    [InlineData(-3, 3, 4, "-2 0 2")]
    [InlineData(0.01, 0.013, 4, "0.010 0.011 0.012 0.013")]
    [InlineData(0, 1_000_000, 4, "0 500,000 1,000,000")]
    public void Values_OfARange_AreRound(double low, double high, int most, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ticks.Values(low, high, most).Select(t => t.Label)));

    [Theory]
    [InlineData("2026-11-24T13:52:00Z", 30, "13:55 14:00 14:05 14:10 14:15 14:20")]
    [InlineData("2026-07-24T13:52:10Z", 1, "14:52:10 14:52:20 14:52:30 14:52:40 14:52:50 14:53:00 14:53:10")]
    [InlineData("2026-11-24T20:00:00Z", 600, "20:00 22:00 25 Nov 02:00 04:00 06:00")]
    public void Times_OfASpan_StandOnLocalClockTimes(string from, int minutes, string expected)
    {
        var start = DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        Assert.Equal(expected, string.Join(' ', Ticks.Times(start, start + (minutes * 60_000L), Lisbon, 7).Select(t => t.Label)));
    }

    [Fact]
    public void Drawing_OfPointsWithAGap_BreaksTheLine()
    {
        var points = Enumerable.Range(0, 10).Select(i => new ChartPoint(i * 1000, i, i, i))
            .Concat(Enumerable.Range(30, 5).Select(i => new ChartPoint(i * 1000, 5, 4, 6))).ToList();
        var drawing = new ChartDrawing(new ChartSpec { Title = "t", Points = points, From = 0, Until = 35_000, Zone = Lisbon });
        Assert.Equal(2, drawing.Line.Count(c => c == 'M'));
        Assert.Equal(1, drawing.Band.Count(c => c == 'Z'));
        Assert.Equal(drawing.PlotLeft, drawing.X(0));
        Assert.Equal(drawing.PlotRight, drawing.X(35_000), 6);
        Assert.Contains("15 points between 0 and 9", drawing.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Drawing_OfFewOrEqualPoints_IsFinite(int count)
    {
        var drawing = new ChartDrawing(new ChartSpec { Title = "t", Points = [.. Enumerable.Range(0, count).Select(i => new ChartPoint(i, 7, 7, 7))], From = 0,
            Until = 0, Zone = Lisbon });
        Assert.DoesNotContain("NaN", drawing.Line + drawing.Describe(), StringComparison.Ordinal);
        Assert.True(double.IsFinite(drawing.Y(7)));
    }

    [Theory]
    [InlineData("temp_c > params.limit && compressor == \"on\"", "temp_c", 95.0)]
    [InlineData("temp_c > 110.0", "temp_c", 110.0)]
    [InlineData("5.5 >= flow", "flow", 5.5)]
    [InlineData("a.b < -3", "a.b", -3.0)]
    [InlineData("temp_c > other", "temp_c", null)]
    [InlineData("temp_cc > 3", "temp_c", null)]
    [InlineData("temp_c > params.unknown", "temp_c", null)]
    public void Limit_OfACondition_IsWhatTheMetricIsComparedWith(string condition, string metric, double? expected) =>
        Assert.Equal(expected, OnsetCharts.Limit(condition, metric, new Dictionary<string, MetricValue> { ["limit"] = MetricValue.Of(95.0) }));

    [Theory]
    [InlineData("""[{"metric":"t","at":5,"value":1.5},{"code":"E42","ts":"2026-01-01T00:00:00Z","state":"set"}]""", "t@5=1.5 E42@1767225600000=set")]
    [InlineData("""{"readings":[{"metric":"t","at":5,"value":true}]}""", "t@5=true")]
    [InlineData("""{"reason":"HoldCompleted","condition":"t > 1","holdMs":5,"metrics":[{"name":"t","value":1.5,"at":7}]}""", "t@7=1.5")]
    [InlineData("""{"t":1,"mode":"x"}""", "t@0=1 mode@0=x")]
    [InlineData("""{"t":{"deep":1}}""", "")]
    [InlineData("""[1,null,{"value":3},{"metric":7}]""", "")]
    [InlineData("nonsense", "")]
    [InlineData("", "")]
    public void Evidence_InItsForms_IsRead(string json, string expected) =>
        Assert.Equal(expected, string.Join(' ', Evidence.Parse(json).Select(e => $"{e.Metric}@{e.At}={e.Value}")));

    [Fact]
    public void Csv_OfJson_QuotesAndFillsUp() => Assert.Equal(
        "\"id\",\"name\",\"n\"\n\"a\",\"x,\"\"y\"\"\",\n\"b\",,\"3\"\n", ImportsApi.CsvOf("""[{"id":"a","name":"x,\"y\""},{"id":"b","n":3}]"""));

    [Fact]
    public void Options_ThatAreWrong_AreAllNamed()
    {
        Assert.Empty(new ConsoleOptions().Problems());
        var problems = new ConsoleOptions { Organisation = "", TimeZone = "Mars/Base", SignInAttempts = 0, LiveStreams = 0, LiveEvery = TimeSpan.Zero,
            MostRows = 1, MostBodyBytes = 1, SignInLasts = TimeSpan.Zero, SignInIdle = TimeSpan.FromDays(31) }.Problems();
        Assert.Equal(9, problems.Count);
        Assert.Contains("Console:TimeZone is the name of a time zone, Europe/Lisbon, not 'Mars/Base'", problems);
    }
}
