using B2D.Core.Devices;
using B2D.DeviceGateway.Telemetry;

namespace B2D.DeviceGateway.Devices;

/// <summary>Whose doing the end of a connection was.</summary>
internal enum LinkEnd : byte
{
    /// <summary>The device left, went silent or broke a rule: it is offline.</summary>
    Device = 1,

    /// <summary>A newer connection of the same client took its place: nothing is said.</summary>
    Replaced = 2,

    /// <summary>The gateway closed it, for trouble of its own: that says nothing about the device.</summary>
    Gateway = 3,
}

/// <summary>One connection of one device, whatever carries it.</summary>
public abstract class DeviceLink
{
    private NativeTopic lastTopic;
    private volatile bool isBroken;

    /// <summary>A connection of this device, which has proved that it is this device.</summary>
    private protected DeviceLink(DeviceId device) => Device = device;

    /// <summary>The device at the other end; a gateway device also speaks for its children.</summary>
    public DeviceId Device { get; }

    /// <summary>How the connection ended; null while it has not.</summary>
    internal LinkEnd? End { get; set; }

    /// <summary>
    /// A message of it could not be written. What it sent behind that message is not written either, so that the order stays when it connects
    /// again and repeats all.
    /// </summary>
    internal bool IsBroken => isBroken;

    /// <summary>It was told in the log that the device oversteps its rights; once is enough.</summary>
    internal bool HasOverstepped { get; set; }

    /// <summary>Ends the connection for trouble of the gateway's own.</summary>
    internal void Break()
    {
        if (isBroken)
            return;
        isBroken = true;
        Close();
    }

    /// <summary>Takes a topic apart; a device mostly uses the same one again.</summary>
    internal bool TryTopic(string text, out NativeTopic topic)
    {
        topic = lastTopic;
        if (ReferenceEquals(topic.Text, text) || topic.Text == text)
            return true;
        if (!NativeTopic.TryParse(text, out topic, out _))
            return false;
        lastTopic = topic;
        return true;
    }

    /// <summary>Sends a message at QoS 1; false where the connection cannot take it now or has not subscribed to the topic.</summary>
    /// <param name="lifeSeconds">How long it may wait on its way; null for ever.</param>
    /// <param name="tag">Comes back when the device has acknowledged.</param>
    internal abstract bool TrySend(string topic, ReadOnlyMemory<byte> payload, uint? lifeSeconds, object tag);

    /// <summary>Ends the connection; it has not ended yet when this returns.</summary>
    private protected abstract void Close();
}
