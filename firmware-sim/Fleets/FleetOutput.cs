using B2D.FirmwareSim.Truth;

namespace B2D.FirmwareSim.Fleets;

/// <summary>What a connection needs to log in.</summary>
/// <param name="Device">Device id: user name and client id.</param>
/// <param name="Password">Its password.</param>
/// <param name="WillTopic"><c>devices/{id}/status</c>, retained, QoS 1; null for a connection without a will.</param>
/// <param name="WillPayload"><c>offline</c>.</param>
/// <param name="Subscriptions">Topic filters for commands, its own and its children's, QoS 1.</param>
public sealed record DeviceSession(string Device, string Password, string? WillTopic, ReadOnlyMemory<byte> WillPayload, IReadOnlyList<string> Subscriptions);

/// <summary>One thing a device does towards the network, in the order they happen.</summary>
/// <param name="AtMs">True time, epoch milliseconds.</param>
/// <param name="Connection">The device whose connection it is: the device itself, or its gateway.</param>
public abstract record FleetOutput(long AtMs, string Connection)
{
    /// <summary>The device connects.</summary>
    public sealed record Connect(long AtMs, DeviceSession Session) : FleetOutput(AtMs, Session.Device);

    /// <summary>The connection ends: by DISCONNECT if <paramref name="Clean"/>, else the socket drops, so that the will is published.</summary>
    public sealed record Disconnect(long AtMs, string Connection, bool Clean) : FleetOutput(AtMs, Connection);

    /// <summary>A PUBLISH at QoS 1.</summary>
    /// <param name="AtMs">True time, epoch milliseconds.</param>
    /// <param name="Connection">The connection it goes through.</param>
    /// <param name="Topic">The topic, with the id of the device it is about.</param>
    /// <param name="Payload">The payload; copies of a message share it.</param>
    /// <param name="Retain">The retain flag.</param>
    /// <param name="Message">Its record in the truth; <see cref="SentMessage.MarkAcknowledged"/> is to be called on PUBACK.</param>
    /// <param name="Copy">A deliberate duplicate.</param>
    public sealed record Publish(long AtMs, string Connection, string Topic, ReadOnlyMemory<byte> Payload, bool Retain, SentMessage Message, bool Copy)
        : FleetOutput(AtMs, Connection);
}
