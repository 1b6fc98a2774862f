using System.Text;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Devices;
using B2D.DeviceGateway.Telemetry;
using Xunit;

namespace B2D.DeviceGateway.Tests.Telemetry;

/// <summary>What the short way takes means the same as on the general one; all else it leaves alone.</summary>
public sealed class FlatTelemetryTests
{
    private readonly MetricNames names = new();
    private readonly FormatLimits limits = new() { MaxMetrics = 8, MaxNameLength = 12 };
    private readonly List<int> expected = [];
    private readonly NativeTopic topic;

    public FlatTelemetryTests() => Assert.True(NativeTopic.TryParse("devices/pump-1/telemetry", out topic, out _));

    [Theory]
    [InlineData("""{"ts":1764000310123,"temp_c":21.5,"rpm":1200,"on":true,"off":false,"mode":"eco"}""")]
    [InlineData("""{"temp_c":21.5}""")]
    [InlineData("{}")]
    [InlineData(" { \"a\" : 1 ,\r\n\t\"b\" : -2.25 } ")]
    [InlineData("""{"ts":0,"a":0,"b":0.0,"c":-1,"d":0.1,"e":123456789012345,"f":12345678.9012345}""")]
    [InlineData("""{"a":null,"b":1}""")]
    [InlineData("""{"a":-0,"b":-0.0}""")]
    [InlineData("""{"a":"","b":"x y~!"}""")]
    [InlineData("""{"ts":1764000310123}""")]
    public void TryRead_UsualMessage_IsTakenAndMeansTheSame(string json)
    {
        Assert.True(TryRead(json, 7, true, out var entry, out var readings));
        var general = General(json, 7, true);
        Assert.Empty(general.Rejects);
        Assert.Equal(Text(Assert.Single(general.Entries)), Text(entry));
        Assert.Equal(entry.Readings.Length, readings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""[{"a":1}]""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":1}x""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":1.}""")]
    [InlineData("""{"a":.5}""")]
    [InlineData("""{"a":+1}""")]
    [InlineData("""{"a":1e3}""")]
    [InlineData("""{"a":-}""")]
    [InlineData("""{"a":1234567890123456}""")]
    [InlineData("""{"a":0.1234567890123456}""")]
    [InlineData("""{"a":nul}""")]
    [InlineData("""{"a":truex}""")]
    [InlineData("""{"a":{"b":1}}""")]
    [InlineData("""{"a":[1]}""")]
    [InlineData("""{"a\u0041":1}""")]
    [InlineData("""{"ä":1}""")]
    [InlineData("""{"a":"ä"}""")]
    [InlineData("""{"":1}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"ts":1,"ts":2}""")]
    [InlineData("""{"ts":"2026-01-01T00:00:00Z","a":1}""")]
    [InlineData("""{"ts":null,"a":1}""")]
    [InlineData("""{"ts":-1,"a":1}""")]
    [InlineData("""{"ts":1.0,"a":1}""")]
    [InlineData("""{"ts":999999999999999,"a":1}""")]
    [InlineData("""{"thirteen_long":1}""")]
    [InlineData("""{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}""")]
    [InlineData("{\"a\":\"\u007f\"}")]
    [InlineData("{\"a\":1 \u000b}")]
    public void TryRead_AnythingElse_IsLeftAlone(string json) => Assert.False(TryRead(json, 7, false, out _, out _));

    [Fact]
    public void TryRead_CutOffAnywhere_IsLeftAlone()
    {
        const string json = """{"ts":1764000310123,"temp_c":21.5,"on":true,"mode":"eco","x":null}""";
        for (var length = 0; length < json.Length; length++)
            Assert.False(TryRead(json[..length], 1, false, out _, out _), json[..length]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryRead_AnyNumber_IsTheDoubleOfTheGeneralWay(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var whole = random.NextInt64((long)Math.Pow(10, random.Next(0, 12)) + 1);
            var number = (random.Next(2) == 0 ? "-" : "") + whole + (random.Next(3) == 0 ? "" : "." + random.Next((int)Math.Pow(10, random.Next(1, 9))));
            var json = $$"""{"ts":5,"a":{{number}}}""";
            if (!TryRead(json, 0, false, out var entry, out _))
                continue;
            var general = (Entry.Telemetry)General(json, 0, false).Entries[0];
            Assert.True(general.Readings[0].Value == entry.Readings[0].Value, $"seed {seed}: {number}: {entry.Readings[0].Value.Number:R}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryRead_AnythingMadeOfPieces_NeverTakesWhatTheGeneralWayReadsOtherwise(int seed)
    {
        string[] pieces = ["{", "}", "\"a\"", "\"b\"", "\"ts\"", ":", ",", "1", "-2.5", "0", "true", "null", "\"t\"", " ", "[", "]", "1764000310123", "\"\"", "e5", "\\"];
        var random = new Random(seed);
        var taken = 0;
        for (var i = 0; i < 200_000; i++)
        {
            // Half of them nearly right: a message with one piece exchanged.
            List<string> message = ["{", "\"ts\"", ":", "5", ",", "\"a\"", ":", "1.5", ",", "\"b\"", ":", "\"x\"", "}"];
            for (var n = random.Next(0, 4); n > 0; n--)
                message[random.Next(message.Count)] = pieces[random.Next(pieces.Length)];
            if (random.Next(3) == 0)
                message.RemoveAt(random.Next(message.Count));
            var json = string.Concat(message);
            if (!TryRead(json, 3, false, out var entry, out _))
                continue;
            taken++;
            var general = General(json, 3, false);
            Assert.True(general.Rejects.Count == 0 && general.RepeatedNames == 0 && Text(general.Entries.Single()) == Text(entry), $"seed {seed}: {json}");
        }
        Assert.True(taken > 1_000, $"seed {seed}: only {taken} were taken");
    }

    private bool TryRead(string json, ushort packetId, bool redelivered, out Entry.Telemetry entry, out int readings)
    {
        var known = KnownTopic.Of(topic, default, Right.Granted);
        var output = new byte[FlatTelemetry.MaxEncoded];
        entry = null!;
        if (!new FlatTelemetry(names, limits).TryRead(known, Encoding.UTF8.GetBytes(json), packetId, redelivered, expected, output, out var written, out readings))
            return false;
        var batch = new EntryBatch(names);
        batch.Add(EntryKind.NamedTelemetry, known.Partition, output.AsSpan(0, written));
        var reader = new EntryBatchReader(batch.Written, names);
        Assert.True(reader.Read(out var partition, out var read));
        Assert.Equal(Partitions.Of(topic.Device), partition);
        entry = (Entry.Telemetry)read;
        return true;
    }

    private Decoded General(string json, ushort packetId, bool redelivered) =>
        NativeFormat.Read(topic, Encoding.UTF8.GetBytes(json), packetId, redelivered, limits);

    private static string Text(Entry entry)
    {
        var telemetry = (Entry.Telemetry)entry;
        return $"{telemetry.Device} {telemetry.At} {telemetry.Delivery} " + string.Join(", ", telemetry.Readings.Select(r => $"{r.Metric}={r.Value.Kind}:{r.Value}"));
    }
}
