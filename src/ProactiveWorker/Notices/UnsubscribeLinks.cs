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

/// <summary>Links in mails, an operator's choice: what is written stands without them.</summary>
public sealed record LinkOptions
{
    /// <summary>Where customers reach the console, an https address; empty: no links (default).</summary>
    public string Url { get; init; } = "";

    /// <summary><c>whsec_</c> and the base64 of 24 to 64 bytes: the key that signs them.</summary>
    public string Secret { get; init; } = "";

    public bool Enabled => Url.Length > 0;

    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!Enabled)
            return problems;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme != "https")
            problems.Add($"Notices:Links:Url is '{Url}', it must be an absolute https address");
        if (!WebhookSignature.TryKey(Secret, out _))
            problems.Add("Notices:Links:Secret must be whsec_ and the base64 of 24 to 64 bytes");
        return problems;
    }
}
