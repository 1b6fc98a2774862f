namespace B2D.Mqtt;

/// <summary>Why a connection ended. Every connection ends with exactly one of these; it goes to the application, the log and a counter.</summary>
public enum EndReason
{
    /// <summary>Not ended.</summary>
    None,

    /// <summary>The peer sent DISCONNECT and its will is discarded.</summary>
    ClientDisconnected,

    /// <summary>The peer sent DISCONNECT 0x04 and its will is published.</summary>
    ClientDisconnectedWithWill,

    /// <summary>The peer closed the connection between two packets, without DISCONNECT.</summary>
    ConnectionLost,

    /// <summary>The peer closed the connection in the middle of a packet.</summary>
    Truncated,

    /// <summary>The transport failed.</summary>
    ConnectionReset,

    /// <summary>No complete CONNECT arrived in time.</summary>
    ConnectTimeout,

    /// <summary>The first bytes were not a CONNECT.</summary>
    NotMqtt,

    /// <summary>A WebSocket frame was not binary [MQTT-6.0.0-1].</summary>
    NotBinary,

    /// <summary>CONNECT names a protocol or version that is not served.</summary>
    UnsupportedVersion,

    /// <summary>The application or a rule of CONNECT refused the client; it got a CONNACK with the reason.</summary>
    ConnectRefused,

    /// <summary>There are as many connections as the limit allows.</summary>
    TooManyConnections,

    /// <summary>There are as many connections from the peer's address as the limit allows.</summary>
    TooManyFromAddress,

    /// <summary>No whole CONNECT had arrived when too many newer connections waited for theirs.</summary>
    CrowdedOut,

    /// <summary>Nothing was heard for one and a half keep-alive intervals [MQTT-3.1.2-22].</summary>
    KeepAliveExpired,

    /// <summary>Another connection took the client id over [MQTT-3.1.4-3].</summary>
    TakenOver,

    /// <summary>A packet could not be parsed.</summary>
    Malformed,

    /// <summary>A packet broke a rule of the protocol.</summary>
    ProtocolError,

    /// <summary>A packet declared more bytes than the maximum packet size.</summary>
    PacketTooLarge,

    /// <summary>The peer had more unacknowledged publishes in flight than the receive maximum.</summary>
    ReceiveMaximumExceeded,

    /// <summary>MQTT 3.1.1 client published to a topic it may not use; that version has no other answer.</summary>
    NotAuthorized,

    /// <summary>The application refused a publish of an MQTT 3.1.1 client; that version has no other answer.</summary>
    PublishRefused,

    /// <summary>The peer did not read what was sent to it, by size or by time.</summary>
    WriteBacklog,

    /// <summary>The application asked for it.</summary>
    Disconnected,

    /// <summary>What the client had signed in with is no longer valid; the application asked for the end.</summary>
    CredentialExpired,

    /// <summary>The server stops.</summary>
    ServerStopped,

    /// <summary>A defect: the application or this library threw.</summary>
    InternalError,
}
