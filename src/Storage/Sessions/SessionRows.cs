namespace B2D.Storage.Sessions;

/// <summary>A session that outlives its connection.</summary>
public sealed record SessionRow
{
    /// <summary>Rising; the next session of the same client has another one.</summary>
    public long Id { get; init; }
    public string ClientId { get; init; } = "";

    /// <summary>The device.</summary>
    public string Principal { get; init; } = "";
    public long ExpirySeconds { get; init; }

    /// <summary>0 while it is connected.</summary>
    public long EndsAt { get; init; }

    /// <summary>A will that waits, as an MQTT packet; empty for none.</summary>
    public byte[] Will { get; init; } = [];
    public long WillDueAt { get; init; }
}

/// <summary>A subscription of a session.</summary>
public sealed record SubscriptionRow
{
    public long Session { get; init; }
    public long Number { get; init; }
    public string Filter { get; init; } = "";
    public int Qos { get; init; }
    public bool NoLocal { get; init; }
    public bool RetainAsPublished { get; init; }
    public long Identifier { get; init; }
}

/// <summary>A message that is due to sessions, or retained, or both.</summary>
public sealed record MessageRow
{
    public long Id { get; init; }

    /// <summary>An MQTT packet.</summary>
    public byte[] Packet { get; init; } = [];

    /// <summary>0 = never.</summary>
    public long ExpiresAt { get; init; }
    public bool Retained { get; init; }
}

/// <summary>A message on its way to a session's client.</summary>
public sealed record DeliveryRow
{
    public long Session { get; init; }

    /// <summary>Its place in the session's order.</summary>
    public long Number { get; init; }
    public long Message { get; init; }
    public int Qos { get; init; }
    public bool Retain { get; init; }

    /// <summary>Subscription identifiers, with spaces between.</summary>
    public string Identifiers { get; init; } = "";

    /// <summary>0 until it is sent.</summary>
    public int PacketId { get; init; }

    /// <summary>QoS 2: the client has it.</summary>
    public bool Received { get; init; }
}

/// <summary>A QoS 2 id of a client that stands for a message until the client releases it.</summary>
public sealed record AcceptedRow
{
    public long Session { get; init; }
    public int PacketId { get; init; }

    /// <summary>What is passed on at the release, as an MQTT packet; empty for none.</summary>
    public byte[] Packet { get; init; } = [];
}
