using System.Threading.Channels;
using B2D.Mqtt.Tests.Server;

namespace B2D.Mqtt.Tests.Interop;

/// <summary>The open application, with the end of each connection to await.</summary>
internal sealed class EndWatcher : IMqttApplication
{
    private readonly OpenApplication _open = new();
    private readonly Channel<EndReason> _ends = Channel.CreateUnbounded<EndReason>();

    public async Task<EndReason> NextAsync() => await _ends.Reader.ReadAsync().AsTask().WaitAsync(Rig.Patience);

    public ValueTask<ConnectDecision> AuthenticateAsync(ConnectRequest request, CancellationToken cancellation) =>
        _open.AuthenticateAsync(request, cancellation);

    public bool MayPublish(MqttSession session, string topic) => _open.MayPublish(session, topic);

    public bool MaySubscribe(MqttSession session, string filter) => _open.MaySubscribe(session, filter);

    public void OnConnected(MqttSession session) => _open.OnConnected(session);

    public void OnDisconnected(MqttSession session, EndReason reason) => _ends.Writer.TryWrite(reason);

    public void OnPublish(MqttSession session, InboundPublish publish) => _open.OnPublish(session, publish);

    public void OnDelivered(MqttSession session, object tag) => _open.OnDelivered(session, tag);
}
