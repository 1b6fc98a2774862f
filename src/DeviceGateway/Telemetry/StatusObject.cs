using System.Text.Json;
using B2D.Bus;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>
/// What is on <c>devices/{id}/status</c>: the word <c>online</c> or <c>offline</c>, or <c>{"state":"online"}</c>. Nothing at all takes a retained
/// one back and says nothing.
/// </summary>
internal static class StatusObject
{
    /// <summary>The plain words; null where it is something else and may be JSON.</summary>
    public static Decoded? FromText(DeviceId device, ReadOnlySpan<byte> payload)
    {
        var word = payload.Trim(" \t\r\n"u8);
        if (word.Length == 0)
            return Decoded.Nothing;
        return word.SequenceEqual("online"u8) ? Decoded.Of(Change(device, Presence.Online))
            : word.SequenceEqual("offline"u8) ? Decoded.Of(Change(device, Presence.Offline))
            : null;
    }

    /// <summary>Reads the object that the reader stands at the beginning of.</summary>
    public static Flaw Read(ref Utf8JsonReader json, Message message, out Entry? entry)
    {
        entry = null;
        Presence? state = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isState = JsonText.Is(ref json, "state"u8);
            if (!isState)
            {
                JsonText.PassOver(ref json);
                continue;
            }
            json.Read();
            if (json.TokenType == JsonTokenType.String)
                state = JsonText.Is(ref json, "online"u8) ? Presence.Online : JsonText.Is(ref json, "offline"u8) ? Presence.Offline : null;
            if (state is null)
                return new Flaw(RejectReason.WrongShape, "state is neither \"online\" nor \"offline\"");
        }
        if (state is null)
            return new Flaw(RejectReason.WrongShape, "state is missing; it is \"online\" or \"offline\"");
        entry = Change(message.Topic.Device, state.Value);
        return default;
    }

    private static Entry.PresenceChange Change(DeviceId device, Presence state) => new(device, state, PresenceSource.StatusTopic);
}
