using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>The last value of a metric as it is stored.</summary>
internal readonly record struct StoredHead(int Metric, long At, MetricValue Value, long ServerAt);

/// <summary>The last values of a device as bytes: format, count, then for each its metric, time, server time less time, kind and value.</summary>
internal static class HeadCodec
{
    /// <summary>Version of the form written here.</summary>
    public const byte Format = 1;

    public static void Write(ByteWriter to, IReadOnlyList<MetricHead> heads)
    {
        to.Byte(Format);
        var count = 0;
        foreach (var head in heads)
            count += head.Has ? 1 : 0;
        to.Whole((ulong)count);
        foreach (var head in heads)
        {
            if (head.Has)
                Write(to, new StoredHead(head.Metric, head.At, head.Value, head.ServerAt));
        }
    }

    /// <exception cref="StorageException">The bytes are damaged, or a newer program wrote them.</exception>
    public static List<StoredHead> Read(ReadOnlySpan<byte> bytes)
    {
        var from = new ByteReader(bytes);
        if (from.Byte() is var format and not Format)
            throw new StorageException(format > Format ? StorageProblem.NewerData : StorageProblem.Damaged, $"The last values of a device have format {format}.");
        var count = from.Number(0, from.Left);
        var heads = new List<StoredHead>(count);
        while (heads.Count < count)
        {
            var metric = from.Number(0, int.MaxValue);
            var at = from.Signed();
            var serverAt = unchecked(at + from.Signed());
            heads.Add(new StoredHead(metric, at, Value(ref from), serverAt));
        }
        return heads;
    }

    private static void Write(ByteWriter to, StoredHead head)
    {
        to.Whole((ulong)head.Metric);
        to.Signed(head.At);
        to.Signed(unchecked(head.ServerAt - head.At));
        to.Byte((byte)head.Value.Kind);
        switch (head.Value.Kind)
        {
            case ValueKind.Number:
                to.UInt64((ulong)BitConverter.DoubleToInt64Bits(head.Value.Number));
                break;
            case ValueKind.Bool:
                to.Byte(head.Value.IsTrue ? (byte)1 : (byte)0);
                break;
            case ValueKind.Text:
                to.Text(head.Value.Text);
                break;
        }
    }

    private static MetricValue Value(ref ByteReader from) => (ValueKind)from.Byte() switch
    {
        ValueKind.Missing => MetricValue.Missing,
        ValueKind.Number => MetricValue.Of(BitConverter.Int64BitsToDouble((long)from.UInt64())),
        ValueKind.Bool => MetricValue.Of(from.Byte() != 0),
        ValueKind.Text => MetricValue.Of(from.Text()),
        var kind => throw ByteReader.Damaged($"no value has the kind {(byte)kind}"),
    };
}
