using System.IO.Compression;
using System.Text;
using B2D.FirmwareSim.Replay;
using B2D.FirmwareSim.Signals;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public sealed class ReplayMappingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firmware-sim-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Load_TwoFiles_MergedByTimeThenSourceThenLine()
    {
        Write("t.csv", "when,id,v\n2015-01-01 06:00:00,2,1.5\n2015-01-01 07:00:00,2,2.5\n2015-01-01 06:00:00,1,-3e2\n");
        Write("e.csv", "when,id,code\n2015-01-01 06:00:00,1,error1\n2015-01-01 06:00:00,1,error3\n");
        var recording = Load("""
            replay: test
            sources:
              - file: t.csv
                device: m-{id}
                time: { column: when, format: "yyyy-MM-dd HH:mm:ss" }
                metrics: { volt: v }
              - file: e.csv
                device: m-{id}
                time: { column: when, format: "yyyy-MM-dd HH:mm:ss" }
                event: { code: "{code}", state: set }
            """);

        Assert.Equal(
            [
                """devices/m-2/telemetry {"ts":1420092000000,"volt":1.5}""",
                """devices/m-1/telemetry {"ts":1420092000000,"volt":-300}""",
                """devices/m-1/events {"code":"error1","state":"set","ts":1420092000000}""",
                """devices/m-1/events {"code":"error3","state":"set","ts":1420092000000}""",
                """devices/m-2/telemetry {"ts":1420095600000,"volt":2.5}""",
            ],
            recording.Messages.Select(m => $"{m.Topic} {Encoding.UTF8.GetString(m.Payload())}"));
        Assert.Equal([0, 1, 2, 3, 4], recording.Messages.Select(m => m.Number));
        Assert.Equal(["m-1", "m-2"], recording.Devices);
        Assert.Equal(("t.csv", 4), (recording.Messages[1].File, recording.Messages[1].Line));
    }

    [Fact]
    public void Load_Gz_TypesValuesFiltersReplacements()
    {
        using (var stream = new GZipStream(File.Create(Path.Combine(_folder.FullName, "s.csv.gz")), CompressionMode.Compress))
        {
            stream.Write("ts,if,state,up,n\n1558249382.64679,\"Hu0/0/1\",im-state-up,yes,\n"u8);
            stream.Write("1558249383.0004,Sun,,,\n1558249384,Hu0/0/2,\"im-\"\"x\"\"\",no,7\n"u8);
        }

        var recording = Load("""
            replay: test
            sources:
              - file: s.csv.gz
                device: { template: "leaf7-{if}", replace: { "/": "-" } }
                time: { column: ts, format: epoch_s }
                where:
                  - { column: if, is_not: Sun }
                metrics:
                  state: { column: state, type: text, values: { im-state-up: up } }
                  up: { column: up, type: boolean, values: { "yes": "true", "no": "false" } }
                  n: n
            """);

        Assert.Equal(
            [
                """devices/leaf7-Hu0-0-1/telemetry {"ts":1558249382647,"state":"up","up":true}""",
                """devices/leaf7-Hu0-0-2/telemetry {"ts":1558249384000,"state":"im-\u0022x\u0022","up":false,"n":7}""",
            ],
            recording.Messages.Select(m => $"{m.Topic} {Encoding.UTF8.GetString(m.Payload())}"));
    }

    [Theory]
    [InlineData("{ column: k, is: a }", "1")]
    [InlineData("{ column: k, is_not: a }", "2 3")]
    [InlineData("{ column: k, matches: '^[ab]$' }", "1 2")]
    [InlineData("{ column: k, empty: true }", "3")]
    [InlineData("{ column: k, empty: false }", "1 2")]
    public void Where_Test_KeepsRows(string filter, string kept)
    {
        Write("t.csv", "ts,k,v\n1,a,1\n2,b,2\n3,,3\n");
        var recording = Load(Source($"    where: [ {filter} ]\n    metrics: {{ v: v }}"));
        Assert.Equal(kept, string.Join(' ', recording.Messages.Select(m => m.Values[0].Value)));
    }

    [Fact]
    public void Derived_Counters_DeltaRateMovingMoved()
    {
        // Stands, rises, stands, steps back, rises; an empty cell says nothing.
        Write("t.csv", "ts,k,a,b\n0,,10,5\n10,,10,5\n20,,30,5\n30,,30,6\n40,,30,6\n50,,3,6\n60,,4,6\n70,,,6\n80,,6,6\n");
        var recording = Load(Source("""
                derived:
                  d: { delta: a }
                  r: { rate: a }
                  moving: { moving: [a, b] }
                  ever: { moved: [a, b] }
            """));

        Assert.Equal(
            [
                "ever=false",
                "d=0 r=0 moving=false ever=false",
                "d=20 r=2 moving=true ever=true",
                "d=0 r=0 moving=true ever=true",
                "d=0 r=0 moving=false ever=true",
                "ever=true",
                "d=1 r=0.1 moving=true ever=true",
                "d=2 r=0.2 moving=true ever=true",
            ],
            recording.Messages.Select(m => string.Join(' ', m.Values.Select(v => $"{v.Key}={v.Value}"))));
    }

    [Fact]
    public void Emit_OnChange_AndAtLeastEvery()
    {
        Write("t.csv", "ts,k,v\n0,a,1\n10,a,1\n20,a,1\n30,a,2\n40,a,2\n70,a,2\n");
        string Sent(string emit) => string.Join(' ', Load(Source($"    emit: {emit}\n    metrics: {{ v: v }}")).Messages.Select(m => m.DeviceTimeMs / 1000));

        Assert.Equal("0 10 20 30 40 70", Sent("all"));
        Assert.Equal("0 30", Sent("changes"));
        Assert.Equal("0 20 30 70", Sent("{ on: changes, at_least_every: 20s }"));
    }

    [Theory]
    [InlineData("iso", "2019-05-19 07:03:06.683000+00:00", 1558249386683)]
    [InlineData("iso", "2019-05-19T09:03:06+02:00", 1558249386000)]
    [InlineData("iso", "2019-05-19T07:03:06", 1558249386000)]
    [InlineData("epoch_s", "1558249386.6835", 1558249386684)]
    [InlineData("epoch_ms", "1558249386683", 1558249386683)]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2019-05-19 07:03:06", 1558249386000)]
    public void Time_Formats_AreEpochMilliseconds(string format, string text, long expected)
    {
        Write("t.csv", $"ts,k,v\n{text},a,1\n");
        Assert.Equal(expected, Load(Source("    metrics: { v: v }", format)).Messages.Single().DeviceTimeMs);
    }

    [Fact]
    public void Load_MalformedRows_AllNamedByFileAndLine()
    {
        Write("t.csv", "ts,k,v\n1,a,1\nnoon,a,1\n3,a,one\n4,a\n5,a/b,1\n6,a,NaN\n7,a,\n");
        var errors = Assert.Throws<ReplayException>(() => Load(Source("    metrics: { v: v }"))).Errors;

        Assert.Equal(["t.csv:3", "t.csv:4", "t.csv:5", "t.csv:6", "t.csv:7"], errors.Select(e => $"{e.File}:{e.Line}"));
        Assert.Equal(
            "t.csv:4: 'one' in column 'v' is not a number (correct the row, or map the value under 'values')", errors[1].ToString());
        Assert.Equal("the row has 2 cells, the header has 3", errors[2].Message);
        Assert.Equal("'xa/b' is not a device id", errors[3].Message);
    }

    [Fact]
    public void Load_MissingColumnOrFile_NamesTheMappingsPlace()
    {
        Write("t.csv", "ts,k,v\n1,a,1\n");
        var mapping = Write("map.yaml", One("    metrics:\n      volt: vv")
            + "  - file: u.csv\n    device: x\n    time: { column: ts, format: iso }\n    metrics: { v: v }\n");
        var errors = Assert.Throws<ReplayException>(() => Recording.Load(mapping, _folder.FullName)).Errors;

        Assert.Equal((7, 13, "t.csv has no column 'vv'", "it has ts, k, v"), (errors[0].Line, errors[0].Column, errors[0].Message, errors[0].Hint));
        Assert.Equal((8, 5), (errors[1].Line, errors[1].Column));
        Assert.StartsWith("there is no file 'u.csv'", errors[1].Message);
    }

    public static TheoryData<string, int, int, string> Mistakes => new()
    {
        { "replay: x\nsources: []\n", 2, 10, "sources is empty" },
        { "sources: []\n", 1, 1, "the mapping has no 'replay'" },
        { "replay: x\nsource: []\n", 2, 1, "'source' is not a key of the mapping" },
        { "replay: [\n", 2, 1, "" },
        { One("    metrcs: { v: v }"), 6, 5, "'metrcs' is not a key of a source" },
        { One("    emit: all"), 3, 5, "the source sends nothing" },
        { One("    metrics: { v: v }\n    emit: sometimes"), 7, 11, "'sometimes' is not a way to emit" },
        { One("    metrics: { v: v }\n    emit: { on: changes, at_least_every: often }"), 7, 42, "'often' is not a duration" },
        { One("    metrics: { v: { column: v, type: word } }"), 6, 38, "'word' is not a type" },
        { One("    metrics: { v: { type: text } }"), 6, 19, "metric 'v' has no 'column'" },
        { One("    metrics: { v: v }\n    derived: { v: { delta: v } }"), 3, 5, "metric 'v' is mapped twice" },
        { One("    derived: { d: { delta: [a, b] } }"), 6, 28, "delta takes one column" },
        { One("    derived: { d: { } }"), 6, 19, "derived metric 'd' needs exactly one of delta, rate, moving, moved" },
        { One("    event: { code: '{k', state: set }"), 6, 20, "code has a '{' without a '}'" },
        { One("    event: { code: '{k}' }"), 6, 12, "event has no 'state'" },
        { One("    metrics: { v: v }\n    event: { code: '{k}', state: set }"), 7, 12, "a source sends either readings or events" },
        { One("    metrics: { v: v }\n    where: [ { column: k } ]"), 7, 14, "a filter needs a column and exactly one test" },
        { One("    metrics: { v: v }\n    where: [ { column: k, matches: '(' } ]"), 7, 36, "" },
        { One("    metrics: { v: v }", "hh:mm"), 5, 33, "'hh:mm' is not a time format" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_Mistake_NamedByLineAndColumn(string yaml, int line, int column, string message)
    {
        var error = Assert.Throws<ReplayException>(() => MappingReader.Read("map.yaml", yaml)).Errors[0];
        Assert.Equal((line, column), (error.Line, error.Column));
        if (message.Length > 0) Assert.Equal(message, error.Message);
        Assert.StartsWith($"map.yaml:{line}:{column}: ", error.ToString());
    }

    [Fact]
    public void Read_SeveralMistakes_AllNamed()
    {
        var yaml = One("    metrics: { v: { column: v, type: word } }\n    where: [ { column: k } ]\n    colour: red");
        Assert.Equal([8, 6, 7], Assert.Throws<ReplayException>(() => MappingReader.Read("map.yaml", yaml)).Errors.Select(e => e.Line));
    }

    [Fact]
    public void Csv_QuotesAndLineBreaks_Read()
    {
        using var csv = new CsvRows(new StringReader("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n\n\"two\nlines\",\n,last"), "f.csv");
        Assert.Equal(["a", "b"], csv.Read()!);
        Assert.Equal(["x, y", "say \"hi\""], csv.Read()!);
        Assert.Equal(["two\nlines", ""], csv.Read()!);
        Assert.Equal(4, csv.Line);
        Assert.Equal(["", "last"], csv.Read()!);
        Assert.Equal(6, csv.Line);
        Assert.Null(csv.Read());
    }

    [Theory]
    [InlineData("a\n\"open", 2)]
    [InlineData("a,b\n\"x\"y,1", 2)]
    public void Csv_BrokenQuotes_NamedByLine(string text, int line)
    {
        using var csv = new CsvRows(new StringReader(text), "f.csv");
        csv.Read();
        Assert.Equal(line, Assert.Throws<ReplayException>(() => csv.Read()).Errors[0].Line);
    }

    [Fact]
    public void MetricValue_Kinds_KeptApart()
    {
        Assert.NotEqual(MetricValue.Of(1), MetricValue.Of(true));
        Assert.Equal(("true", "0.1", "x"), (MetricValue.Of(true).ToString(), MetricValue.Of(0.1).ToString(), MetricValue.Of("x").ToString()));
    }

    private static string One(string rest, string format = "epoch_s") =>
        $"replay: x\nsources:\n  - file: t.csv\n    device: 'x{{k}}'\n    time: {{ column: ts, format: '{format}' }}\n{rest}\n";

    private static string Source(string rest, string format = "epoch_s") => One(rest, format);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Recording Load(string mapping) => Recording.Load(Write("map.yaml", mapping), _folder.FullName);
}
