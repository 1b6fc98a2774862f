using System.Collections.Immutable;

namespace B2D.Core.Links;

/// <summary>Why a place in a slot is there to be taken, or not; reaches pages and tests.</summary>
public enum SlotReason : byte
{
    Free = 1,

    /// <summary>The customer has it already.</summary>
    AlreadyTheirs = 2,

    /// <summary>Its last place is taken.</summary>
    Full = 3,

    /// <summary>It begins too soon.</summary>
    TooLate = 4,

    /// <summary>Nobody can take it any more.</summary>
    Closed = 5,

    /// <summary>It is not where the customer is.</summary>
    Elsewhere = 6,

    /// <summary>The visit that is booked can no longer be changed.</summary>
    Fixed = 7,

    /// <summary>No visit is to be booked: the case is over, or there is none.</summary>
    NoCase = 8,
}

/// <summary>A slot for visits.</summary>
/// <param name="Place">In people's words, as <see cref="Subscriptions.PlaceMatch"/> has it; empty: not by place.</param>
/// <param name="Segment">A segment, with all below it; empty: not by segment. With both empty: everywhere.</param>
/// <param name="Capacity">Visits in it.</param>
/// <param name="Taken">Of them taken.</param>
public sealed record Slot(string Place, string Segment, ServerTime Start, ServerTime End, int Capacity, int Taken, bool Closed);

/// <summary>Decides about slots and visits.</summary>
public static class SlotDecision
{
    /// <summary>Most visits in one slot.</summary>
    public const int MaxCapacity = 1000;

    /// <summary>Longest slot.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Farthest ahead.</summary>
    public static readonly TimeSpan Farthest = TimeSpan.FromDays(180);

    /// <summary>Why a slot cannot be kept, in a sentence; empty where it can.</summary>
    public static string Refusal(Slot slot, ServerTime now) =>
        slot.Capacity is < 1 or > MaxCapacity ? $"a slot has 1 to {MaxCapacity:N0} visits"
        : slot.End <= slot.Start ? "a slot ends after it begins"
        : slot.End - slot.Start > Longest ? "a slot is at most 24 hours long"
        : slot.Start <= now ? "a slot begins in the future"
        : slot.Start - now > Farthest ? "a slot begins within 180 days"
        : slot.Place.Length > 200 || slot.Segment.Length > 500 ? "a place has at most 200 characters, a segment 500"
        : "";

    /// <param name="theirs">The customer's visit is in this slot.</param>
    /// <param name="place">Where the customer lives.</param>
    /// <param name="segment">Of the device.</param>
    /// <param name="before">So long before its begin a place can be taken.</param>
    public static SlotReason Pick(Slot slot, bool theirs, string place, string segment, TimeSpan before, ServerTime now) =>
        theirs ? SlotReason.AlreadyTheirs
        : slot.Closed ? SlotReason.Closed
        : slot.Start - now < before ? SlotReason.TooLate
        : !IsFor(slot, place, segment) ? SlotReason.Elsewhere
        : slot.Taken >= slot.Capacity ? SlotReason.Full
        : SlotReason.Free;

    /// <summary>Whether a booked visit can be changed or given back by the customer.</summary>
    public static bool MayChange(ServerTime start, TimeSpan before, ServerTime now) => start - now >= before;

    /// <summary>Whether a slot's place is where a customer lives.</summary>
    public static bool IsAt(string slotPlace, string place) => slotPlace.Length == 0 || Subscriptions.PlaceMatch.Is(slotPlace, place);

    /// <summary>Segments of slots that are for a device's: itself, each above it, and none.</summary>
    public static ImmutableArray<string> Above(string segment) => [.. segment.Select((sign, i) => sign == '/' ? segment[..i] : "").Append(segment).Append("").Distinct(StringComparer.Ordinal)];

    private static bool IsFor(Slot slot, string place, string segment) => IsAt(slot.Place, place) && Above(segment).Contains(slot.Segment, StringComparer.Ordinal);
}
