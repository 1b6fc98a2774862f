using System.Text;

namespace B2D.Mqtt.Topics;

/// <summary>A message on its way through the server, shared by all sessions that get it: topic encoded once, payload kept once.</summary>
internal sealed class StoredMessage
{
    public StoredMessage(MqttMessage message, DateTimeOffset now, object? origin = null)
        : this(message, origin, message.Properties?.ExpirySeconds is { } seconds ? now.AddSeconds(seconds) : null)
    {
    }

    /// <summary>One that was kept: it expires when it was to expire.</summary>
    public StoredMessage(MqttMessage message, object? origin, DateTimeOffset? expiresAt)
    {
        Topic = message.Topic;
        TopicUtf8 = Encoding.UTF8.GetBytes(message.Topic);
        Payload = message.Payload;
        QoS = message.QoS;
        Retain = message.Retain;
        Properties = message.Properties;
        Origin = origin;
        ExpiresAt = expiresAt;
    }

    public string Topic { get; }

    public byte[] TopicUtf8 { get; }

    public ReadOnlyMemory<byte> Payload { get; }

    public QoS QoS { get; }

    public bool Retain { get; }

    public MessageProperties? Properties { get; }

    /// <summary>The session that published it, for No Local; null when the application did.</summary>
    public object? Origin { get; }

    /// <summary>When it must no longer be sent [MQTT-3.3.2-5]; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Its number in the session store while something there refers to it; the journal's, under a lock on this message.</summary>
    public long Number { get; set; }

    /// <summary>How many kept deliveries and retained messages refer to it; the journal's, under a lock on this message.</summary>
    public int References { get; set; }

    /// <summary>The last generation of the journal in which something came to refer to it; 0 = nothing did.</summary>
    public long Generation { get; set; }

    /// <summary>What it counts against byte limits.</summary>
    public int Size => TopicUtf8.Length + Payload.Length + 64;

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Life time left in whole seconds, at least 1 while it is not expired; null = for ever [MQTT-3.3.2-6].</summary>
    public uint? SecondsLeft(DateTimeOffset now) =>
        ExpiresAt is { } at ? (uint)Math.Clamp(Math.Ceiling((at - now).TotalSeconds), 0, uint.MaxValue) : null;
}
