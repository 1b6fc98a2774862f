using System.Globalization;

namespace B2D.Core.Cases;

/// <summary>What a repair costs the owner; reaches records and screens.</summary>
public enum Entitlement : byte
{
    /// <summary>Nothing is known of a warranty or contract.</summary>
    NotKnown = 0,

    /// <summary>The warranty stood: free.</summary>
    Warranty = 1,

    /// <summary>No warranty, but a contract stood: what it includes is free.</summary>
    Contract = 2,

    /// <summary>Neither stood: a quote, and the owner's consent first.</summary>
    Quote = 3,
}

/// <summary>Judges what the owner is owed by the day on which the fault began, not by today's.</summary>
public static class EntitlementDecision
{
    /// <param name="warrantyUntil">The warranty's last day, <c>yyyy-MM-dd</c>; empty: not known.</param>
    /// <param name="contract">The contract's name; empty: none.</param>
    /// <param name="contractUntil">Its last day, <c>yyyy-MM-dd</c>; empty: without end.</param>
    /// <param name="onset">The day on which the fault began.</param>
    public static Entitlement At(string warrantyUntil, string contract, string contractUntil, DateOnly onset)
    {
        var day = onset.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (warrantyUntil.Length > 0 && string.CompareOrdinal(day, warrantyUntil) <= 0)
            return Entitlement.Warranty;
        if (contract.Length > 0 && (contractUntil.Length == 0 || string.CompareOrdinal(day, contractUntil) <= 0))
            return Entitlement.Contract;
        return warrantyUntil.Length > 0 || contract.Length > 0 ? Entitlement.Quote : Entitlement.NotKnown;
    }
}
