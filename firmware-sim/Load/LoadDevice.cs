using System.Text;

namespace B2D.FirmwareSim.Load;

/// <summary>One device of a load: its PUBLISH packet, made once.</summary>
internal sealed class LoadDevice
{
    private readonly PayloadTemplate _template;
    private readonly LoadOptions _options;
    private readonly byte[] _packet;
    private readonly int _idAt;
    private readonly int _payloadAt;
    private readonly int[] _offsets;

    public LoadDevice(int number, int connection, PayloadTemplate template, LoadOptions options)
    {
        (Number, _template, _options) = (number, template, options);
        var topic = Encoding.UTF8.GetBytes(PayloadTemplate.Name(options.Topic, number, connection));
        var (payload, offsets) = template.For(number, connection);
        var packet = new List<byte> { (byte)(0x30 | (options.QoS << 1)) };
        AddLength(packet, 2 + topic.Length + (options.QoS > 0 ? 2 : 0) + payload.Length);
        packet.AddRange([(byte)(topic.Length >> 8), (byte)topic.Length, .. topic]);
        _idAt = packet.Count;
        if (options.QoS > 0) packet.AddRange([0, 0]);
        _payloadAt = packet.Count;
        packet.AddRange(payload);
        (_packet, _offsets) = ([.. packet], offsets);
    }

    /// <summary>Its number, which {dev} stands for.</summary>
    public int Number { get; }

    /// <summary>Messages written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Bytes of each of its packets.</summary>
    public int Length => _packet.Length;

    /// <summary>Appends MQTT's variable length.</summary>
    public static void AddLength(List<byte> packet, int length)
    {
        do
        {
            packet.Add((byte)((length & 127) | (length > 127 ? 128 : 0)));
            length >>= 7;
        }
        while (length > 0);
    }

    /// <summary>Writes its next message.</summary>
    /// <returns>The message's number, from 0.</returns>
    public long Write(Span<byte> to, int packetId, long nowMs, ref uint dice)
    {
        _packet.CopyTo(to);
        if (_options.QoS > 0) (to[_idAt], to[_idAt + 1]) = ((byte)(packetId >> 8), (byte)packetId);
        _template.Patch(to[_payloadAt..Length], _offsets, Written, nowMs, _options, ref dice);
        return Written++;
    }
}
