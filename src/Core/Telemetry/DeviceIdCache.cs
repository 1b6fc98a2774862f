using System.Buffers.Binary;
using System.Text;
using B2D.Core.Devices;

namespace B2D.Core.Telemetry;

/// <summary>
/// Device ids that were read before, by their bytes, so that reading one again makes no new string. Each id has two places; what finds neither free takes the
/// first, and what was there the second. More places are made as more ids come. Any thread.
/// </summary>
public sealed class DeviceIdCache
{
    private const int FewestPlaces = 1 << 12;

    /// <summary>Enough for a million devices, 16 MiB.</summary>
    private const int MostPlaces = 1 << 21;

    private string?[] ids = new string?[FewestPlaces];
    private int kept;

    /// <summary>The id that these bytes are; false where they are none.</summary>
    public bool TryGet(ReadOnlySpan<byte> utf8, out DeviceId id, out string error)
    {
        error = "";
        var hash = HashOf(utf8);
        var pair = PairOf(ids, hash);
        if (pair[0] is { } first && Ascii.Equals(utf8, first))
        {
            id = DeviceId.Known(first);
            return true;
        }
        if (pair[1] is { } second && Ascii.Equals(utf8, second))
        {
            id = DeviceId.Known(second);
            return true;
        }
        var text = Encoding.UTF8.GetString(utf8);
        if (!DeviceId.TryParse(text, out id, out error))
            return false;
        Keep(pair, text);
        return true;
    }

    private void Keep(Span<string?> pair, string text)
    {
        var isFree = pair[0] is null || pair[1] is null;
        if (pair[0] is { } first)
            pair[1] = first;
        pair[0] = text;
        if (isFree && ++kept > ids.Length / 8 && ids.Length < MostPlaces)
            Grow();
    }

    /// <summary>So that few ids share their places. Where two threads keep ids at once one of them may be lost, and is kept when it is read again.</summary>
    private void Grow()
    {
        var more = new string?[Math.Min(MostPlaces, ids.Length * 4)];
        foreach (var id in ids)
        {
            if (id is null)
                continue;
            var pair = PairOf(more, HashOf(Encoding.ASCII.GetBytes(id)));
            pair[pair[0] is null ? 0 : 1] = id;
        }
        ids = more;
    }

    private static Span<string?> PairOf(string?[] places, uint hash) => places.AsSpan((int)(hash & ((uint)places.Length - 2)), 2);

    private static uint HashOf(ReadOnlySpan<byte> utf8)
    {
        var hash = 14_695_981_039_346_656_037ul;
        for (; utf8.Length >= 8; utf8 = utf8[8..])
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(utf8)) * 1_099_511_628_211ul;
        foreach (var b in utf8)
            hash = (hash ^ b) * 1_099_511_628_211ul;
        return (uint)(hash ^ (hash >> 32) ^ (hash >> 47));
    }
}
