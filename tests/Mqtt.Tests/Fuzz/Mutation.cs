using System.Globalization;
using B2D.Mqtt.Tests.Packets;

namespace B2D.Mqtt.Tests.Fuzz;

/// <summary>Packets that are almost right: valid ones with a few bytes changed, by dice.</summary>
internal sealed class Mutation(Random dice)
{
    private static readonly (MqttVersion Version, byte[] Bytes)[] Valid =
        [.. ((IEnumerable<object?[]>)ValidVectors.All).Select(row => (ValidVector)row[0]!).Select(v => (v.Version, Wire.Bytes(v.Wire)))];

    /// <summary>Types that a client sends, without CONNECT.</summary>
    private static readonly byte[] FromClient = [3, 4, 5, 6, 7, 8, 10, 12, 14, 15];

    /// <summary>A number from the environment.</summary>
    public static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var given) ? given : otherwise;

    /// <summary>A valid CONNECT of a version.</summary>
    public byte[] Connect(MqttVersion version) => Pick(v => v.Version == version && v.Bytes[0] == 0x10);

    /// <summary>A valid packet that a client may send after CONNECT.</summary>
    public byte[] Packet(MqttVersion version) => Pick(v => v.Version == version && FromClient.Contains((byte)(v.Bytes[0] >> 4)));

    /// <summary>A valid packet of any kind.</summary>
    public (MqttVersion Version, byte[] Bytes) Any() => Valid[dice.Next(Valid.Length)];

    /// <summary>The packet with one to four changes.</summary>
    public byte[] Mutate(byte[] packet)
    {
        var bytes = packet.ToList();
        for (var i = dice.Next(1, 5); i > 0 && bytes.Count > 0; i--)
            Change(bytes);
        // Often the length is put right again, so that what is wrong lies deeper than the frame.
        if (dice.Next(2) == 0 && bytes.Count is > 2 and < 129)
            bytes[1] = (byte)(bytes.Count - 2);
        return [.. bytes];
    }

    /// <summary>The bytes in pieces, cut anywhere.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Cut(byte[] bytes)
    {
        for (var from = 0; from < bytes.Length;)
        {
            var size = dice.Next(3) == 0 ? 1 : dice.Next(1, bytes.Length - from + 1);
            yield return bytes.AsMemory(from, size);
            from += size;
        }
    }

    private byte[] Pick(Func<(MqttVersion Version, byte[] Bytes), bool> which)
    {
        var fitting = Valid.Where(which).ToArray();
        return fitting[dice.Next(fitting.Length)].Bytes;
    }

    private void Change(List<byte> bytes)
    {
        var at = dice.Next(bytes.Count);
        switch (dice.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << dice.Next(8));
                break;
            case 1:
                bytes[at] = (byte)dice.Next(256);
                break;
            case 2:
                bytes[at] = new byte[] { 0, 1, 0x7F, 0x80, 0xFF }[dice.Next(5)];
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, dice.Next(1, 4)));
                break;
            case 4:
                bytes.InsertRange(at, Enumerable.Range(0, dice.Next(1, 4)).Select(_ => (byte)dice.Next(256)));
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, dice.Next(1, 16))));
                break;
            default:
                var other = Any().Bytes;
                bytes.InsertRange(at, other.AsSpan(0, dice.Next(other.Length)).ToArray());
                break;
        }
    }
}
