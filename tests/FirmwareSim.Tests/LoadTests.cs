using System.Text;
using B2D.FirmwareSim.Load;
using Xunit;

namespace B2D.FirmwareSim.Tests;

/// <summary>The parts of a load: percentiles, payloads, messages in flight.</summary>
public sealed class LoadTests
{
    [Fact]
    public void Percentile_OneToTenThousandMicroseconds_WithinOneAndAHalfPercent()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 10_000; i++) histogram.Add(TimeSpan.FromMicroseconds(i));

        foreach (var (percent, expected) in new[] { (50.0, 5000.0), (90, 9000), (99, 9900), (99.9, 9990) })
            Assert.InRange(histogram.Percentile(percent).TotalMicroseconds, expected * 0.985, expected * 1.015);
        Assert.Equal((10_000, TimeSpan.FromMicroseconds(10_000)), (histogram.Count, histogram.Max));
        Assert.InRange(histogram.Percentile(100), TimeSpan.FromMicroseconds(9850), histogram.Max);
    }

    [Fact]
    public void Percentile_Nothing_Zero() => Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(99));

    [Fact]
    public void Add_AnotherHistogram_CountsBoth()
    {
        var (a, b) = (new LatencyHistogram(), new LatencyHistogram());
        a.Add(TimeSpan.FromMilliseconds(1));
        b.Add(TimeSpan.FromMilliseconds(100));

        a.Add(b);

        Assert.Equal((2, TimeSpan.FromMilliseconds(100)), (a.Count, a.Max));
        Assert.InRange(a.Percentile(50).TotalMilliseconds, 0.98, 1.02);
    }

    [Fact]
    public void Patch_AllPlaceholders_AsWritten()
    {
        var options = new LoadOptions { FirstAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), AtStep = TimeSpan.FromMinutes(1) };
        var template = new PayloadTemplate("""{dev}/{conn} {ts} {at} {seq} {num:7:7} {every:3:no:ye}""", seed: 1);
        var (payload, offsets) = template.For(device: 42, connection: 3);
        uint dice = 1;

        string Message(long number)
        {
            template.Patch(payload, offsets, number, nowMs: 1_800_000_000_123, options, ref dice);
            return Encoding.UTF8.GetString(payload);
        }

        Assert.Equal("42/3 1800000000123 1700000000000 1000000000 7 no", Message(0));
        Assert.Equal("42/3 1800000000123 1700000060000 1000000001 7 no", Message(1));
        Assert.Equal("42/3 1800000000123 1700000120000 1000000002 7 ye", Message(2));
        Assert.Equal("42/3 1800000000123 1700000180000 1000000003 7 no", Message(3));
    }

    [Theory]
    [InlineData("{num:1:22}")]
    [InlineData("{num:1}")]
    [InlineData("{num:x:y}")]
    [InlineData("{every:0:a:b}")]
    [InlineData("{every:5:a:bb}")]
    public void Validate_PlaceholderThatCannotBe_SaysSo(string payload) =>
        Assert.Contains(payload, Assert.Single(new LoadOptions { Payload = payload }.Validate()), StringComparison.Ordinal);

    [Fact]
    public void Validate_EverythingWrong_AllAtOnce() => Assert.Equal(
        6, new LoadOptions { Port = 0, Connections = 5, Devices = 4, QoS = 2, InFlight = 0, Rate = -1, FirstSequence = 5 }.Validate().Count);

    [Fact]
    public void For_UsualPayload_IsJsonOf79Bytes()
    {
        var (payload, offsets) = new PayloadTemplate(LoadOptions.UsualPayload, 1).For(7, 7);
        uint dice = 1;
        new PayloadTemplate(LoadOptions.UsualPayload, 1).Patch(payload, offsets, 0, 1_800_000_000_000, new LoadOptions(), ref dice);

        using var json = System.Text.Json.JsonDocument.Parse(payload);
        Assert.Equal(6, json.RootElement.EnumerateObject().Count());
        Assert.InRange(json.RootElement.GetProperty("temp").GetDouble(), 20.0, 99.9);
    }

    [Fact]
    public void NextToResend_SomeAcknowledged_TheOthersInOrder()
    {
        var window = new InFlightWindow(3, packetBytes: 1);
        foreach (var text in "abc") window.Put(window.Take(), new Flight(1, text, 0), [(byte)text]);
        Assert.True(window.IsFull);
        Assert.Equal('b', window.Remove(2)!.Value.Sequence);
        Assert.Null(window.Remove(2));
        Assert.Null(window.Remove(99));

        window.ResendAll();
        var to = new byte[8];

        Assert.Equal((2, 1, (byte)'a'), (window.ToResend, window.NextToResend(to), to[0]));
        Assert.Equal((1, (byte)'c'), (window.NextToResend(to), to[0]));
        Assert.Equal((0, 0, 2), (window.NextToResend(to), window.ToResend, window.Count));
    }
}
