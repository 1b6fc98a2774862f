using B2D.Core;
using B2D.Core.Subscriptions;
using B2D.Storage;
using B2D.Storage.Subscriptions;

namespace B2D.ProactiveWorker.Subscriptions;

/// <summary>Everything by which a place with customers can be meant. Anybody may ask, and all customers are read for it: at most every five minutes.</summary>
internal sealed class ServedPlaces(Database state, TimeProvider time)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    private readonly Lock turn = new();
    private HashSet<string> keys = [];
    private ServerTime until;

    /// <summary>Whether a customer lives at a place, as of at most five minutes ago.</summary>
    public bool Has(string place)
    {
        lock (turn)
        {
            var now = ServerTime.From(time.GetUtcNow());
            if (now >= until)
                (keys, until) = (state.Read(db => SubscriptionStore.EveryPlace(db).SelectMany(p => PlaceMatch.Keys(p)).ToHashSet(StringComparer.Ordinal)), now + Lasts);
            return keys.Contains(PlaceMatch.Fold(place));
        }
    }
}
