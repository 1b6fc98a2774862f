using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace B2D.Mqtt;

/// <summary>How a client connects. Not for logs: it holds the password.</summary>
/// <param name="Host">Name or address; with TLS also the name the certificate must have.</param>
/// <param name="Port">TCP port.</param>
public sealed record MqttClientOptions(string Host, int Port)
{
    /// <summary>Empty: the server makes one up (3.1.1: only with <see cref="CleanStart"/>).</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Null = none.</summary>
    public string? UserName { get; init; }

    /// <summary>Null = none. 3.1.1 needs a user name with it.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>Protocol. Default 5.0.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Begin with a new session. Default true. With 3.1.1, false also means that the session is kept after the connection.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the server keeps the session after the connection, in whole seconds; 5.0 only. Default 0 = not at all.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>Longest silence, in whole seconds; 0 = off. Default 30 s; up to 65,535 s. The server may set another one (5.0).</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for TCP, TLS and CONNACK together. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Published by the server when the connection ends without DISCONNECT.</summary>
    public MqttMessage? Will { get; init; }

    /// <summary>How long the server waits before it publishes the will, in whole seconds; 5.0 only. Default 0.</summary>
    public TimeSpan WillDelay { get; init; }

    /// <summary>TLS on the connection.</summary>
    public bool UseTls { get; init; }

    /// <summary>Trust only this authority instead of the system's. Null = the system's.</summary>
    public X509Certificate2? CertificateAuthority { get; init; }

    /// <summary>The client's own certificate; null = none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Replaces the check of the server's certificate; null = the usual check.</summary>
    public RemoteCertificateValidationCallback? TlsValidation { get; init; }

    /// <summary>QoS 1 and 2 messages that the server may have under way to us (5.0). Default 1,000; 1 to 65,535.</summary>
    public ushort ReceiveMaximum { get; init; } = 1000;

    /// <summary>Our QoS 1 and 2 messages under way; the server's receive maximum may be lower. Default 100; 1 to 65,000. More wait their turn.</summary>
    public int MaxInFlight { get; init; } = 100;

    /// <summary>Largest packet we take, in bytes. Default 256 KiB; 64 to 268,435,460.</summary>
    public int MaxPacketSize { get; init; } = 256 * 1024;

    /// <summary>
    /// Outlives the connection, so that QoS 1 and 2 hold over several; null: what is not acknowledged fails with the connection. Used with
    /// <see cref="CleanStart"/> false and a <see cref="SessionExpiry"/>.
    /// </summary>
    public MqttClientSession? Session { get; init; }

    /// <summary>Takes each message, in order, on the read loop: must not wait. QoS 1 and 2 are acknowledged when it returns. The payload is owned.</summary>
    public Action<MqttMessage>? OnMessage { get; init; }

    /// <summary>Told once when a connection that was established has ended; with the exception if there was one.</summary>
    public Action<EndReason, Exception?>? OnClosed { get; init; }

    /// <summary>Leaves the password out.</summary>
    public override string ToString() => $"{ClientId} at {Host}:{Port}, MQTT {Version}";
}

/// <summary>The connection could not be established: the server refused it, closed it, or answered nonsense.</summary>
public sealed class MqttConnectException : Exception
{
    /// <summary>A failure with the code from CONNACK, or the nearest one.</summary>
    public MqttConnectException(ReasonCode reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>Why.</summary>
    public ReasonCode Reason { get; }
}

/// <summary>The server refused a SUBSCRIBE or UNSUBSCRIBE.</summary>
public sealed class MqttRefusedException : Exception
{
    /// <summary>A refusal.</summary>
    public MqttRefusedException(ReasonCode reason, string message)
        : base(message) => Reason = reason;

    /// <summary>Why.</summary>
    public ReasonCode Reason { get; }
}

/// <summary>The connection ended before the operation was answered; what was under way may or may not have arrived.</summary>
public sealed class MqttClosedException : IOException
{
    /// <summary>An end.</summary>
    public MqttClosedException(EndReason reason, Exception? inner = null)
        : base($"The MQTT connection has ended: {reason}.", inner) => Reason = reason;

    /// <summary>How the connection ended.</summary>
    public EndReason Reason { get; }
}
