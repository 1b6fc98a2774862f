using System.Globalization;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Core.Subscriptions;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Subscriptions;

namespace B2D.ProactiveWorker.Subscriptions;

/// <summary>Takes the wish to hear of a place, and its confirmation. Who has an address only gets the mail by which they confirm, and few of those.</summary>
public sealed class SubscriptionDesk(Database state, CustomerLinks links, Ledger ledger, NoticeOptions options, TimeProvider time) : ISubscriptionDesk
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ServedPlaces served = new(state, time);

    public bool IsOn => links.IsOn && options.Links.SubscriptionsAnHour > 0 && (options.Email.Enabled || options.Webhook is { Enabled: true, CarriesEmail: true });

    public SubscriptionReason Ask(string email, string place, string language)
    {
        var (address, wanted) = (email.Trim().ToLowerInvariant(), place.Trim());
        var isAddress = SubscriptionDecision.IsAddress(address);
        // Nobody waits for the writer whom it has nothing to write of.
        var isPlace = IsOn && isAddress && wanted.Length is > 0 and <= SubscriptionDecision.MaxPlace && served.Has(wanted);
        if (!isPlace)
            return isAddress ? SubscriptionReason.NoPlace : SubscriptionReason.NoAddress;
        return state.Write(db =>
        {
            var now = ServerTime.From(time.GetUtcNow());
            var folded = PlaceMatch.Fold(wanted);
            var reason = SubscriptionDecision.Ask(isAddress, isPlace, SubscriptionStore.Facts(db, address, folded, (now - Hour).EpochMs), options.Links.SubscriptionsAnHour);
            if (reason != SubscriptionReason.Mails)
                return reason;
            var row = SubscriptionStore.Find(db, address, folded);
            var id = row?.Id ?? SubscriptionStore.Add(db, new SubscriptionRow
            {
                Email = address,
                Place = wanted,
                PlaceFolded = folded,
                Language = Templates.LanguageOf(language, options),
                Nonce = CustomerLinks.NewNonce(),
                MadeAt = now.EpochMs,
            });
            SubscriptionStore.Mailed(db, id, now.EpochMs);
            var mails = (row?.Mails ?? 0) + 1;
            var facts = new NoticeFacts { Place = row?.Place ?? wanted };
            ledger.Write(db, new Telling(Subscribers.Recipient(db, Subscribers.NameOf(id))!, $"subscription:{id}", mails.ToString(CultureInfo.InvariantCulture), Subscribers.Confirm, mails, "subscription-confirm", facts)
            {
                Class = NoticeClass.Answer,
            }, now);
            return reason;
        });
    }

    public string? PlaceOf(string token) => state.Read(db => Find(db, token)?.Place);

    public string? Confirm(string token) => state.Write(db =>
    {
        if (Find(db, token) is not { } row)
            return null;
        var now = ServerTime.From(time.GetUtcNow()).EpochMs;
        if (SubscriptionStore.Confirm(db, row.Id, now))
            AuditStore.Append(db, now, "subscriber", "subscription.confirm", $"subscription:{row.Id}");
        return row.Place;
    });

    private SubscriptionRow? Find(Db db, string token) => links.ReadConfirm(db, token) is > 0 and var id && SubscriptionStore.Find(db, id) is { } row
        && (row.ConfirmedAt > 0 || ServerTime.From(time.GetUtcNow()) - new ServerTime(row.MailedAt) < SubscriptionDecision.ConfirmWithin) ? row : null;
}
