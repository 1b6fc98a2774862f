using System.Collections.Immutable;
using B2D.Core.Devices;

namespace B2D.Core.Telemetry;

/// <summary>One metric's value.</summary>
public readonly record struct Reading(string Metric, MetricValue Value);

/// <summary>How a message with no time of its own was delivered, so that a redelivered packet is known as such.</summary>
/// <param name="PacketId">MQTT packet identifier; 0 for QoS 0.</param>
/// <param name="Redelivered">The DUP flag.</param>
/// <param name="Fingerprint">A 64-bit hash of topic and payload.</param>
public readonly record struct Delivery(ushort PacketId, bool Redelivered, ulong Fingerprint);

/// <summary>Whether a device fault code appeared or went away.</summary>
public enum CodeState : byte { Set = 1, Clear = 2 }

/// <summary>Whether a device is connected.</summary>
public enum Presence : byte { Online = 1, Offline = 2 }

/// <summary>Who said so.</summary>
public enum PresenceSource : byte { Session = 1, Will = 2, StatusTopic = 3, Parent = 4 }

/// <summary>What a person does to a fault.</summary>
public enum FaultAction : byte { Acknowledge = 1, Shelve = 2, Unshelve = 3, OutOfService = 4, InService = 5, DueDone = 6 }

/// <summary>How a device answered a command.</summary>
public enum ReplyStatus : byte { Ok = 1, Failed = 2 }

/// <summary>Everything that Core sees is one of these; the partition log holds them in order.</summary>
public abstract record Entry
{
    private Entry() { }

    /// <summary>Readings of one device at one device time; <paramref name="At"/> is null where the device sent none.</summary>
    public sealed record Telemetry(DeviceId Device, DeviceTime? At, ImmutableArray<Reading> Readings, Delivery Delivery = default) : Entry
    {
        private (DeviceId Device, DeviceTime? At, Delivery Delivery) sent = (Device, At, Delivery);

        public DeviceId Device { get => sent.Device; init => sent.Device = value; }

        public DeviceTime? At { get => sent.At; init => sent.At = value; }

        public Delivery Delivery { get => sent.Delivery; init => sent.Delivery = value; }

        /// <summary>Makes another message of one that nobody keeps; its readings are written over in their place.</summary>
        internal void Become(DeviceId device, DeviceTime? at, Delivery delivery) => sent = (device, at, delivery);
    }

    /// <summary>A fault code set or cleared by the device.</summary>
    public sealed record Event(DeviceId Device, string Code, CodeState State, DeviceTime? At, Delivery Delivery = default) : Entry;

    /// <summary>A device came or went.</summary>
    public sealed record PresenceChange(DeviceId Device, Presence State, PresenceSource Source) : Entry;

    /// <summary>A device was registered or changed.</summary>
    public sealed record Registered(Device Device) : Entry;

    /// <summary>A device left the registry; its faults end.</summary>
    public sealed record Removed(DeviceId Device) : Entry;

    /// <summary>From here on this set of rules is in force (written to every partition).</summary>
    public sealed record RulesActivated(string Hash) : Entry;

    /// <summary>A person acted on a fault.</summary>
    public sealed record Action(DeviceId Device, string Rule, FaultAction Kind, string Person, ServerTime? Until, string Reason) : Entry;

    /// <summary>The device is being worked on until then, so nothing is raised on it but what endangers people; in the past: no more.</summary>
    public sealed record Maintenance(DeviceId Device, ServerTime Until) : Entry;

    /// <summary>A device answered a command.</summary>
    public sealed record Reply(DeviceId Device, string CommandId, ReplyStatus Status, string Detail) : Entry;

    /// <summary>A command reached the device (it acknowledged the packet).</summary>
    public sealed record CommandDelivered(DeviceId Device, string CommandId) : Entry;

    /// <summary>The gateway is reachable again after it was not from <paramref name="DownFrom"/> on (written to every partition).</summary>
    public sealed record GatewayUp(ServerTime DownFrom) : Entry;

    /// <summary>The gateway stops listening: silence does not count from here on (written to every partition).</summary>
    public sealed record GatewayDown : Entry;

    /// <summary>
    /// What the fleets' medians are from here on, in place of all that were told before (written to every partition). They stand for <see
    /// cref="FleetMedian.StandsForIntervals"/> times <paramref name="Every"/>.
    /// </summary>
    /// <param name="Every">The interval at which they are told; 1 ms to 366 days.</param>
    /// <param name="Medians">Each model and metric once.</param>
    public sealed record FleetMedians(TimeSpan Every, ImmutableArray<FleetMedian> Medians) : Entry;
}

/// <summary>An entry where it stands in the log. Offsets rise within a partition; <paramref name="At"/> never falls within one log.</summary>
public readonly record struct LogEntry(int Partition, long Offset, ServerTime At, Entry Body);

/// <summary>The name of an episode: the entry that began it. The same however often the log is replayed.</summary>
public readonly record struct EpisodeId(int Partition, long Offset)
{
    /// <summary>As text, <c>17-40213</c>.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Partition}-{Offset}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static EpisodeId Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && int.TryParse(text.AsSpan(0, dash), out var partition) && long.TryParse(text.AsSpan(dash + 1), out var offset)
            ? new EpisodeId(partition, offset)
            : throw new FormatException($"'{text}' is no episode; it has the form partition-offset, 17-40213");
    }
}
