using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using B2D.Mqtt;
using B2D.Storage;
using Xunit;
using Xunit.Abstractions;

namespace B2D.DeviceGateway.Tests.Sessions;

/// <summary>A device that keeps its session, and a server that keeps its own, over connections and processes that break anywhere.</summary>
public sealed class ExactlyOnceTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("b2d-sessions-").FullName;
    private readonly ConcurrentDictionary<string, int> toServer = new();
    private readonly ConcurrentDictionary<string, int> toDevice = new();
    private readonly List<Task<ReasonCode>> acknowledgements = [];
    private readonly MqttClientSession session = new();
    private MqttServer? running;
    private TaskCompletionSource? lastMessage;
    private int up;
    private int down;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>[MQTT-4.3.3-1] to [MQTT-4.3.3-12], [MQTT-4.4.0-1]: counted end to end.</summary>
    [Theory]
    [InlineData(1, 1000, 0, MqttVersion.V5)]
    [InlineData(2, 300, 10, MqttVersion.V5)]
    [InlineData(3, 300, 10, MqttVersion.V311)]
    public async Task QoS2_DeviceRestartedInTheMiddle_EachMessageOnce(int seed, int restarts, int killEvery, MqttVersion version)
    {
        output.WriteLine($"seed {seed}");
        var begun = Stopwatch.GetTimestamp();
        var random = new Random(seed);
        var stores = Stores.Open(new StorageOptions { DataFolder = folder });
        var server = new StoredServer(stores, toServer);
        await ConnectAsync(server, version, int.MaxValue, async client =>
        {
            await client.SubscribeAsync("to/device/2", QoS.ExactlyOnce);
            await client.SubscribeAsync("to/device/1", QoS.AtLeastOnce);
        });
        for (var restart = 1; restart <= restarts; restart++)
        {
            // Mostly in the middle of the first packets; now and then far enough that what piled up gets through.
            var budget = random.Next(4) == 0 ? random.Next(2_000, 10_000) : random.Next(20, 700);
            await ConnectAsync(server, version, budget, async client => await ExchangeAsync(server, client, random));
            if (killEvery == 0 || restart % killEvery > 0)
                continue;
            await server.KillAsync();
            stores.Dispose();
            stores = Stores.Open(new StorageOptions { DataFolder = folder });
            server = new StoredServer(stores, toServer);
            Assert.Equal(1, server.Server.SessionCount);
        }
        await ConnectAsync(server, version, long.MaxValue, SettledAsync);
        output.WriteLine($"{restarts} restarts in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s: {up} messages up, {down} down; "
            + $"at QoS 1 {toDevice.Where(m => m.Key[0] == '1').Sum(m => m.Value - 1)} came again");
        Assert.All(await Task.WhenAll(acknowledgements), reason => Assert.Equal(ReasonCode.Success, reason));
        Assert.Equal(Enumerable.Range(1, up).Select(n => $"2 up {n}").Order(), toServer.Keys.Order());
        Assert.All(toServer, m => Assert.Equal((m.Key, 1), (m.Key, m.Value)));
        Assert.Equal(Enumerable.Range(1, down).Select(n => $"{1 + (n % 2)} down {n}").Order(), toDevice.Keys.Order());
        Assert.All(toDevice.Where(m => m.Key[0] == '2'), m => Assert.Equal((m.Key, 1), (m.Key, m.Value)));
        await server.DisposeAsync();
        stores.Dispose();
    }

    private async Task ExchangeAsync(StoredServer server, MqttClient client, Random random)
    {
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var number = ++down;
            var qos = 1 + (number % 2);
            var payload = Encoding.UTF8.GetBytes($"{qos} down {number}");
            Assert.Equal(1, server.Server.Publish(new MqttMessage($"to/device/{qos}", payload, (QoS)qos)));
        }
        for (var n = random.Next(1, 4); n > 0 && !client.Closed.IsCompleted; n--)
        {
            var publish = client.PublishAsync(new MqttMessage("from/device", Encoding.UTF8.GetBytes($"2 up {up + 1}"), QoS.ExactlyOnce));
            // A connection that had ended by then did not take it.
            if (publish.Exception?.InnerException is MqttClosedException)
                return;
            up++;
            acknowledgements.Add(publish);
        }
        // All settled, or the cut.
        await Task.WhenAny(client.Closed, Task.WhenAll(acknowledgements)).WaitAsync(Patience);
    }

    private async Task SettledAsync(MqttClient client)
    {
        await Task.WhenAll(acknowledgements).WaitAsync(Patience);
        // What the server sends now comes behind all that was to come.
        var last = new TaskCompletionSource();
        await client.SubscribeAsync("end", QoS.ExactlyOnce);
        lastMessage = last;
        await client.PublishAsync(new MqttMessage("settled", "2 up end"u8.ToArray(), QoS.ExactlyOnce));
        toServer.TryRemove("2 up end", out _);
        running!.Publish(new MqttMessage("end", default, QoS.ExactlyOnce));
        await last.Task.WaitAsync(Patience);
    }

    private async Task ConnectAsync(StoredServer server, MqttVersion version, long budget, Func<MqttClient, Task> work)
    {
        running = server.Server;
        await using var pipe = new CutPipe(server.Server, budget);
        var options = new MqttClientOptions("pipe", 0)
        {
            ClientId = "device",
            Version = version,
            CleanStart = false,
            SessionExpiry = TimeSpan.FromDays(1),
            KeepAlive = TimeSpan.Zero,
            Session = session,
            OnMessage = OnMessage,
        };
        MqttClient client;
        try
        {
            client = await MqttClient.ConnectAsync(pipe, options, TimeProvider.System).WaitAsync(Patience);
        }
        catch (MqttConnectException)
        {
            return; // cut before CONNACK
        }
        await work(client);
        client.Abort();
        await client.Closed.WaitAsync(Patience);
    }

    private void OnMessage(MqttMessage message)
    {
        if (message.Topic == "end")
            lastMessage!.TrySetResult();
        else
            toDevice.AddOrUpdate(Encoding.UTF8.GetString(message.Payload.Span), 1, (_, n) => n + 1);
    }
}
