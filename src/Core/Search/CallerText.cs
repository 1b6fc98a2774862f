using System.Globalization;
using System.Text;

namespace B2D.Core.Search;

/// <summary>What a reference leads to.</summary>
public enum Referred : byte { None = 0, Case = 1, Outage = 2, Maintenance = 3 }

/// <summary>
/// What somebody typed to find a caller, read in every way that it can be meant. Ways that it cannot be meant are empty.
/// </summary>
/// <param name="Text">As typed, without blanks around it, at most 100 characters.</param>
/// <param name="Refers">Where it is the reference of a notice: <c>C-12</c> or <c>#12</c> of a case, <c>O-3</c> of an outage, <c>M-4</c> of planned work.</param>
/// <param name="Number">Of the reference.</param>
/// <param name="Phone">As <see cref="PhoneReversed"/>; empty where it is no phone number of at least 5 digits.</param>
/// <param name="Postcode">As <see cref="PostcodeFolded"/>; empty where it can be none.</param>
/// <param name="Serial">Small letters, for ids and serial numbers; empty where it has blanks or is too short.</param>
/// <param name="Words">As <see cref="SearchWords"/>; the last may be the beginning of one.</param>
public sealed record CallerText(string Text, Referred Refers, long Number, string Phone, string Postcode, string Serial, IReadOnlyList<string> Words)
{
    /// <summary>Longest text that is read, in characters.</summary>
    public const int MaxLength = 100;

    private const int LeastDigits = 5;
    private const int LeastSerial = 3;
    private const int MostPostcode = 10;

    /// <summary>Reads it; every text is something.</summary>
    public static CallerText Read(string? typed)
    {
        var text = (typed ?? "").Trim();
        if (text.Length > MaxLength)
            text = text[..MaxLength].TrimEnd();
        var (refers, number) = Reference(text);
        return new CallerText(text, refers, number, LooksLikePhone(text) ? PhoneReversed(text) : "", LooksLikePostcode(text) ? PostcodeFolded(text) : "",
            text.Length >= LeastSerial && !text.Any(char.IsWhiteSpace) ? text.ToLowerInvariant() : "", SearchWords.Of(text));
    }

    /// <summary>
    /// The digits of a phone number, the last first and without the zeros in front, so that every spelling begins the same: <c>912345678</c>,
    /// <c>0912 345 678</c> and <c>+351 912 345 678</c>.
    /// </summary>
    public static string PhoneReversed(string phone)
    {
        // The zero that is left out from abroad: +44 (0)20 7946 0958.
        var digits = phone.Replace("(0)", "", StringComparison.Ordinal).Where(char.IsAsciiDigit).SkipWhile(c => c == '0').Reverse();
        return string.Concat(digits);
    }

    /// <summary>Small letters and digits only: <c>4300-123</c>, <c>4300 123</c> and <c>4300123</c> are the same.</summary>
    public static string PostcodeFolded(string postcode)
    {
        var folded = new StringBuilder(postcode.Length);
        foreach (var c in SearchWords.Fold(postcode))
        {
            if (char.IsLetterOrDigit(c))
                folded.Append(c);
        }
        return folded.ToString();
    }

    private static (Referred, long) Reference(string text)
    {
        var digits = text.StartsWith('#') ? 1 : text.Length > 2 && text[1] == '-' ? 2 : 0;
        if (digits == 0 || !long.TryParse(text.AsSpan(digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (Referred.None, 0);
        return char.ToUpperInvariant(text[0]) switch
        {
            '#' or 'C' => (Referred.Case, number),
            'O' => (Referred.Outage, number),
            'M' => (Referred.Maintenance, number),
            _ => (Referred.None, 0),
        };
    }

    private static bool LooksLikePhone(string text) =>
        text.All(c => char.IsAsciiDigit(c) || c is ' ' or '+' or '-' or '.' or '/' or '(' or ')') && PhoneReversed(text).Length >= LeastDigits;

    private static bool LooksLikePostcode(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-') && text.Any(char.IsAsciiDigit) && PostcodeFolded(text).Length is >= LeastSerial and <= MostPostcode;
}
