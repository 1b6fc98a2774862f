using System.Buffers.Binary;
using System.Text;
using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Topics;

/// <summary>
/// The last few topic names of one connection as strings. A device publishes to the same one to three topics all day: comparing bytes is
/// cheaper than checking, decoding and allocating the same name for each message. Not thread-safe; used by one read loop.
/// </summary>
internal sealed class TopicCache
{
    /// <summary>Names that most devices use.</summary>
    private const int Few = 4;

    /// <summary>
    /// A gateway device that speaks for others uses more; each has <see cref="Few"/> places, side by side, by its hash. So many that those of some dozens of
    /// topics are hardly ever all taken by others.
    /// </summary>
    private const int Many = 256;

    // Longer names are decoded each time, so that a peer cannot make a connection hold much memory.
    private const int LongestKept = 256;

    private byte[]?[] _bytes = new byte[]?[Few];
    private string[] _names = new string[Few];
    private int _kept;

    /// <summary>The topic name; null when the bytes are no valid topic name. Empty stays empty (a topic alias stands for it).</summary>
    public string? Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        var first = _bytes.Length == Few ? 0 : PlaceOf(utf8);
        for (var i = first; i < first + Few; i++)
            if (utf8.SequenceEqual(_bytes[i]))
                return _names[i];
        if (!Utf8Text.IsAllowed(utf8))
            return null;
        var name = Encoding.UTF8.GetString(utf8);
        if (!TopicName.IsValid(name))
            return null;
        if (utf8.Length <= LongestKept)
            Keep(utf8, name);
        return name;
    }

    private void Keep(ReadOnlySpan<byte> utf8, string name)
    {
        if (_bytes.Length == Few && _kept == Few)
            (_bytes, _names) = (new byte[]?[Many], new string[Many]);
        var first = _bytes.Length == Few ? 0 : PlaceOf(utf8);
        var free = Array.IndexOf(_bytes, null, first, Few);
        var place = free >= 0 ? free : first + (_kept % Few);
        _kept++;
        _bytes[place] = utf8.ToArray();
        _names[place] = name;
    }

    /// <summary>Topics of one gateway device differ in the middle, where the child's id stands; all bytes count.</summary>
    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        var hash = 14_695_981_039_346_656_037ul;
        for (; utf8.Length >= 8; utf8 = utf8[8..])
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(utf8)) * 1_099_511_628_211ul;
        foreach (var b in utf8)
            hash = (hash ^ b) * 1_099_511_628_211ul;
        return (int)((hash ^ (hash >> 29) ^ (hash >> 47)) & (Many - Few));
    }
}
