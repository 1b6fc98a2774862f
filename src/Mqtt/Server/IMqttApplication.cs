using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace B2D.Mqtt;

/// <summary>
/// The application behind a server. It decides who may do what and takes what is published; the rules of the protocol never depend on it. All
/// members may be called from many threads at once, but for one connection one after the other. None but
/// <see cref="AuthenticateAsync"/> may wait for anything; an exception ends the connection with <see cref="EndReason.InternalError"/>.
/// </summary>
public interface IMqttApplication
{
    /// <summary>Decides on a CONNECT. Other connections go on meanwhile; this one is not read from until the answer is there.</summary>
    ValueTask<ConnectDecision> AuthenticateAsync(ConnectRequest request, CancellationToken cancellation);

    /// <summary>Whether the client may publish to a topic; asked for each PUBLISH, and for a will at CONNECT and when it is published.</summary>
    bool MayPublish(MqttSession session, string topic);

    /// <summary>Whether the client may subscribe to a filter; asked without the <c>$share/group/</c> of shared subscriptions.</summary>
    bool MaySubscribe(MqttSession session, string filter);

    /// <summary>What SUBACK says of a filter that <see cref="MaySubscribe"/> refused, to 5.0 clients. Default: not authorized (0x87).</summary>
    ReasonCode SubscriptionRefusal => ReasonCode.NotAuthorized;

    /// <summary>
    /// What a session's principal is to be known by when the session is taken up after a restart; kept with it. Asked for at each connection
    /// whose session outlives it, before <see cref="OnConnected"/>. Default empty.
    /// </summary>
    string PrincipalName(MqttSession session) => "";

    /// <summary>
    /// A session is taken up after a restart: its principal, by what <see cref="PrincipalName"/> said, until its client connects again; null where
    /// there is no such principal any more, and the session ends. Default: the name itself.
    /// </summary>
    object? RestorePrincipal(string clientId, string name) => name;

    /// <summary>
    /// The application can take nothing more from anybody for now: clients are not read from, and TCP slows them down. When it is over it calls
    /// <see cref="MqttServer.Ease"/>. Asked for each packet. Default no.
    /// </summary>
    bool IsBehind => false;

    /// <summary>A connection was accepted; nothing has been read from it yet.</summary>
    void OnConnected(MqttSession session);

    /// <summary>
    /// The connection ended. Comes once for each <see cref="OnConnected"/>, after the last <see cref="OnPublish"/> of that connection except its will.
    /// </summary>
    void OnDisconnected(MqttSession session, EndReason reason);

    /// <summary>
    /// A message came in, not a will, and its bytes stand in what was just read. True where the application has what it needs of them: it completes the message, now
    /// or later, without having it routed. False, the default: <see cref="OnPublish"/> follows, with a copy of the bytes that stays.
    /// </summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="publish">The message, with an empty payload.</param>
    /// <param name="payload">The payload; gone when this returns.</param>
    bool TryTake(MqttSession session, InboundPublish publish, ReadOnlySpan<byte> payload) => false;

    /// <summary>A message came in, in order per connection. It must be completed, now or later.</summary>
    void OnPublish(MqttSession session, InboundPublish publish);

    /// <summary>The client acknowledged a QoS 1 or 2 message that was published with this tag. Messages that went out with QoS 0 are not reported.</summary>
    void OnDelivered(MqttSession session, object tag);
}

/// <summary>A CONNECT as the application judges it.</summary>
/// <param name="ClientId">As sent; empty when the server is to make one up.</param>
/// <param name="UserName">Null when absent.</param>
/// <param name="Password">Null when absent.</param>
/// <param name="Version">Protocol.</param>
/// <param name="ClientCertificate">From TLS; null without.</param>
/// <param name="RemoteEndPoint">Peer; null when the transport does not tell.</param>
/// <param name="Listener">Name of the listener.</param>
/// <param name="CleanStart">The client wants a new session.</param>
/// <param name="KeepAlive">Seconds; 0 = off.</param>
public sealed record ConnectRequest(
    string ClientId, string? UserName, ReadOnlyMemory<byte>? Password, MqttVersion Version, X509Certificate2? ClientCertificate, EndPoint? RemoteEndPoint,
    string Listener, bool CleanStart, ushort KeepAlive)
{
    /// <summary>The will; null without.</summary>
    public MqttMessage? Will { get; init; }

    /// <summary>MQTT 5.0 user properties of the CONNECT.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>Leaves the password out, so that a request can be logged.</summary>
    public override string ToString() => $"{ClientId} {Version} from {RemoteEndPoint} by {Listener}";
}

/// <summary>The answer to a CONNECT.</summary>
/// <param name="Reason">Success lets the client in; any other code goes into CONNACK, for 3.1.1 as the return code that comes nearest.</param>
/// <param name="Principal">Becomes <see cref="MqttSession.Principal"/>.</param>
/// <param name="ReasonString">Text for a person reading the client's log; sent to 5.0 clients only.</param>
public sealed record ConnectDecision(ReasonCode Reason, object? Principal = null, string? ReasonString = null)
{
    /// <summary>The client id under which the session runs, if not the one sent; the client is told (5.0).</summary>
    public string? ClientId { get; init; }
}
