using System.Buffers;
using System.Collections.Immutable;
using B2D.Core.Devices;

namespace B2D.Core.Telemetry;

/// <summary>What an entry's body holds. The numbers are stored: they never change and are never used twice.</summary>
public enum EntryKind : byte
{
    Telemetry = 1,
    Event = 2,
    PresenceChange = 3,
    Registered = 4,
    Removed = 5,
    RulesActivated = 6,
    Action = 7,
    Reply = 8,
    CommandDelivered = 9,
    GatewayUp = 10,
    GatewayDown = 11,

    /// <summary>Telemetry in a batch: its metrics by number.</summary>
    NamedTelemetry = 12,
    Maintenance = 13,
    FleetMedians = 14,

    /// <summary>In a batch, the medians of the frame before, for one more partition; without a body.</summary>
    MediansAgain = 15,
}

/// <summary>
/// The stored form of an entry. Kind and format stand beside the body; readers accept the format of this program and the one before.
/// A count or length is an unsigned LEB128 varint of at most 32 bits; a time is a zigzag varint of 64 bits; a text is its length in bytes and UTF-8;
/// a double is 8 bytes, little-endian; a value is its kind (one byte) and a double, one byte (0 or 1), a text, or nothing.
/// <code>
/// Telemetry         device · flags · [at] · [packet id, fingerprint (8 bytes LE)] · count · (metric · value)*
/// Event             device · code · state · flags · [at] · [packet id, fingerprint]
///                   flags: 1 = has a time, 2 = has a delivery, 4 = redelivered
/// PresenceChange    device · state · source
/// Registered        device · model · firmware · serial · parent ("" = none) · segment · customer · installed · warranty until
///                   (days since 0001-01-01 and 1; 0 = none) · count · (parameter · value)*
/// Removed           device
/// RulesActivated    hash
/// Action            device · rule · kind · person · flags (1 = has a time) · [until] · reason
/// Maintenance       device · until
/// Reply             device · command id · status · detail
/// CommandDelivered  device · command id
/// GatewayUp         down from
/// GatewayDown       (nothing)
/// FleetMedians      every (ms, as a time) · count · (model · metric · value (8 bytes LE) · devices)*
/// </code>
/// </summary>
public static class EntryCodec
{
    /// <summary>The format that <see cref="Encode"/> writes.</summary>
    public const int Format = 1;

    /// <summary>The oldest format that <see cref="Decode"/> reads.</summary>
    public const int OldestFormat = 1;

    /// <summary>Kind of a value that is a whole number, in a batch.</summary>
    internal const byte WholeNumber = 4;

    /// <summary>Longest interval at which medians are told, in milliseconds: 366 days.</summary>
    internal const long MaxEveryMs = 366L * 24 * 3600 * 1000;

    private const byte HasTime = 1;
    private const byte HasDelivery = 2;
    private const byte IsRedelivered = 4;

    public static EntryKind KindOf(Entry entry) => entry switch
    {
        Entry.Telemetry => EntryKind.Telemetry,
        Entry.Event => EntryKind.Event,
        Entry.PresenceChange => EntryKind.PresenceChange,
        Entry.Registered => EntryKind.Registered,
        Entry.Removed => EntryKind.Removed,
        Entry.RulesActivated => EntryKind.RulesActivated,
        Entry.Action => EntryKind.Action,
        Entry.Maintenance => EntryKind.Maintenance,
        Entry.Reply => EntryKind.Reply,
        Entry.CommandDelivered => EntryKind.CommandDelivered,
        Entry.GatewayUp => EntryKind.GatewayUp,
        Entry.GatewayDown => EntryKind.GatewayDown,
        Entry.FleetMedians => EntryKind.FleetMedians,
        _ => throw new ArgumentException($"{entry.GetType().Name} has no stored form", nameof(entry)),
    };

    /// <summary>The device an entry is about; null for those that are for every partition.</summary>
    public static DeviceId? DeviceOf(Entry entry) => entry switch
    {
        Entry.Telemetry e => e.Device,
        Entry.Event e => e.Device,
        Entry.PresenceChange e => e.Device,
        Entry.Registered e => e.Device.Id,
        Entry.Removed e => e.Device,
        Entry.Action e => e.Device,
        Entry.Maintenance e => e.Device,
        Entry.Reply e => e.Device,
        Entry.CommandDelivered e => e.Device,
        Entry.RulesActivated or Entry.GatewayUp or Entry.GatewayDown or Entry.FleetMedians => null,
        _ => throw new ArgumentException($"{entry.GetType().Name} has no stored form", nameof(entry)),
    };

    /// <summary>Writes an entry's body in <see cref="Format"/>.</summary>
    public static void Encode(Entry entry, IBufferWriter<byte> output)
    {
        var to = new EntryCodecWriter(output);
        switch (entry)
        {
            case Entry.Telemetry e:
                to.Text(e.Device.Value);
                WriteOrigin(to, e.At, e.Delivery);
                to.Count(e.Readings.Length);
                foreach (var reading in e.Readings)
                {
                    to.Text(reading.Metric);
                    to.Value(reading.Value);
                }
                break;
            case Entry.Event e:
                to.Text(e.Device.Value);
                to.Text(e.Code);
                to.Byte((byte)e.State);
                WriteOrigin(to, e.At, e.Delivery);
                break;
            case Entry.PresenceChange e:
                to.Text(e.Device.Value);
                to.Byte((byte)e.State);
                to.Byte((byte)e.Source);
                break;
            case Entry.Registered e:
                WriteDevice(to, e.Device);
                break;
            case Entry.Removed e:
                to.Text(e.Device.Value);
                break;
            case Entry.RulesActivated e:
                to.Text(e.Hash);
                break;
            case Entry.Action e:
                WriteAction(to, e);
                break;
            case Entry.Maintenance e:
                to.Text(e.Device.Value);
                to.Time(e.Until.EpochMs);
                break;
            case Entry.Reply e:
                to.Text(e.Device.Value);
                to.Text(e.CommandId);
                to.Byte((byte)e.Status);
                to.Text(e.Detail);
                break;
            case Entry.CommandDelivered e:
                to.Text(e.Device.Value);
                to.Text(e.CommandId);
                break;
            case Entry.GatewayUp e:
                to.Time(e.DownFrom.EpochMs);
                break;
            case Entry.GatewayDown:
                break;
            case Entry.FleetMedians e:
                WriteMedians(to, e);
                break;
            default:
                throw new ArgumentException($"{entry.GetType().Name} has no stored form", nameof(entry));
        }
    }

    /// <summary>Writes an entry's body as a batch has it; returns its kind there.</summary>
    internal static EntryKind EncodeNamed(Entry entry, MetricNames names, IBufferWriter<byte> output)
    {
        if (entry is not Entry.Telemetry e)
        {
            Encode(entry, output);
            return KindOf(entry);
        }
        var to = new EntryCodecWriter(output);
        to.Text(e.Device.Value);
        WriteOrigin(to, e.At, e.Delivery);
        to.Count(e.Readings.Length);
        foreach (var reading in e.Readings)
        {
            var number = names.Of(reading.Metric);
            to.Count(number + 1);
            if (number < 0)
                to.Text(reading.Metric);
            to.ShortValue(reading.Value);
        }
        return EntryKind.NamedTelemetry;
    }

    /// <summary>Reads a body of a batch back.</summary>
    /// <exception cref="EntryFormatException">It is no body of that kind; nothing of it is used.</exception>
    internal static Entry DecodeNamed(int kind, ReadOnlySpan<byte> body, MetricNames names, DeviceIdCache? devices, ReusedTelemetry? reused)
    {
        if (kind != (int)EntryKind.NamedTelemetry)
            return Decode(kind, Format, body);
        var from = new EntryCodecReader(body);
        var device = from.Device(devices);
        var (at, delivery) = ReadOrigin(ref from);
        var count = from.CountOf(minBytesEach: 2);
        var entry = reused?.Take(device, at, delivery, count) ?? ReusedTelemetry.New(device, at, delivery, count);
        var readings = System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray(entry.Readings)!;
        var known = names.Known;
        for (var i = 0; i < readings.Length; i++)
            readings[i] = new Reading(from.Metric(known), from.ShortValue());
        from.End();
        return entry;
    }

    /// <summary>Whether a number is written in short: whole, and not so large that a double would skip some, nor minus zero.</summary>
    internal static bool IsWhole(double number) =>
        Math.Abs(number) < 1L << 48 && number == (long)number && (number != 0 || !double.IsNegative(number));

    /// <summary>Reads a body back.</summary>
    /// <exception cref="EntryFormatException">It is no body of that kind and format; nothing of it is used.</exception>
    public static Entry Decode(int kind, int format, ReadOnlySpan<byte> body)
    {
        if (format is < OldestFormat or > Format)
            throw new EntryFormatException(EntryProblem.UnknownFormat, 0, $"format {format}; this program reads {OldestFormat} to {Format}");
        var from = new EntryCodecReader(body);
        Entry entry = (kind is >= 0 and <= byte.MaxValue ? (EntryKind)kind : default) switch
        {
            EntryKind.Telemetry => ReadTelemetry(ref from),
            EntryKind.Event => ReadEvent(ref from),
            EntryKind.PresenceChange => new Entry.PresenceChange(from.Device(), from.Enum(Presence.Offline), from.Enum(PresenceSource.Parent)),
            EntryKind.Registered => new Entry.Registered(ReadDevice(ref from)),
            EntryKind.Removed => new Entry.Removed(from.Device()),
            EntryKind.RulesActivated => new Entry.RulesActivated(from.Text()),
            EntryKind.Action => ReadAction(ref from),
            EntryKind.Maintenance => new Entry.Maintenance(from.Device(), new ServerTime(from.Time())),
            EntryKind.Reply => new Entry.Reply(from.Device(), from.Text(), from.Enum(ReplyStatus.Failed), from.Text()),
            EntryKind.CommandDelivered => new Entry.CommandDelivered(from.Device(), from.Text()),
            EntryKind.GatewayUp => new Entry.GatewayUp(new ServerTime(from.Time())),
            EntryKind.GatewayDown => new Entry.GatewayDown(),
            EntryKind.FleetMedians => ReadMedians(ref from),
            _ => throw new EntryFormatException(EntryProblem.UnknownKind, 0, $"kind {kind}"),
        };
        from.End();
        return entry;
    }

    private static void WriteOrigin(EntryCodecWriter to, DeviceTime? at, Delivery delivery)
    {
        var hasDelivery = delivery != default;
        to.Byte((byte)((at is null ? 0 : HasTime) | (hasDelivery ? HasDelivery : 0) | (delivery.Redelivered ? IsRedelivered : 0)));
        if (at is { } time)
            to.Time(time.EpochMs);
        if (hasDelivery)
        {
            to.Count(delivery.PacketId);
            to.UInt64(delivery.Fingerprint);
        }
    }

    private static (DeviceTime? At, Delivery Delivery) ReadOrigin(ref EntryCodecReader from)
    {
        var flags = from.Flags(HasTime | HasDelivery | IsRedelivered);
        DeviceTime? at = (flags & HasTime) != 0 ? new DeviceTime(from.Time()) : null;
        if ((flags & HasDelivery) == 0)
            return (at, default);
        var packetId = from.Count();
        if (packetId > ushort.MaxValue)
            throw from.Bad($"packet identifier {packetId}");
        return (at, new Delivery((ushort)packetId, (flags & IsRedelivered) != 0, from.UInt64()));
    }

    private static Entry.Telemetry ReadTelemetry(ref EntryCodecReader from)
    {
        var device = from.Device();
        var (at, delivery) = ReadOrigin(ref from);
        var readings = ImmutableArray.CreateBuilder<Reading>(from.CountOf(minBytesEach: 2));
        for (var i = 0; i < readings.Capacity; i++)
            readings.Add(new Reading(from.Text(), from.Value()));
        return new Entry.Telemetry(device, at, readings.MoveToImmutable(), delivery);
    }

    private static Entry.Event ReadEvent(ref EntryCodecReader from)
    {
        var (device, code, state) = (from.Device(), from.Text(), from.Enum(CodeState.Clear));
        var (at, delivery) = ReadOrigin(ref from);
        return new Entry.Event(device, code, state, at, delivery);
    }

    private static void WriteAction(EntryCodecWriter to, Entry.Action e)
    {
        to.Text(e.Device.Value);
        to.Text(e.Rule);
        to.Byte((byte)e.Kind);
        to.Text(e.Person);
        to.Byte(e.Until is null ? (byte)0 : HasTime);
        if (e.Until is { } until)
            to.Time(until.EpochMs);
        to.Text(e.Reason);
    }

    private static Entry.Action ReadAction(ref EntryCodecReader from)
    {
        var (device, rule, kind, person) = (from.Device(), from.Text(), from.Enum(FaultAction.DueDone), from.Text());
        ServerTime? until = from.Flags(HasTime) != 0 ? new ServerTime(from.Time()) : null;
        return new Entry.Action(device, rule, kind, person, until, from.Text());
    }

    private static void WriteMedians(EntryCodecWriter to, Entry.FleetMedians e)
    {
        to.Time((long)e.Every.TotalMilliseconds);
        to.Count(e.Medians.Length);
        foreach (var median in e.Medians)
        {
            to.Text(median.Model);
            to.Text(median.Metric);
            to.UInt64(BitConverter.DoubleToUInt64Bits(median.Value));
            to.Count(median.Devices);
        }
    }

    private static Entry.FleetMedians ReadMedians(ref EntryCodecReader from)
    {
        var every = from.Time();
        if (every is < 1 or > MaxEveryMs)
            throw from.Bad($"an interval of {every} ms");
        var medians = ImmutableArray.CreateBuilder<FleetMedian>(from.CountOf(minBytesEach: 11));
        for (var i = 0; i < medians.Capacity; i++)
            medians.Add(new FleetMedian(from.Text(), from.Text(), BitConverter.UInt64BitsToDouble(from.UInt64()), from.Count()));
        return new Entry.FleetMedians(TimeSpan.FromMilliseconds(every), medians.MoveToImmutable());
    }

    private static void WriteDevice(EntryCodecWriter to, Device device)
    {
        to.Text(device.Id.Value);
        to.Text(device.Model);
        to.Text(device.Firmware);
        to.Text(device.Serial);
        to.Text(device.Parent is { } parent ? parent.Value : "");
        to.Text(device.Segment.Path);
        to.Text(device.Customer);
        to.Count(device.Installed is { } installed ? installed.DayNumber + 1 : 0);
        to.Count(device.WarrantyUntil is { } until ? until.DayNumber + 1 : 0);
        to.Count(device.Params.Count);
        foreach (var (name, value) in device.Params)
        {
            to.Text(name);
            to.Value(value);
        }
    }

    private static Device ReadDevice(ref EntryCodecReader from)
    {
        var device = new Device(from.Device())
        {
            Model = from.Text(),
            Firmware = from.Text(),
            Serial = from.Text(),
            Parent = from.DeviceOrNone(),
            Segment = from.Segment(),
            Customer = from.Text(),
            Installed = from.Day(),
            WarrantyUntil = from.Day(),
        };
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, MetricValue>();
        for (var left = from.CountOf(minBytesEach: 2); left > 0; left--)
            parameters[from.Text()] = from.Value();
        return device with { Params = parameters.ToImmutable() };
    }
}
