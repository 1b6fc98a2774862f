using B2D.Core.Devices;
using B2D.DeviceGateway.Ingest;
using B2D.DeviceGateway.Remedies;
using B2D.DeviceGateway.Telemetry;
using B2D.Mqtt;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Devices;

/// <summary>What the MQTT server asks and tells, in the gateway's own terms.</summary>
internal sealed class GatewayApplication(
    DeviceSignIn signIn, LinkTable links, Uplink uplink, CommandLoop commands, GatewayCounters counters, ILogger logger) : IMqttApplication
{
    private MqttServer? server;
    private volatile bool isStopping;

    /// <summary>Who is still registered when sessions are taken up.</summary>
    public required DeviceDirectory Devices { get; init; }

    /// <summary>The server that this is the application of.</summary>
    public void Serve(MqttServer by) => server = by;

    /// <summary>From now on every end of a connection is the gateway's own doing.</summary>
    public void Stopping() => isStopping = true;

    public async ValueTask<ConnectDecision> AuthenticateAsync(ConnectRequest request, CancellationToken cancellation)
    {
        var (answer, device) = await signIn.CheckAsync(request.UserName, request.ClientId, request.Password, cancellation).ConfigureAwait(false);
        switch (answer)
        {
            case SignInAnswer.Accepted:
                return new ConnectDecision(ReasonCode.Success, new MqttLink(device, server!)) { ClientId = ClientIdOf(device, request.ClientId) };
            case SignInAnswer.Busy:
                return new ConnectDecision(ReasonCode.ServerBusy);
            default:
                counters.BadPasswords.Add();
                Log.Refused(logger, request.RemoteEndPoint?.ToString() ?? "");
                return new ConnectDecision(ReasonCode.BadUserNameOrPassword);
        }
    }

    public bool MayPublish(MqttSession session, string topic) => uplink.MayPublish(LinkOf(session), topic);

    public bool MaySubscribe(MqttSession session, string filter) => uplink.MaySubscribe(LinkOf(session), filter);

    public string PrincipalName(MqttSession session) => LinkOf(session).Device.Value;

    public object? RestorePrincipal(string clientId, string name) =>
        DeviceId.TryParse(name, out var device, out _) && Devices.Find(device) is not null ? new MqttLink(device, server!) : null;

    public void OnConnected(MqttSession session)
    {
        var link = LinkOf(session);
        link.Attach(session);
        counters.Connects.Add();
        Log.Connected(logger, link.Device.Value);
        links.Connected(link);
        commands.Listens();
    }

    public void OnDisconnected(MqttSession session, EndReason reason)
    {
        var link = LinkOf(session);
        Log.Disconnected(logger, link.Device.Value, reason);
        links.Disconnected(link, DoingOf(link, reason));
        link.Ended();
    }

    public void OnPublish(MqttSession session, InboundPublish publish)
    {
        var link = LinkOf(session);
        var isRepeatable = publish.QoS != QoS.AtMostOnce && !publish.IsWill;
        var message = new Incoming(publish.Topic, publish.Payload, publish.PacketId, publish.Dup, isRepeatable, publish.IsWill);
        uplink.Publish(link, message, outcome => Answer(link, publish, outcome));
    }

    public void OnDelivered(MqttSession session, object tag) => commands.Delivered(tag);

    private static void Answer(MqttLink link, InboundPublish publish, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Stored or Outcome.Ignored:
                publish.Complete();
                break;
            case Outcome.StoredAndRouted:
                publish.Complete(route: true);
                break;
            case Outcome.NotAuthorized:
                publish.Complete(ReasonCode.NotAuthorized);
                break;
            case Outcome.NotStored when publish.QoS == QoS.AtMostOnce || publish.IsWill:
                publish.Complete();
                break;
            default:
                link.NotWritten(publish);
                break;
        }
    }

    /// <summary>
    /// Client ids are kept apart by device, so that nobody gets at another device's session by using its client id. A device that uses its own id
    /// as client id, or none, keeps it.
    /// </summary>
    private static string? ClientIdOf(DeviceId device, string sent) =>
        sent.Length == 0 || sent == device.Value || sent.StartsWith(device.Value + "/", StringComparison.Ordinal) ? null : $"{device.Value}/{sent}";

    private LinkEnd DoingOf(MqttLink link, EndReason reason) => reason switch
    {
        _ when isStopping || link.IsBroken => LinkEnd.Gateway,
        EndReason.TakenOver => LinkEnd.Replaced,
        EndReason.Disconnected or EndReason.ServerStopped or EndReason.InternalError => LinkEnd.Gateway,
        _ => LinkEnd.Device,
    };

    private static MqttLink LinkOf(MqttSession session) => (MqttLink)session.Principal!;
}
