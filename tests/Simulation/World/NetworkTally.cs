using System.Globalization;
using B2D.Mqtt;

namespace B2D.Simulation.World;

/// <summary>What went over simulated MQTT connections. Counts of one town, or of all that one process has run.</summary>
internal sealed class NetworkTally
{
    /// <summary>All ends for which something in this world gives cause.</summary>
    private static readonly EndReason[] Right =
    [
        EndReason.TakenOver, EndReason.KeepAliveExpired, EndReason.Truncated, EndReason.ConnectionReset, EndReason.ConnectionLost,
        EndReason.ClientDisconnected, EndReason.ConnectTimeout, EndReason.ConnectRefused,
    ];

    // FNV-1a, 64 bits.
    private const ulong FirstHash = 0xcbf29ce484222325, Prime = 0x100000001b3;

    private readonly long[] ends = new long[Enum.GetValues<EndReason>().Length];

    /// <summary>Of all towns that were run so far in this process.</summary>
    public static NetworkTally OfAll { get; } = new();

    /// <summary>Of all bytes that gateways took and gave, in their order: the same for the same run. Of several towns, the sum.</summary>
    public ulong Fingerprint { get; private set; } = FirstHash;

    public long Towns { get; set; }

    public long Connections { get; set; }

    public long FramesUp { get; set; }

    public long FramesDown { get; set; }

    /// <summary>Pieces that the network made of what was sent at once.</summary>
    public long Splits { get; set; }

    /// <summary>PUBLISH with DUP, and PUBREL sent again.</summary>
    public long RedeliveredUp { get; set; }

    public long RedeliveredDown { get; set; }

    /// <summary>Connections that went on with a session of the gateway's.</summary>
    public long Resumed { get; set; }

    /// <summary>Those of them in which the gateway had been started anew meanwhile.</summary>
    public long Restored { get; set; }

    /// <summary>Messages that went up by the three steps of QoS 2.</summary>
    public long ExactlyOnce { get; set; }

    /// <summary>Connections of which one end has vanished without the other's hearing of it.</summary>
    public long HalfOpen { get; set; }

    /// <summary>Times a device found, by a ping without an answer, that it was alone.</summary>
    public long PingsUnanswered { get; set; }

    /// <summary>Why gateways' connections ended, where nothing in this world gives cause for it; one line each.</summary>
    public IEnumerable<string> Strange => Enum.GetValues<EndReason>().Except(Right).Where(r => ends[(int)r] > 0).Select(r => $"{ends[(int)r]} connections ended with {r}");

    /// <summary>Bytes of one device's connection pass the gateway's door.</summary>
    public void Hash(string device, ReadOnlySpan<byte> bytes)
    {
        var hash = Fingerprint;
        foreach (var letter in device)
            hash = unchecked((hash ^ letter) * Prime);
        foreach (var one in bytes)
            hash = unchecked((hash ^ one) * Prime);
        Fingerprint = hash;
    }

    /// <summary>Takes over what a gateway has counted; once, at its end or the town's.</summary>
    public void Add(MqttCounters counters)
    {
        for (var reason = 0; reason < ends.Length; reason++)
            ends[reason] += counters.Ended((EndReason)reason);
    }

    /// <summary>Takes over what another one has counted.</summary>
    public void Add(NetworkTally other)
    {
        lock (ends)
        {
            Towns += other.Towns;
            Fingerprint = unchecked(Fingerprint + other.Fingerprint);
            Connections += other.Connections;
            (FramesUp, FramesDown, Splits) = (FramesUp + other.FramesUp, FramesDown + other.FramesDown, Splits + other.Splits);
            (RedeliveredUp, RedeliveredDown) = (RedeliveredUp + other.RedeliveredUp, RedeliveredDown + other.RedeliveredDown);
            (Resumed, Restored, ExactlyOnce) = (Resumed + other.Resumed, Restored + other.Restored, ExactlyOnce + other.ExactlyOnce);
            (HalfOpen, PingsUnanswered) = (HalfOpen + other.HalfOpen, PingsUnanswered + other.PingsUnanswered);
            for (var reason = 0; reason < ends.Length; reason++)
                ends[reason] += other.ends[reason];
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Towns} towns over MQTT: {Connections} connections, {FramesUp} frames up, {FramesDown} down, {Splits} split; again {RedeliveredUp} up, {RedeliveredDown} down; {ExactlyOnce} by QoS 2; sessions {Resumed} resumed, {Restored} of them after a restart; {HalfOpen} half open, {PingsUnanswered} pings unanswered; ends: {string.Join(", ", Right.Select(r => $"{r} {ends[(int)r]}"))}; fingerprint {Fingerprint:x16}");
}
