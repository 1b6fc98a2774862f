namespace B2D.Mqtt;

/// <summary>Limits of a server. Each has a unit, a default and a range; <see cref="Validate"/> names all that are out of range.</summary>
public sealed class MqttServerOptions
{
    /// <summary>Largest packet from a client, header included, in bytes. Default 262,144 (the largest message of Azure IoT Hub); 64 to 268,435,460.</summary>
    public int MaxPacketSize { get; set; } = 256 * 1024;

    /// <summary>Time from the connection to a complete CONNECT and its decision. Default 10 s; 1 s to 5 min. Mosquitto waits for ever, HiveMQ 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest keep-alive, in whole seconds; a 5.0 client that asks for more or none is told this one. Default 30 min (about that of Azure IoT Hub);
    /// 0 = no cap, else 5 s to 65,535 s.
    /// </summary>
    public TimeSpan MaxKeepAlive { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Connections at once, accepted or not. Default 10,000; 1 to 1,000,000 (a process has a file for each).</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// Connections at once from one address (IPv6: from one /64). Default 10,000, for carriers put thousands of devices behind one; 1 to 1,000,000.
    /// </summary>
    public int MaxConnectionsPerAddress { get; set; } = 10_000;

    /// <summary>
    /// Connections at once that have not sent a whole CONNECT yet; for each more, the one that has waited longest is ended. Default 1,000 (Linux queues
    /// at most 4,096 unaccepted ones); 10 to 1,000,000.
    /// </summary>
    public int MaxAwaitingConnect { get; set; } = 1000;

    /// <summary>
    /// CONNECTs a second, with one second's worth at once; the rest is told to come back later (server busy). Default 2,000, a tenth of what one core
    /// decides; 1 to 1,000,000, 0 = no limit.
    /// </summary>
    public int MaxConnectRate { get; set; } = 2000;

    /// <summary>
    /// PUBLISH packets a second from one connection, with one second's worth at once; a client that has more is read from no faster. Default 10,000;
    /// 1 to 10,000,000, 0 = no limit.
    /// </summary>
    public int MaxPublishRate { get; set; } = 10_000;

    /// <summary>Sessions remembered, connected or not. Default 100,000; 1 to 10,000,000.</summary>
    public int MaxSessions { get; set; } = 100_000;

    /// <summary>Longest time a session outlives its connection, whatever the client asks. Default 7 days; 0 to 10 years.</summary>
    public TimeSpan MaxSessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Longest client id, in characters. Default 256; 23 to 65,535 (23 is what 3.1.1 §3.1.3.1 guarantees).</summary>
    public int MaxClientIdLength { get; set; } = 256;

    /// <summary>Subscriptions of one session. Default 100; 1 to 100,000.</summary>
    public int MaxSubscriptions { get; set; } = 100;

    /// <summary>Levels of a topic or filter. Default 32; 1 to 200 (Mosquitto's limit).</summary>
    public int MaxTopicLevels { get; set; } = 32;

    /// <summary>Length of a topic or filter, in characters. Default 1,024; 16 to 65,535.</summary>
    public int MaxTopicLength { get; set; } = 1024;

    /// <summary>QoS 1 and 2 messages under way to one client, unacknowledged. Default 100; 1 to 65,000.</summary>
    public int MaxInFlight { get; set; } = 100;

    /// <summary>Messages that wait for one client. Default 1,000 (Mosquitto's); 0 to 1,000,000. What goes over it is dropped and counted.</summary>
    public int MaxQueuedMessages { get; set; } = 1000;

    /// <summary>Bytes that wait for one client. Default 1 MiB; 0 to 1 GiB.</summary>
    public long MaxQueuedBytes { get; set; } = 1024 * 1024;

    /// <summary>Receive maximum told to 5.0 clients: their unacknowledged QoS 1 and 2 messages. Default 1,000; 1 to 65,535.</summary>
    public int ReceiveMaximum { get; set; } = 1000;

    /// <summary>Topic aliases per connection and direction. Default 16; 0 to 65,535.</summary>
    public int MaxTopicAliases { get; set; } = 16;

    /// <summary>Retained messages. Default 100,000; 0 to 10,000,000.</summary>
    public int MaxRetainedMessages { get; set; } = 100_000;

    /// <summary>Bytes of all retained messages. Default 64 MiB; 0 to 16 GiB.</summary>
    public long MaxRetainedBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>
    /// Bytes of changes of sessions that wait for the store; beyond it nobody is read from, and messages for kept sessions are dropped and counted,
    /// until the store has written some. Default 64 MiB; 1 KiB to 16 GiB. Without a store nothing waits.
    /// </summary>
    public long MaxUnkeptBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>
    /// Messages of one connection that the application has not completed; at this many the connection is not read from. Default 1,000;
    /// 1 to 1,000,000.
    /// </summary>
    public int MaxInboundBacklogMessages { get; set; } = 1000;

    /// <summary>The same in payload bytes. Default 1 MiB; 1 KiB to 1 GiB.</summary>
    public long MaxInboundBacklogBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes unsent at which messages to a client wait in its queue instead. Default 256 KiB; 1 KiB to 1 GiB.</summary>
    public int WriteBacklogBytes { get; set; } = 256 * 1024;

    /// <summary>Bytes unsent at which the connection is ended. Default 4 MiB; at least <see cref="WriteBacklogBytes"/>, at most 1 GiB.</summary>
    public int MaxWriteBacklogBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Time without any progress in sending after which the connection is ended. Default 30 s; 1 s to 10 min.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that a connection being ended has for its last bytes. Default 2 s; 0 to 1 min.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A tick that comes later than this after the one before judges nobody's silence; the next one does. The process was stopped or the clock was
    /// set, and what clients sent meanwhile is still in the sockets. Default 10 s; 1 s to 1 h.
    /// </summary>
    public TimeSpan TickGap { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>All values out of range, each with property, rule and actual value; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var failures = new List<string>();
        void Range(string name, long value, long min, long max)
        {
            if (value < min || value > max)
                failures.Add(FormattableString.Invariant($"{name} must be {min:N0} to {max:N0}, but is {value:N0}."));
        }

        void Span(string name, TimeSpan value, TimeSpan min, TimeSpan max)
        {
            if (value < min || value > max)
                failures.Add(FormattableString.Invariant($"{name} must be {min} to {max}, but is {value}."));
        }

        Range(nameof(MaxPacketSize), MaxPacketSize, 64, 268_435_460);
        Span(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        if (MaxKeepAlive != TimeSpan.Zero)
            Span(nameof(MaxKeepAlive), MaxKeepAlive, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(65_535));
        Range(nameof(MaxConnections), MaxConnections, 1, 1_000_000);
        Range(nameof(MaxConnectionsPerAddress), MaxConnectionsPerAddress, 1, 1_000_000);
        Range(nameof(MaxAwaitingConnect), MaxAwaitingConnect, 10, 1_000_000);
        Range(nameof(MaxConnectRate), MaxConnectRate, 0, 1_000_000);
        Range(nameof(MaxPublishRate), MaxPublishRate, 0, 10_000_000);
        Range(nameof(MaxSessions), MaxSessions, 1, 10_000_000);
        Span(nameof(MaxSessionExpiry), MaxSessionExpiry, TimeSpan.Zero, TimeSpan.FromDays(3650));
        Range(nameof(MaxClientIdLength), MaxClientIdLength, 23, 65_535);
        Range(nameof(MaxSubscriptions), MaxSubscriptions, 1, 100_000);
        Range(nameof(MaxTopicLevels), MaxTopicLevels, 1, 200);
        Range(nameof(MaxTopicLength), MaxTopicLength, 16, 65_535);
        Range(nameof(MaxInFlight), MaxInFlight, 1, 65_000);
        Range(nameof(MaxQueuedMessages), MaxQueuedMessages, 0, 1_000_000);
        Range(nameof(MaxQueuedBytes), MaxQueuedBytes, 0, 1L << 30);
        Range(nameof(ReceiveMaximum), ReceiveMaximum, 1, 65_535);
        Range(nameof(MaxTopicAliases), MaxTopicAliases, 0, 65_535);
        Range(nameof(MaxRetainedMessages), MaxRetainedMessages, 0, 10_000_000);
        Range(nameof(MaxRetainedBytes), MaxRetainedBytes, 0, 1L << 34);
        Range(nameof(MaxUnkeptBytes), MaxUnkeptBytes, 1024, 1L << 34);
        Range(nameof(MaxInboundBacklogMessages), MaxInboundBacklogMessages, 1, 1_000_000);
        Range(nameof(MaxInboundBacklogBytes), MaxInboundBacklogBytes, 1024, 1L << 30);
        Range(nameof(WriteBacklogBytes), WriteBacklogBytes, 1024, 1L << 30);
        Range(nameof(MaxWriteBacklogBytes), MaxWriteBacklogBytes, WriteBacklogBytes, 1L << 30);
        Span(nameof(WriteTimeout), WriteTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Span(nameof(CloseTimeout), CloseTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Span(nameof(TickGap), TickGap, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        return failures;
    }
}
