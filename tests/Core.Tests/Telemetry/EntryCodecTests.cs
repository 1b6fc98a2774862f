using System.Buffers;
using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Telemetry;

/// <summary>The bytes are written by hand from the description of <see cref="EntryCodec"/>, none by the encoder.</summary>
public sealed class EntryCodecTests
{
    private static readonly DeviceId Dev = DeviceId.Parse("d1");

    private sealed record Vector(EntryKind Kind, string Hex, Entry Entry);

    private static readonly Dictionary<string, Vector> Vectors = new()
    {
        // "d1" · no flags · 2 readings: "t" = 1.5 (3FF8…, little-endian), "on" = true
        ["telemetry without time"] = new(EntryKind.Telemetry, "02 6431 00 02 01 74 01 000000000000F83F 02 6F6E 02 01",
            new Entry.Telemetry(Dev, null, [new("t", MetricValue.Of(1.5)), new("on", MetricValue.Of(true))])),

        // flags 1: time 300 → zigzag 600 = D8 04; one text of two characters in three bytes, one missing value
        ["telemetry with time"] = new(EntryKind.Telemetry, "02 6431 01 D804 02 01 6D 03 03 C3A462 01 78 00",
            new Entry.Telemetry(Dev, new DeviceTime(300), [new("m", MetricValue.Of("äb")), new("x", MetricValue.Missing)])),

        // flags 1+2+4: time -1 → zigzag 1; packet 65535 = FF FF 03; fingerprint little-endian; no readings
        ["telemetry redelivered"] = new(EntryKind.Telemetry, "02 6431 07 01 FFFF03 8877665544332211 00",
            new Entry.Telemetry(Dev, new DeviceTime(-1), [], new Delivery(65535, true, 0x1122334455667788))),

        // 1700000000000 ms → zigzag 3400000000000 = 80 A0 AB FE F9 62
        ["telemetry of 2023"] = new(EntryKind.Telemetry, "02 6431 01 80A0ABFEF962 00",
            new Entry.Telemetry(Dev, new DeviceTime(1_700_000_000_000), [])),

        // flags 2: delivery without redelivery
        ["event"] = new(EntryKind.Event, "02 6431 03 453432 01 02 05 0100000000000000",
            new Entry.Event(Dev, "E42", CodeState.Set, null, new Delivery(5, false, 1))),
        ["event with time"] = new(EntryKind.Event, "02 6431 00 02 01 14", new Entry.Event(Dev, "", CodeState.Clear, new DeviceTime(10))),
        ["presence"] = new(EntryKind.PresenceChange, "02 6431 02 04", new Entry.PresenceChange(Dev, Presence.Offline, PresenceSource.Parent)),
        ["registered, little known"] = new(EntryKind.Registered, "02 6431 00 00 00 00 00 00 00 00 00", new Entry.Registered(new Device(Dev))),

        // 2000-01-01 is day 730119, stored 730120 = 88 C8 2C; 0001-01-01 is day 0, stored 1
        ["registered, all known"] = new(EntryKind.Registered,
            "02 6431 01 4D 01 46 01 53 02 6777 03 6E2F31 01 43 88C82C 01 02 03 722E61 01 0000000000000040 03 722E62 02 00",
            new Entry.Registered(new Device(Dev)
            {
                Model = "M", Firmware = "F", Serial = "S", Parent = DeviceId.Parse("gw"), Segment = Segment.Parse("n/1"), Customer = "C",
                Installed = new DateOnly(2000, 1, 1), WarrantyUntil = DateOnly.MinValue,
                Params = ImmutableSortedDictionary<string, MetricValue>.Empty.Add("r.a", MetricValue.Of(2.0)).Add("r.b", MetricValue.Of(false)),
            })),
        ["removed"] = new(EntryKind.Removed, "02 6431", new Entry.Removed(Dev)),
        ["rules"] = new(EntryKind.RulesActivated, "03 616263", new Entry.RulesActivated("abc")),
        ["action"] = new(EntryKind.Action, "02 6431 01 72 02 03 616E61 01 02 02 6F6B",
            new Entry.Action(Dev, "r", FaultAction.Shelve, "ana", new ServerTime(1), "ok")),
        ["action without end"] = new(EntryKind.Action, "02 6431 01 72 01 03 616E61 00 00",
            new Entry.Action(Dev, "r", FaultAction.Acknowledge, "ana", null, "")),
        ["maintenance"] = new(EntryKind.Maintenance, "02 6431 C801", new Entry.Maintenance(Dev, new ServerTime(100))),
        ["reply"] = new(EntryKind.Reply, "02 6431 02 6331 02 04 62757379", new Entry.Reply(Dev, "c1", ReplyStatus.Failed, "busy")),
        ["delivered"] = new(EntryKind.CommandDelivered, "02 6431 02 6331", new Entry.CommandDelivered(Dev, "c1")),
        ["gateway up"] = new(EntryKind.GatewayUp, "C801", new Entry.GatewayUp(new ServerTime(100))),
        ["gateway down"] = new(EntryKind.GatewayDown, "", new Entry.GatewayDown()),

        // 60,000 ms → zigzag 120000 = C0 A9 07; "M", "t", 1.5, 300 devices = AC 02
        ["fleet medians"] = new(EntryKind.FleetMedians, "C0A907 01 01 4D 01 74 000000000000F83F AC02",
            new Entry.FleetMedians(TimeSpan.FromMinutes(1), [new FleetMedian("M", "t", 1.5, 300)])),
        ["fleet medians, none"] = new(EntryKind.FleetMedians, "02 00", new Entry.FleetMedians(TimeSpan.FromMilliseconds(1), [])),
    };

    public static TheoryData<string> Names => [.. Vectors.Keys];

    /// <remarks>NamedTelemetry is read with the names of a log, and MediansAgain after the medians: those of batches are in EntryBatchTests.</remarks>
    [Fact]
    public void Vectors_EveryKind_IsThere() => Assert.Equal(Enum.GetValues<EntryKind>().Except([EntryKind.NamedTelemetry, EntryKind.MediansAgain]), Vectors.Values.Select(v => v.Kind).Distinct().Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_Entry_WritesTheBytes(string name)
    {
        var vector = Vectors[name];

        Assert.Equal(vector.Kind, EntryCodec.KindOf(vector.Entry));
        Assert.Equal(Convert.ToHexString(Bytes(vector.Hex)), Convert.ToHexString(Encode(vector.Entry)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_Bytes_GiveTheEntry(string name)
    {
        var vector = Vectors[name];

        var entry = EntryCodec.Decode((int)vector.Kind, 1, Bytes(vector.Hex));

        AssertSame(vector.Entry, entry);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_CutAnywhere_IsTruncated(string name)
    {
        var vector = Vectors[name];
        var bytes = Bytes(vector.Hex);

        for (var length = 0; length < bytes.Length; length++)
        {
            var refused = Assert.Throws<EntryFormatException>(() => EntryCodec.Decode((int)vector.Kind, 1, bytes.AsSpan(0, length)));
            Assert.True(refused.Problem == EntryProblem.Truncated, $"{length} of {bytes.Length} bytes: {refused.Message}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_OneByteMore_IsRefused(string name)
    {
        var vector = Vectors[name];

        var refused = Assert.Throws<EntryFormatException>(() => EntryCodec.Decode((int)vector.Kind, 1, [.. Bytes(vector.Hex), 0]));

        Assert.Equal((EntryProblem.TrailingBytes, Bytes(vector.Hex).Length), (refused.Problem, refused.Position));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(255)]
    [InlineData(-1)]
    [InlineData(256 + 5)] // must not be taken for kind 5
    public void Decode_UnknownKind_IsRefused(int kind) =>
        Assert.Equal(EntryProblem.UnknownKind, Assert.Throws<EntryFormatException>(() => EntryCodec.Decode(kind, 1, Bytes("02 6431"))).Problem);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(257)]
    public void Decode_UnknownFormat_IsRefused(int format) =>
        Assert.Equal(EntryProblem.UnknownFormat, Assert.Throws<EntryFormatException>(() => EntryCodec.Decode(5, format, Bytes("02 6431"))).Problem);

    [Fact]
    public void Formats_ThisAndTheOneBefore_AreRead()
    {
        Assert.Equal(1, EntryCodec.Format); // the first: there is none before; when it rises, the vectors above stay as those of N-1
        Assert.InRange(EntryCodec.Format - EntryCodec.OldestFormat, 0, 1);
        Assert.Equal(new Entry.Removed(Dev), EntryCodec.Decode(5, EntryCodec.OldestFormat, Bytes("02 6431")));
    }

    [Theory]
    [InlineData(EntryKind.Removed, "00", EntryProblem.BadValue)] // no id
    [InlineData(EntryKind.Removed, "02 642F", EntryProblem.BadValue)] // d/
    [InlineData(EntryKind.RulesActivated, "02 C328", EntryProblem.BadText)] // not UTF-8
    [InlineData(EntryKind.RulesActivated, "03 EDA080", EntryProblem.BadText)] // half of a surrogate pair
    [InlineData(EntryKind.RulesActivated, "FFFFFFFF07 61", EntryProblem.Truncated)] // 2 GB long
    [InlineData(EntryKind.RulesActivated, "FFFFFFFF0F 61", EntryProblem.BadValue)] // 4 GB long
    [InlineData(EntryKind.RulesActivated, "8080808080 01", EntryProblem.BadValue)] // a number of six bytes
    [InlineData(EntryKind.GatewayUp, "FFFFFFFFFFFFFFFFFF02", EntryProblem.BadValue)] // 65 bits
    [InlineData(EntryKind.GatewayUp, "FFFFFFFFFFFFFFFFFFFF01", EntryProblem.BadValue)] // a number of eleven bytes
    [InlineData(EntryKind.Telemetry, "02 6431 08 00", EntryProblem.BadValue)] // a flag nobody knows
    [InlineData(EntryKind.Telemetry, "02 6431 02 808004 0000000000000000 00", EntryProblem.BadValue)] // packet 65536
    [InlineData(EntryKind.Telemetry, "02 6431 00 FFFFFFFF07", EntryProblem.Truncated)] // two thousand million readings
    [InlineData(EntryKind.Telemetry, "02 6431 00 01 01 74 04", EntryProblem.BadValue)] // a kind of value nobody knows
    [InlineData(EntryKind.Telemetry, "02 6431 00 01 01 74 02 02", EntryProblem.BadValue)] // a boolean 2
    [InlineData(EntryKind.Event, "02 6431 00 00 00", EntryProblem.BadValue)] // state 0
    [InlineData(EntryKind.Event, "02 6431 00 03 00", EntryProblem.BadValue)] // state 3
    [InlineData(EntryKind.PresenceChange, "02 6431 03 01", EntryProblem.BadValue)]
    [InlineData(EntryKind.PresenceChange, "02 6431 01 05", EntryProblem.BadValue)]
    [InlineData(EntryKind.Action, "02 6431 00 07 00 00 00", EntryProblem.BadValue)]
    [InlineData(EntryKind.Reply, "02 6431 00 03 00", EntryProblem.BadValue)]
    [InlineData(EntryKind.Registered, "02 6431 00 00 00 02 2F2F 00 00 00 00 00", EntryProblem.BadValue)] // parent //
    [InlineData(EntryKind.Registered, "02 6431 00 00 00 00 02 2F2F 00 00 00 00", EntryProblem.BadValue)] // segment //
    [InlineData(EntryKind.Registered, "02 6431 00 00 00 00 00 00 FFFFFFFF07 00 00", EntryProblem.BadValue)] // a day after 9999
    [InlineData(EntryKind.FleetMedians, "00 00", EntryProblem.BadValue)] // no interval
    [InlineData(EntryKind.FleetMedians, "82A0BCCDEB01 00", EntryProblem.BadValue)] // a millisecond over 366 days
    [InlineData(EntryKind.FleetMedians, "02 FFFFFFFF07", EntryProblem.Truncated)] // two thousand million medians
    public void Decode_BadPart_IsRefusedWithItsProblem(EntryKind kind, string hex, EntryProblem problem) =>
        Assert.Equal(problem, Assert.Throws<EntryFormatException>(() => EntryCodec.Decode((int)kind, 1, Bytes(hex))).Problem);

    [Theory]
    [InlineData(-0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    public void Numbers_AnyBits_ComeBack(double number)
    {
        var entry = (Entry.Telemetry)RoundTrip(new Entry.Telemetry(Dev, null, [new("m", MetricValue.Of(number))]));

        Assert.Equal(MetricValue.Of(number), entry.Readings[0].Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Times_AnyValue_ComeBack(long at) => Assert.Equal(new Entry.GatewayUp(new ServerTime(at)), RoundTrip(new Entry.GatewayUp(new ServerTime(at))));

    [Fact]
    public void Choices_EveryValue_ComesBack()
    {
        Entry[] all =
        [
            .. Enum.GetValues<FaultAction>().Select(v => new Entry.Action(Dev, "r", v, "ana", null, "")),
            .. Enum.GetValues<CodeState>().Select(v => new Entry.Event(Dev, "E", v, null)),
            .. Enum.GetValues<ReplyStatus>().Select(v => new Entry.Reply(Dev, "c", v, "")),
            .. from p in Enum.GetValues<Presence>() from s in Enum.GetValues<PresenceSource>() select new Entry.PresenceChange(Dev, p, s),
        ];
        Assert.Equal(all, all.Select(RoundTrip));
    }

    [Fact]
    public void Encode_HalfASurrogatePair_BecomesTheReplacementCharacter() =>
        Assert.Equal(new Entry.RulesActivated("a\uFFFDb"), RoundTrip(new Entry.RulesActivated("a\ud800b")));

    [Fact]
    public void Decode_RandomBytes_NeverFailsOtherwise()
    {
        const int seed = 7;
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            var kind = random.Next(1, 15);
            try
            {
                EntryCodec.Decode(kind, 1, bytes);
            }
            catch (EntryFormatException)
            {
                // the only way to refuse
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, kind {kind}, {Convert.ToHexString(bytes)}: {e}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void DeviceOf_Entry_IsItsDeviceOrNone(string name)
    {
        var vector = Vectors[name];
        DeviceId? expected = vector.Kind is EntryKind.RulesActivated or EntryKind.GatewayUp or EntryKind.GatewayDown or EntryKind.FleetMedians ? null : Dev;

        Assert.Equal(expected, EntryCodec.DeviceOf(vector.Entry));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Encode(Entry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        EntryCodec.Encode(entry, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static Entry RoundTrip(Entry entry) => EntryCodec.Decode((int)EntryCodec.KindOf(entry), EntryCodec.Format, Encode(entry));

    /// <summary>Records compare arrays and maps by reference; here their contents count.</summary>
    private static void AssertSame(Entry expected, Entry actual)
    {
        switch (expected, actual)
        {
            case (Entry.Telemetry e, Entry.Telemetry a):
                Assert.Equal(e.Readings.ToArray(), a.Readings.ToArray());
                Assert.Equal(e with { Readings = [] }, a with { Readings = [] });
                break;
            case (Entry.Registered e, Entry.Registered a):
                Assert.Equal(e.Device.Params.ToArray(), a.Device.Params.ToArray());
                Assert.Equal(e.Device with { Params = a.Device.Params }, a.Device);
                break;
            case (Entry.FleetMedians e, Entry.FleetMedians a):
                Assert.Equal(e.Medians.ToArray(), a.Medians.ToArray());
                Assert.Equal(e.Every, a.Every);
                break;
            default:
                Assert.Equal(expected, actual);
                break;
        }
    }
}
