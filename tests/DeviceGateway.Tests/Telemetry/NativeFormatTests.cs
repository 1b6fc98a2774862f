using System.Text;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Telemetry;
using Xunit;

namespace B2D.DeviceGateway.Tests.Telemetry;

/// <summary>The native payloads, written by hand: what they say, and what is refused and why.</summary>
public sealed class NativeFormatTests
{
    private static readonly FormatLimits Limits = new();

    private static Decoded Read(string leaf, string payload, FormatLimits? limits = null) => Read(leaf, Encoding.UTF8.GetBytes(payload), limits);

    private static Decoded Read(string leaf, byte[] payload, FormatLimits? limits = null)
    {
        Assert.True(NativeTopic.TryParse("devices/pump-1/" + leaf, out var topic, out var error), error);
        return NativeFormat.Read(topic, payload, 7, true, limits ?? Limits);
    }

    private static string Show(Decoded decoded) =>
        string.Join(" | ", decoded.Entries.Select(Show).Concat(decoded.Rejects.Select(r => $"!{r.Reason}: {r.Detail}")));

    private static string Show(DeviceTime? at) => at?.EpochMs.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";

    private static string Show(Entry entry) => entry switch
    {
        Entry.Telemetry t => $"{t.Device}@{Show(t.At)} " + string.Join(' ', t.Readings.Select(r => $"{r.Metric}={r.Value.Kind.ToString()[0]}:{r.Value}")),
        Entry.Event e => $"{e.Device}@{Show(e.At)} {e.Code} {e.State}",
        Entry.PresenceChange p => $"{p.Device} {p.State} {p.Source}",
        Entry.Reply r => $"{r.Device} {r.CommandId} {r.Status} '{r.Detail}'",
        _ => entry.ToString(),
    };

    [Theory]
    [InlineData("""{"temp_c":21.5}""", "pump-1@- temp_c=N:21.5")]
    [InlineData("""{"ts":1764000310123,"temp_c":21.5,"on":true,"off":false,"mode":"eco"}""",
        "pump-1@1764000310123 temp_c=N:21.5 on=B:true off=B:false mode=T:eco")]
    [InlineData("""{"temp_c":-1e-3,"ts":"2025-11-24T16:05:10.212Z"}""", "pump-1@1764000310212 temp_c=N:-0.001")]
    [InlineData("""{"ts":"2025-11-24T17:05:10.2129+01:00"}""", "pump-1@1764000310212 ")]
    [InlineData("""{"a":{"b":{"c":1},"ts":5},"d":2}""", "pump-1@- a.b.c=N:1 a.ts=N:5 d=N:2")]
    [InlineData("""{"a":null,"ts":null,"b":1}""", "pump-1@- b=N:1")]
    [InlineData("""{}""", "pump-1@- ")]
    [InlineData("""{"a":{}}""", "pump-1@- ")]
    [InlineData(" \r\n\t{ \"a\" : 1 } \n", "pump-1@- a=N:1")]
    [InlineData("""{"\u0061":"\u00e9\ud83d\ude00"}""", "pump-1@- a=T:é😀")]
    [InlineData("""{"größe":9007199254740993}""", "pump-1@- größe=N:9007199254740992")]
    [InlineData("""{"a":""}""", "pump-1@- a=T:")]
    [InlineData("""[{"ts":1,"a":1},{"ts":2,"a":2}]""", "pump-1@1 a=N:1 | pump-1@2 a=N:2")]
    [InlineData("[]", "")]
    public void Telemetry_Written_IsRead(string payload, string expected) => Assert.Equal(expected, Show(Read("telemetry", payload)));

    [Theory]
    [InlineData("", "!NotJson: no JSON from line 1, byte 1 on")]
    [InlineData("{", "!NotJson: no JSON from line 1, byte 2 on")]
    [InlineData("""{"a":NaN}""", "!NotJson: no JSON from line 1, byte 6 on")]
    [InlineData("""{"a":1,}""", "!NotJson: no JSON from line 1, byte 8 on")]
    [InlineData("""{"a":1}{"a":2}""", "!NotJson: no JSON from line 1, byte 8 on")]
    [InlineData("""[{"a":1},{"a":]""", "!NotJson: no JSON from line 1, byte 15 on")]
    [InlineData("""{/*x*/"a":1}""", "!NotJson: no JSON from line 1, byte 2 on")]
    [InlineData("{'a':1}", "!NotJson: no JSON from line 1, byte 2 on")]
    [InlineData("{\"a\":01}", "!NotJson: no JSON from line 1, byte 7 on")]
    [InlineData("21.5", "!WrongShape: not a JSON object")]
    [InlineData("\"on\"", "!WrongShape: not a JSON object")]
    [InlineData("null", "!WrongShape: not a JSON object")]
    [InlineData("""{"a":[1,2]}""", "!WrongShape: a is an array; a metric is a number, a boolean or a text")]
    [InlineData("""{"a":{"b":[{"c":1}]}}""", "!WrongShape: a.b is an array; a metric is a number, a boolean or a text")]
    [InlineData("""{"a":1e999}""", "!OverLimit: a is a number that no double can hold")]
    [InlineData("""{"":1}""", "!WrongShape: a metric's name is empty")]
    [InlineData("""{"a\u0000":1}""", "!WrongShape: a metric's name holds a control character")]
    [InlineData("""{"a":"\u0000"}""", "!WrongShape: a holds a NUL character")]
    [InlineData("""{"a":"\ud800"}""", "!WrongShape: a holds half a character")]
    [InlineData("""{"\ud800":1}""", "!WrongShape: a metric's name holds half a character")]
    [InlineData("""{"ts":1.5,"a":1}""", "!BadTime: ts is neither epoch milliseconds as an integer nor ISO 8601 with a zone")]
    [InlineData("""{"ts":-1}""", "!BadTime: ts is neither epoch milliseconds as an integer nor ISO 8601 with a zone")]
    [InlineData("""{"ts":99999999999999999999}""", "!BadTime: ts is neither epoch milliseconds as an integer nor ISO 8601 with a zone")]
    [InlineData("""{"ts":"2025-11-24T16:05:10"}""", "!BadTime: ts is neither epoch milliseconds as an integer nor ISO 8601 with a zone")]
    [InlineData("""{"ts":true}""", "!BadTime: ts is neither epoch milliseconds as an integer nor ISO 8601 with a zone")]
    public void Telemetry_Wrong_IsRefusedWithReason(string payload, string expected) => Assert.Equal(expected, Show(Read("telemetry", payload)));

    [Fact]
    public void Telemetry_OneBadObjectInArray_RefusesOnlyThat()
    {
        var decoded = Read("telemetry", """[{"ts":1,"a":1}, {"ts":"soon","x":{"y":[1,{"z":2}]}}, 5, [{"a":9}], {"ts":4,"a":4}]""");

        Assert.Equal("pump-1@1 a=N:1 | pump-1@4 a=N:4"
            + " | !BadTime: [1] ts is neither epoch milliseconds as an integer nor ISO 8601 with a zone"
            + " | !WrongShape: [2] not a JSON object | !WrongShape: [3] not a JSON object", Show(decoded));
        Assert.Equal("""{"ts":"soon","x":{"y":[1,{"z":2}]}}""", Encoding.UTF8.GetString(decoded.Rejects[0].Payload));
        Assert.Equal("5", Encoding.UTF8.GetString(decoded.Rejects[1].Payload));
        Assert.Equal("""[{"a":9}]""", Encoding.UTF8.GetString(decoded.Rejects[2].Payload));
    }

    [Theory]
    [InlineData("""{"a":1,"b":2,"a":3}""", "pump-1@- a=N:3 b=N:2", 1)]
    [InlineData("""{"a.b":1,"a":{"b":2}}""", "pump-1@- a.b=N:2", 1)]
    [InlineData("""{"ts":1,"ts":2,"a":"x","a":true,"a":null}""", "pump-1@2 a=B:true", 1)]
    public void Telemetry_NameTwice_LastCountsAndIsNoted(string payload, string expected, int repeated)
    {
        var decoded = Read("telemetry", payload);

        Assert.Equal(expected, Show(decoded));
        Assert.Equal(repeated, decoded.RepeatedNames);
    }

    [Fact]
    public void Telemetry_ManyNamesTwice_LastCounts()
    {
        var metrics = Enumerable.Range(0, 100).Select(i => $"\"m{i}\":{i}").Concat(Enumerable.Range(0, 100).Select(i => $"\"m{i}\":{i + 1000}"));

        var decoded = Read("telemetry", "{" + string.Join(',', metrics) + "}");

        var telemetry = Assert.IsType<Entry.Telemetry>(Assert.Single(decoded.Entries));
        Assert.Equal(100, telemetry.Readings.Length);
        Assert.All(telemetry.Readings.Select((r, i) => (r, i)), x => Assert.Equal(new Reading($"m{x.i}", MetricValue.Of(x.i + 1000.0)), x.r));
        Assert.Equal(100, decoded.RepeatedNames);
    }

    [Theory]
    [InlineData("""[{"a":1,"b":2,"c":3}]""", "pump-1@- a=N:1 b=N:2 c=N:3")]
    [InlineData("""[{"a":1,"b":2,"c":3,"d":4}]""", "!OverLimit: [0] more than 3 metrics in one object")]
    [InlineData("""[{"abcdefgh":1}]""", "pump-1@- abcdefgh=N:1")]
    [InlineData("""[{"abcdefghi":1}]""", "!OverLimit: [0] a metric's name 'abcdefghi…' has 9 characters, at most 8 are allowed")]
    [InlineData("""[{"abc":{"defg":1}}]""", "pump-1@- abc.defg=N:1")]
    [InlineData("""[{"abc":{"defgh":1}}]""", "!OverLimit: [0] a name under abc. has 9 characters, at most 8 are allowed")]
    [InlineData("""[{"abcdefgh":{"i":1}}]""", "!OverLimit: [0] names under abcdefgh… are longer than 8 characters")]
    [InlineData("""[{"a":{"b":{"c":1}}}]""", "!OverLimit: [0] a.b lies deeper than 2 levels")]
    [InlineData("""[{},{}]""", "pump-1@-  | pump-1@- ")]
    [InlineData("""[{},{},{}]""", "!OverLimit: the array has more than 2 objects")]
    public void Telemetry_AtAndOverLimits_IsReadAndRefused(string payload, string expected) =>
        Assert.Equal(expected, Show(Read("telemetry", payload, new FormatLimits { MaxMetrics = 3, MaxNameLength = 8, MaxLevels = 2, MaxObjects = 2 })));

    [Fact]
    public void Telemetry_TextAtAndOverLimit_IsReadAndRefused()
    {
        Assert.Empty(Read("telemetry", $$"""{"a":"{{new string('x', 1024)}}"}""").Rejects);
        Assert.Equal("!OverLimit: a has 1025 characters, at most 1024 are allowed", Show(Read("telemetry", $$"""{"a":"{{new string('x', 1025)}}"}""")));
    }

    [Theory]
    [InlineData(9, "!OverLimit: a.a.a.a.a.a.a.a lies deeper than 8 levels")]
    [InlineData(200, "!OverLimit: a.a.a.a.a.a.a.a lies deeper than 8 levels")]
    [InlineData(100_000, "!OverLimit: nested deeper than 256 levels")]
    public void Telemetry_DeeplyNested_IsOverLimit(int levels, string expected)
    {
        var payload = string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);

        Assert.Equal(expected, Show(Read("telemetry", payload)));
    }

    [Fact]
    public void Telemetry_DeepArrays_AreOverLimit() =>
        Assert.Equal("!OverLimit: nested deeper than 256 levels", Show(Read("telemetry", new string('[', 100_000))));

    [Fact]
    public void Telemetry_NumberOfManyDigits_IsADouble() =>
        Assert.Equal("pump-1@- a=N:0.1", Show(Read("telemetry", "{\"a\":0.1" + new string('0', 60_000) + "}")));

    [Fact]
    public void Telemetry_NotUtf8_IsNotJson()
    {
        var payload = Encoding.Latin1.GetBytes("{\"a\":\"ÿ\"}");

        Assert.Equal("!NotJson: the payload is not UTF-8", Show(Read("telemetry", payload)));
    }

    [Theory]
    [InlineData("telemetry", """{"ts":1764000310123,"temp_c":-21.5e1,"on":true,"x":{"y":null,"z":"é\n"}}""")]
    [InlineData("telemetry", """[{"ts":"2025-11-24T16:05:10Z","a":1},{"a":[]},{"b":2}]""")]
    [InlineData("events", """[{"code":"E42","state":"set","ts":1},{"code":"E43","state":"clear"}]""")]
    [InlineData("status", """{"state":"online"}""")]
    [InlineData("commands/c1/reply", """{"status":"ok","detail":"done"}""")]
    public void Read_EveryTruncation_IsNotJsonAndGivesNoEntry(string leaf, string payload)
    {
        var whole = Encoding.UTF8.GetBytes(payload);
        Assert.NotEmpty(Read(leaf, whole).Entries);
        for (var length = leaf == "status" ? 1 : 0; length < whole.Length; length++)
        {
            var decoded = Read(leaf, whole[..length]);
            Assert.Empty(decoded.Entries);
            var reject = Assert.Single(decoded.Rejects);
            Assert.Equal((RejectReason.NotJson, "pump-1", "devices/pump-1/" + leaf, length), (reject.Reason, reject.Device, reject.Topic, reject.Size));
        }
    }

    [Fact]
    public void Read_EveryByteChanged_NeverThrows()
    {
        var whole = Encoding.UTF8.GetBytes("""[{"ts":"2025-11-24T16:05:10Z","a":{"b":1.5e3}},{"c":"\u00e9","d":true}]""");
        foreach (var leaf in new[] { "telemetry", "events", "status", "commands/c/reply" })
        {
            for (var i = 0; i < whole.Length; i++)
            {
                var kept = whole[i];
                for (var value = 0; value < 256; value++)
                {
                    whole[i] = (byte)value;
                    var decoded = Read(leaf, whole);
                    Assert.True(decoded.Entries.Count + decoded.Rejects.Count > 0, $"{leaf} {i} {value}");
                }
                whole[i] = kept;
            }
        }
    }

    [Fact]
    public void Read_ManyBadObjects_KeepsHundredAndCountsTheRest()
    {
        var decoded = Read("telemetry", "[" + string.Join(',', Enumerable.Repeat("1", 250)) + "]");

        Assert.Equal(100, decoded.Rejects.Count);
        Assert.Equal("[99] not a JSON object; and 150 further objects of this message were refused", decoded.Rejects[^1].Detail);
    }

    [Fact]
    public void Read_LargeUnreadable_KeepsFirst64KiB()
    {
        var reject = Assert.Single(Read("telemetry", new byte[100_000]).Rejects);

        Assert.Equal((65_536, 100_000), (reject.Payload.Length, reject.Size));
    }

    [Fact]
    public void Read_NoTimeOfItsOwn_CarriesDelivery()
    {
        var decoded = Read("telemetry", """[{"a":1},{"a":1},{"ts":5,"a":1}]""").Entries.Cast<Entry.Telemetry>().Select(t => t.Delivery).ToList();
        var again = Read("telemetry", """[{"a":1},{"a":1},{"ts":5,"a":1}]""").Entries.Cast<Entry.Telemetry>().Select(t => t.Delivery).ToList();

        Assert.Equal(decoded, again);
        Assert.Equal(((ushort)7, true), (decoded[0].PacketId, decoded[0].Redelivered));
        Assert.NotEqual(decoded[0].Fingerprint, decoded[1].Fingerprint);
        Assert.Equal(default, decoded[2]);
    }

    [Fact]
    public void Fingerprint_OfBytes_IsFnv1a() => // of 'a' in UTF-16, the index and the payload: 61 00 03 7B 7D
        Assert.Equal(0x8981C5FE61DFA885UL, Fingerprint.Of("a", 3, "{}"u8));

    [Theory]
    [InlineData("""{"code":"E42","state":"set","ts":1764000310123}""", "pump-1@1764000310123 E42 Set")]
    [InlineData("""{"state":"clear","code":"E42"}""", "pump-1@- E42 Clear")]
    [InlineData("""{"code":"E42","state":"set","severity":{"of":[1,2]},"ts":null}""", "pump-1@- E42 Set")]
    [InlineData("""[{"code":"E1","state":"set"},{"code":"E2"},{"code":"E3","state":"clear"}]""",
        "pump-1@- E1 Set | pump-1@- E3 Clear | !WrongShape: [1] state is missing; it is \"set\" or \"clear\"")]
    [InlineData("""{"state":"set"}""", "!WrongShape: code is missing")]
    [InlineData("""{"code":42,"state":"set"}""", "!WrongShape: code is no text")]
    [InlineData("""{"code":"","state":"set"}""", "!WrongShape: code is empty")]
    [InlineData("""{"code":"E\u0001","state":"set"}""", "!WrongShape: code holds a control character")]
    [InlineData("""{"code":"E42","state":"SET"}""", "!WrongShape: state is neither \"set\" nor \"clear\"")]
    [InlineData("""{"code":"E42","state":1}""", "!WrongShape: state is neither \"set\" nor \"clear\"")]
    [InlineData("""{"code":"E42","state":"set","ts":"now"}""", "!BadTime: ts is neither epoch milliseconds as an integer nor ISO 8601 with a zone")]
    [InlineData("""{"c\u006fde":"E42","state":"\u0073et"}""", "pump-1@- E42 Set")]
    [InlineData("""{"\udc00":1,"code":"E42","state":"\ud800"}""", "!WrongShape: state is neither \"set\" nor \"clear\"")]
    [InlineData("E42", "!NotJson: no JSON from line 1, byte 1 on")]
    public void Events_Written_AreReadOrRefused(string payload, string expected) => Assert.Equal(expected, Show(Read("events", payload)));

    [Theory]
    [InlineData("online", "pump-1 Online StatusTopic")]
    [InlineData("offline", "pump-1 Offline StatusTopic")]
    [InlineData("online\n", "pump-1 Online StatusTopic")]
    [InlineData("""{"state":"offline","why":[1]}""", "pump-1 Offline StatusTopic")]
    [InlineData("", "")]
    [InlineData("Online", "!NotJson: no JSON from line 1, byte 1 on")]
    [InlineData("""{"state":"away"}""", "!WrongShape: state is neither \"online\" nor \"offline\"")]
    [InlineData("{}", "!WrongShape: state is missing; it is \"online\" or \"offline\"")]
    [InlineData("[]", "!WrongShape: not a JSON object")]
    public void Status_Written_IsReadOrRefused(string payload, string expected) => Assert.Equal(expected, Show(Read("status", payload)));

    [Theory]
    [InlineData("""{"status":"ok"}""", "pump-1 c-17 Ok ''")]
    [InlineData("""{"status":"failed","detail":"valve\u0000stuck","code":5}""", "pump-1 c-17 Failed 'valve stuck'")]
    [InlineData("""{"detail":null,"status":"ok"}""", "pump-1 c-17 Ok ''")]
    [InlineData("""{"status":"done"}""", "!WrongShape: status is neither \"ok\" nor \"failed\"")]
    [InlineData("""{"detail":"x"}""", "!WrongShape: status is missing; it is \"ok\" or \"failed\"")]
    [InlineData("""{"status":"ok","detail":{}}""", "!WrongShape: detail is no text")]
    [InlineData("""[{"status":"ok"}]""", "!WrongShape: not a JSON object")]
    public void Reply_Written_IsReadOrRefused(string payload, string expected) => Assert.Equal(expected, Show(Read("commands/c-17/reply", payload)));

    [Fact]
    public void Reply_LongDetail_IsCutBetweenCharacters()
    {
        var decoded = Read("commands/c/reply", $$"""{"status":"ok","detail":"{{new string('x', 1023)}}😀"}""");
        var reply = Assert.IsType<Entry.Reply>(Assert.Single(decoded.Entries));

        Assert.Equal(new string('x', 1023), reply.Detail);
    }

    [Fact]
    public void Read_UnknownLeaf_IsUnknownTopic() => Assert.Equal("!UnknownTopic: no format reads this topic", Show(Read("attributes", "{}")));
}
