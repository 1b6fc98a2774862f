using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Running;

/// <summary>How a PUBLISH at QoS 1 ended.</summary>
public enum PublishOutcome
{
    /// <summary>PUBACK with success: the server answers for it.</summary>
    Acknowledged,

    /// <summary>PUBACK with a reason of 0x80 or above: the server has it and does not want it; sending it again would not help.</summary>
    Refused,
}

/// <summary>The connection broke, or could not be made. Worth another try.</summary>
public sealed class LinkLostException : Exception
{
    /// <summary>A broken link.</summary>
    public LinkLostException()
    {
    }

    /// <summary>A broken link and why.</summary>
    public LinkLostException(string message)
        : base(message)
    {
    }

    /// <summary>A broken link, why, and what broke it.</summary>
    public LinkLostException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>One device's connection to a server. Tests put a gateway directly behind it, without sockets and in virtual time.</summary>
public interface IDeviceLink : IAsyncDisposable
{
    /// <summary>Completes when the connection has ended, whoever ended it and why. Never faults.</summary>
    Task Closed { get; }

    /// <summary>Publishes at QoS 1. Calls are on the wire in their order; many may be in flight.</summary>
    /// <returns>Completes with the PUBACK.</returns>
    /// <exception cref="LinkLostException">The connection ended before a PUBACK came.</exception>
    Task<PublishOutcome> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain);

    /// <summary>Ends the connection with DISCONNECT, so that the will is discarded. Never throws.</summary>
    Task CloseAsync();

    /// <summary>Drops the socket, so that the will is published.</summary>
    void Abort();
}

/// <summary>Makes links.</summary>
public interface IDeviceNetwork
{
    /// <summary>Connects and subscribes to the session's filters.</summary>
    /// <param name="session">Credentials, will and subscriptions.</param>
    /// <param name="onMessage">Called with topic and payload of every message that arrives, on any thread, one at a time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="LinkLostException">Nobody answered, or the server refused; the message says why.</exception>
    Task<IDeviceLink> ConnectAsync(DeviceSession session, Action<string, ReadOnlyMemory<byte>> onMessage, CancellationToken cancellation);
}
