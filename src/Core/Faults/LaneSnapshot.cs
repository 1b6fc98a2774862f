using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using B2D.Core.Faults.Snapshots;

namespace B2D.Core.Faults;

/// <summary>A lane's memory as bytes, so that a start needs only the log's tail. Rules, metrics and windows stand by name: a snapshot outlives a change of
/// slots.</summary>
public static class LaneSnapshot
{
    /// <summary>Version of the form written here.</summary>
    public const int Format = 5;

    /// <summary>The oldest version in which a lane stands by itself, and that <see cref="Read(ReadOnlySpan{byte}, Lane, Func{string, ActiveRules})"/> still reads.</summary>
    public const int OldestLaneFormat = 2;

    /// <summary>The oldest version that <see cref="Read(ReadOnlySpan{byte}, IReadOnlyList{Lane}, Func{string, ActiveRules})"/> still reads: JSON, of all lanes together.</summary>
    public const int OldestFormat = 1;

    private static ReadOnlySpan<byte> Mark => "B2DL"u8;

    /// <summary>Writes one lane.</summary>
    public static void Write(Lane lane, IBufferWriter<byte> output) => LaneWriting.Write(lane, output);

    /// <summary>Fills a new lane of the same partition from the bytes of <see cref="Write(Lane, IBufferWriter{byte})"/>; where it throws, the lane is as it was.</summary>
    /// <exception cref="InvalidDataException">The bytes are cut off, damaged or of another form or partition; the message says where and why.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, Lane lane, Func<string, ActiveRules> ruleSet) => LaneReading.Read(bytes, lane, ruleSet);

    /// <summary>Writes lanes into one piece; the shell stores the bytes beside log position, tick time and rules.</summary>
    public static byte[] Write(IEnumerable<Lane> lanes)
    {
        var (whole, one) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        whole.Write(Mark);
        whole.Write([(byte)Format]);
        foreach (var lane in lanes)
        {
            one.ResetWrittenCount();
            Write(lane, one);
            var head = whole.GetSpan(8);
            BinaryPrimitives.WriteInt32LittleEndian(head, lane.Partition);
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], one.WrittenCount);
            whole.Advance(8);
            whole.Write(one.WrittenSpan);
        }
        return whole.WrittenSpan.ToArray();
    }

    /// <summary>Fills new lanes from the bytes of <see cref="Write(IEnumerable{Lane})"/>, or of the form of version 1. <paramref name="lanes"/> are by partition; after
    /// an exception some may be filled.</summary>
    /// <exception cref="InvalidDataException">The bytes are cut off, damaged or of another form; the message says where and why.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, IReadOnlyList<Lane> lanes, Func<string, ActiveRules> ruleSet)
    {
        if (bytes.StartsWith("["u8))
        {
            try
            {
                LaneSnapshotJson.Read(bytes, lanes, ruleSet);
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                throw new InvalidDataException($"the snapshot of version 1 cannot be read: {e.Message}", e);
            }
            return;
        }
        var reader = new SnapshotReader(bytes);
        if (!bytes.StartsWith(Mark) || bytes.Length == Mark.Length || bytes[Mark.Length] is < OldestLaneFormat or > Format)
            throw reader.Bad($"it is of no version from {OldestFormat} to {Format}");
        reader.Take(Mark.Length + 1);
        while (reader.Left > 0)
        {
            var head = reader.Take(8);
            var (partition, length) = (BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]));
            if ((uint)partition >= (uint)lanes.Count || length < 0)
                throw reader.Bad($"{length} bytes of partition {partition} are none");
            Read(reader.Take(length), lanes[partition], ruleSet);
        }
    }
}
