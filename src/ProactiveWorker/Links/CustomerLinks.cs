using System.Security.Cryptography;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Subscriptions;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Links;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Links;

/// <summary>Makes the links that notices carry, and knows them again. What is stored opens nothing without the key of the installation.</summary>
public sealed class CustomerLinks(NoticeOptions options)
{
    private const int NonceBytes = 16;
    private const int MostTries = 10;
    private const string Hidden = "…";

    private readonly byte[] key = WebhookSignature.TryKey(options.Links.Secret, out var read) ? read : [];
    private readonly UnsubscribeLinks unsubscribe = new(options.Links);

    /// <summary>Links can be made at all.</summary>
    public bool IsOn => options.Links.Enabled && key.Length > 0;

    /// <summary>Notices carry links to pages.</summary>
    public bool Pages => IsOn && options.Links.Pages;

    private string Base => options.Links.Url.TrimEnd('/');

    /// <summary>What a notice carries that leaves now: its link is made with the first of them, and is good so much longer with each.</summary>
    internal LinkWords WordsOf(Db db, NoticeRow row, CustomerRow customer, ServerTime now)
    {
        // What is said or printed has none; a page speaks for the customer, not for whoever cares for them.
        if (!IsOn || row.Channel is "phone" or "letter" || Carer.Is(row.Customer))
            return LinkWords.None;
        if (Subscribers.IdOf(customer.Id) is > 0 and var subscriber)
            return LinkWords.None with { Unsubscribe = row.Status == Subscribers.Confirm ? "" : unsubscribe.Of(customer.Id, NoticeClass.Service, customer.Email), Confirm = ConfirmOf(db, subscriber, row) };
        return Pages && SubjectOf(row) is { Length: > 0 } subject && Opens(db, customer.Id, subject) && Have(db, customer.Id, subject, now) is { } link
            ? LinkWords.None with { Page = $"{Base}/l/{LinkToken.Make(key, link.ToBond())}", Typed = $"{options.Links.TypedAddress}/{LinkToken.Code(key, link.ToBond())}" }
            : LinkWords.None;
    }

    /// <summary>The same as those who work here read it: that there was a link, and not the link, by which they could speak for the customer.</summary>
    public LinkWords Shown(Db db, NoticeRow row) => Pages && row.Channel != "phone" && SubjectOf(row) is { Length: > 0 } subject && CustomerLinkStore.Find(db, row.Customer, subject) is not null
        ? LinkWords.None with { Page = $"{Base}/l/{Hidden}", Typed = $"{options.Links.TypedAddress}/{Hidden}" }
        : LinkWords.None;

    /// <summary>The row of a token that was made here; null for any other.</summary>
    internal CustomerLinkRow? Read(Db db, string token) =>
        Pages && LinkToken.IdOf(token) is { } id && CustomerLinkStore.Find(db, id) is { } row && LinkToken.IsGood(key, token, row.ToBond()) ? row : null;

    /// <summary>The row of a code and its token; null where there is none.</summary>
    internal (CustomerLinkRow Row, string Token)? ReadCode(Db db, string typed) =>
        Pages && LinkToken.Typed(typed) is { } code && CustomerLinkStore.FindCode(db, LinkToken.Kept(key, code)) is { } row && LinkToken.Same(LinkToken.Code(key, row.ToBond()), code)
            ? (row, LinkToken.Make(key, row.ToBond())) : null;

    /// <summary>The subscription whose mail had a token; 0 where it is none of ours.</summary>
    internal long ReadConfirm(Db db, string token) =>
        IsOn && LinkToken.IdOf(token) is { } id && Storage.Subscriptions.SubscriptionStore.Find(db, id) is { } row && LinkToken.IsGood(key, token, Subscribers.BondOf(row)) ? id : 0;

    internal static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));

    /// <summary>What the page of a notice is about: its outage or its case; empty: it has none.</summary>
    private static string SubjectOf(NoticeRow row) => row.Subject.Split(':', 2)[0] switch
    {
        "outage" or "case" => row.Subject,
        "fault" or "survey" when JsonSerializer.Deserialize<NoticeFacts>(row.Facts) is { Case: > 0 } facts => $"case:{facts.Case}",
        _ => "",
    };

    /// <summary>Whether there would be a page behind it: who sold the device still hears the end of what they were told, and has none.</summary>
    private static bool Opens(Db db, string customer, string subject) => LinkSubject.Of(db, new CustomerLinkRow { Customer = customer, Subject = subject }) is not null;

    /// <summary>The customer's link about a subject, made where they have none.</summary>
    private CustomerLinkRow? Have(Db db, string customer, string subject, ServerTime now)
    {
        if (CustomerLinkStore.Find(db, customer, subject) is { } known)
        {
            CustomerLinkStore.Extend(db, known.Id, LinkDecision.EndsAt(new ServerTime(known.EndsAt), options.Links.Lasts, now).EpochMs);
            return known;
        }
        // Two codes are the same once in a million million times: then another one is made.
        for (var i = 0; i < MostTries; i++)
        {
            var row = new CustomerLinkRow { Customer = customer, Subject = subject, Nonce = NewNonce(), MadeAt = now.EpochMs, EndsAt = (now + options.Links.Lasts).EpochMs };
            if (CustomerLinkStore.Add(db, row with { CodeKept = LinkToken.Kept(key, LinkToken.Code(key, row.ToBond())) }) is { } id)
                return row with { Id = id };
        }
        return null;
    }

    private string ConfirmOf(Db db, long subscriber, NoticeRow row) =>
        row.Status == Subscribers.Confirm && Storage.Subscriptions.SubscriptionStore.Find(db, subscriber) is { } subscription
            ? $"{Base}/status/subscriptions/{LinkToken.Make(key, Subscribers.BondOf(subscription))}" : "";
}
