using System.Runtime.CompilerServices;
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
    /// <summary>Topics that a gateway device with many children gets; others use one to three.</summary>
    private const int MostTopics = 256;

    /// <summary>Places that a topic may have, side by side.</summary>
    private const int Ways = 4;

    private KnownTopic?[] topics = new KnownTopic?[Ways];
    private KnownTopic? last;
    private int found;
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

    /// <summary>What is known of a topic that this connection publishes to; null where it is none of a device. The connection's own thread only.</summary>
    internal KnownTopic? TopicOf(string text, DeviceDirectory devices)
    {
        // The endpoint gives the same string for the same topic again as long as it remembers it, and each message asks more than once.
        if (IsOf(last, text) && last!.Holds(devices))
            return last;
        var first = FirstPlace(text);
        for (var i = first; i < first + Ways; i++)
        {
            if (IsOf(topics[i], text))
                return last = topics[i] = topics[i]!.Holds(devices) ? topics[i] : Find(text, devices);
        }
        if (Find(text, devices) is not { } known)
            return null;
        if (found == Ways && topics.Length == Ways)
        {
            topics = new KnownTopic?[MostTopics];
            first = FirstPlace(text);
        }
        var free = Array.IndexOf(topics, null, first, Ways);
        topics[free >= 0 ? free : first + (found % Ways)] = known;
        found++;
        return last = known;
    }

    /// <summary>Sends a message at QoS 1; false where the connection cannot take it now or has not subscribed to the topic.</summary>
    /// <param name="lifeSeconds">How long it may wait on its way; null for ever.</param>
    /// <param name="tag">Comes back when the device has acknowledged.</param>
    internal abstract bool TrySend(string topic, ReadOnlyMemory<byte> payload, uint? lifeSeconds, object tag);

    /// <summary>Ends the connection; it has not ended yet when this returns.</summary>
    private protected abstract void Close();

    private static bool IsOf(KnownTopic? known, string text) => known is not null && ReferenceEquals(known.Topic.Text, text);

    private int FirstPlace(string text) => RuntimeHelpers.GetHashCode(text) & (topics.Length - Ways);

    private KnownTopic? Find(string text, DeviceDirectory devices)
    {
        // Asked before the right is: what changes meanwhile is seen next time.
        var version = devices.Version;
        return NativeTopic.TryParse(text, out var topic, out _) ? KnownTopic.Of(topic, version, Rights.ToPublish(Device, topic, devices)) : null;
    }
}
