using System.Text.Json;
using B2D.Bus;
using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>The object on <c>devices/{id}/commands/{commandId}/reply</c>: <c>{"status":"ok","detail":"…"}</c>; other properties are passed over.</summary>
internal static class ReplyObject
{
    /// <summary>Reads the object that the reader stands at the beginning of.</summary>
    public static Flaw Read(ref Utf8JsonReader json, Message message, out Entry? entry)
    {
        entry = null;
        ReplyStatus? status = null;
        var detail = "";
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            Flaw flaw;
            if (JsonText.Is(ref json, "status"u8))
                flaw = ReadStatus(ref json, out status);
            else if (JsonText.Is(ref json, "detail"u8))
                flaw = ReadDetail(ref json, out detail);
            else
                flaw = JsonText.PassOver(ref json);
            if (flaw.Is)
                return flaw;
        }
        if (status is null)
            return new Flaw(RejectReason.WrongShape, "status is missing; it is \"ok\" or \"failed\"");
        entry = new Entry.Reply(message.Topic.Device, message.Topic.CommandId, status.Value, detail);
        return default;
    }

    private static Flaw ReadStatus(ref Utf8JsonReader json, out ReplyStatus? status)
    {
        json.Read();
        status = null;
        if (json.TokenType == JsonTokenType.String)
            status = JsonText.Is(ref json, "ok"u8) ? ReplyStatus.Ok : JsonText.Is(ref json, "failed"u8) ? ReplyStatus.Failed : null;
        return status is null ? new Flaw(RejectReason.WrongShape, "status is neither \"ok\" nor \"failed\"") : default;
    }

    /// <summary>The answer is worth more than its detail: a long one is cut, not refused.</summary>
    private static Flaw ReadDetail(ref Utf8JsonReader json, out string detail)
    {
        json.Read();
        detail = "";
        if (json.TokenType == JsonTokenType.Null)
            return default;
        if (json.TokenType != JsonTokenType.String || !JsonText.TryGet(ref json, out detail))
            return new Flaw(RejectReason.WrongShape, "detail is no text");
        detail = detail.Replace('\0', ' ');
        if (detail.Length > FormatLimits.MaxTextLength)
            detail = detail[..(char.IsHighSurrogate(detail[FormatLimits.MaxTextLength - 1]) ? FormatLimits.MaxTextLength - 1 : FormatLimits.MaxTextLength)];
        return default;
    }
}
