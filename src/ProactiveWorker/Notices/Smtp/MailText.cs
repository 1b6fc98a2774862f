using System.Globalization;
using System.Net;
using System.Text;

namespace B2D.ProactiveWorker.Notices.Smtp;

/// <summary>What stands in a mail beside its words.</summary>
/// <param name="From">The sender's address.</param>
/// <param name="Sender">The sender's name.</param>
/// <param name="Unsubscribe">Addresses by which the customer ends such mails, <c>mailto:…</c> and <c>https://…</c>; empty for none.</param>
internal sealed record MailFrame(string From, string Sender, IReadOnlyList<string> Unsubscribe);

/// <summary>A mail as it goes over the wire (RFC 5322, MIME): text and HTML of the same words, nothing but ASCII, no line over 76 characters but addresses.</summary>
internal static class MailText
{
    private const string End = "\r\n";
    private const int LineBytes = 57;

    public static byte[] Of(Outgoing notice, MailFrame frame)
    {
        var domain = frame.From[(frame.From.LastIndexOf('@') + 1)..];
        var boundary = "b2d-" + notice.Id;
        var mail = new StringBuilder();
        mail.Append("From: ").Append(Words(frame.Sender)).Append(" <").Append(Line(frame.From)).Append('>').Append(End);
        mail.Append("To: ").Append(Line(notice.Address)).Append(End);
        mail.Append("Subject: ").Append(Words(notice.Subject)).Append(End);
        mail.Append("Date: ").Append(notice.At.Utc.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)).Append(End);
        mail.Append("Message-ID: <").Append(notice.Id).Append('@').Append(domain).Append('>').Append(End);
        mail.Append("Auto-Submitted: auto-generated").Append(End);
        if (notice.Language.Length > 0)
            mail.Append("Content-Language: ").Append(Line(notice.Language)).Append(End);
        if (frame.Unsubscribe.Count > 0)
            mail.Append("List-Unsubscribe: ").AppendJoin("," + End + " ", frame.Unsubscribe.Select(u => $"<{u}>")).Append(End);
        // RFC 8058: one request to the https address ends it, without a page in between.
        if (frame.Unsubscribe.Any(u => u.StartsWith("https://", StringComparison.Ordinal)))
            mail.Append("List-Unsubscribe-Post: List-Unsubscribe=One-Click").Append(End);
        mail.Append("MIME-Version: 1.0").Append(End);
        mail.Append("Content-Type: multipart/alternative; boundary=\"").Append(boundary).Append('"').Append(End).Append(End);
        Part(mail, boundary, "text/plain", notice.Text);
        Part(mail, boundary, "text/html", Html(notice));
        mail.Append("--").Append(boundary).Append("--").Append(End);
        return Encoding.ASCII.GetBytes(mail.ToString());
    }

    /// <summary>The words as HTML. Everything in them is text: names and titles come from devices and files.</summary>
    internal static string Html(Outgoing notice)
    {
        var lines = notice.Text.Split('\n').Select(l => $"<p>{WebUtility.HtmlEncode(l)}</p>");
        var language = WebUtility.HtmlEncode(notice.Language.Length > 0 ? notice.Language : "en");
        return $"<!DOCTYPE html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(notice.Subject)}</title></head>"
            + $"<body style=\"font-family:sans-serif;line-height:1.5\"><h1 style=\"font-size:1.1em\">{WebUtility.HtmlEncode(notice.Subject)}</h1>{string.Concat(lines)}</body></html>";
    }

    private static void Part(StringBuilder mail, string boundary, string type, string text)
    {
        mail.Append("--").Append(boundary).Append(End);
        mail.Append("Content-Type: ").Append(type).Append("; charset=utf-8").Append(End);
        mail.Append("Content-Transfer-Encoding: base64").Append(End).Append(End);
        var bytes = Encoding.UTF8.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", End, StringComparison.Ordinal));
        for (var at = 0; at < bytes.Length; at += LineBytes)
            mail.Append(Convert.ToBase64String(bytes, at, Math.Min(LineBytes, bytes.Length - at))).Append(End);
    }

    /// <summary>A header's text as encoded words (RFC 2047), each of whole characters and at most 75 long; what could begin another header is gone.</summary>
    private static string Words(string text)
    {
        var clean = Line(text);
        if (clean.Length is > 0 and <= 60 && clean.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-'))
            return clean;
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in clean.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > 45)
            {
                words.Add(Encoded(word.ToString()));
                word.Clear();
            }
            word.Append(rune);
        }
        words.Add(Encoded(word.ToString()));
        return string.Join(End + " ", words);
    }

    private static string Encoded(string word) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(word))}?=";

    private static string Line(string text) => new([.. text.Where(c => !char.IsControl(c))]);
}
