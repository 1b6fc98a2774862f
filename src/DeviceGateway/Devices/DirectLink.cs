using B2D.Core.Devices;
using B2D.DeviceGateway.Telemetry;

namespace B2D.DeviceGateway.Devices;

/// <summary>
/// A device in the same process, connected without a network and without MQTT: rights, formats, log and commands are the real ones. For simulations in virtual
/// time; everything happens on the caller's thread, answers when the loops are pumped.
/// </summary>
public sealed class DirectLink : DeviceLink
{
    private readonly LinkTable links;
    private readonly Uplink uplink;
    private readonly Action<object> delivered;
    private readonly HashSet<string> filters = new(StringComparer.Ordinal);
    private readonly (string Topic, ReadOnlyMemory<byte> Payload)? will;

    internal DirectLink(DeviceId device, LinkTable links, Uplink uplink, Action<object> delivered, (string Topic, ReadOnlyMemory<byte> Payload)? will)
        : base(device) => (this.links, this.uplink, this.delivered, this.will) = (links, uplink, delivered, will);

    /// <summary>Called with topic and payload of a command; true acknowledges it (PUBACK).</summary>
    public Func<string, ReadOnlyMemory<byte>, bool>? Receive { get; set; }

    /// <summary>Called when the gateway has hung up; the device connects again with a new link and repeats what was not acknowledged.</summary>
    public Action? HungUp { get; set; }

    /// <summary>Whether it is connected.</summary>
    public bool IsOpen => End is null;

    /// <summary>Publishes at QoS 1.</summary>
    /// <param name="acknowledged">
    /// Called with true when the message is on disk (PUBACK), with false when it is refused for want of rights or was lost with the connection.
    /// </param>
    /// <param name="packetId">MQTT packet identifier, 1 to 65,535.</param>
    /// <param name="redelivered">It was sent before (DUP).</param>
    /// <exception cref="InvalidOperationException">The link is not connected.</exception>
    public void Publish(string topic, ReadOnlyMemory<byte> payload, Action<bool>? acknowledged = null, ushort packetId = 1, bool redelivered = false)
    {
        if (!IsOpen)
            throw new InvalidOperationException($"The link of {Device} is closed.");
        uplink.Publish(this, new Incoming(topic, payload, packetId, redelivered), outcome =>
            // Like over MQTT, no acknowledgement reaches a device that is gone.
            acknowledged?.Invoke(IsOpen && outcome is Outcome.Stored or Outcome.StoredAndRouted));
    }

    /// <summary>Subscribes to exactly one topic or to all below one that ends in <c>/#</c>; false where the device may not.</summary>
    public bool Subscribe(string filter) => uplink.MaySubscribe(this, filter) && (filters.Add(filter) || true);

    /// <summary>Leaves with DISCONNECT; the will is discarded.</summary>
    public void Disconnect() => Leave(LinkEnd.Device);

    /// <summary>Is lost without a word; the will, if any, is published.</summary>
    public void Drop()
    {
        if (!IsOpen)
            return;
        Leave(LinkEnd.Device);
        if (will is var (topic, payload))
            uplink.Publish(this, new Incoming(topic, payload, IsRepeatable: false, IsWill: true), _ => { });
    }

    internal override bool TrySend(string topic, ReadOnlyMemory<byte> payload, uint? lifeSeconds, object tag)
    {
        if (!IsOpen || Receive is not { } receive || !filters.Any(f => Matches(f, topic)))
            return false;
        if (receive(topic, payload))
            delivered(tag);
        return true;
    }

    private static bool Matches(string filter, string topic) =>
        filter == topic || (filter.EndsWith("/#", StringComparison.Ordinal) && topic.StartsWith(filter[..^1], StringComparison.Ordinal));

    private protected override void Close()
    {
        Leave(LinkEnd.Gateway);
        HungUp?.Invoke();
    }

    private void Leave(LinkEnd end)
    {
        if (IsOpen)
            links.Disconnected(this, end);
    }
}
