using B2D.Core.Devices;
using B2D.Mqtt;

namespace B2D.DeviceGateway.Devices;

/// <summary>A device's connection over MQTT.</summary>
/// <param name="proof">What it was let in by.</param>
internal sealed class MqttLink(DeviceId device, MqttServer server, Proof proof) : DeviceLink(device)
{
    private readonly Lock gate = new();
    private readonly List<InboundPublish> unwritten = [];
    private MqttSession? session;
    private string? subscribed;

    /// <summary>What it was let in by.</summary>
    public Proof Proof => proof;

    /// <summary>It may fetch a credential and nothing else.</summary>
    public bool IsEnrolling => proof is Proof.Fleet;

    /// <summary>Whether its session has subscribed to this topic.</summary>
    public bool Awaits(string topic) => Volatile.Read(ref subscribed) == topic;

    /// <summary>It subscribes to this filter, and may.</summary>
    public void Subscribes(string filter) => Volatile.Write(ref subscribed, filter);

    /// <summary>Sends a credential; the link itself comes back when it is acknowledged.</summary>
    public bool SendCredential(string topic, ReadOnlyMemory<byte> payload) =>
        session is { } to && ReferenceEquals(to.Principal, this)
        && server.PublishTo(to.ClientId, new MqttMessage(topic, payload) { Properties = new MessageProperties { ContentType = "application/json", PayloadIsText = true } }, this);

    /// <summary>Numbers of the metrics in its last message, by place: the next one has mostly the same.</summary>
    public List<int> Expected { get; } = new(8);

    /// <summary>A message of readings is on disk, or could not be written.</summary>
    public void Finish(InboundPublish publish, bool written)
    {
        if (written || publish.QoS == QoS.AtMostOnce)
        {
            publish.Complete();
            return;
        }
        Break();
        NotWritten(publish);
    }

    /// <summary>Ends the connection: there is nothing more for it here.</summary>
    public void SendAway()
    {
        if (session is { } to && ReferenceEquals(to.Principal, this))
            server.Disconnect(to.ClientId, ReasonCode.AdministrativeAction);
    }

    /// <summary>Ends the connection because what it was let in by holds no more.</summary>
    public void Expire()
    {
        if (session is { } to && ReferenceEquals(to.Principal, this))
            server.Disconnect(to.ClientId, ReasonCode.NotAuthorized, EndReason.CredentialExpired);
    }

    /// <summary>The connection was accepted in this session.</summary>
    public void Attach(MqttSession to) => session = to;

    /// <summary>The connection has ended: what could not be written may be settled now, nothing is sent for it any more.</summary>
    public void Ended()
    {
        InboundPublish[] all;
        lock (gate)
        {
            all = [.. unwritten];
            unwritten.Clear();
        }
        foreach (var publish in all)
            publish.Complete(ReasonCode.ServerUnavailable);
    }

    /// <summary>
    /// A publish could not be written. It is settled only when the connection is gone: to a 5.0 client a failure in PUBACK would mean that it
    /// need not send the message again (MQTT 5.0 §4.4).
    /// </summary>
    public void NotWritten(InboundPublish publish)
    {
        lock (gate)
        {
            if (End is null)
            {
                unwritten.Add(publish);
                return;
            }
        }
        publish.Complete(ReasonCode.ServerUnavailable);
    }

    /// <inheritdoc/>
    internal override bool TrySend(string topic, ReadOnlyMemory<byte> payload, uint? lifeSeconds, object tag)
    {
        if (End is not null || session is not { } to || !ReferenceEquals(to.Principal, this))
            return false;
        var properties = new MessageProperties { ExpirySeconds = lifeSeconds, ContentType = "application/json", PayloadIsText = true };
        return server.PublishTo(to.ClientId, new MqttMessage(topic, payload) { Properties = properties }, tag);
    }

    /// <inheritdoc/>
    private protected override void Close()
    {
        if (session is { } to && ReferenceEquals(to.Principal, this))
            server.Disconnect(to.ClientId, ReasonCode.ServerUnavailable);
    }
}
