using System.Net;
using System.Net.Sockets;
using System.Text;
using B2D.FirmwareSim.Load;
using Xunit;

namespace B2D.FirmwareSim.Tests;

/// <summary>Whole loads against a server of a few lines that acknowledges, hangs up or refuses.</summary>
public sealed class LoadRunTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _log = Path.GetTempFileName();
    private readonly Lock _gate = new();
    private readonly List<string> _payloads = [];
    private readonly List<string> _users = [];

    /// <summary>The connection that sends this publish is hung up on, unanswered.</summary>
    private int _hangUpAt = int.MaxValue;
    private byte _answer;

    public LoadRunTests()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    [Fact]
    public async Task RunAsync_TotalAtQoS1_EveryMessageOnceInOrderOfItsDevice()
    {
        var result = await RunAsync(Options with { Connections = 3, Devices = 7, Total = 100, AckedLog = _log });

        Assert.True(result.IsComplete, result.Json());
        Assert.Equal((100, 100, 0, 100), (result.Sent, result.Acknowledged, result.Resent, result.Latency.Count));
        Assert.Equal(["0", "1", "2"], _users.Order());
        AssertEachOnce(100, 7);
        Assert.Equal(_payloads.Order(), (await File.ReadAllLinesAsync(_log)).Order());
    }

    [Fact]
    public async Task RunAsync_HungUpOnAndReconnect_WhatWasNotAcknowledgedIsSentAgain()
    {
        _hangUpAt = 37;

        var result = await RunAsync(Options with { Connections = 2, Devices = 4, InFlight = 5, Total = 200, AckedLog = _log, Reconnect = true });

        Assert.True(result.IsComplete, result.Json());
        Assert.Equal((200, 1), (result.Acknowledged, result.Reconnects));
        Assert.InRange(result.Resent, 1, 5);
        Assert.Equal(200, _payloads.Distinct().Count());
        Assert.Equal(200, (await File.ReadAllLinesAsync(_log)).Distinct().Count());
    }

    [Fact]
    public async Task RunAsync_HungUpOnWithoutReconnect_SaysSoAndIsNotComplete()
    {
        _hangUpAt = 37;

        var result = await RunAsync(Options with { Connections = 1, Devices = 1, Total = 200 });

        Assert.False(result.IsComplete);
        Assert.NotEqual("", result.Trouble);
        Assert.InRange(result.Acknowledged, 0, 37);
    }

    [Fact]
    public async Task RunAsync_QoS0_AllReceivedWhenItEnds()
    {
        var result = await RunAsync(Options with { Connections = 2, Devices = 4, QoS = 0, Total = 1000 });

        Assert.True(result.IsComplete, result.Json());
        AssertEachOnce(1000, 4);
    }

    [Fact]
    public async Task RunAsync_AtARate_TakesAsLongAsPlanned()
    {
        var result = await RunAsync(Options with { Connections = 2, Devices = 4, Rate = 1000, Total = 300 });

        Assert.True(result.IsComplete, result.Json());
        Assert.InRange(result.Taken, TimeSpan.FromMilliseconds(299), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task RunAsync_ForATime_EndsWithEverythingAcknowledged()
    {
        var result = await RunAsync(Options with { Connections = 2, Devices = 4, Length = TimeSpan.FromMilliseconds(200) });

        Assert.True(result.IsComplete, result.Json());
        Assert.InRange(result.Taken, TimeSpan.FromMilliseconds(199), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task RunAsync_Refused_Throws()
    {
        _answer = 5;

        var refused = await Assert.ThrowsAsync<IOException>(() => RunAsync(Options with { Connections = 1, Devices = 1, Total = 1 }));

        Assert.Contains("refused connection 0", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_log);
    }

    private LoadOptions Options => new() { Port = ((IPEndPoint)_listener.LocalEndpoint).Port, Payload = "{dev},{seq}", Password = "p" };

    private static async Task<LoadResult> RunAsync(LoadOptions options)
    {
        using var load = new LoadRun(options, TimeProvider.System);
        return await load.RunAsync(CancellationToken.None);
    }

    /// <summary>Each message was received once, those of a device in order.</summary>
    private void AssertEachOnce(int total, int devices)
    {
        Assert.Equal(total, _payloads.Count);
        foreach (var device in _payloads.Select(p => p.Split(',')).GroupBy(w => w[0], w => long.Parse(w[1], null)))
            Assert.Equal(Enumerable.Range(0, device.Count()).Select(n => 1_000_000_000L + n), device);
        Assert.Equal(devices, _payloads.Select(p => p.Split(',')[0]).Distinct().Count());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closing = client;
        var stream = client.GetStream();
        var header = new byte[2];
        while (await stream.ReadAtLeastAsync(header, 2, throwOnEndOfStream: false) == 2)
        {
            // No packet of these tests is longer than 127 bytes.
            var body = new byte[header[1]];
            await stream.ReadExactlyAsync(body);
            byte[] answer = (header[0] >> 4) switch
            {
                1 => Connected(body),
                3 => Published(body, header[0] & 6),
                12 => [0xD0, 0],
                _ => [],
            };
            if (answer is [0xFF]) return;
            await stream.WriteAsync(answer);
        }
    }

    private byte[] Connected(byte[] body)
    {
        var at = 10;
        at += 2 + body[at + 1];
        lock (_gate) _users.Add(Encoding.UTF8.GetString(body, at + 2, body[at + 1]));
        return [0x20, 2, 0, _answer];
    }

    private byte[] Published(byte[] body, int qos)
    {
        var at = 2 + body[1];
        lock (_gate)
        {
            if (_payloads.Count + 1 == _hangUpAt)
            {
                _hangUpAt = int.MaxValue;
                return [0xFF];
            }

            _payloads.Add(Encoding.UTF8.GetString(body.AsSpan(at + (qos > 0 ? 2 : 0))));
            return qos > 0 ? [0x40, 2, body[at], body[at + 1]] : [];
        }
    }
}
