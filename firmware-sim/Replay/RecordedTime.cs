using System.Globalization;

namespace B2D.FirmwareSim.Replay;

/// <summary>Times as recordings write them.</summary>
internal static class RecordedTime
{
    /// <summary><c>iso</c>, <c>epoch_s</c>, <c>epoch_ms</c>, or a pattern with at least a year in it.</summary>
    public static bool IsFormat(string format) => format is "iso" or "epoch_s" or "epoch_ms"
        || (format.Contains("yy", StringComparison.Ordinal) && IsPattern(format));

    /// <summary>Epoch milliseconds. Times without a zone are UTC.</summary>
    public static bool TryRead(string text, string format, out long ms)
    {
        ms = 0;
        switch (format)
        {
            case "epoch_s" or "epoch_ms":
                if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return false;
                var exact = Math.Round(format == "epoch_s" ? number * 1000 : number);
                // 0001 to 9999, the years a date can have.
                if (exact is < -62_135_596_800_000m or > 253_402_300_799_999m) return false;
                ms = (long)exact;
                return true;
            case "iso":
                if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var iso)) return false;
                ms = iso.ToUnixTimeMilliseconds();
                return true;
            default:
                if (!DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var exactly)) return false;
                ms = exactly.ToUnixTimeMilliseconds();
                return true;
        }
    }

    private static bool IsPattern(string format)
    {
        try
        {
            _ = DateTimeOffset.UnixEpoch.ToString(format, CultureInfo.InvariantCulture);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
