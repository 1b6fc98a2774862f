using System.Collections.Immutable;
using System.Globalization;
using NodaTime;

namespace B2D.Core.Cases;

/// <summary>What is promised of a case.</summary>
/// <param name="Respond">Working time until a person has said or done something; zero: nothing is promised.</param>
/// <param name="Repair">Working time until the work is done; zero: nothing is promised.</param>
/// <param name="Hours">The calendar whose time counts; empty: <see cref="BusinessCalendar.AlwaysName"/>.</param>
/// <param name="FromOpening">The time for the repair runs from the case's opening, not from the fault's own begin.</param>
public sealed record CasePromise(TimeSpan Respond, TimeSpan Repair, string Hours, bool FromOpening)
{
    public static readonly CasePromise None = new(TimeSpan.Zero, TimeSpan.Zero, "", false);

    public bool IsNone => Respond == TimeSpan.Zero && Repair == TimeSpan.Zero;
}

/// <summary>What a rule promises: to everybody, and to those who have a contract.</summary>
/// <param name="Usual">Without a contract, and with one that is not named.</param>
/// <param name="Contracts">By the contract's name.</param>
public sealed record CasePromises(CasePromise Usual, ImmutableSortedDictionary<string, CasePromise> Contracts)
{
    /// <summary>
    /// What is promised under a contract, judged at the fault's onset: one that ended before counts for nothing, one that ended since still counts.
    /// </summary>
    /// <param name="contract">The contract's name; empty: none.</param>
    /// <param name="until">Its last day, <c>yyyy-MM-dd</c>; empty: without end.</param>
    /// <param name="onset">When the fault began.</param>
    /// <param name="zone">Whose days count.</param>
    /// <returns>The promise, and the contract that counted; empty: none did.</returns>
    public (CasePromise Promise, string Contract) At(string contract, string until, ServerTime onset, DateTimeZone zone)
    {
        var day = Instant.FromUnixTimeMilliseconds(onset.EpochMs).InZone(zone).Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (contract.Length == 0 || (until.Length > 0 && string.CompareOrdinal(until, day) < 0))
            return (Usual, "");
        return (Contracts.GetValueOrDefault(contract, Usual), contract);
    }
}
