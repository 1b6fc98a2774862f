using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using B2D.DeviceGateway.Sessions;
using B2D.Mqtt;
using B2D.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.DeviceGateway.Tests.Sessions;

/// <summary>
/// An MQTT server whose sessions are in a real store, pumped as changes come. It takes every message, passes none on, and counts what it was given;
/// the counts go on with the next server after a restart.
/// </summary>
internal sealed class StoredServer : IMqttApplication, IAsyncDisposable
{
    private readonly Channel<bool> changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task pump;

    public StoredServer(Stores stores, ConcurrentDictionary<string, int> counts)
    {
        Counts = counts;
        Server = new MqttServer(this, new MqttServerOptions(), TimeProvider.System, NullLoggerFactory.Instance, new StoredSessions(stores.Sessions));
        Server.SessionsChanged = () => changed.Writer.TryWrite(true);
        Server.Restore();
        pump = PumpAsync();
    }

    public MqttServer Server { get; }

    /// <summary>How often each payload was given to the application.</summary>
    public ConcurrentDictionary<string, int> Counts { get; }

    public ValueTask<ConnectDecision> AuthenticateAsync(ConnectRequest request, CancellationToken cancellation) =>
        ValueTask.FromResult(new ConnectDecision(ReasonCode.Success, request.ClientId));

    public bool MayPublish(MqttSession session, string topic) => true;

    public bool MaySubscribe(MqttSession session, string filter) => true;

    public void OnConnected(MqttSession session)
    {
    }

    public void OnDisconnected(MqttSession session, EndReason reason)
    {
    }

    public void OnPublish(MqttSession session, InboundPublish publish)
    {
        Counts.AddOrUpdate(Encoding.UTF8.GetString(publish.Payload.Span), 1, (_, n) => n + 1);
        publish.Complete();
    }

    public void OnDelivered(MqttSession session, object tag)
    {
    }

    /// <summary>Ends it as a kill would: nothing that was not committed is kept, and nothing is written any more.</summary>
    public async Task KillAsync()
    {
        changed.Writer.TryComplete();
        await pump;
        Server.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync();
        await KillAsync();
    }

    private async Task PumpAsync()
    {
        await foreach (var _ in changed.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            while (Server.PumpSessions())
            {
                // Each turn is one commit.
            }
        }
    }
}
