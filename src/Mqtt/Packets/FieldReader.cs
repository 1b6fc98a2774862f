using System.Buffers.Binary;
using System.Text;

namespace B2D.Mqtt.Packets;

/// <summary>
/// Reads the data types of MQTT (5.0 §1.5) from one packet body. Each method returns false when the body ends too early or the value is not
/// well formed; <see cref="Error"/> then says which.
/// </summary>
internal ref struct FieldReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    /// <summary>First failure; <see cref="ProtocolError.None"/> while all went well.</summary>
    public ProtocolError Error { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly int Remaining => _rest.Length;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool TryByte(out byte value)
    {
        if (_rest.IsEmpty)
        {
            value = 0;
            return Short();
        }
        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    public bool TryUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out value))
            return Short();
        _rest = _rest[2..];
        return true;
    }

    public bool TryUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
            return Short();
        _rest = _rest[4..];
        return true;
    }

    /// <summary>Variable Byte Integer, 1 to 4 bytes, as short as possible [MQTT-1.5.5-1].</summary>
    public bool TryVariable(out uint value)
    {
        value = 0;
        for (var i = 0; i < 4; i++)
        {
            if (i == _rest.Length)
                return Short();
            value |= (uint)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] >= 0x80)
                continue;
            if (i > 0 && _rest[i] == 0)
                return Fail(ProtocolError.RemainingLength);
            _rest = _rest[(i + 1)..];
            return true;
        }
        return Fail(ProtocolError.RemainingLength);
    }

    /// <summary>Two bytes of length and that many bytes.</summary>
    public bool TryBinary(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out var length) || _rest.Length < 2 + length)
            return Short();
        value = _rest.Slice(2, length);
        _rest = _rest[(2 + length)..];
        return true;
    }

    public bool TryText(out string value)
    {
        value = "";
        if (!TryBinary(out var utf8))
            return false;
        if (!Utf8Text.IsAllowed(utf8))
            return Fail(ProtocolError.Text);
        value = Encoding.UTF8.GetString(utf8);
        return true;
    }

    public bool TrySpan(int length, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_rest.Length < length)
            return Short();
        value = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    public bool Fail(ProtocolError error)
    {
        if (Error == ProtocolError.None)
            Error = error;
        return false;
    }

    private bool Short() => Fail(ProtocolError.BodyTooShort);
}
