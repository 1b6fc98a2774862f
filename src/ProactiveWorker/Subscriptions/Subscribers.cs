using System.Globalization;
using B2D.Core.Links;
using B2D.Core.Subscriptions;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Subscriptions;

namespace B2D.ProactiveWorker.Subscriptions;

/// <summary>People who hear of a place without being customers: to the ledger each is one more recipient, by e-mail.</summary>
internal static class Subscribers
{
    /// <summary>The status of the mail by which they confirm.</summary>
    public const string Confirm = "confirm";

    /// <summary>No customer's id has a slash.</summary>
    private const string Prefix = "subscriber/";

    /// <summary>As the ledger calls one.</summary>
    public static string NameOf(long id) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{id}");

    /// <summary>The number of one by that name; 0 where it is a customer's.</summary>
    public static long IdOf(string recipient) =>
        recipient.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(recipient.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    /// <summary>A customer, or a subscriber as if they were one; null where there is none any more.</summary>
    public static CustomerRow? Recipient(Db db, string name) => IdOf(name) is not (> 0 and var id) ? CustomerStore.Find(db, name) : SubscriptionStore.Find(db, id) is { } row ? Of(row) : null;

    /// <summary>
    /// Those who want to hear of the places that an outage keeps down, one for each address: neither customers of ours whom it touches, who are told anyhow, nor whoever
    /// was told of it for another place.
    /// </summary>
    /// <param name="told">Recipients who were, or are being.</param>
    public static IEnumerable<string> Touched(Db db, long outageId, IReadOnlySet<string> customers, IEnumerable<string> told)
    {
        var heard = told.Select(IdOf).Where(id => id > 0).Select(id => SubscriptionStore.Find(db, id)?.Email).ToHashSet(StringComparer.Ordinal);
        string[] keys = [.. SubscriptionStore.PlacesDown(db, outageId).SelectMany(p => PlaceMatch.Keys(p))];
        return SubscriptionStore.Of(db, keys).Where(s => !heard.Contains(s.Email) && !CustomerStore.WithEmail(db, s.Email).Any(customers.Contains)).DistinctBy(s => s.Email).Select(s => NameOf(s.Id));
    }

    public static LinkBond BondOf(SubscriptionRow row) => new(row.Id, NameOf(row.Id), "subscription", row.Nonce);

    private static CustomerRow Of(SubscriptionRow row) =>
        new() { Id = NameOf(row.Id), Email = row.Email, Language = row.Language, PreferredChannel = "email", Place = row.Place, QuietHours = Core.Notices.QuietHours.None };
}
