using B2D.Core.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Where customers end notices with one click, without sign-in.</summary>
public sealed class UnsubscribeLinks(LinkOptions options)
{
    private readonly byte[] key = WebhookSignature.TryKey(options.Secret, out var read) ? read : [];

    /// <summary>The address for a customer and a class.</summary>
    public string Of(string customer, NoticeClass noticeClass) => $"{options.Url.TrimEnd('/')}/unsubscribe/{UnsubscribeToken.Make(key, customer, noticeClass)}";

    /// <summary>Whose token it is and what it ends; null where it is none of ours.</summary>
    public (string Customer, NoticeClass Class)? Read(string token) => key.Length == 0 ? null : UnsubscribeToken.Read(key, token);
}
