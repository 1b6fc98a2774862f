using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Sessions;

/// <summary>What the two sides of a connection agreed on in CONNECT and CONNACK.</summary>
internal sealed record ConnectionTerms(MqttVersion Version)
{
    /// <summary>Seconds; 0 = the client is not watched.</summary>
    public ushort KeepAlive { get; init; }

    /// <summary>How long the session outlives the connection, in seconds; 0 = not at all.</summary>
    public uint SessionExpiry { get; init; }

    /// <summary>Unacknowledged QoS 1 and 2 messages that may be under way to the client.</summary>
    public int ToClientWindow { get; init; } = ushort.MaxValue;

    /// <summary>Unacknowledged QoS 1 and 2 messages that the client may have under way to us; enforced for 5.0 only, 3.1.1 cannot know it.</summary>
    public int FromClientWindow { get; init; } = ushort.MaxValue;

    /// <summary>Largest packet that the client takes, in bytes [MQTT-3.1.2-24].</summary>
    public long ToClientPacketSize { get; init; } = long.MaxValue;

    /// <summary>Topic aliases that the client lets us use.</summary>
    public int ToClientAliases { get; init; }

    /// <summary>Whether reason strings may be sent on other packets than CONNACK and DISCONNECT [MQTT-3.1.2-29].</summary>
    public bool WantsProblems { get; init; } = true;

    public Will? Will { get; init; }

    public static ConnectionTerms Of(ConnectPacket connect, MqttServerOptions options)
    {
        var properties = connect.Properties;
        var v5 = connect.Version == MqttVersion.V5;
        var cap = (uint)options.MaxSessionExpiry.TotalSeconds;
        // 3.1.1: clean session 1 ends with the connection, 0 has no limit of its own (§3.1.2.4).
        var asked = v5 ? properties?.Number(PropertyId.SessionExpiryInterval) ?? 0 : connect.CleanStart ? 0 : uint.MaxValue;
        var keepAliveCap = (ushort)options.MaxKeepAlive.TotalSeconds;
        return new ConnectionTerms(connect.Version)
        {
            // Only 5.0 clients can be told of another keep-alive [MQTT-3.1.2-21].
            KeepAlive = v5 && keepAliveCap > 0 && (connect.KeepAlive == 0 || connect.KeepAlive > keepAliveCap) ? keepAliveCap : connect.KeepAlive,
            SessionExpiry = Math.Min(asked, cap),
            ToClientWindow = (int)Math.Min(options.MaxInFlight, properties?.Number(PropertyId.ReceiveMaximum) ?? ushort.MaxValue),
            FromClientWindow = v5 ? options.ReceiveMaximum : ushort.MaxValue,
            ToClientPacketSize = properties?.Number(PropertyId.MaximumPacketSize) ?? long.MaxValue,
            ToClientAliases = (int)Math.Min(options.MaxTopicAliases, properties?.Number(PropertyId.TopicAliasMaximum) ?? 0),
            WantsProblems = properties?.Number(PropertyId.RequestProblemInformation) != 0,
            Will = connect.Will,
        };
    }
}
