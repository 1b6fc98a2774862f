using System.Collections.Concurrent;
using System.Text;
using B2D.Interop.Programs;
using B2D.Mqtt;
using Xunit;

namespace B2D.Interop.Mqtt;

/// <summary>
/// A device that never gives up: it keeps its MQTT session, connects again when the connection ends, and counts what came. Each of its messages is
/// published once; what happens to it then is MQTT's.
/// </summary>
internal sealed class KeptDevice(int port, string device, string clientId, string password)
{
    /// <summary>Messages under way at once; the server tells redelivered ones without a time of their own among the last 32.</summary>
    private const int Window = 20;

    private readonly MqttClientSession session = new();
    private readonly List<Task<ReasonCode>> acknowledgements = [];
    private MqttClient? client;
    private int subscribed;

    /// <summary>How often each payload came, by the QoS and the last level of its topic and the payload.</summary>
    public ConcurrentDictionary<string, int> Received { get; } = new();

    /// <summary>Filters and QoS to subscribe with on the first connection; the session has them from then on.</summary>
    public List<(string Filter, QoS QoS)> Subscriptions { get; } = [];

    /// <summary>Connections on which the server had its part of the session.</summary>
    public int Resumed { get; private set; }

    /// <summary>Connections on which it had not: one, the first.</summary>
    public int Begun { get; private set; }

    public int Unacknowledged => session.Unacknowledged;

    /// <summary>Publishes once; false where there is no connection or too much is under way.</summary>
    public bool TryPublish(string leaf, string payload, QoS qos)
    {
        if (client is not { Closed.IsCompleted: false } open || session.Unacknowledged >= Window)
            return false;
        var message = new MqttMessage($"devices/{device}/{leaf}", Encoding.UTF8.GetBytes(payload), qos);
        var acknowledged = open.PublishAsync(message);
        // Where the connection has ended by now the message was not taken; else it is the session's.
        if (acknowledged.Exception?.InnerException is MqttClosedException)
            return false;
        acknowledgements.Add(acknowledged);
        return true;
    }

    /// <summary>Connects if it is not connected; not being able to is no fault while the server is away.</summary>
    public async Task ConnectAsync()
    {
        if (client is { Closed.IsCompleted: false })
            return;
        var options = new MqttClientOptions("127.0.0.1", port)
        {
            ClientId = clientId,
            UserName = device,
            Password = Encoding.UTF8.GetBytes(password),
            CleanStart = false,
            SessionExpiry = TimeSpan.FromHours(1),
            Session = session,
            OnMessage = OnMessage,
        };
        try
        {
            client = await MqttClient.ConnectAsync(options, TimeProvider.System);
            if (client.SessionPresent)
                Resumed++;
            else
                Begun++;
            for (; subscribed < Subscriptions.Count; subscribed++)
                await client.SubscribeAsync(Subscriptions[subscribed].Filter, Subscriptions[subscribed].QoS);
        }
        catch (Exception e) when (e is MqttConnectException or MqttClosedException)
        {
            // The server was killed meanwhile.
        }
    }

    /// <summary>All that it published is acknowledged.</summary>
    public async Task SettledAsync()
    {
        await Wait.UntilAsync(
            async () =>
            {
                await ConnectAsync();
                return session.Unacknowledged == 0;
            },
            TimeSpan.FromSeconds(60), $"{clientId} has all its acknowledgements");
        Assert.All(await Task.WhenAll(acknowledgements), reason => Assert.False(reason.IsFailure(), $"{reason}"));
    }

    public async Task CloseAsync()
    {
        if (client is not null)
            await client.DisposeAsync();
    }

    private void OnMessage(MqttMessage message)
    {
        var leaf = message.Topic.Split('/') is [_, _, var kind, ..] ? kind : "";
        Received.AddOrUpdate($"{(int)message.QoS} {leaf} {Encoding.UTF8.GetString(message.Payload.Span)}", 1, (_, n) => n + 1);
    }
}
