namespace B2D.DeviceGateway.Telemetry;

/// <summary>
/// Reads an instant as RFC 3339 §5.6 writes it, and the shorter zones of ISO 8601: <c>2025-11-24T16:05:10.212Z</c>, <c>…T16:05+01:00</c>,
/// <c>…+0100</c>, <c>…+01</c>. Seconds and fractions may be left out, a fraction may have any number of digits and is cut to milliseconds.
/// A time without a zone is no instant and is refused.
/// </summary>
internal static class Iso8601
{
    /// <summary>Latest instant that can be stored, 9999-12-31T23:59:59.999Z, in epoch milliseconds.</summary>
    public const long MaxEpochMs = 253_402_300_799_999;

    private const int DayMs = 86_400_000;

    /// <summary>The instant in milliseconds since 1970-01-01T00:00Z; false where the text is none, lies before 1970 or after 9999.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long epochMs)
    {
        epochMs = 0;
        if (!Date(ref text, out var days) || text.Length == 0 || text[0] is not ('T' or 't' or ' '))
            return false;
        text = text[1..];
        if (!TimeOfDay(ref text, out var ms) || !Zone(text, out var offsetMs))
            return false;
        epochMs = (days * DayMs) + ms - offsetMs;
        return epochMs is >= 0 and <= MaxEpochMs;
    }

    private static bool Date(ref ReadOnlySpan<char> text, out long days)
    {
        days = 0;
        if (!Digits(ref text, 4, out var year) || !Skip(ref text, '-') || !Digits(ref text, 2, out var month)
            || !Skip(ref text, '-') || !Digits(ref text, 2, out var day))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        days = new DateOnly(year, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        return true;
    }

    private static bool TimeOfDay(ref ReadOnlySpan<char> text, out int ms)
    {
        ms = 0;
        var second = 0;
        var fraction = 0;
        if (!Digits(ref text, 2, out var hour) || !Skip(ref text, ':') || !Digits(ref text, 2, out var minute))
            return false;
        if (Skip(ref text, ':') && (!Digits(ref text, 2, out second) || (Skip(ref text, '.') && !Fraction(ref text, out fraction))))
            return false;
        // 60 is a leap second (RFC 3339 §5.7); it counts as the first of the next minute, as epoch time has none.
        if (hour > 23 || minute > 59 || second > 60)
            return false;
        ms = ((((hour * 60) + minute) * 60) + second) * 1000 + fraction;
        return true;
    }

    private static bool Zone(ReadOnlySpan<char> text, out int offsetMs)
    {
        offsetMs = 0;
        if (text is "Z" or "z")
            return true;
        if (text.Length == 0 || text[0] is not ('+' or '-'))
            return false;
        var sign = text[0] == '-' ? -1 : 1;
        text = text[1..];
        var minutes = 0;
        if (!Digits(ref text, 2, out var hours))
            return false;
        if (text.Length > 0)
        {
            Skip(ref text, ':');
            if (!Digits(ref text, 2, out minutes))
                return false;
        }
        offsetMs = sign * ((hours * 60) + minutes) * 60_000;
        return text.Length == 0 && hours <= 23 && minutes <= 59;
    }

    private static bool Fraction(ref ReadOnlySpan<char> text, out int ms)
    {
        ms = 0;
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
        {
            if (count < 3)
                ms = (ms * 10) + (text[count] - '0');
            count++;
        }
        for (var i = count; i < 3; i++)
            ms *= 10;
        text = text[count..];
        return count > 0;
    }

    private static bool Digits(ref ReadOnlySpan<char> text, int count, out int value)
    {
        value = 0;
        if (text.Length < count)
            return false;
        foreach (var c in text[..count])
        {
            if (!char.IsAsciiDigit(c))
                return false;
            value = (value * 10) + (c - '0');
        }
        text = text[count..];
        return true;
    }

    private static bool Skip(ref ReadOnlySpan<char> text, char expected)
    {
        if (text.Length == 0 || text[0] != expected)
            return false;
        text = text[1..];
        return true;
    }
}
