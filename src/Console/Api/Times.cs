using System.Globalization;
using B2D.Core;

namespace B2D.Console.Api;

/// <summary>Times in the API: ISO 8601 in UTC going out; ISO 8601 with an offset, or epoch milliseconds, coming in.</summary>
internal static class Times
{
    /// <summary>Reads a time; null where it is none. A text without an offset means UTC.</summary>
    public static ServerTime? Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ms))
            return Math.Abs(ms) < 253_402_300_800_000 ? new ServerTime(ms) : null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? ServerTime.From(at) : null;
    }
}
