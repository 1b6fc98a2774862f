using System.Buffers;

namespace B2D.Mqtt.Packets;

/// <summary>One control packet as it stood on the wire: first byte and body, not yet decoded.</summary>
/// <param name="Header">First byte: type in the upper half, flags in the lower.</param>
/// <param name="Body">Everything after the Remaining Length.</param>
internal readonly record struct Frame(byte Header, ReadOnlySequence<byte> Body)
{
    public PacketType Type => (PacketType)(Header >> 4);

    public byte Flags => (byte)(Header & 0x0F);
}

/// <summary>
/// Cuts control packets out of a byte stream (MQTT 5.0 §2.1). Static and without I/O: a packet that declares more than it may is refused by
/// its declared length, before its body has arrived.
/// <code>
/// byte 1   | type (4 bits) | flags (4 bits) |
/// byte 2…5 | Remaining Length, 7 bits a byte, least significant first, bit 7 = one more byte follows |
/// </code>
/// </summary>
internal static class FrameReader
{
    /// <summary>Longest Remaining Length that four bytes can say, in bytes.</summary>
    public const int MaxRemainingLength = 268_435_455;

    /// <summary>First byte and Remaining Length at most, in bytes.</summary>
    private const int MaxHead = 5;

    /// <summary>Takes one frame from the front of <paramref name="input"/>.</summary>
    /// <param name="input">Moved behind the frame on success, else unchanged.</param>
    /// <param name="maxPacketSize">Largest whole packet, header included, in bytes.</param>
    /// <param name="frame">The frame, valid as long as the input is.</param>
    /// <param name="error">What is wrong; <see cref="ProtocolError.None"/> with a false result means more bytes are needed.</param>
    /// <param name="anyFlags">Leaves the flags of other packets than PUBLISH alone, as MQTT 3.1 does, which does not use them.</param>
    public static bool TryRead(ref ReadOnlySequence<byte> input, int maxPacketSize, out Frame frame, out ProtocolError error, bool anyFlags = false)
    {
        frame = default;
        Span<byte> copy = stackalloc byte[MaxHead];
        scoped var head = input.FirstSpan;
        if (head.Length < MaxHead && !input.IsSingleSegment)
        {
            var available = (int)Math.Min(MaxHead, input.Length);
            input.Slice(0, available).CopyTo(copy);
            head = copy[..available];
        }
        if (!TryReadHead(head, maxPacketSize, out var used, out var length, out error, anyFlags) || input.Length < used + length)
            return false;
        frame = new Frame(head[0], input.Slice(used, length));
        input = input.Slice(frame.Body.End);
        return true;
    }

    /// <summary>Finds one frame at the front of bytes that stand side by side; else as the other.</summary>
    /// <param name="input">Its first byte is the frame's.</param>
    /// <param name="maxPacketSize">Largest whole packet, header included, in bytes.</param>
    /// <param name="bodyAt">Where the body begins; the frame ends behind its last byte.</param>
    /// <param name="bodyLength">Bytes of the body.</param>
    /// <param name="error">What is wrong; <see cref="ProtocolError.None"/> with a false result means more bytes are needed.</param>
    /// <param name="anyFlags">As for the other.</param>
    public static bool TryRead(ReadOnlySpan<byte> input, int maxPacketSize, out int bodyAt, out int bodyLength, out ProtocolError error, bool anyFlags = false) =>
        TryReadHead(input, maxPacketSize, out bodyAt, out bodyLength, out error, anyFlags) && input.Length - bodyAt >= bodyLength;

    /// <summary>The first byte and the Remaining Length; false with an error, or where they are not whole.</summary>
    private static bool TryReadHead(ReadOnlySpan<byte> head, int maxPacketSize, out int used, out int length, out ProtocolError error, bool anyFlags)
    {
        (used, length, error) = (1, 0, ProtocolError.None);
        if (head.IsEmpty)
            return false;
        error = CheckHeader(head[0], anyFlags);
        if (error != ProtocolError.None)
            return false;
        while (true)
        {
            if (used == MaxHead)
            {
                error = ProtocolError.RemainingLength;
                return false;
            }
            if (used == head.Length)
                return false;
            var next = head[used];
            length |= (next & 0x7F) << (7 * (used - 1));
            used++;
            if (next < 0x80)
                break;
        }
        if ((long)used + length <= maxPacketSize)
            return true;
        error = ProtocolError.PacketTooLarge;
        return false;
    }

    /// <summary>
    /// Type 0 is forbidden, and every type but PUBLISH has fixed flags [MQTT-2.1.3-1] (3.1.1 [MQTT-2.2.2-1] [MQTT-2.2.2-2]); QoS 3 does not
    /// exist [MQTT-3.3.1-4].
    /// </summary>
    private static ProtocolError CheckHeader(byte header, bool anyFlags)
    {
        var flags = header & 0x0F;
        switch ((PacketType)(header >> 4))
        {
            case PacketType.Reserved:
                return ProtocolError.ReservedType;
            case PacketType.Publish:
                return (flags & 0b0110) == 0b0110 ? ProtocolError.QoSThree : ProtocolError.None;
            case var _ when anyFlags:
                return ProtocolError.None;
            case PacketType.Pubrel or PacketType.Subscribe or PacketType.Unsubscribe: // [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1]
                return flags == 0b0010 ? ProtocolError.None : ProtocolError.ReservedFlags;
            default:
                return flags == 0 ? ProtocolError.None : ProtocolError.ReservedFlags;
        }
    }
}
