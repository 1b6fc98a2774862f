using System.Text.Json;

namespace B2D.Console.Api;

/// <summary>JSON that is stored as text, as JSON in an answer.</summary>
internal static class Json
{
    /// <summary>The text as JSON; null where it is none.</summary>
    public static JsonElement? OrNull(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
