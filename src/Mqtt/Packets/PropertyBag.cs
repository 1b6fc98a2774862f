using System.Text;

namespace B2D.Mqtt.Packets;

/// <summary>
/// The properties of one packet in wire order. One reader and one writer serve all packets, driven by <see cref="PropertyRule"/>. Values are
/// owned: nothing points into the packet's memory.
/// </summary>
internal sealed class PropertyBag
{
    // A packet of small user properties would take twenty times its size as objects. No client known to us sends more than a few.
    private const int Most = 256;

    private readonly List<Entry> _entries = [];

    private readonly record struct Entry(PropertyId Id, uint Number, string? Text, byte[]? Binary, string? Value);

    public uint? Number(PropertyId id)
    {
        foreach (var entry in _entries)
            if (entry.Id == id)
                return entry.Number;
        return null;
    }

    public string? Text(PropertyId id)
    {
        foreach (var entry in _entries)
            if (entry.Id == id)
                return entry.Text;
        return null;
    }

    public byte[]? Binary(PropertyId id)
    {
        foreach (var entry in _entries)
            if (entry.Id == id)
                return entry.Binary;
        return null;
    }

    public IReadOnlyList<uint> SubscriptionIdentifiers =>
        [.. _entries.Where(e => e.Id == PropertyId.SubscriptionIdentifier).Select(e => e.Number)];

    public IReadOnlyList<KeyValuePair<string, string>> UserProperties =>
        [.. _entries.Where(e => e.Id == PropertyId.UserProperty).Select(e => KeyValuePair.Create(e.Text!, e.Value!))];

    public PropertyBag Add(PropertyId id, uint? number)
    {
        if (number is { } value)
            _entries.Add(new Entry(id, value, null, null, null));
        return this;
    }

    public PropertyBag Add(PropertyId id, string? text)
    {
        if (text != null)
            _entries.Add(new Entry(id, 0, text, null, null));
        return this;
    }

    public PropertyBag Add(PropertyId id, ReadOnlyMemory<byte>? binary)
    {
        if (binary is { } value)
            _entries.Add(new Entry(id, 0, null, value.ToArray(), null));
        return this;
    }

    public PropertyBag Add(string name, string value)
    {
        _entries.Add(new Entry(PropertyId.UserProperty, 0, name, null, value));
        return this;
    }

    /// <summary>Reads Property Length and the block behind it.</summary>
    /// <param name="reader">Stands before the Property Length; afterwards behind the block.</param>
    /// <param name="place">Where the block stands; decides what is allowed.</param>
    /// <param name="bag">Null when the block is empty.</param>
    public static bool TryRead(ref FieldReader reader, PropertyPlace place, out PropertyBag? bag)
    {
        bag = null;
        if (!reader.TryVariable(out var length))
            return false;
        if (length == 0)
            return true;
        if (!reader.TrySpan((int)length, out var block))
            return false;
        bag = new PropertyBag();
        var fields = new FieldReader(block);
        while (!fields.AtEnd)
            if (!bag.TryReadOne(ref fields, place))
                return reader.Fail(fields.Error < ProtocolError.PropertyUnknown ? ProtocolError.PropertyMalformed : fields.Error);
        return true;
    }

    private bool TryReadOne(ref FieldReader fields, PropertyPlace place)
    {
        if (_entries.Count == Most)
            return fields.Fail(ProtocolError.TooManyProperties);
        if (!fields.TryVariable(out var id))
            return false;
        var rule = PropertyRule.Of(id);
        if (rule.Type == PropertyType.Unknown)
            return fields.Fail(ProtocolError.PropertyUnknown);
        if (!TryReadValue(ref fields, (PropertyId)id, rule.Type, out var entry))
            return false;
        if ((rule.Places & place) == 0)
            return fields.Fail(ProtocolError.PropertyNotAllowed);
        var repeats = id == (uint)PropertyId.UserProperty || (id == (uint)PropertyId.SubscriptionIdentifier && place == PropertyPlace.Publish);
        if (!repeats && Contains((PropertyId)id))
            return fields.Fail(ProtocolError.PropertyRepeated);
        if (entry.Number < rule.Min || entry.Number > rule.Max)
            return fields.Fail(ProtocolError.PropertyValue);
        if (id == (uint)PropertyId.ResponseTopic && !Topics.TopicName.IsValid(entry.Text!))
            return fields.Fail(ProtocolError.PropertyValue);
        if (id == (uint)PropertyId.TopicAlias && entry.Number == 0)
            return fields.Fail(ProtocolError.AliasInvalid);
        _entries.Add(entry);
        return true;
    }

    private static bool TryReadValue(ref FieldReader fields, PropertyId id, PropertyType type, out Entry entry)
    {
        entry = default;
        switch (type)
        {
            case PropertyType.Byte when fields.TryByte(out var number):
                entry = new Entry(id, number, null, null, null);
                return true;
            case PropertyType.UInt16 when fields.TryUInt16(out var number):
                entry = new Entry(id, number, null, null, null);
                return true;
            case PropertyType.UInt32 when fields.TryUInt32(out var number):
                entry = new Entry(id, number, null, null, null);
                return true;
            case PropertyType.Variable when fields.TryVariable(out var number):
                entry = new Entry(id, number, null, null, null);
                return true;
            case PropertyType.Text when fields.TryText(out var text):
                entry = new Entry(id, 0, text, null, null);
                return true;
            case PropertyType.Binary when fields.TryBinary(out var binary):
                entry = new Entry(id, 0, null, binary.ToArray(), null);
                return true;
            case PropertyType.Pair when fields.TryText(out var name) && fields.TryText(out var value):
                entry = new Entry(id, 0, name, null, value);
                return true;
            default:
                return false;
        }
    }

    private bool Contains(PropertyId id)
    {
        foreach (var entry in _entries)
            if (entry.Id == id)
                return true;
        return false;
    }

    /// <summary>Bytes of the block with its length prefix.</summary>
    public static int Size(PropertyBag? bag)
    {
        var block = bag?.BlockSize() ?? 0;
        return FieldWriter.SizeOfVariable((uint)block) + block;
    }

    public static void Write(PropertyBag? bag, ref FieldWriter writer)
    {
        if (bag == null)
        {
            writer.Byte(0);
            return;
        }
        writer.Variable((uint)bag.BlockSize());
        foreach (var entry in bag._entries)
        {
            writer.Byte((byte)entry.Id);
            switch (PropertyRule.Of((uint)entry.Id).Type)
            {
                case PropertyType.Byte:
                    writer.Byte((byte)entry.Number);
                    break;
                case PropertyType.UInt16:
                    writer.UInt16((ushort)entry.Number);
                    break;
                case PropertyType.UInt32:
                    writer.UInt32(entry.Number);
                    break;
                case PropertyType.Variable:
                    writer.Variable(entry.Number);
                    break;
                case PropertyType.Text:
                    writer.Text(entry.Text!);
                    break;
                case PropertyType.Binary:
                    writer.Binary(entry.Binary);
                    break;
                default:
                    writer.Text(entry.Text!);
                    writer.Text(entry.Value!);
                    break;
            }
        }
    }

    private int BlockSize()
    {
        var size = 0;
        foreach (var entry in _entries)
            size += 1 + PropertyRule.Of((uint)entry.Id).Type switch
            {
                PropertyType.Byte => 1,
                PropertyType.UInt16 => 2,
                PropertyType.UInt32 => 4,
                PropertyType.Variable => FieldWriter.SizeOfVariable(entry.Number),
                PropertyType.Text => FieldWriter.SizeOfText(entry.Text!),
                PropertyType.Binary => 2 + entry.Binary!.Length,
                _ => 4 + Encoding.UTF8.GetByteCount(entry.Text!) + Encoding.UTF8.GetByteCount(entry.Value!),
            };
        return size;
    }
}
