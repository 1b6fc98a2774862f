using B2D.FirmwareSim.Replay;
using Xunit;

namespace B2D.FirmwareSim.Tests;

/// <summary>Recordings of one file per device, and labelled windows beside them.</summary>
public sealed class RecordedWindowsTests : IDisposable
{
    private const string Series = """
        replay: series
        sources:
          - file: series/cpu_*.csv
            device: { template: "web-{file}", replace: { "_": "." } }
            time: { column: at, format: "yyyy-MM-dd HH:mm" }
            metrics: { value: v }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firmware-sim-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Load_FileWithAsterisk_OneDeviceForEachFileInOrderOfNames()
    {
        Write("series/cpu_b.csv", "at,v\n2026-01-01 00:00,2\n");
        Write("series/cpu_a.csv", "at,v\n2026-01-01 00:00,1\n2026-01-01 00:05,3\n");
        Write("series/disk_a.csv", "at,v\n2026-01-01 00:00,9\n");
        var recording = Recording.Load(Write("replay.yaml", Series), _folder.FullName);

        Assert.Equal(["web-cpu.a", "web-cpu.b"], recording.Devices);
        Assert.Equal(["web-cpu.a 1", "web-cpu.b 2", "web-cpu.a 3"], recording.Messages.Select(m => $"{m.Device} {m.Values[0].Value}"));
        Assert.Equal(Path.Combine("series", "cpu_a.csv"), recording.Messages[0].File);
    }

    [Fact]
    public void Load_OneFileMore_IsAnotherRecording()
    {
        Write("series/cpu_a.csv", "at,v\n2026-01-01 00:00,1\n");
        var mapping = Write("replay.yaml", Series);
        var before = Recording.Load(mapping, _folder.FullName).Fingerprint;
        Write("series/cpu_b.csv", "at,v\n2026-01-01 00:00,1\n");

        Assert.NotEqual(before, Recording.Load(mapping, _folder.FullName).Fingerprint);
    }

    [Theory]
    [InlineData("file,at,v\nx,2026-01-01 00:00,1\n", "web-x")]
    [InlineData("at,v\n2026-01-01 00:00,1\n", "web-cpu.a")]
    public void Load_ColumnNamedFile_GoesBeforeTheFilesName(string text, string device)
    {
        Write("series/cpu_a.csv", text);

        Assert.Equal([device], Recording.Load(Write("replay.yaml", Series), _folder.FullName).Devices);
    }

    [Fact]
    public void Load_NothingFits_NamesTheMappingsPlace()
    {
        var error = Assert.Single(Assert.Throws<ReplayException>(() => Recording.Load(Write("replay.yaml", Series), _folder.FullName)).Errors);

        Assert.Equal((3, 5, $"no file fits 'series/cpu_*.csv' in {_folder.FullName}"), (error.Line, error.Column, error.Message));
    }

    [Fact]
    public void Load_AsteriskInAFolder_IsAMistake()
    {
        var mapping = Write("replay.yaml", Series.Replace("series/cpu_", "s*/cpu_", StringComparison.Ordinal));

        Assert.StartsWith($"{mapping}:3:11: 's*/cpu_*.csv' has a * in the name of a folder", Assert.Throws<ReplayException>(() => Recording.Load(mapping, _folder.FullName)).Message);
    }

    [Fact]
    public void Load_FilesNameWithBlank_IsNoDeviceId()
    {
        Write("series/cpu_ a.csv", "at,v\n2026-01-01 00:00,1\n");

        Assert.Contains("'web-cpu. a' is not a device id", Assert.Throws<ReplayException>(() => Recording.Load(Write("replay.yaml", Series), _folder.FullName)).Message);
    }

    [Theory]
    [InlineData("series/a.csv.gz", "a")]
    [InlineData("a.b.CSV", "a.b")]
    [InlineData("a.txt", "a.txt")]
    public void NameOf_File_IsWithoutFolderAndCsv(string file, string name) => Assert.Equal(name, SourceFiles.NameOf(file));

    [Fact]
    public void Windows_Json_ByFileNameOrDeviceId()
    {
        var file = Write("windows.json", """
            { "cpu_a.csv": [["2026-01-01 00:05:00.000000", "2026-01-01T02:00:00+01:00"]], "pump-7": [["2026-01-02", "2026-01-02"]], "cpu_b.csv": [] }
            """);

        Assert.True(RecordedWindows.Are(file));
        Assert.Equal(
            [new RecordedWindow("web-cpu.a", Ms(1, 0, 5), Ms(1, 1, 0), "anomaly"), new RecordedWindow("pump-7", Ms(2, 0, 0), Ms(2, 0, 0), "anomaly")],
            RecordedWindows.Load(Write("replay.yaml", Series), file));
        Assert.Equal("cpu_a.csv", RecordedWindows.Load(null, file)[0].Device);
    }

    [Theory]
    [InlineData("device,start,end,why\nw,2026-01-01T00:05Z,2026-01-01T01:00Z,leak\n", "w", "leak")]
    [InlineData("end,start,device\n2026-01-01 01:00,2026-01-01 00:05,w\n", "w", "anomaly")]
    [InlineData("file,start,end\ncpu_a,2026-01-01 00:05,2026-01-01 01:00\n", "web-cpu.a", "anomaly")]
    public void Windows_Csv_ByDeviceOrTheMappingsColumns(string text, string device, string what)
    {
        var file = Write("windows.csv", text);

        Assert.True(RecordedWindows.Are(file));
        Assert.Equal(new RecordedWindow(device, Ms(1, 0, 5), Ms(1, 1, 0), what), Assert.Single(RecordedWindows.Load(Write("replay.yaml", Series), file)));
    }

    [Theory]
    [InlineData("device,time\n")]
    [InlineData("device,start\n")]
    public void Are_CsvOfInstants_No(string text) => Assert.False(RecordedWindows.Are(Write("labels.csv", text)));

    [Theory]
    [InlineData("w.csv", "device,start,end\nw,2026-01-01,2025-12-31\nw,2026-01-01,soon\nw,noon,2026-01-01\n", ":2: the window ends before it begins|:3: 'soon' is not a time of the format iso|:4:3: 'noon' is not a time of the format iso")]
    [InlineData("w.csv", "id,start,end\nw,2026-01-01,2026-01-02\n", ":1:1: the labels have no column 'device' (windows have device, start, end; the file has id, start, end)")]
    [InlineData("w.json", "{ \"w\": [[\"2026-01-01\"],\n[\"2026-01-01\", \"soon\"],\n[\"2026-01-02\", \"2026-01-01\"]] }", ":1:9: a window has a start and an end, not 1 times|:2:16: 'soon' is not a time|:3:1: the window ends before it begins")]
    [InlineData("w.json", "[]", ":1:1: the file of windows must be a mapping")]
    [InlineData("w.json", "{ \"w\": {} }", ":1:8: what 'w' has must be a list")]
    public void Windows_Mistakes_AllNamedWithTheirPlace(string name, string text, string messages)
    {
        var file = Write(name, text);

        var errors = Assert.Throws<ReplayException>(() => RecordedWindows.Load(null, file)).Errors;

        Assert.Equal(messages.Split('|').Length, errors.Count);
        Assert.All(messages.Split('|').Zip(errors), pair => Assert.StartsWith(file + pair.First, pair.Second.ToString()));
    }

    private static long Ms(int day, int hour, int minute) => new DateTimeOffset(2026, 1, day, hour, minute, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
