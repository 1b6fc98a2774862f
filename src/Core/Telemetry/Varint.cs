namespace B2D.Core.Telemetry;

/// <summary>Whole numbers in as few groups of seven bits as they need, the lowest first (unsigned LEB128).</summary>
public static class Varint
{
    /// <summary>Bytes that a number takes at most.</summary>
    public const int MaxBytes = 10;

    /// <summary>Writes a number; returns how many bytes it took.</summary>
    /// <param name="to">At least <see cref="MaxBytes"/> long, or as long as the number needs.</param>
    /// <param name="value">Any.</param>
    public static int Write(Span<byte> to, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            to[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        to[length++] = (byte)value;
        return length;
    }

    /// <summary>Small numbers of either sign as small numbers: 0, -1, 1, -2 become 0, 1, 2, 3.</summary>
    public static ulong ZigZag(long value) => ((ulong)value << 1) ^ (ulong)(value >> 63);
}
