using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Sessions;

/// <summary>Everything a server remembers of one client (MQTT 5.0 §4.1), as data. <see cref="SessionMachine"/> changes it; nothing here does I/O.</summary>
internal sealed class Session(string clientId, int maxQueued, long maxQueuedBytes)
{
    private long _lastHeard;

    public string ClientId { get; } = clientId;

    /// <summary>The session's number in the store; 0 where it is in memory only, because it ends with its connection or there is no store.</summary>
    public long Key
    {
        get => Outbound.Key;
        set => Outbound.Key = Inbound.Key = value;
    }

    public bool IsKept => Key != 0;

    /// <summary>What the application wants to know its principal by after a restart.</summary>
    public string PrincipalName { get; set; } = "";

    /// <summary>The terms of the present connection; null while there is none.</summary>
    public ConnectionTerms? Terms { get; set; }

    public bool IsConnected => Terms != null;

    /// <summary>When the last packet arrived. One word, so that neither who writes it with each read nor who looks needs a lock.</summary>
    public DateTimeOffset LastHeard
    {
        get => new(Volatile.Read(ref _lastHeard), TimeSpan.Zero);
        set => Volatile.Write(ref _lastHeard, value.UtcTicks);
    }

    /// <summary>By filter text, group included.</summary>
    public Dictionary<string, Subscription> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>The last number given to a subscription.</summary>
    public long LastSubscription { get; set; }

    public InboundWindow Inbound { get; } = new();

    public OutboundWindow Outbound { get; } = new(maxQueued, maxQueuedBytes);

    /// <summary>Seconds that the session outlives its connection.</summary>
    public uint ExpirySeconds { get; set; }

    /// <summary>What was agreed in CONNECT; a DISCONNECT may not raise it from 0 [MQTT-3.14.2-2].</summary>
    public uint AgreedExpirySeconds { get; set; }

    /// <summary>The will of the present or last connection, until it is published or discarded.</summary>
    public MqttMessage? Will { get; set; }

    public uint WillDelaySeconds { get; set; }

    /// <summary>When a will that waits is published; null while none waits.</summary>
    public DateTimeOffset? WillDueAt { get; set; }

    /// <summary>When a session without connection ends; null while it is connected.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    public bool HasEnded { get; set; }
}
