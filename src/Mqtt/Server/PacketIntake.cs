using System.Buffers;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Sessions;
using B2D.Mqtt.Topics;
using B2D.Mqtt.Transport;

namespace B2D.Mqtt.Server;

/// <summary>
/// Takes a connected client's packets apart and feeds the session machine. Holds what lives as long as the connection and belongs to reading:
/// topic aliases and recent topic names. Used by the read loop only.
/// </summary>
internal sealed class PacketIntake(MqttServer server, MqttConnection connection)
{
    private readonly MqttSession _session = connection.Session!;
    private readonly Session _state = connection.Session!.State;
    private readonly List<Effect> _effects = [];
    private readonly TopicCache _topics = new();
    private string?[] _aliases = [];
    private bool _wasHeard;

    public bool IsHeldBack { get; private set; }

    /// <summary>
    /// Handles the whole packets at the front of <paramref name="input"/>, as many as the application may have. What is wrong with them, or None;
    /// the input is moved behind what was handled.
    /// </summary>
    public ProtocolError Read(ref ReadOnlySequence<byte> input)
    {
        (IsHeldBack, _wasHeard) = (false, false);
        try
        {
            return input.IsSingleSegment ? ReadSegment(ref input) : ReadSegments(ref input);
        }
        finally
        {
            connection.Settle();
        }
    }

    /// <summary>As our own transport gives them: all bytes side by side.</summary>
    private ProtocolError ReadSegment(ref ReadOnlySequence<byte> input)
    {
        var bytes = input.First;
        var read = 0;
        var error = ProtocolError.None;
        while (MayGoOn() && FrameReader.TryRead(bytes.Span[read..], server.Options.MaxPacketSize, out var bodyAt, out var length, out error, connection.UsesNoFlags))
        {
            var (at, body) = (read, read + bodyAt);
            read = body + length;
            error = Handle(bytes.Span[at], bytes.Slice(body, length));
            if (error != ProtocolError.None)
                break;
        }
        input = input.Slice(read);
        return error;
    }

    /// <summary>As a pipe may give them: a packet that lies across segments is put together.</summary>
    private ProtocolError ReadSegments(ref ReadOnlySequence<byte> input)
    {
        var error = ProtocolError.None;
        while (MayGoOn() && FrameReader.TryRead(ref input, server.Options.MaxPacketSize, out var frame, out error, connection.UsesNoFlags))
        {
            error = frame.Body.IsSingleSegment ? Handle(frame.Header, frame.Body.First) : HandleJoined(frame);
            if (error != ProtocolError.None)
                break;
        }
        return error;
    }

    private ProtocolError HandleJoined(in Frame frame)
    {
        var length = (int)frame.Body.Length;
        var joined = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            frame.Body.CopyTo(joined);
            return Handle(frame.Header, joined.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    private bool MayGoOn() => !connection.IsClosing && !(IsHeldBack = connection.IsBehind);

    /// <param name="header">First byte of the packet.</param>
    /// <param name="body">All behind its Remaining Length. Gone when the read is handled.</param>
    private ProtocolError Handle(byte header, ReadOnlyMemory<byte> body)
    {
        if (!_wasHeard)
        {
            _state.LastHeard = server.Now;
            _wasHeard = true;
        }
        var type = (PacketType)(header >> 4);
        switch (type)
        {
            case PacketType.Publish:
                return Publish(header, body);
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp:
                return Acknowledge(type, body.Span);
            case PacketType.Subscribe:
                return Subscribe(body.Span);
            case PacketType.Unsubscribe:
                return Unsubscribe(body.Span);
            case PacketType.Pingreq: // [MQTT-3.12.4-1]
                if (!body.IsEmpty)
                    return ProtocolError.BodyTooLong;
                lock (_session.Gate)
                {
                    SessionMachine.Ping(_state, _effects);
                    server.Effects.Carry(_session, _effects);
                }
                return Announce();
            case PacketType.Disconnect:
                return Disconnect(body.Span);
            case PacketType.Connect:
                return ProtocolError.SecondConnect; // [MQTT-3.1.0-2]
            case PacketType.Auth when connection.Version == MqttVersion.V5:
                return ProtocolError.AuthUnexpected; // no authentication method was agreed [MQTT-4.12.0-6]
            case PacketType.Auth:
                return ProtocolError.ReservedType;
            default:
                return ProtocolError.ServerPacket;
        }
    }

    /// <summary>Answered as its QoS says [MQTT-3.3.4-1].</summary>
    private ProtocolError Publish(byte header, ReadOnlyMemory<byte> body)
    {
        var error = PublishPacket.Decode(header, body, connection.Version, _topics, out var packet);
        if (error != ProtocolError.None)
            return error;
        if (packet.Properties is { SubscriptionIdentifiers.Count: > 0 })
            return ProtocolError.ServersProperty; // [MQTT-3.3.4-6]
        error = ResolveAlias(packet, out var topic);
        if (error != ProtocolError.None)
            return error;
        connection.Spend();
        var verdict = server.JudgePublish(_session, topic);
        var publish = packet.QoS == QoS.ExactlyOnce ? new ReceivedPublish(isPooled: false) : PublishPool.Rent();
        publish.Begin(connection, topic, packet.Payload, packet.QoS, packet.PacketId);
        (publish.Retain, publish.Dup, publish.Properties) = (packet.Retain, packet.Dup, PublishPacket.ToMessage(packet.Properties));
        lock (_session.Gate)
        {
            SessionMachine.Publish(_state, publish, verdict, _effects);
            server.Effects.Carry(_session, _effects);
        }
        return Announce();
    }

    /// <summary>Topic aliases live as long as the connection [MQTT-3.3.2-7]; out of range [MQTT-3.3.2-9] and unknown ones end it.</summary>
    private ProtocolError ResolveAlias(in PublishPacket packet, out string topic)
    {
        topic = packet.Topic;
        if (packet.Properties == null || packet.TopicAlias == 0)
            return ProtocolError.None;
        if (packet.TopicAlias > server.Options.MaxTopicAliases)
            return ProtocolError.AliasInvalid;
        if (_aliases.Length == 0)
            _aliases = new string?[server.Options.MaxTopicAliases + 1];
        if (topic.Length > 0)
            _aliases[packet.TopicAlias] = topic;
        else if (_aliases[packet.TopicAlias] is { } known)
            topic = known;
        else
            return ProtocolError.AliasUnknown;
        return ProtocolError.None;
    }

    private ProtocolError Acknowledge(PacketType type, ReadOnlySpan<byte> body)
    {
        var error = AckPacket.Decode(type, body, connection.Version, out var ack);
        if (error != ProtocolError.None)
            return error;
        if (type == PacketType.Pubrel) // answered with PUBCOMP [MQTT-4.3.3-11]
            Release(ack);
        else
            Step(ack);
        return Announce();
    }

    private void Step(in AckPacket ack)
    {
        lock (_session.Gate)
        {
            SessionMachine.Acknowledge(_state, ack, connection.IsWritable, server.Now, _effects);
            server.Effects.Carry(_session, _effects);
        }
    }

    /// <summary>The message goes on and its id is free, both or neither: between the two a crash would lose it or deliver it twice.</summary>
    private void Release(in AckPacket ack)
    {
        MqttMessage? held;
        lock (_session.Gate)
            held = _state.Inbound.TakeHeld(ack.PacketId);
        if (held == null)
        {
            Step(ack);
            return;
        }
        using var whole = server.Journal.Together();
        server.Route(held, copyPayload: false, _session);
        Step(ack);
    }

    /// <summary>Answered with SUBACK [MQTT-3.8.4-1], one code for each filter [MQTT-3.8.4-6].</summary>
    private ProtocolError Subscribe(ReadOnlySpan<byte> body)
    {
        var error = SubscribePacket.Decode(body, connection.Version, out var packet);
        if (error != ProtocolError.None)
            return error;
        if (connection.IsBridge)
            packet = packet!.OfBridge();
        var verdicts = packet!.Entries.Select(e => server.JudgeSubscribe(_session, e.Filter.Filter)).ToArray();
        lock (_session.Gate)
        {
            SessionMachine.Subscribe(_state, packet, verdicts, server.Options.MaxSubscriptions, _effects);
            server.Effects.Carry(_session, _effects);
        }
        return Announce();
    }

    /// <summary>Answered with UNSUBACK, whether or not there was such a subscription [MQTT-3.10.4-4] [MQTT-3.10.4-5].</summary>
    private ProtocolError Unsubscribe(ReadOnlySpan<byte> body)
    {
        var error = UnsubscribePacket.Decode(body, connection.Version, out var packet);
        if (error != ProtocolError.None)
            return error;
        lock (_session.Gate)
        {
            SessionMachine.Unsubscribe(_state, packet!, _effects);
            server.Effects.Carry(_session, _effects);
        }
        return Announce();
    }

    /// <summary>Ends the connection; Success also discards the will [MQTT-3.14.4-3].</summary>
    private ProtocolError Disconnect(ReadOnlySpan<byte> body)
    {
        var error = DisconnectPacket.Decode(PacketType.Disconnect, body, connection.Version, out var packet);
        if (error != ProtocolError.None)
            return error;
        lock (_session.Gate)
        {
            SessionMachine.Disconnect(_state, packet, (uint)server.Options.MaxSessionExpiry.TotalSeconds, _effects);
            server.Effects.Carry(_session, _effects);
        }
        return Announce();
    }

    private ProtocolError Announce()
    {
        server.Effects.Announce(_session, _effects);
        _effects.Clear();
        return ProtocolError.None;
    }
}
