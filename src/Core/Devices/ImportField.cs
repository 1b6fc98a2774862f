using System.Globalization;
using NodaTime;

namespace B2D.Core.Devices;

/// <summary>One column of an import: its name, its limit in characters, and what its content must look like.</summary>
/// <param name="Check">What is wrong with a text that is not empty, and what to do; null where nothing is.</param>
/// <param name="Lines">The text may have several lines.</param>
/// <param name="Verbatim">Blanks at the ends belong to it.</param>
internal sealed record ImportField(
    string Name, int MaxLength, Func<string, (string Message, string Hint)?>? Check = null, bool Lines = false, bool Verbatim = false)
{
    /// <summary>Every check of a text that is not empty.</summary>
    public (string Message, string Hint)? Problem(string text)
    {
        if (text.Length > MaxLength)
            return ($"has {text.Length} characters, at most {MaxLength} are allowed", "shorten it");
        foreach (var c in text)
        {
            if (char.IsControl(c) && !(Lines && c is '\r' or '\n' or '\t'))
                return ($"has the control character U+{(int)c:X4}", Lines ? "remove it" : "remove it; only an address may have several lines");
        }
        return Check?.Invoke(text);
    }

    /// <summary>The same alphabet as device ids, so that an id can stand in a link, a topic and a subject.</summary>
    public static (string, string)? Id(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '@' or '-'))
                return ($"'{c}' is not allowed in an id", "use letters, digits and . _ : @ -");
        }
        return null;
    }

    /// <summary>A name as rules write it.</summary>
    public static (string, string)? RuleName(string text) => text[0] != '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        ? null
        : ($"'{text}' is no name", "use lower-case letters, digits and dashes, as in the rules");

    public static (string, string)? SegmentPath(string text) =>
        Segment.TryParse(text, out _, out var error) ? null : (error, "write it as region/node/cabinet");

    public static (string, string)? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? null
            : ($"'{text}' is no day", "write it as year-month-day, 2027-05-31");

    /// <summary>RFC 5321's mailbox in its plain form (no quoted local part, no address literal); a domain has a dot or is <c>localhost</c>.</summary>
    public static (string, string)? Email(string text)
    {
        var at = text.LastIndexOf('@');
        var (local, domain) = at < 0 ? ("", "") : (text[..at], text[(at + 1)..]);
        var good = local.Length is >= 1 and <= 64
            && local.All(c => char.IsAsciiLetterOrDigit(c) || ".!#$%&'*+/=?^_`{|}~-".Contains(c, StringComparison.Ordinal))
            && !local.StartsWith('.') && !local.EndsWith('.') && !local.Contains("..", StringComparison.Ordinal)
            && (domain == "localhost" || domain.Contains('.', StringComparison.Ordinal)) && domain.Split('.').All(IsLabel);
        return good ? null : ($"'{text}' is no e-mail address", "write it as name@example.org");
    }

    /// <summary>Digits, with a plus before and blanks, dots, slashes, dashes and brackets between; 5 to 15 digits, as E.164 allows.</summary>
    public static (string, string)? Phone(string text)
    {
        var digits = text.Count(char.IsAsciiDigit);
        var rest = text.StartsWith('+') ? text[1..] : text;
        var good = digits is >= 5 and <= 15 && rest.All(c => char.IsAsciiDigit(c) || " ./-()".Contains(c, StringComparison.Ordinal));
        return good ? null : ($"'{text}' is no phone number", "write 5 to 15 digits with the country's code, +351 912 345 678");
    }

    /// <summary>The shape of a BCP 47 tag: a language of 2 or 3 letters and subtags of 1 to 8 letters or digits.</summary>
    public static (string, string)? Language(string text)
    {
        var parts = text.Split('-');
        var good = parts[0].Length is 2 or 3 && parts[0].All(char.IsAsciiLetter)
            && parts.Skip(1).All(p => p.Length is >= 1 and <= 8 && p.All(char.IsAsciiLetterOrDigit));
        return good ? null : ($"'{text}' is no language tag", "write it as BCP 47 has it: pt, pt-PT, zh-Hant");
    }

    public static (string, string)? TimeZone(string text)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(text) is not null)
            return null;
        var nearest = ImportNames.Nearest(text, DateTimeZoneProviders.Tzdb.Ids);
        return ($"'{text}' is no time zone", nearest is null ? "write the tz database's name, Europe/Lisbon" : $"did you mean {nearest}?");
    }

    public static (string, string)? Channel(string text) =>
        text is "email" or "sms" or "webhook" ? null : ($"'{text}' is no channel", "write email, sms or webhook");

    public static (string, string)? QuietHours(string text) =>
        Notices.QuietHours.Parse(text, out var problem) is null && problem.Length > 0 ? ($"'{text}' are no quiet hours", "write 22:00-07:30, or none") : null;

    public static (string, string)? Consents(string text) =>
        Notices.ConsentText.Parse(text, out var problem) is null ? (problem, "write classes that the customer wants, and with a dash those that they do not: usage -offer:email") : null;

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && !label.StartsWith('-') && !label.EndsWith('-');
}
