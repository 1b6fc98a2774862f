using System.Buffers;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Packets;

/// <summary>What to do with retained messages when a subscription is made (MQTT 5.0 §3.8.3.1).</summary>
internal enum RetainHandling : byte
{
    Send,
    SendIfNew,
    DoNotSend,
}

/// <summary>One filter of a SUBSCRIBE with its options.</summary>
internal sealed record SubscribeEntry(
    string Text, TopicFilter Filter, QoS QoS, bool NoLocal = false, bool RetainAsPublished = false, RetainHandling Retain = RetainHandling.Send);

/// <summary>SUBSCRIBE (MQTT 3.1.1 §3.8, 5.0 §3.8).</summary>
internal sealed record SubscribePacket(ushort PacketId, IReadOnlyList<SubscribeEntry> Entries, PropertyBag? Properties = null)
{
    /// <summary>0 when the client sent none.</summary>
    public uint Identifier => Properties?.Number(PropertyId.SubscriptionIdentifier) ?? 0;

    public static ProtocolError Decode(ReadOnlySpan<byte> body, MqttVersion version, out SubscribePacket? packet)
    {
        packet = null;
        var reader = new FieldReader(body);
        if (!reader.TryUInt16(out var id))
            return reader.Error;
        if (id == 0)
            return ProtocolError.PacketIdZero;
        PropertyBag? properties = null;
        if (version == MqttVersion.V5 && !PropertyBag.TryRead(ref reader, PropertyPlace.Subscribe, out properties))
            return reader.Error;
        var entries = new List<SubscribeEntry>();
        while (!reader.AtEnd)
        {
            if (!reader.TryText(out var text) || !reader.TryByte(out var options))
                return reader.Error;
            if (!TopicFilter.TryParse(text, out var filter))
                return ProtocolError.TopicFilter;
            var error = CheckOptions(options, version, filter.Group != null);
            if (error != ProtocolError.None)
                return error;
            entries.Add(new SubscribeEntry(text, filter, (QoS)(options & 3), (options & 4) != 0, (options & 8) != 0, (RetainHandling)((options >> 4) & 3)));
        }
        if (entries.Count == 0)
            return ProtocolError.NoFilters; // [MQTT-3.8.3-2]
        packet = new SubscribePacket(id, entries, properties);
        return ProtocolError.None;
    }

    public void Write(IBufferWriter<byte> output, MqttVersion version)
    {
        var size = 2 + (version == MqttVersion.V5 ? PropertyBag.Size(Properties) : 0) + Entries.Sum(e => 1 + FieldWriter.SizeOfText(e.Text));
        var writer = FieldWriter.Begin(output, (byte)PacketType.Subscribe << 4 | 2, size);
        writer.UInt16(PacketId);
        if (version == MqttVersion.V5)
            PropertyBag.Write(Properties, ref writer);
        foreach (var entry in Entries)
        {
            writer.Text(entry.Text);
            writer.Byte(version == MqttVersion.V311
                ? (byte)entry.QoS
                : (byte)((byte)entry.QoS | (entry.NoLocal ? 4 : 0) | (entry.RetainAsPublished ? 8 : 0) | (byte)entry.Retain << 4));
        }
    }

    /// <summary>As the bridge of another broker means it, which cannot say so in its version.</summary>
    public SubscribePacket OfBridge() => this with { Entries = [.. Entries.Select(e => e with { NoLocal = e.Filter.Group == null, RetainAsPublished = true })] };

    /// <summary>Reserved bits [MQTT-3.8.3-5], QoS 3, retain handling 3, and no No Local on shared subscriptions [MQTT-3.8.3-4].</summary>
    private static ProtocolError CheckOptions(byte options, MqttVersion version, bool shared)
    {
        var reserved = version == MqttVersion.V311 ? 0xFC : 0xC0;
        if ((options & reserved) != 0 || (options & 3) == 3 || (options & 0x30) == 0x30)
            return ProtocolError.SubscriptionOptions;
        return shared && (options & 4) != 0 ? ProtocolError.SharedNoLocal : ProtocolError.None;
    }
}

/// <summary>UNSUBSCRIBE (MQTT 3.1.1 §3.10, 5.0 §3.10).</summary>
internal sealed record UnsubscribePacket(ushort PacketId, IReadOnlyList<string> Filters, PropertyBag? Properties = null)
{
    public static ProtocolError Decode(ReadOnlySpan<byte> body, MqttVersion version, out UnsubscribePacket? packet)
    {
        packet = null;
        var reader = new FieldReader(body);
        if (!reader.TryUInt16(out var id))
            return reader.Error;
        if (id == 0)
            return ProtocolError.PacketIdZero;
        PropertyBag? properties = null;
        if (version == MqttVersion.V5 && !PropertyBag.TryRead(ref reader, PropertyPlace.Unsubscribe, out properties))
            return reader.Error;
        var filters = new List<string>();
        while (!reader.AtEnd)
        {
            if (!reader.TryText(out var text))
                return reader.Error;
            if (!TopicFilter.TryParse(text, out _))
                return ProtocolError.TopicFilter;
            filters.Add(text);
        }
        if (filters.Count == 0)
            return ProtocolError.NoFilters; // [MQTT-3.10.3-2]
        packet = new UnsubscribePacket(id, filters, properties);
        return ProtocolError.None;
    }

    public void Write(IBufferWriter<byte> output, MqttVersion version)
    {
        var size = 2 + (version == MqttVersion.V5 ? PropertyBag.Size(Properties) : 0) + Filters.Sum(FieldWriter.SizeOfText);
        var writer = FieldWriter.Begin(output, (byte)PacketType.Unsubscribe << 4 | 2, size);
        writer.UInt16(PacketId);
        if (version == MqttVersion.V5)
            PropertyBag.Write(Properties, ref writer);
        foreach (var filter in Filters)
            writer.Text(filter);
    }
}

/// <summary>SUBACK and UNSUBACK: one reason per filter, in their order (MQTT 5.0 §3.9, §3.11). UNSUBACK of 3.1.1 has no reasons.</summary>
internal sealed record GrantPacket(PacketType Type, ushort PacketId, IReadOnlyList<ReasonCode> Reasons, PropertyBag? Properties = null)
{
    public static ProtocolError Decode(PacketType type, ReadOnlySpan<byte> body, MqttVersion version, out GrantPacket? packet)
    {
        packet = null;
        var reader = new FieldReader(body);
        if (!reader.TryUInt16(out var id))
            return reader.Error;
        if (id == 0)
            return ProtocolError.PacketIdZero;
        PropertyBag? properties = null;
        if (version == MqttVersion.V5 && !PropertyBag.TryRead(ref reader, (PropertyPlace)(1 << (int)type), out properties))
            return reader.Error;
        if (version == MqttVersion.V311 && type == PacketType.Unsuback && !reader.AtEnd)
            return ProtocolError.BodyTooLong;
        var reasons = new ReasonCode[reader.Remaining];
        for (var i = 0; i < reasons.Length; i++)
            reasons[i] = (ReasonCode)reader.Rest[i];
        packet = new GrantPacket(type, id, reasons, properties);
        return ProtocolError.None;
    }

    public void Write(IBufferWriter<byte> output, MqttVersion version)
    {
        var v5 = version == MqttVersion.V5;
        var listed = Listed(version);
        var writer = FieldWriter.Begin(output, (byte)((byte)Type << 4), BodySize(version));
        writer.UInt16(PacketId);
        if (v5)
            PropertyBag.Write(Properties, ref writer);
        for (var i = 0; i < listed; i++)
            // 3.1.1 knows one failure (§3.9.3).
            writer.Byte(!v5 && Reasons[i].IsFailure() ? (byte)0x80 : (byte)Reasons[i]);
    }

    /// <summary>Bytes of the whole packet.</summary>
    public int Size(MqttVersion version) => FieldWriter.SizeOfPacket(BodySize(version));

    private int Listed(MqttVersion version) => version == MqttVersion.V5 || Type == PacketType.Suback ? Reasons.Count : 0;

    private int BodySize(MqttVersion version) => 2 + (version == MqttVersion.V5 ? PropertyBag.Size(Properties) : 0) + Listed(version);
}
