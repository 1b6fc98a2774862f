using System.Buffers;
using System.Text;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;
using B2D.Mqtt;
using B2D.Mqtt.Client;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Topics;

namespace B2D.Simulation.World;

/// <summary>
/// A device's end of one MQTT connection, without threads: frames by the library's own encoders over a <see cref="VirtualWire"/>, and what the gateway answers judged by
/// the standard. What it remembers over connections is in its <see cref="ClientMemory"/>: messages under way are sent again with DUP in the session that goes on.
/// </summary>
internal sealed class VirtualClient : IDeviceLink
{
    private const int MaxPacketSize = 256 * 1024;
    private const uint SessionExpirySeconds = 600;

    private readonly VirtualMqtt mqtt;
    private readonly ClientMemory memory;
    private readonly VirtualWire wire;
    private readonly DeviceSession session;
    private readonly Action<string, ReadOnlyMemory<byte>> onMessage;
    private readonly TaskCompletionSource<IDeviceLink> connected = new();
    private readonly TaskCompletionSource closed = new();
    private readonly Dictionary<PendingPublish, TaskCompletionSource<PublishOutcome>> waiting = [];
    private readonly HashSet<ushort> subscribing = [];
    private readonly ArrayBufferWriter<byte> output = new();
    private readonly TopicCache topics = new();
    private readonly bool isClean;
    private byte[] rest = [];
    private TimeSpan pingEvery;
    private DateTimeOffset nextPing = DateTimeOffset.MaxValue;
    private bool pingUnanswered;
    private bool isAccepted;

    public VirtualClient(VirtualMqtt mqtt, ClientMemory memory, VirtualWire wire, DeviceSession session, Action<string, ReadOnlyMemory<byte>> onMessage)
    {
        (this.mqtt, this.memory, this.wire, this.session, this.onMessage) = (mqtt, memory, wire, session, onMessage);
        isClean = memory.MustClear;
        wire.Receive = Receive;
        wire.Broken = how => mqtt.Tell(session.Device, $"breaks: {how}");
        wire.Torn = () =>
        {
            mqtt.Troubles?.Torn(session.Device);
            Close("the connection broke");
        };
    }

    /// <summary>Completes when CONNECT and the subscriptions are answered.</summary>
    public Task<IDeviceLink> Connected => connected.Task;

    public Task Closed => closed.Task;

    public VirtualWire Wire => wire;

    public bool IsClosed => closed.Task.IsCompleted;

    /// <summary>Sends CONNECT.</summary>
    public void Begin()
    {
        var isV5 = memory.Version == MqttVersion.V5;
        new ConnectPacket(memory.Version, session.Device, CleanStart: isClean, memory.KeepAlive)
        {
            UserName = session.Device,
            Password = Encoding.UTF8.GetBytes(session.Password),
            Will = session.WillTopic is { } topic ? new Will(new MqttMessage(topic, session.WillPayload, QoS.AtLeastOnce, Retain: true), 0) : null,
            Properties = isV5 ? new PropertyBag().Add(PropertyId.SessionExpiryInterval, SessionExpirySeconds) : null,
        }.Write(output);
        mqtt.Tally.FramesUp++;
        Flush();
    }

    public Task<PublishOutcome> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain)
    {
        if (IsClosed)
            return Task.FromException<PublishOutcome>(new LinkLostException("the link is closed"));
        var claimed = memory.Claim(topic, payload);
        if (claimed is { Outcome: { } known })
            return Task.FromResult(known);
        var answer = new TaskCompletionSource<PublishOutcome>();
        var publish = claimed?.Publish ?? new PendingPublish(new MqttMessage(topic, payload, memory.QoS, retain));
        waiting.Add(publish, answer);
        if (claimed is null && memory.Window.Add(publish))
            Write(publish, dup: false);
        Flush();
        return answer.Task;
    }

    public Task CloseAsync()
    {
        if (!IsClosed)
        {
            new DisconnectPacket(ReasonCode.Success).Write(output, memory.Version);
            Flush();
            wire.End();
            Close("the device left");
        }
        return Task.CompletedTask;
    }

    /// <summary>The device has no power any more: nobody says so but its operating system, and where the network is rough, not always that.</summary>
    public void Abort()
    {
        if (IsClosed)
            return;
        if (mqtt.Troubles is not null && !memory.IsRouter && memory.Dice.Next(3) == 0)
            wire.Vanish();
        else
            wire.End();
        Close("the device is off", forgets: memory.Dice.Next(3) == 0);
    }

    /// <summary>Nobody waits for this connection any more.</summary>
    public void GiveUp()
    {
        if (connected.TrySetCanceled())
            End();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public override string ToString() => $"{session.Device}: {waiting.Count} are not acknowledged, window {memory.Window.InFlight} and {memory.Window.Waiting}";

    /// <summary>Time passes: a ping every four fifths of the keep-alive, and the end where the one before was not answered.</summary>
    public void Tick(DateTimeOffset now)
    {
        if (IsClosed || now < nextPing)
            return;
        if (pingUnanswered)
        {
            mqtt.Tally.PingsUnanswered++;
            mqtt.Troubles?.Torn(session.Device);
            End();
            return;
        }
        (pingUnanswered, nextPing) = (true, now + pingEvery);
        PingPacket.Write(output, PacketType.Pingreq);
        mqtt.Tally.FramesUp++;
        Flush();
    }

    private void Receive(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            Close("the gateway closed the connection");
            return;
        }
        rest = rest.Length == 0 ? bytes : [.. rest, .. bytes];
        var input = new ReadOnlySequence<byte>(rest);
        var error = ProtocolError.None;
        while (!IsClosed && FrameReader.TryRead(ref input, MaxPacketSize, out var frame, out error))
        {
            mqtt.Tally.FramesDown++;
            error = Handle(frame, frame.Body.ToArray());
            if (error != ProtocolError.None)
                break;
        }
        if (error != ProtocolError.None)
        {
            mqtt.Wrong($"{session.Device} cannot read what the gateway sent: {error}");
            End();
        }
        rest = input.IsEmpty ? [] : input.ToArray();
        Flush();
    }

    private ProtocolError Handle(in Frame frame, byte[] body)
    {
        if (!isAccepted)
            return frame.Type == PacketType.Connack ? Accept(body) : ProtocolError.NotConnect;
        switch (frame.Type)
        {
            case PacketType.Publish:
                return Take(frame.Header, body);
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubcomp or PacketType.Pubrel:
                return Acknowledge(frame.Type, body);
            case PacketType.Suback:
                return Granted(body);
            case PacketType.Pingresp:
                pingUnanswered = false;
                return ProtocolError.None;
            case PacketType.Disconnect when memory.Version == MqttVersion.V5:
                End();
                return ProtocolError.None;
            default:
                return ProtocolError.ServerPacket;
        }
    }

    private ProtocolError Accept(byte[] body)
    {
        var error = ConnackPacket.Decode(body, memory.Version, out var connack);
        if (error != ProtocolError.None)
            return error;
        if (connack.Reason != ReasonCode.Success)
        {
            connected.TrySetException(new LinkLostException($"refused: {connack.Reason}"));
            End();
            return ProtocolError.None;
        }
        isAccepted = true;
        mqtt.Accepted(session.Device, memory, isClean, connack.SessionPresent);
        if (!connack.SessionPresent)
            memory.Lose();
        memory.Accepted(isClean);
        pingEvery = TimeSpan.FromSeconds(0.8 * (connack.Properties?.Number(PropertyId.ServerKeepAlive) ?? memory.KeepAlive));
        nextPing = mqtt.Now + pingEvery;
        Resume();
        foreach (var filter in session.Subscriptions)
        {
            mqtt.Tally.FramesUp++;
            if (!TopicFilter.TryParse(filter, out var parsed))
                throw new InvalidOperationException($"{session.Device} cannot subscribe to {filter}");
            var id = memory.Window.BeginRequest();
            subscribing.Add(id);
            new SubscribePacket(id, [new SubscribeEntry(filter, parsed, memory.QoS)]).Write(output, memory.Version);
        }
        return ProtocolError.None;
    }

    /// <summary>Everything that was under way, in its old order, with DUP [MQTT-4.4.0-1].</summary>
    private void Resume()
    {
        foreach (var publish in memory.Window.Resume(int.MaxValue))
        {
            mqtt.Tally.RedeliveredUp++;
            if (publish.IsReceived)
                Release(publish);
            else
                Write(publish, dup: true);
        }
        while (memory.Window.Next() is { } next)
            Write(next, dup: false);
    }

    private ProtocolError Granted(byte[] body)
    {
        var error = GrantPacket.Decode(PacketType.Suback, body, memory.Version, out var grant);
        if (error != ProtocolError.None)
            return error;
        memory.Window.EndRequest(grant!.PacketId);
        if (!subscribing.Remove(grant.PacketId) || grant.Reasons is not [var reason] || reason.IsFailure())
            mqtt.Wrong($"{session.Device} got SUBACK {grant.PacketId} with {string.Join(' ', grant.Reasons)}");
        if (subscribing.Count == 0)
        {
            Flush();
            wire.IsEstablished = true;
            connected.TrySetResult(this);
        }
        return ProtocolError.None;
    }

    private ProtocolError Take(byte header, byte[] body)
    {
        var error = PublishPacket.Decode(header, body, memory.Version, topics, out var packet);
        if (error != ProtocolError.None)
            return error;
        mqtt.Tally.RedeliveredDown += packet.Dup ? 1 : 0;
        if (packet.QoS != QoS.ExactlyOnce || memory.ExactlyOnce.Add(packet.PacketId))
            onMessage(packet.Topic, packet.Payload);
        else if (!packet.Dup)
            mqtt.Wrong($"{session.Device} got message {packet.PacketId} of QoS 2 again, without DUP");
        if (mqtt.Troubles?.LosesAcknowledgement(session.Device) is true)
            wire.Tear();
        if (packet.QoS != QoS.AtMostOnce && !IsClosed)
            Send(new AckPacket(packet.QoS == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, packet.PacketId));
        return ProtocolError.None;
    }

    private ProtocolError Acknowledge(PacketType type, byte[] body)
    {
        var error = AckPacket.Decode(type, body, memory.Version, out var ack);
        if (error != ProtocolError.None)
            return error;
        if (type == PacketType.Pubrel)
        {
            Send(new AckPacket(PacketType.Pubcomp, ack.PacketId, memory.ExactlyOnce.Remove(ack.PacketId) ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound));
            return ProtocolError.None;
        }
        var done = memory.Window.Acknowledge(ack, out var answer);
        if (answer is { } release)
        {
            if (memory.Window.Resume(int.MaxValue).FirstOrDefault(p => p.PacketId == release.PacketId) is { } received)
                Release(received);
            else
                mqtt.Wrong($"{session.Device} got PUBREC {ack.PacketId} for nothing");
        }
        else if (done is null)
            mqtt.Wrong($"{session.Device} got {type} {ack.PacketId} for nothing");
        else
            Done(done, ack);
        return ProtocolError.None;
    }

    private void Done(PendingPublish publish, in AckPacket ack)
    {
        mqtt.Tally.ExactlyOnce += ack.Type == PacketType.Pubcomp ? 1 : 0;
        var isReleased = ack is { Type: PacketType.Pubcomp, Reason: ReasonCode.PacketIdentifierNotFound };
        // MQTT 3.1.1 says no reasons; 5.0 says this one where PUBREL came twice.
        if (!memory.TakeRelease(publish, wire) && isReleased)
            mqtt.Wrong($"{session.Device} was told that message {ack.PacketId} of QoS 2 had come, and now the gateway knows nothing of it");
        var outcome = ack.Reason.IsFailure() && !isReleased ? PublishOutcome.Refused : PublishOutcome.Acknowledged;
        if (waiting.Remove(publish, out var answer))
        {
            Flush();
            answer.TrySetResult(outcome);
        }
        else
            memory.Settle(publish, outcome);
        while (!IsClosed && memory.Window.Next() is { } next)
            Write(next, dup: false);
    }

    private void Release(PendingPublish publish)
    {
        Send(new AckPacket(PacketType.Pubrel, publish.PacketId));
        Flush();
        memory.Released(publish, wire);
    }

    private void Write(PendingPublish publish, bool dup)
    {
        var message = publish.Message;
        PublishPacket.Write(output, memory.Version, Encoding.UTF8.GetBytes(message.Topic), message.Payload.Span, PublishPacket.FlagsOf(message.QoS, message.Retain, dup), publish.PacketId, null);
        mqtt.Tally.FramesUp++;
    }

    private void Send(AckPacket packet)
    {
        packet.Write(output, memory.Version);
        mqtt.Tally.FramesUp++;
    }

    private void Flush()
    {
        if (output.WrittenCount == 0)
            return;
        if (!IsClosed)
            wire.Send(output.WrittenSpan);
        output.ResetWrittenCount();
    }

    /// <summary>The device closes the connection.</summary>
    private void End()
    {
        if (IsClosed)
            return;
        wire.End();
        Close("the device closed the connection");
    }

    private void Close(string why, bool forgets = false)
    {
        if (IsClosed)
            return;
        mqtt.Tell(session.Device, $"{why}, {waiting.Count} under way{(forgets ? ", and it forgets them" : "")}");
        var lost = waiting.ToArray();
        waiting.Clear();
        foreach (var (publish, _) in lost)
            memory.Leave(publish);
        if (forgets)
            memory.Forget();
        // Only now: whoever waits for this may connect again at once.
        closed.TrySetResult();
        connected.TrySetException(new LinkLostException(why));
        foreach (var (_, answer) in lost)
            answer.TrySetException(new LinkLostException("the connection broke before the acknowledgement"));
    }
}
