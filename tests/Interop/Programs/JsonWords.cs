using System.Text.Json;

namespace B2D.Interop.Programs;

/// <summary>Properties of answers; a missing one fails the test.</summary>
internal static class JsonWords
{
    /// <summary>A text; empty for null.</summary>
    public static string Text(this JsonElement item, string name) => item.GetProperty(name).GetString() ?? "";

    public static long Long(this JsonElement item, string name) => item.GetProperty(name).GetInt64();

    public static double Double(this JsonElement item, string name) => item.GetProperty(name).GetDouble();

    /// <summary>The items of an array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement item, string name) => item.GetProperty(name).EnumerateArray();
}
