using System.Text;
using System.Text.Json;
using B2D.Bus;
using B2D.Core;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>What all objects of the native format have in common.</summary>
internal static class JsonText
{
    /// <summary>The text of a string token; false where it holds half a surrogate pair, which no store can keep.</summary>
    public static bool TryGet(ref Utf8JsonReader json, out string text)
    {
        try
        {
            text = json.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }

    /// <summary>True where a name or text token says exactly this; half a surrogate pair says nothing.</summary>
    public static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> expected) =>
        json.ValueIsEscaped
            ? TryGet(ref json, out var text) && Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(expected)
            : json.ValueSpan.SequenceEqual(expected);

    /// <summary>Goes past the value of the property that the reader stands at; never a flaw.</summary>
    public static Flaw PassOver(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
        return default;
    }

    /// <summary>A name or code: what is wrong with it, if anything.</summary>
    public static Flaw CheckName(string what, string name, int maxLength)
    {
        if (name.Length == 0)
            return new Flaw(RejectReason.WrongShape, $"{what} is empty");
        if (name.Length > maxLength)
        {
            var start = name[..Math.Min(32, name.Length)];
            return new Flaw(RejectReason.OverLimit, $"{what} '{start}…' has {name.Length} characters, at most {maxLength} are allowed");
        }
        foreach (var c in name)
        {
            if (char.IsControl(c))
                return new Flaw(RejectReason.WrongShape, $"{what} holds a control character");
        }
        return default;
    }

    /// <summary>The device time in a <c>ts</c> property: epoch milliseconds or ISO 8601 with a zone; null stays none.</summary>
    public static Flaw ReadTime(ref Utf8JsonReader json, out DeviceTime? at)
    {
        at = null;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return default;
            case JsonTokenType.Number when json.TryGetInt64(out var ms) && ms is >= 0 and <= Iso8601.MaxEpochMs:
                at = new DeviceTime(ms);
                return default;
            case JsonTokenType.String when TryGet(ref json, out var text) && Iso8601.TryParse(text, out var ms):
                at = new DeviceTime(ms);
                return default;
            default:
                return new Flaw(RejectReason.BadTime, "ts is neither epoch milliseconds as an integer nor ISO 8601 with a zone");
        }
    }
}
