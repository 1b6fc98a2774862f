using B2D.Core;
using B2D.Storage.Customers;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Customers whose health or safety depends on the service: a telecare line, a medical device, an infant without heating.</summary>
internal static class Dependents
{
    /// <summary>Whether a customer is one at a time. Nothing is known of it yet: nobody is.</summary>
    public static bool Is(CustomerRow customer, ServerTime now) => false;
}
