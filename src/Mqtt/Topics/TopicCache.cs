using System.Text;
using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Topics;

/// <summary>
/// The last few topic names of one connection as strings. A device publishes to the same one to three topics all day: comparing bytes is
/// cheaper than checking, decoding and allocating the same name for each message. Not thread-safe; used by one read loop.
/// </summary>
internal sealed class TopicCache
{
    private const int Slots = 4;

    // Longer names are decoded each time, so that a peer cannot make a connection hold much memory.
    private const int LongestKept = 256;

    private readonly byte[]?[] _bytes = new byte[]?[Slots];
    private readonly string[] _names = new string[Slots];
    private int _next;

    /// <summary>The topic name; null when the bytes are no valid topic name. Empty stays empty (a topic alias stands for it).</summary>
    public string? Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        for (var i = 0; i < Slots; i++)
            if (utf8.SequenceEqual(_bytes[i]))
                return _names[i];
        if (!Utf8Text.IsAllowed(utf8))
            return null;
        var name = Encoding.UTF8.GetString(utf8);
        if (!TopicName.IsValid(name))
            return null;
        if (utf8.Length <= LongestKept)
        {
            _bytes[_next] = utf8.ToArray();
            _names[_next] = name;
            _next = (_next + 1) % Slots;
        }
        return name;
    }
}
