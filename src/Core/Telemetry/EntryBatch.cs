using System.Buffers;
using System.Buffers.Binary;
using B2D.Core.Devices;

namespace B2D.Core.Telemetry;

/// <summary>
/// Entries in the form in which a log keeps them together: one after the other, written as they come, so that what was decoded from a message is encoded once
/// and never copied as objects. Not safe for two threads.
/// <code>
/// batch      version (1) · entry*
/// entry      kind · partition · length of the body (varint) · body
/// body       as EntryCodec has it; of kind NamedTelemetry:
///            device · flags · [at] · [packet id, fingerprint (8 bytes LE)] · count · (number of the metric's name + 1 (varint); 0 = its name follows · value)*
///            value also of kind 4: a whole number as a zigzag varint
///            of kind MediansAgain: nothing; the entry is that of the last frame of kind FleetMedians
/// </code>
/// </summary>
public sealed class EntryBatch
{
    /// <summary>The form that is written.</summary>
    public const byte Version = 1;

    /// <summary>Kind of a value that is a whole number.</summary>
    public const byte WholeNumber = EntryCodec.WholeNumber;

    /// <summary>Bytes before the first entry.</summary>
    public const int HeadBytes = 1;

    private readonly ArrayBufferWriter<byte> scratch = new(256);
    private byte[] body;

    /// <summary>An empty batch.</summary>
    /// <param name="names">Those of the log that it is for.</param>
    /// <param name="capacity">Bytes there is room for at first; grows.</param>
    public EntryBatch(MetricNames names, int capacity = 4096)
    {
        Names = names;
        body = new byte[Math.Max(capacity, 64)];
        Clear();
    }

    /// <summary>Names of metrics by number.</summary>
    public MetricNames Names { get; }

    /// <summary>Entries in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of it.</summary>
    public int Length { get; private set; }

    /// <summary>All of it; valid until something is added or cleared.</summary>
    public ReadOnlySpan<byte> Written => body.AsSpan(0, Length);

    /// <summary>Takes everything out of it.</summary>
    public void Clear()
    {
        body[0] = Version;
        (Count, Length) = (0, HeadBytes);
    }

    /// <summary>Adds an entry: to its device's partition, or to each of the 256 where it is about no device.</summary>
    public void Add(Entry entry)
    {
        scratch.ResetWrittenCount();
        var kind = EntryCodec.EncodeNamed(entry, Names, scratch);
        if (EntryCodec.DeviceOf(entry) is { } device)
        {
            Add(kind, Partitions.Of(device), scratch.WrittenSpan);
            return;
        }
        for (var partition = 0; partition < Partitions.Count; partition++)
        {
            // Every partition is told the same medians, which may be a thousand: they are written once.
            if (kind == EntryKind.FleetMedians && partition > 0)
                Add(EntryKind.MediansAgain, partition, []);
            else
                Add(kind, partition, scratch.WrittenSpan);
        }
    }

    /// <summary>Adds an entry whose body is encoded.</summary>
    public void Add(EntryKind kind, int partition, ReadOnlySpan<byte> encoded)
    {
        MakeRoom(encoded.Length + 8);
        body[Length] = (byte)kind;
        body[Length + 1] = (byte)partition;
        var head = 2 + Varint.Write(body.AsSpan(Length + 2), (uint)encoded.Length);
        encoded.CopyTo(body.AsSpan(Length + head));
        Length += head + encoded.Length;
        Count++;
    }

    /// <summary>Adds entries of another batch, as they are.</summary>
    /// <param name="entries">Part of <see cref="Written"/> from the beginning of an entry to the end of one.</param>
    /// <param name="count">How many they are.</param>
    public void Add(ReadOnlySpan<byte> entries, int count)
    {
        MakeRoom(entries.Length);
        entries.CopyTo(body.AsSpan(Length));
        Length += entries.Length;
        Count += count;
    }

    private void MakeRoom(int bytes)
    {
        if (body.Length - Length < bytes)
            Array.Resize(ref body, Math.Max(body.Length * 2, Length + bytes));
    }
}

/// <summary>Reads the entries of a batch one after the other.</summary>
/// <param name="batch">What <see cref="EntryBatch.Written"/> was.</param>
/// <param name="names">Those of the log that it is from.</param>
/// <param name="devices">Gives the same string for the same device again; null where each is its own.</param>
/// <param name="reused">Entries to decode into; null where they are to stay.</param>
public ref struct EntryBatchReader(ReadOnlySpan<byte> batch, MetricNames names, DeviceIdCache? devices = null, ReusedTelemetry? reused = null)
{
    private readonly ReadOnlySpan<byte> batch = batch;
    private int position;
    private int mediansAt;
    private int mediansLength;
    private Entry.FleetMedians? medians;

    /// <summary>The next entry; false at the end.</summary>
    /// <exception cref="EntryFormatException">The batch is of another form, damaged or cut off.</exception>
    public bool Read(out int partition, out Entry entry)
    {
        entry = null!;
        if (!ReadFrame(out var kind, out partition, out var body))
            return false;
        entry = kind is (int)EntryKind.FleetMedians or (int)EntryKind.MediansAgain ? Medians(kind, body) : EntryCodec.DecodeNamed(kind, body, names, devices, reused);
        return true;
    }

    /// <summary>Goes past the next entry; false at the end.</summary>
    /// <exception cref="EntryFormatException">The batch is of another form, damaged or cut off.</exception>
    public bool Skip() => ReadFrame(out _, out _, out _);

    /// <summary>Decoded once, and held once for all partitions.</summary>
    private Entry.FleetMedians Medians(int kind, ReadOnlySpan<byte> body)
    {
        if (kind == (int)EntryKind.MediansAgain && (mediansAt == 0 || !body.IsEmpty))
            throw new EntryFormatException(EntryProblem.BadValue, position, $"medians again, with {body.Length} bytes, after {mediansLength} bytes of medians");
        return medians ??= (Entry.FleetMedians)EntryCodec.Decode((int)EntryKind.FleetMedians, EntryCodec.Format, batch.Slice(mediansAt, mediansLength));
    }

    private bool ReadFrame(out int kind, out int partition, out ReadOnlySpan<byte> body)
    {
        (kind, partition) = (0, 0);
        body = default;
        if (position == 0)
        {
            if (batch.IsEmpty || batch[0] != EntryBatch.Version)
                throw new EntryFormatException(EntryProblem.UnknownFormat, 0, $"a batch of version {(batch.IsEmpty ? 0 : batch[0])}; this program reads {EntryBatch.Version}");
            position = EntryBatch.HeadBytes;
        }
        if (position == batch.Length)
            return false;
        var reader = new EntryCodecReader(batch[position..]);
        kind = reader.Byte();
        partition = reader.Byte();
        var length = reader.Count();
        body = reader.Bytes(length);
        position += reader.Position;
        // Also of what is gone past: the frames after it may refer to it.
        if (kind == (int)EntryKind.FleetMedians)
        {
            medians = null;
            mediansAt = position - length;
            mediansLength = length;
        }
        return true;
    }
}
