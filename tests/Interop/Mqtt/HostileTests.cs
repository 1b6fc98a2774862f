using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Mqtt;

/// <summary>
/// Hostile and broken peers against the real program, one kind after the other. Each connection ends for its one reason, seen in /metrics; a device that
/// behaves is served all the while; the process stays within a stated bound of memory.
/// </summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
public sealed class HostileTests(ITestOutputHelper output)
{
    /// <summary>What the process may grow by, in bytes, over all of these peers: the limits' sum for one peer that does not read, and the runtime's own slack.</summary>
    private const long MostGrowth = 200L * 1024 * 1024;

    private const string Id = "HP-1", Password = "correct horse battery";

    [Fact]
    public async Task HostilePeers_EachEndsForItsReason_AndOthersAreServed()
    {
        await using var b2d = await Pump.InstallAsync(asShipped: true);
        await b2d.ImportAsync("devices", string.Concat("id,model,parent,password\n", string.Concat(Enumerable.Range(1, 20).Select(i => $"EV-{i},EV,,{Password}\n"))));
        b2d.Set.AddRange(["Gateway:Mqtt:ConnectTimeout=00:00:06", "Gateway:Mqtt:MaxAwaitingConnect=500", "Gateway:Mqtt:MaxRetainedMessages=500", "Gateway:Mqtt:WriteTimeout=00:00:05"]);
        await b2d.StartAsync();
        await using var good = await Peer.ConnectAsync(b2d.MqttPort, Id, Password);
        using var ending = new CancellationTokenSource();
        var latencies = new List<double>();
        var serving = ServeAsync(good, latencies, ending.Token);
        await Wait.UntilAsync(() => Task.FromResult(latencies.Count > 50), TimeSpan.FromSeconds(30), "the good device is served");
        var before = await MeasureAsync(b2d, "b2d_process_memory_bytes");

        await EndsAsync(b2d, "268,435,455 bytes declared, none sent", "PacketTooLarge", 1, async () =>
        {
            await using var peer = await Peer.ConnectAsync(b2d.MqttPort, "EV-1", Password);
            await peer.SendAsync([0x30, 0xFF, 0xFF, 0xFF, 0x7F]);
            await peer.EndAsync();
        });
        await EndsAsync(b2d, "one byte a second", "ConnectTimeout", 1, async () =>
        {
            await using var peer = await Peer.OpenAsync(b2d.MqttPort);
            foreach (var one in new byte[] { 0x10, 0x7F, 0, 4, (byte)'M', (byte)'Q', (byte)'T' })
            {
                await peer.TrySendAsync([one]);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }
            await peer.EndAsync();
        });
        await EndsAsync(b2d, "5,000 connections that never send CONNECT", "CrowdedOut", 4000, async () =>
        {
            var silent = new List<Peer>();
            for (var i = 0; i < 5000; i++)
                silent.Add(await Peer.OpenAsync(b2d.MqttPort));
            await Task.WhenAll(silent.Select(p => p.EndAsync()));
        });
        await EndsAsync(b2d, "something that is not MQTT", "NotMqtt", 1, async () =>
        {
            await using var peer = await Peer.OpenAsync(b2d.MqttPort);
            await peer.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            await peer.EndAsync();
        });
        await EndsAsync(b2d, "a topic of 200 levels", "NotAuthorized", 1, () => SayAsync(b2d, Peer.Publish($"devices/{string.Join('/', Enumerable.Repeat("x", 199))}", "{}")));
        await EndsAsync(b2d, "malformed UTF-8 in a topic", "Malformed", 1, () => SayAsync(b2d, [0x30, 5, 0, 3, 0xC3, 0x28, 0x41]));
        await EndsAsync(b2d, "a wildcard in PUBLISH", "Malformed", 1, () => SayAsync(b2d, Peer.Publish("devices/+/telemetry", "{}")));
        await EndsAsync(b2d, "another device's topic", "NotAuthorized", 1, () => SayAsync(b2d, Peer.Publish($"devices/{Id}/telemetry", "{}")));
        await EndsAsync(b2d, "topic alias 0", "ProtocolError", 1, () => SayAsync5(b2d, [0x30, 6, 0, 0, 3, 0x23, 0, 0]));
        await EndsAsync(b2d, "a topic alias above the maximum", "ProtocolError", 1, () => SayAsync5(b2d, [0x30, 6, 0, 0, 3, 0x23, 0xFF, 0xFF]));
        await EndsAsync(b2d, "more QoS 2 ids than the receive maximum", "ReceiveMaximumExceeded", 1, () => SayAsync5(
            b2d, [.. Enumerable.Range(1, 1100).SelectMany(i => Peer.Publish("devices/EV-1/telemetry", "{}", 2, (ushort)i, v5: true))]));
        await EndsAsync(b2d, "1,000 retained messages of one device", "ClientDisconnected", 1, async () =>
        {
            await using var peer = await Peer.ConnectAsync(b2d.MqttPort, "EV-1", Password);
            for (var i = 0; i < 1000; i++)
                await peer.SendAsync(Peer.Publish("devices/EV-1/status", i % 2 == 0 ? "online" : "offline", retain: true));
            await peer.SendAsync([0xE0, 0]);
            await peer.EndAsync();
        });
        Assert.InRange(await MeasureAsync(b2d, "b2d_mqtt_retained_messages"), 0, 500);
        // Last, for after it nobody from this address is let in for a while. Each refusal costs a slow check, of which few run at once: some are out of time first.
        await EndsAsync(b2d, "400 CONNECTs with wrong passwords at once", "ConnectRefused ConnectTimeout", 400, () => Task.WhenAll(Enumerable.Range(0, 400).Select(async n =>
        {
            await using var peer = await Peer.OpenAsync(b2d.MqttPort);
            await peer.TrySendAsync(Peer.Connect($"nobody-{n}", "wrong"));
            await peer.EndAsync();
        })));

        var growth = await MeasureAsync(b2d, "b2d_process_memory_bytes") - before;
        await ending.CancelAsync();
        await serving;
        latencies.Sort();
        output.WriteLine(FormattableString.Invariant($"memory grew by {growth / 1048576.0:0.0} MiB; PUBACK of the good device p50 {latencies[latencies.Count / 2]:0.0} ms, p99 {latencies[(int)(latencies.Count * 0.99)]:0.0} ms, most {latencies[^1]:0.0} ms ({latencies.Count})"));
        Assert.InRange(growth, long.MinValue, MostGrowth);
        // All connections but the good one are gone.
        await Wait.UntilAsync(async () => await MeasureAsync(b2d, "b2d_mqtt_connections") <= 1, TimeSpan.FromSeconds(15), "the hostile peers are gone");
    }

    /// <summary>A subscriber that never reads is cut off, by size or by time; what is due to it does not pile up.</summary>
    [Fact]
    public async Task SubscriberThatNeverReads_IsCutOff_WithinItsMemory()
    {
        await using var b2d = await Pump.InstallAsync(asShipped: true);
        b2d.Set.Add("Gateway:Mqtt:WriteTimeout=00:00:03");
        await b2d.StartAsync();
        await using var deaf = await Peer.ConnectAsync(b2d.MqttPort, Id, Password, receiveBuffer: 4096);
        await deaf.SendAsync([0x82, .. Peer.Sized([0, 1, .. Peer.Text($"devices/{Id}/status"), 0])]);
        await using var talker = await Peer.ConnectAsync(b2d.MqttPort, Id, Password, clientId: $"{Id}/talker");
        var before = await MeasureAsync(b2d, "b2d_process_memory_bytes");
        var one = Peer.Publish($"devices/{Id}/status", $$"""{"state":"online","note":"{{new string('x', 900)}}"}""");
        var many = Enumerable.Repeat(one, 100).SelectMany(b => b).ToArray();
        for (var i = 0; i < 1000; i++)
            await talker.SendAsync(many);
        await Wait.UntilAsync(async () => await MeasureAsync(b2d, "b2d_mqtt_connections_ended_total", "WriteBacklog") == 1, TimeSpan.FromSeconds(60), "the deaf subscriber is cut off");
        var growth = await MeasureAsync(b2d, "b2d_process_memory_bytes") - before;
        output.WriteLine(FormattableString.Invariant($"memory grew by {growth / 1048576.0:0.0} MiB"));
        Assert.InRange(growth, long.MinValue, MostGrowth);
    }

    private static async Task SayAsync(B2dProgram b2d, byte[] bytes)
    {
        await using var peer = await Peer.ConnectAsync(b2d.MqttPort, "EV-1", Password);
        await peer.TrySendAsync(bytes);
        await peer.EndAsync();
    }

    private static async Task SayAsync5(B2dProgram b2d, byte[] bytes)
    {
        await using var peer = await Peer.ConnectAsync(b2d.MqttPort, "EV-1", Password, v5: true);
        await peer.TrySendAsync(bytes);
        await peer.EndAsync();
    }

    private async Task EndsAsync(B2dProgram b2d, string what, string reason, int atLeast, Func<Task> attack)
    {
        var before = await EndedAsync(b2d, reason);
        await attack();
        await Wait.UntilAsync(async () => await EndedAsync(b2d, reason) >= before + atLeast, TimeSpan.FromSeconds(20), $"{what} ends as {reason}");
        output.WriteLine($"{what}: {reason}");
    }

    private static async Task<long> EndedAsync(B2dProgram b2d, string reasons)
    {
        var sum = 0L;
        foreach (var reason in reasons.Split(' '))
            sum += await MeasureAsync(b2d, "b2d_mqtt_connections_ended_total", reason);
        return sum;
    }

    private static async Task<long> MeasureAsync(B2dProgram b2d, string name, string? reason = null)
    {
        var text = (await b2d.Open.TryGetAsync("/metrics")).Body;
        var match = Regex.Match(text, $"^{name}{(reason is null ? "" : $"\\{{reason=\"{reason}\"\\}}")} (.+)$", RegexOptions.Multiline);
        Assert.True(match.Success, $"no {name} {reason} in\n{text}");
        return (long)double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static async Task ServeAsync(Peer good, List<double> latencies, CancellationToken ending)
    {
        for (ushort id = 1; !ending.IsCancellationRequested; id = (ushort)(id == ushort.MaxValue ? 1 : id + 1))
        {
            var begun = TimeProvider.System.GetTimestamp();
            await good.SendAsync(Peer.Publish($"devices/{Id}/telemetry", FormattableString.Invariant($$"""{"n":{{id}}}"""), 1, id));
            Assert.Equal([0x40, 2, (byte)(id >> 8), (byte)id], await good.ReceiveAsync(4));
            latencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>A peer that speaks in bytes.</summary>
    private sealed class Peer(Socket socket) : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        public static async Task<Peer> OpenAsync(int port, int receiveBuffer = 0)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (receiveBuffer > 0)
                socket.ReceiveBufferSize = receiveBuffer;
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return new Peer(socket);
        }

        public static async Task<Peer> ConnectAsync(int port, string device, string password, bool v5 = false, string? clientId = null, int receiveBuffer = 0)
        {
            var peer = await OpenAsync(port, receiveBuffer);
            await peer.SendAsync(Connect(device, password, v5, clientId));
            var head = await peer.ReceiveAsync(2);
            var rest = await peer.ReceiveAsync(head[1]);
            Assert.True(head[0] == 0x20 && rest[1] == 0, $"CONNECT of {device} was answered with {Convert.ToHexString(head)}{Convert.ToHexString(rest)}");
            return peer;
        }

        public static byte[] Connect(string device, string password, bool v5 = false, string? clientId = null) =>
        [
            0x10, .. Sized([.. Text("MQTT"), (byte)(v5 ? 5 : 4), 0xC2, 0, 0, .. v5 ? (byte[])[0] : [], .. Text(clientId ?? device), .. Text(device), .. Text(password)]),
        ];

        public static byte[] Publish(string topic, string payload, int qos = 0, ushort id = 0, bool retain = false, bool v5 = false) =>
        [
            (byte)(0x30 | (qos << 1) | (retain ? 1 : 0)), .. Sized([.. Text(topic), .. qos > 0 ? (byte[])[(byte)(id >> 8), (byte)id] : [], .. v5 ? (byte[])[0] : [], .. Encoding.UTF8.GetBytes(payload)]),
        ];

        public static byte[] Text(string text) => [(byte)(Encoding.UTF8.GetByteCount(text) >> 8), (byte)Encoding.UTF8.GetByteCount(text), .. Encoding.UTF8.GetBytes(text)];

        /// <summary>A body with its length before it.</summary>
        public static byte[] Sized(byte[] body)
        {
            var length = new List<byte>();
            for (var rest = body.Length; length.Count == 0 || rest > 0; rest >>= 7)
                length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            return [.. length, .. body];
        }

        public async Task SendAsync(byte[] bytes)
        {
            for (var at = 0; at < bytes.Length;)
                at += await socket.SendAsync(bytes.AsMemory(at)).AsTask().WaitAsync(Patience);
        }

        /// <summary>Sends as long as the server listens.</summary>
        public async Task TrySendAsync(byte[] bytes)
        {
            try
            {
                await SendAsync(bytes);
            }
            catch (SocketException)
            {
                // It has had enough.
            }
        }

        public async Task<byte[]> ReceiveAsync(int count)
        {
            var bytes = new byte[count];
            for (var at = 0; at < count;)
            {
                var got = await socket.ReceiveAsync(bytes.AsMemory(at)).AsTask().WaitAsync(Patience);
                Assert.True(got > 0, "the server ended the connection");
                at += got;
            }
            return bytes;
        }

        /// <summary>Waits until the server ends the connection.</summary>
        public async Task EndAsync()
        {
            var bytes = new byte[4096];
            try
            {
                while (await socket.ReceiveAsync(bytes).WaitAsync(Patience) > 0)
                {
                    // Whatever it still says.
                }
            }
            catch (SocketException)
            {
                // An end is an end.
            }
        }

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
