using System.Text.Json;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>One object of <c>devices/{id}/events</c>: <c>{"code":"E42","state":"set","ts":1764000310123}</c>; other properties are passed over.</summary>
internal static class EventObject
{
    /// <summary>Reads the object that the reader stands at the beginning of.</summary>
    public static Flaw Read(ref Utf8JsonReader json, Message message, out Entry? entry)
    {
        entry = null;
        string? code = null;
        CodeState? state = null;
        DeviceTime? at = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            Flaw flaw;
            if (JsonText.Is(ref json, "code"u8))
                flaw = ReadCode(ref json, message.Limits.MaxNameLength, out code);
            else if (JsonText.Is(ref json, "state"u8))
                flaw = ReadState(ref json, out state);
            else if (JsonText.Is(ref json, "ts"u8) && json.Read())
                flaw = JsonText.ReadTime(ref json, out at);
            else
                flaw = JsonText.PassOver(ref json);
            if (flaw.Is)
                return flaw;
        }
        if (code is null || state is null)
            return new Flaw(RejectReason.WrongShape, code is null ? "code is missing" : "state is missing; it is \"set\" or \"clear\"");
        entry = new Entry.Event(message.Topic.Device, code, state.Value, at);
        return default;
    }

    private static Flaw ReadCode(ref Utf8JsonReader json, int maxLength, out string? code)
    {
        json.Read();
        code = null;
        if (json.TokenType != JsonTokenType.String || !JsonText.TryGet(ref json, out code))
            return new Flaw(RejectReason.WrongShape, "code is no text");
        return JsonText.CheckName("code", code, maxLength);
    }

    private static Flaw ReadState(ref Utf8JsonReader json, out CodeState? state)
    {
        json.Read();
        state = null;
        if (json.TokenType == JsonTokenType.String)
            state = JsonText.Is(ref json, "set"u8) ? CodeState.Set : JsonText.Is(ref json, "clear"u8) ? CodeState.Clear : null;
        return state is null ? new Flaw(RejectReason.WrongShape, "state is neither \"set\" nor \"clear\"") : default;
    }
}
