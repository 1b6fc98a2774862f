using B2D.Bus;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Devices;
using B2D.DeviceGateway.Ingest;
using B2D.DeviceGateway.Remedies;
using B2D.Mqtt;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>A message of a device on its way in.</summary>
/// <param name="Payload">Read before <see cref="Uplink.Publish"/> returns.</param>
/// <param name="PacketId">MQTT packet identifier; 0 for QoS 0 and wills.</param>
/// <param name="Redelivered">The DUP flag.</param>
/// <param name="IsRepeatable">The device sends it again when it is not acknowledged (QoS 1 and 2).</param>
/// <param name="IsWill">The will of a connection that has ended.</param>
internal readonly record struct Incoming(
    string Topic, ReadOnlyMemory<byte> Payload, ushort PacketId = 0, bool Redelivered = false, bool IsRepeatable = true, bool IsWill = false);

/// <summary>What became of a message.</summary>
internal enum Outcome : byte
{
    /// <summary>It is on disk: acknowledge.</summary>
    Stored = 1,

    /// <summary>It is on disk: acknowledge, and pass it on to whoever has subscribed.</summary>
    StoredAndRouted = 2,

    /// <summary>It could not be written: do not acknowledge; the connection is being closed.</summary>
    NotStored = 3,

    /// <summary>The device has no right to the topic.</summary>
    NotAuthorized = 4,

    /// <summary>It no longer holds and is passed over.</summary>
    Ignored = 5,
}

/// <summary>The way of a device's message into the log: rights, payload format, entry queue, and back with the answer.</summary>
internal sealed class Uplink(
    DeviceDirectory devices, LinkTable links, IngestBuffer intake, CommandLoop commands, FormatLimits limits, GatewayCounters counters, ILogger logger)
{
    [ThreadStatic]
    private static byte[]? encoding;

    private readonly FlatTelemetry flat = new(intake.Names, limits);

    /// <summary>Whether a device may publish to a topic; refusals are counted.</summary>
    public bool MayPublish(DeviceLink link, string topic) =>
        link.TopicOf(topic, devices) is { Right: not Right.NotAuthorized } || Overstepped(link, "publish to", topic);

    /// <summary>
    /// Takes the usual message of readings on the shortest way: decoded straight into what the log keeps, without an object for it. False where it is another
    /// kind of message; <see cref="Publish"/> takes that.
    /// </summary>
    /// <param name="link">Who sent it.</param>
    /// <param name="publish">The message; no will.</param>
    /// <param name="payload">Read before this returns.</param>
    public bool TryPublish(MqttLink link, InboundPublish publish, ReadOnlySpan<byte> payload)
    {
        if (link.TopicOf(publish.Topic, devices) is not { Topic.Kind: TopicKind.Telemetry, Right: Right.Granted } topic)
            return false;
        var output = encoding ??= new byte[FlatTelemetry.MaxEncoded];
        if (!flat.TryRead(topic, payload, publish.PacketId, publish.Dup, link.Expected, output, out var written, out var readings))
            return false;
        intake.Add(link, publish, topic.Partition, output.AsSpan(0, written), readings, payload.Length + publish.Topic.Length);
        return true;
    }

    /// <summary>Whether a device may subscribe with a filter; refusals are counted.</summary>
    public bool MaySubscribe(DeviceLink link, string filter)
    {
        if (!Rights.ToSubscribe(link.Device, filter, devices))
            return Overstepped(link, "subscribe to", filter);
        commands.Listens();
        return true;
    }

    /// <summary>Takes a message; <paramref name="done"/> is called once, now or when the log has it or cannot have it.</summary>
    public void Publish(DeviceLink link, in Incoming message, Action<Outcome> done)
    {
        if (link.TopicOf(message.Topic, devices) is not { Right: not Right.NotAuthorized } known)
        {
            done(Outcome.NotAuthorized);
            return;
        }
        var (topic, right) = (known.Topic, known.Right);
        if (message.IsWill && topic.Kind == TopicKind.Status && IsOutdated(link))
        {
            done(Outcome.Ignored);
            return;
        }
        var decoded = right == Right.UnknownDevice
            ? Decoded.Refused(topic.Device.Value, topic.Text, Unregistered(link), message.Payload.Span)
            : NativeFormat.Read(topic, message.Payload.Span, message.PacketId, message.Redelivered, limits);
        counters.RepeatedNames.Add(decoded.RepeatedNames);
        var answered = decoded.Entries is [Entry.Reply reply] ? commands.Answering(reply) : null;
        var received = new Received(link, topic.Kind == TopicKind.Status && decoded.Rejects.Count == 0, message.IsRepeatable, answered, done);
        intake.Submit(new Submission(Sourced(decoded.Entries, link, topic, message.IsWill, answered), decoded.Rejects, written => Finish(received, written))
        {
            Size = message.Payload.Length + message.Topic.Length,
            IsWithdrawn = message.IsRepeatable ? () => link.IsBroken : null,
        });
    }

    /// <summary>A will speaks of the connection it was left with: not when a newer one took over, nor when the gateway itself hung up.</summary>
    private bool IsOutdated(DeviceLink link) => link.End is LinkEnd.Replaced or LinkEnd.Gateway || links.IsConnected(link.Device);

    private static Flaw Unregistered(DeviceLink speaker) =>
        new(RejectReason.UnknownDevice, $"{speaker.Device} speaks for it, but no such device is registered");

    private void Finish(Received received, bool written)
    {
        (written ? counters.Acknowledged : counters.Unacknowledged).Add();
        if (received.Answered is { } command)
            commands.Answered(command, written);
        if (!written && received.IsRepeatable)
            received.Link.Break();
        received.Done(!written ? Outcome.NotStored : received.IsRouted ? Outcome.StoredAndRouted : Outcome.Stored);
    }

    /// <summary>Entries as the log gets them: with who says so of a presence, and with the delivery that an answer tells of.</summary>
    private static IReadOnlyList<Entry> Sourced(IReadOnlyList<Entry> entries, DeviceLink link, in NativeTopic topic, bool isWill, PendingCommand? answered)
    {
        if (answered is not null)
            return [new Entry.CommandDelivered(answered.Device, answered.Id), .. entries];
        if (topic.Kind != TopicKind.Status)
            return entries;
        var source = topic.Device != link.Device ? PresenceSource.Parent : isWill ? PresenceSource.Will : PresenceSource.StatusTopic;
        return [.. entries.Select(e => e is Entry.PresenceChange change ? change with { Source = source } : e)];
    }

    private bool Overstepped(DeviceLink link, string action, string topic)
    {
        counters.NotAuthorized.Add();
        if (!link.HasOverstepped)
            Log.NotAuthorized(logger, link.Device.Value, action, topic);
        link.HasOverstepped = true;
        return false;
    }

    /// <summary>A message on its way, for when the log has answered.</summary>
    private sealed record Received(DeviceLink Link, bool IsRouted, bool IsRepeatable, PendingCommand? Answered, Action<Outcome> Done);
}
