using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace B2D.Core.Notices;

/// <summary>What a mail server reported of a mail of ours.</summary>
public enum BounceKind : byte
{
    /// <summary>It tries on; noted.</summary>
    Delayed = 1,

    /// <summary>This mail will not arrive, for a reason that may pass: a full mailbox, a server that stays away, a filter.</summary>
    NotDelivered = 2,

    /// <summary>Nobody has this address.</summary>
    NoSuchAddress = 3,
}

/// <summary>A report about one notice.</summary>
/// <param name="Notice">The notice's id, 32 hex digits.</param>
/// <param name="Recipients">Whom the report names: as we addressed it, and where it ended.</param>
/// <param name="Status">RFC 3463, <c>5.1.1</c>; empty where it says none.</param>
/// <param name="Reason">The server's words, as <see cref="BounceReport.ReasonOf"/> leaves them.</param>
public sealed record Bounce(string Notice, BounceKind Kind, ImmutableArray<string> Recipients, string Status, string Reason);

/// <summary>Reads reports about mails that did not arrive (RFC 3464, RFC 6522).</summary>
public static partial class BounceReport
{
    /// <summary>Largest report, in bytes; ours carry a mail of a few thousand.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxReason = 200;
    private const string Address = "the address";

    /// <summary>More of what a server says is not looked at.</summary>
    private const int MaxLooked = 4000;

    private static readonly char[] Signs = [.. "<>\"'()[],;:."];

    /// <summary>The report in a message; null where it is none about a mail of ours, and why.</summary>
    /// <param name="message">One character for each byte.</param>
    public static Bounce? Read(string message, out string problem)
    {
        var mail = MimePart.Read(message);
        var status = mail.All.FirstOrDefault(p => p.Type is "message/delivery-status" or "message/global-delivery-status");
        problem = status is null ? "it has no delivery status (RFC 3464); an automatic answer, for one, is no report" : "";
        if (status is null)
            return null;
        var groups = Groups(status.Decoded);
        var notice = NoticeOf(mail, groups);
        if (notice.Length == 0)
        {
            problem = "it is about no mail of ours: the message id that it returns is none of B2D’s";
            return null;
        }
        Bounce? worst = null;
        foreach (var group in groups)
        {
            var said = (Action: Field(group, "Action").ToLowerInvariant(), Status: Field(group, "Status"), Why: Field(group, "Diagnostic-Code"));
            if (KindOf(said.Action, said.Status, said.Why) is not { } kind || kind <= worst?.Kind)
                continue;
            ImmutableArray<string> recipients = [.. new[] { "Original-Recipient", "Final-Recipient" }.Select(f => AddressOf(Field(group, f))).Where(a => a.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
            var words = ReasonOf(said.Why[(said.Why.IndexOf(';', StringComparison.Ordinal) + 1)..], recipients);
            worst = new Bounce(notice, kind, recipients, EnhancedOf(said.Status, said.Why), words.Length > 0 ? words : ReasonOf($"status {said.Status}"));
        }
        if (worst is null)
            problem = "it says that the mail was delivered or passed on";
        return worst;
    }

    /// <summary>What a report of these words is; null: nothing failed.</summary>
    /// <param name="action">RFC 3464 §2.3.3.</param>
    /// <param name="status">RFC 3463.</param>
    /// <param name="why">The diagnostic code, in which the server's own words stand.</param>
    public static BounceKind? KindOf(string action, string status, string why)
    {
        if (action == "delayed")
            return BounceKind.Delayed;
        if (action != "failed")
            return null;
        var enhanced = EnhancedOf(status, why);
        if (enhanced.Length == 0 || enhanced[0] != '5')
            return BounceKind.NotDelivered;
        return enhanced switch
        {
            // Of the sender's address: about us.
            "5.1.7" or "5.1.8" or "5.1.9" => BounceKind.NotDelivered,
            "5.2.1" => BounceKind.NoSuchAddress,
            "5.4.1" when why.Contains("recipient address rejected", StringComparison.OrdinalIgnoreCase) => BounceKind.NoSuchAddress,
            "5.0.0" or "5.5.0" => NobodyRegex().IsMatch(why) ? BounceKind.NoSuchAddress : BounceKind.NotDelivered,
            _ => enhanced.StartsWith("5.1.", StringComparison.Ordinal) ? BounceKind.NoSuchAddress : BounceKind.NotDelivered,
        };
    }

    /// <summary>
    /// A server's words in one plain line of at most 200 characters, without e-mail addresses and without the name before the sign of a recipient's: it is kept where no personal data is, and passed on.
    /// </summary>
    public static string ReasonOf(string words, params IReadOnlyList<string> recipients)
    {
        var names = recipients.Select(r => r.Split('@')[0]).Where(n => n.Length > 0).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var text = PlainText.Of(words.Length > MaxLooked ? words[..MaxLooked] : words).Trim();
        text = string.Join(' ', text.Split(' ').Select(w => w.Contains('@', StringComparison.Ordinal) || names.Contains(w.Trim(Signs)) ? Address : w));
        return text.Length <= MaxReason ? text : text[..MaxReason];
    }

    /// <summary>The most exact code that is said: some servers write 5.0.0 and put the true one into their words.</summary>
    private static string EnhancedOf(string status, string why)
    {
        var said = StatusRegex().Match(status) is { Success: true } given ? given.Value : "";
        return said is "" or "5.0.0" && StatusRegex().Match(why) is { Success: true } within ? within.Value
            : said.Length > 0 ? said
            : ReplyRegex().Match(why) is { Success: true } reply ? $"{reply.Value[0]}.0.0" : "";
    }

    private static string NoticeOf(MimePart mail, IReadOnlyList<ImmutableArray<(string Name, string Value)>> groups)
    {
        foreach (var part in mail.All.Skip(1))
        {
            var id = part.Type is "text/rfc822-headers" or "message/global-headers"
                ? MimePart.ReadHeaders(part.Decoded.TrimStart('\n'), 0, out _).FirstOrDefault(h => h.Name.Equals("Message-ID", StringComparison.OrdinalIgnoreCase)).Value ?? ""
                : part.Header("Message-ID");
            if (OursRegex().Match(id) is { Success: true } ours)
                return ours.Groups[1].Value;
        }
        // Where the mail itself is not returned.
        return groups.SelectMany(g => g).Where(f => f.Name.EndsWith("Message-ID", StringComparison.OrdinalIgnoreCase)).Select(f => f.Value)
            .Append(mail.Header("In-Reply-To")).Append(mail.Header("References"))
            .Select(v => OursRegex().Match(v)).FirstOrDefault(m => m.Success)?.Groups[1].Value ?? "";
    }

    private static List<ImmutableArray<(string Name, string Value)>> Groups(string text)
    {
        var groups = new List<ImmutableArray<(string Name, string Value)>>();
        for (var at = 0; at < text.Length && groups.Count < 50;)
        {
            var group = MimePart.ReadHeaders(text, at, out at);
            if (group.Length > 0)
                groups.Add(group);
        }
        return groups;
    }

    private static string Field(ImmutableArray<(string Name, string Value)> group, string name) =>
        group.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary><c>rfc822; ana@example.org</c>.</summary>
    private static string AddressOf(string field) => field[(field.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim().Trim('<', '>');

    [GeneratedRegex(@"\b[245]\.\d{1,3}\.\d{1,3}\b", RegexOptions.CultureInvariant)]
    private static partial Regex StatusRegex();

    [GeneratedRegex(@"\b[45]\d\d\b", RegexOptions.CultureInvariant)]
    private static partial Regex ReplyRegex();

    [GeneratedRegex("<([0-9a-f]{32})@[^>]+>", RegexOptions.CultureInvariant)]
    private static partial Regex OursRegex();

    [GeneratedRegex(@"unknown|no such|does not exist|doesn't exist|not exist|invalid|not found|no mailbox|disabled|unrouteable|user unavailable", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NobodyRegex();
}
