using System.Text.Json;
using System.Text.Unicode;
using B2D.Bus;
using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>
/// The native payload format, read in one pass: what a device published on one of its topics, as entries for the log and refusals.
/// One bad object of an array is refused alone; what is not JSON as a whole, or has too many objects, is refused as a whole.
/// </summary>
internal static class NativeFormat
{
    /// <summary>Nesting that the reader follows while it skips over what is refused.</summary>
    private const int ReaderDepth = 256;

    /// <summary>Reads one object; leaves the reader anywhere in it when there is a flaw, at its end otherwise.</summary>
    private delegate Flaw ObjectReader(ref Utf8JsonReader json, Message message, out Entry? entry);

    /// <summary>Reads a message.</summary>
    /// <param name="packetId">MQTT packet identifier, 0 for QoS 0.</param>
    /// <param name="redelivered">The DUP flag.</param>
    public static Decoded Read(in NativeTopic topic, ReadOnlySpan<byte> payload, ushort packetId, bool redelivered, FormatLimits limits)
    {
        ObjectReader? read = topic.Kind switch
        {
            TopicKind.Telemetry => TelemetryObject.Read,
            TopicKind.Events => EventObject.Read,
            TopicKind.Reply => ReplyObject.Read,
            TopicKind.Status => StatusObject.Read,
            _ => null,
        };
        if (read is null)
            return Refuse(topic, payload, new Flaw(RejectReason.UnknownTopic, "no format reads this topic"));
        if (topic.Kind == TopicKind.Status && StatusObject.FromText(topic.Device, payload) is { } plain)
            return plain;
        if (!Utf8.IsValid(payload))
            return Refuse(topic, payload, new Flaw(RejectReason.NotJson, "the payload is not UTF-8"));

        var message = new Message(topic, packetId, redelivered, limits);
        var json = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = ReaderDepth });
        try
        {
            var arrays = topic.Kind is TopicKind.Telemetry or TopicKind.Events;
            var flaw = Root(ref json, payload, message, read, arrays);
            return flaw.Is ? Refuse(topic, payload, flaw) : message.Finish();
        }
        catch (JsonException e)
        {
            return Refuse(topic, payload, json.CurrentDepth >= ReaderDepth - 1
                ? new Flaw(RejectReason.OverLimit, $"nested deeper than {ReaderDepth} levels")
                : new Flaw(RejectReason.NotJson, $"no JSON from line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} on"));
        }
    }

    /// <summary>The JSON exception for what is not JSON comes from here; a flaw returned concerns the whole message.</summary>
    private static Flaw Root(ref Utf8JsonReader json, ReadOnlySpan<byte> payload, Message message, ObjectReader read, bool arrays)
    {
        json.Read();
        var flaw = default(Flaw);
        if (json.TokenType == JsonTokenType.StartArray && arrays)
        {
            for (var index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
            {
                if (index >= message.Limits.MaxObjects)
                    return new Flaw(RejectReason.OverLimit, $"the array has more than {message.Limits.MaxObjects} objects");
                Element(ref json, payload, message, index, read);
            }
        }
        else
        {
            Element(ref json, payload, message, -1, read);
        }
        json.Read(); // refuses anything behind the value
        return flaw;
    }

    private static void Element(ref Utf8JsonReader json, ReadOnlySpan<byte> payload, Message message, int index, ObjectReader read)
    {
        var start = (int)json.TokenStartIndex;
        var depth = json.CurrentDepth;
        var flaw = new Flaw(RejectReason.WrongShape, "not a JSON object");
        Entry? entry = null;
        if (json.TokenType == JsonTokenType.StartObject)
        {
            flaw = read(ref json, message, out entry);
            while (json.CurrentDepth > depth || json.TokenType != JsonTokenType.EndObject)
                json.Read();
        }
        else
        {
            json.Skip();
        }
        message.Add(entry, flaw, index, payload[start..(int)json.BytesConsumed]);
    }

    private static Decoded Refuse(in NativeTopic topic, ReadOnlySpan<byte> payload, Flaw flaw) =>
        Decoded.Refused(topic.Device.Value, topic.Text, flaw, payload);
}
