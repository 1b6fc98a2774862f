using B2D.Core;
using B2D.Storage.Customers;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Customers whose health or safety depends on the service: a telecare line, a medical device, an infant without heating.</summary>
internal static class Dependents
{
    /// <summary>Whether a customer is one at a time: until the last day, by the calendar of UTC, for which it is kept.</summary>
    public static bool Is(CustomerRow customer, ServerTime now) => customer.Care.Length > 0
        && string.CompareOrdinal(customer.CareUntil, now.Utc.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) >= 0;
}
