namespace B2D.FirmwareSim.Load;

/// <summary>What a load is. <see cref="Validate"/> names everything that is wrong at once.</summary>
public sealed record LoadOptions
{
    /// <summary>The payload without <c>--payload</c>: 79 bytes, a time and five metrics.</summary>
    public const string UsualPayload = """{"ts":{ts},"temp":{num:20.0:99.9},"rpm":{num:1000:1999},"vib":{num:0.10:0.99},"fault":0,"hours":{num:1000.0:9999.9}}""";

    /// <summary>Server, default 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its port for MQTT without TLS, default 1883, 1 to 65,535.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Connections, default 50, 1 to 20,000.</summary>
    public int Connections { get; init; } = 50;

    /// <summary>Devices, default 1,000, from one for each connection to 1,000,000. Device n uses connection n modulo <see cref="Connections"/>.</summary>
    public int Devices { get; init; } = 1000;

    /// <summary>Number of the first device, default 0.</summary>
    public int FirstDevice { get; init; }

    /// <summary>0 or 1, default 1.</summary>
    public int QoS { get; init; } = 1;

    /// <summary>Messages of one connection that are not acknowledged yet, default 20, 1 to 10,000.</summary>
    public int InFlight { get; init; } = 20;

    /// <summary>Messages in all; default 0: until <see cref="Length"/> is over.</summary>
    public long Total { get; init; }

    /// <summary>How long, default 10 s; not used where <see cref="Total"/> is set.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages a second in all, whatever the server does; latency counts from the planned time. Default 0: as many as the server acknowledges.</summary>
    public double Rate { get; init; }

    /// <summary>Topic, with placeholders {dev} and {conn}.</summary>
    public string Topic { get; init; } = "devices/{dev}/telemetry";

    /// <summary>Client id, with placeholders {dev} (the connection's first device) and {conn}.</summary>
    public string ClientId { get; init; } = "load-{conn}";

    /// <summary>User name, likewise.</summary>
    public string User { get; init; } = "{dev}";

    /// <summary>Password, likewise; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Payload, with all placeholders of <see cref="PayloadTemplate"/>.</summary>
    public string Payload { get; init; } = UsualPayload;

    /// <summary>What {seq} of a device begins with, default 1,000,000,000; 10 digits, as JSON has no number that begins with 0.</summary>
    public long FirstSequence { get; init; } = 1_000_000_000;

    /// <summary>What {at} of a device begins with.</summary>
    public DateTimeOffset FirstAt { get; init; }

    /// <summary>What {at} grows by with each message of a device, default 1 s.</summary>
    public TimeSpan AtStep { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>File for a line <c>device,seq</c> of every acknowledged message; null for none.</summary>
    public string? AckedLog { get; init; }

    /// <summary>Connects again when a connection breaks, and sends what was not acknowledged once more.</summary>
    public bool Reconnect { get; init; }

    /// <summary>How long the server may stay away, default 60 s.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same seed gives the same numbers, default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>All that is wrong; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Range("port", Port, 1, 65_535);
        Range("connections", Connections, 1, 20_000);
        Range("devices", Devices, Connections, 1_000_000);
        Range("first-device", FirstDevice, 0, int.MaxValue - 1_000_000);
        Range("qos", QoS, 0, 1);
        Range("in-flight", InFlight, 1, 10_000);
        if (Total < 0) problems.Add($"--total is {Total}; it must be 1 or more, or 0 for a time");
        if (Total == 0 && Length <= TimeSpan.Zero) problems.Add("--for is 0; say how long, or --total how much");
        if (Rate is < 0 or > 10_000_000) problems.Add($"--rate is {Rate}; it must be between 0 and 10000000");
        if (FirstSequence is < 1_000_000_000 or > 9_000_000_000) problems.Add($"--first-seq is {FirstSequence}; it must be between 1000000000 and 9000000000");
        if (AckedLog is not null && QoS == 0) problems.Add("--acked-log needs QoS 1; messages of QoS 0 are not acknowledged");
        if (PayloadTemplate.Problem(Payload) is { } problem) problems.Add($"--payload: {problem}");
        return problems;

        void Range(string name, int value, int least, int most)
        {
            if (value < least || value > most) problems.Add($"--{name} is {value}; it must be between {least} and {most}");
        }
    }
}
