using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using B2D.Mqtt.Tests.Server;

namespace B2D.Mqtt.Tests.Interop;

/// <summary>Against programs nobody here wrote: Debian's mosquitto and its clients. Where they are not installed there is nothing to test.</summary>
public sealed class MosquittoTests
{
    [MosquittoTheory]
    [InlineData("mqttv311", 0)]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv311", 2)]
    [InlineData("mqttv5", 0)]
    [InlineData("mqttv5", 1)]
    [InlineData("mqttv5", 2)]
    public async Task Server_MosquittoClients_ExchangeMessages(string version, int qos)
    {
        var ends = new EndWatcher();
        await using var host = await KestrelHost.StartAsync(ends);
        // A retained message needs no timing: it is there whenever the subscriber comes.
        string[] common = ["-V", version, "-h", "127.0.0.1", "-p", $"{host.Port}", "-q", $"{qos}"];
        Assert.Equal("", await RunAsync("mosquitto_pub", [.. common, "-t", "a/b", "-m", "hello", "-r"]));
        Assert.Equal("a/b hello", await RunAsync("mosquitto_sub", [.. common, "-t", "a/#", "-v", "-C", "1"]));
        Assert.Equal((EndReason.ClientDisconnected, EndReason.ClientDisconnected), (await ends.NextAsync(), await ends.NextAsync()));
    }

    [MosquittoTheory]
    [InlineData(MqttVersion.V311, QoS.AtMostOnce)]
    [InlineData(MqttVersion.V311, QoS.AtLeastOnce)]
    [InlineData(MqttVersion.V311, QoS.ExactlyOnce)]
    [InlineData(MqttVersion.V5, QoS.AtMostOnce)]
    [InlineData(MqttVersion.V5, QoS.AtLeastOnce)]
    [InlineData(MqttVersion.V5, QoS.ExactlyOnce)]
    public async Task Client_MosquittoServer_ExchangesMessages(MqttVersion version, QoS qos)
    {
        await using var broker = await Broker.StartAsync();
        const int Count = 200;
        var received = new List<string>();
        var all = new TaskCompletionSource();
        var options = new MqttClientOptions("127.0.0.1", broker.Port)
        {
            ClientId = "tester",
            Version = version,
            OnMessage = message =>
            {
                received.Add(message.Topic);
                if (received.Count == Count)
                    all.SetResult();
            },
        };
        await using var client = await MqttClient.ConnectAsync(options, TimeProvider.System);
        Assert.Equal(qos, await client.SubscribeAsync("t/+", qos));
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => client.PublishAsync(new MqttMessage($"t/{i}", new byte[10], qos)))).WaitAsync(Rig.Patience);
        await all.Task.WaitAsync(Rig.Patience);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"t/{i}"), received);
        await client.UnsubscribeAsync("t/+");
        await client.DisconnectAsync();
        Assert.Equal(EndReason.ClientDisconnected, await client.Closed);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Rig.Patience);
        Assert.Equal(("", 0), (await errors, process.ExitCode));
        return (await output).Trim();
    }

    /// <summary>A mosquitto of its own on a free port, open to anybody on the loopback.</summary>
    private sealed class Broker(Process process, int port, string configuration) : IAsyncDisposable
    {
        public int Port { get; } = port;

        public static async Task<Broker> StartAsync()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var configuration = Path.GetTempFileName();
            // With its default of 20 in flight, mosquitto 2.0.11 loses QoS 2 messages of 3.1.1 clients that have more under way (Paho sees the same).
            await File.WriteAllLinesAsync(
                configuration, [$"listener {port} 127.0.0.1", "allow_anonymous true", "max_inflight_messages 1000", "max_queued_messages 10000"]);
            var process = Process.Start(new ProcessStartInfo(Mosquitto.Server!, ["-c", configuration]) { RedirectStandardError = true })!;
            // It says so when it listens.
            while (await process.StandardError.ReadLineAsync().WaitAsync(Rig.Patience) is { } line)
                if (line.Contains("running", StringComparison.Ordinal))
                    break;
            return new Broker(process, port, configuration);
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            File.Delete(configuration);
        }
    }
}

/// <summary>Whether mosquitto is here.</summary>
internal static class Mosquitto
{
    public static string? Server { get; } = new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto" }.FirstOrDefault(File.Exists);

    public static bool HasClients { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "mosquitto_sub")));
}

/// <summary>A theory that is skipped, and says so, where mosquitto is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MosquittoTheoryAttribute : TheoryAttribute
{
    public MosquittoTheoryAttribute()
    {
        if (Mosquitto.Server == null || !Mosquitto.HasClients)
            Skip = "mosquitto and mosquitto-clients are not installed.";
    }
}
