using System.Security.Cryptography;
using System.Text;
using B2D.Core.Customers;
using B2D.Core.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Where customers end notices with one click, without sign-in.</summary>
public sealed class UnsubscribeLinks(LinkOptions options)
{
    /// <summary>Stands between a carer and which of those who were one after the other; no id has it.</summary>
    private const char Between = '\n';

    private readonly byte[] key = WebhookSignature.TryKey(options.Secret, out var read) ? read : [];

    /// <summary>The address for a recipient and a class.</summary>
    /// <param name="mail">Where it goes: a link that one carer got ends nothing of the next.</param>
    public string Of(string recipient, NoticeClass noticeClass, string mail) =>
        $"{options.Url.TrimEnd('/')}/unsubscribe/{UnsubscribeToken.Make(key, Carer.Is(recipient) ? $"{recipient}{Between}{MarkOf(mail)}" : recipient, noticeClass)}";

    /// <summary>Whose token it is and what it ends; null where it is none of ours. Of a carer with the mark of their address, else with an empty one.</summary>
    public (string Recipient, NoticeClass Class, string Mark)? Read(string token) =>
        key.Length == 0 || UnsubscribeToken.Read(key, token) is not var (recipient, noticeClass) ? null
        : recipient.Split(Between) is [var carer, var mark] ? (carer, noticeClass, mark) : (recipient, noticeClass, "");

    /// <summary>Tells addresses apart without telling them.</summary>
    public static string MarkOf(string mail) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mail.Trim().ToLowerInvariant())).AsSpan(0, 8));
}
