using System.Collections.Concurrent;
using System.Net;
using B2D.Core.Devices;
using B2D.DeviceGateway.Ingest;
using B2D.DeviceGateway.Remedies;
using B2D.DeviceGateway.Telemetry;
using B2D.Mqtt;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Devices;

/// <summary>What the MQTT server asks and tells, in the gateway's own terms.</summary>
internal sealed class GatewayApplication(
    DeviceSignIn signIn, SignInBackoff backoff, HeldRefusals held, LinkTable links, Uplink uplink, IngestBuffer intake, CommandLoop commands, Enrolment? enrolment, GatewayCounters counters,
    TimeProvider clock, ILogger logger) : IMqttApplication
{
    private readonly ConcurrentDictionary<MqttLink, DateTimeOffset> expiring = new();
    private MqttServer? server;
    private volatile bool isStopping;

    /// <summary>So much waits for the disk that nothing more is read from devices.</summary>
    public bool IsBehind => intake.IsFull;

    /// <summary>Who is still registered when sessions are taken up.</summary>
    public required DeviceDirectory Devices { get; init; }

    /// <summary>The server that this is the application of.</summary>
    public void Serve(MqttServer by) => server = by;

    /// <summary>From now on every end of a connection is the gateway's own doing.</summary>
    public void Stopping() => isStopping = true;

    public async ValueTask<ConnectDecision> AuthenticateAsync(ConnectRequest request, CancellationToken cancellation)
    {
        var address = (request.RemoteEndPoint as IPEndPoint)?.Address;
        DeviceId? claimed = DeviceId.TryParse(request.UserName, out var id, out _) ? id : null;
        var shown = new SignInRequest(request.UserName, request.ClientId, request.Password)
        {
            Certificate = request.ClientCertificate, Listener = request.Listener, Address = address,
        };
        // Nobody guesses a private key: what others did from its address does not concern a device with a certificate.
        var result = signIn.CheckCertificate(shown);
        if (result is null && backoff.Refused(address, claimed, clock.GetUtcNow()) is { } still)
        {
            counters.AttemptsHeldOff.Add();
            return await RefuseAsync(request, still, cancellation).ConfigureAwait(false);
        }
        result ??= await signIn.CheckAsync(shown, cancellation).ConfigureAwait(false);
        switch (result.Answer)
        {
            case SignInAnswer.Accepted:
                backoff.Succeed(address, result.Device);
                enrolment?.SignedIn(result.Device, clock.GetUtcNow());
                return Accept(request, result.Device, result.Proof!);
            case SignInAnswer.Enrolling:
                return Accept(request, result.Device, new Proof.Fleet());
            case SignInAnswer.Waiting:
                return new ConnectDecision(ReasonCode.NotAuthorized, ReasonString: "The device waits for approval, or was rejected.");
            case SignInAnswer.Busy:
                return new ConnectDecision(ReasonCode.ServerBusy);
            default:
                var hold = backoff.Fail(address, claimed, clock.GetUtcNow());
                counters.BadPasswords.Add();
                return await RefuseAsync(request, hold, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Time passes: refusals that were held back go out, and connections end whose token or certificate has expired.</summary>
    public void Tick(DateTimeOffset now)
    {
        held.Pump(now);
        enrolment?.Tick(now);
        foreach (var (link, at) in expiring)
        {
            if (at <= now)
                link.Expire();
        }
    }

    public bool MayPublish(MqttSession session, string topic)
    {
        var link = LinkOf(session);
        return link.IsEnrolling ? topic == Enrolment.RegisterTopic : uplink.MayPublish(link, topic);
    }

    public bool MaySubscribe(MqttSession session, string filter)
    {
        var link = LinkOf(session);
        if (!link.IsEnrolling)
            return uplink.MaySubscribe(link, filter);
        if (filter != Enrolment.TopicOf(link.Device))
            return false;
        link.Subscribes(filter);
        return true;
    }

    public string PrincipalName(MqttSession session) => LinkOf(session).Device.Value;

    public object? RestorePrincipal(string clientId, string name) =>
        DeviceId.TryParse(name, out var device, out _) && Devices.Find(device) is not null ? new MqttLink(device, server!, new Proof.Kept()) : null;

    public void OnConnected(MqttSession session)
    {
        var link = LinkOf(session);
        link.Attach(session);
        if (link.IsEnrolling)
        {
            enrolment!.Connected(link);
            return;
        }
        if (link.Proof.ExpiresAt is { } at)
            expiring.TryAdd(link, at);
        counters.Connects.Add();
        Log.Connected(logger, link.Device.Value);
        links.Connected(link);
        commands.Listens();
    }

    public void OnDisconnected(MqttSession session, EndReason reason)
    {
        var link = LinkOf(session);
        if (link.IsEnrolling)
        {
            enrolment!.Disconnected(link);
            return;
        }
        expiring.TryRemove(link, out _);
        Log.Disconnected(logger, link.Device.Value, reason);
        links.Disconnected(link, DoingOf(link, reason));
        link.Ended();
    }

    public bool TryTake(MqttSession session, InboundPublish publish, ReadOnlySpan<byte> payload)
    {
        var link = LinkOf(session);
        return !link.IsEnrolling && !IsShed(publish) && uplink.TryPublish(link, publish, payload);
    }

    public void OnPublish(MqttSession session, InboundPublish publish)
    {
        var link = LinkOf(session);
        if (link.IsEnrolling)
        {
            publish.Complete();
            return;
        }
        if (!publish.IsWill && IsShed(publish))
        {
            counters.Shed.Add();
            publish.Complete();
            return;
        }
        Submit(link, publish);
    }

    private bool IsShed(InboundPublish publish) => publish.QoS == QoS.AtMostOnce && intake.IsCrowded;

    private void Submit(MqttLink link, InboundPublish publish)
    {
        var isRepeatable = publish.QoS != QoS.AtMostOnce && !publish.IsWill;
        var message = new Incoming(publish.Topic, publish.Payload, publish.PacketId, publish.Dup, isRepeatable, publish.IsWill);
        uplink.Publish(link, message, outcome => Answer(link, publish, outcome));
    }

    public void OnDelivered(MqttSession session, object tag)
    {
        if (tag is MqttLink link)
            enrolment?.Delivered(link, clock.GetUtcNow());
        else
            commands.Delivered(tag);
    }

    private ConnectDecision Accept(ConnectRequest request, DeviceId device, Proof proof) =>
        new(ReasonCode.Success, new MqttLink(device, server!, proof)) { ClientId = ClientIdOf(device, request.ClientId) };

    private async ValueTask<ConnectDecision> RefuseAsync(ConnectRequest request, TimeSpan hold, CancellationToken cancellation)
    {
        Log.Refused(logger, request.RemoteEndPoint?.ToString() ?? "", hold);
        if (hold > TimeSpan.Zero)
            await held.UntilAsync(clock.GetUtcNow() + hold, cancellation).ConfigureAwait(false);
        return new ConnectDecision(ReasonCode.BadUserNameOrPassword);
    }

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
