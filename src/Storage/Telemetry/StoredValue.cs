using System.Buffers.Binary;
using System.Text;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry;

/// <summary>A metric's value as bytes, the same for the same value: its kind, then 8 bytes (double, little-endian), one byte, or UTF-8.</summary>
internal static class StoredValue
{
    public static byte[] Encode(MetricValue value)
    {
        var length = value.Kind switch { ValueKind.Number => 8, ValueKind.Bool => 1, ValueKind.Text => Encoding.UTF8.GetByteCount(value.Text), _ => 0 };
        var bytes = new byte[1 + length];
        bytes[0] = (byte)value.Kind;
        switch (value.Kind)
        {
            case ValueKind.Number:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1), value.Number);
                break;
            case ValueKind.Bool:
                bytes[1] = value.IsTrue ? (byte)1 : (byte)0;
                break;
            case ValueKind.Text:
                Encoding.UTF8.GetBytes(value.Text, bytes.AsSpan(1));
                break;
        }
        return bytes;
    }

    /// <exception cref="StorageException">The bytes are no stored value.</exception>
    public static MetricValue Decode(ReadOnlySpan<byte> bytes) => (bytes.Length, bytes.Length == 0 ? 255 : bytes[0]) switch
    {
        (1, (byte)ValueKind.Missing) => MetricValue.Missing,
        (9, (byte)ValueKind.Number) => MetricValue.Of(BinaryPrimitives.ReadDoubleLittleEndian(bytes[1..])),
        (2, (byte)ValueKind.Bool) => MetricValue.Of(bytes[1] != 0),
        ( >= 1, (byte)ValueKind.Text) => MetricValue.Of(Encoding.UTF8.GetString(bytes[1..])),
        _ => throw new StorageException(
            StorageProblem.Damaged, $"A stored value has {bytes.Length} bytes and begins with '{Convert.ToHexString(bytes[..Math.Min(1, bytes.Length)])}'."),
    };
}
