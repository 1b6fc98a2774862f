using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace B2D.Mqtt.Packets;

/// <summary>
/// Which bytes are a UTF-8 Encoded String (MQTT 5.0 §1.5.4): well formed, without surrogates [MQTT-1.5.4-1], without U+0000 [MQTT-1.5.4-2].
/// Control characters and non-characters, which the standard says should not be sent and may be refused, are refused: nothing that names a
/// device or a topic needs them, and logs and screens are safer without.
/// </summary>
internal static class Utf8Text
{
    /// <summary>True when the bytes may stand in a packet.</summary>
    public static bool IsAllowed(ReadOnlySpan<byte> utf8) =>
        utf8.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0 || (Utf8.IsValid(utf8) && HasOnlyCharacters(utf8));

    private static bool HasOnlyCharacters(ReadOnlySpan<byte> utf8)
    {
        while (Rune.DecodeFromUtf8(utf8, out var rune, out var used) == OperationStatus.Done)
        {
            if (Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF)
                return false;
            utf8 = utf8[used..];
        }
        return true;
    }
}
