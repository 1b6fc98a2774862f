namespace B2D.Core.Customers;

/// <summary>What becomes of something that is kept of a customer when they are erased.</summary>
public enum ErasureFate : byte
{
    /// <summary>It goes.</summary>
    Deleted = 1,

    /// <summary>What says something about the person goes, the rest stays.</summary>
    Blanked = 2,

    /// <summary>What is not over ends now.</summary>
    Ended = 3,

    /// <summary>It stays: without the customer its id says nothing.</summary>
    Kept = 4,

    /// <summary>People wrote it and may name somebody: a person reads it.</summary>
    Read = 5,
}

/// <summary>So much of something, what becomes of it and why.</summary>
public sealed record ErasureLine(ErasureFate Fate, string What, long Count, string Why);

/// <summary>What will happen when a customer is erased. <paramref name="Refusal"/>: why they are not yet, in a sentence; empty where they can be.</summary>
public sealed record ErasurePlan(string Customer, IReadOnlyList<ErasureLine> Lines, string Refusal);

/// <summary>What decides whether a customer can be erased.</summary>
/// <param name="OpenComplaints">Cases on which the final answer is owed.</param>
/// <param name="AskedGrants">Asked for and not decided: given or refused first, since nobody could be given it afterwards.</param>
/// <param name="DangerOpen">Cases about safety that are open: whoever has the device has to be reached.</param>
public readonly record struct ErasureFacts(long OpenComplaints, long AskedGrants, long DangerOpen);

/// <summary>Erasing what is kept of a customer.</summary>
public static class Erasure
{
    /// <summary>Most characters of the reason.</summary>
    public const int MaxReason = 200;

    /// <summary>What stands in the place of words that were taken out.</summary>
    public const string Blank = "(erased)";

    /// <summary>Why a customer is not erased yet, in a sentence; empty where they can be.</summary>
    public static string Refusal(ErasureFacts facts) =>
        facts.OpenComplaints > 0 ? "a complaint of theirs is open: give the final answer first"
        : facts.AskedGrants > 0 ? "something was asked for them and not decided: decide it first"
        : facts.DangerOpen > 0 ? "a case about safety is open on a device of theirs: whoever has it must be reached; close it, or give the device its new owner first"
        : "";
}

/// <summary>Words that people wrote on a case of an erased customer. <paramref name="Key"/> names them for blanking.</summary>
public sealed record FreeText(string Key, long CaseId, string What, string Who, long At, string Text);

/// <summary>Where customers are erased.</summary>
public interface IPrivacyDesk
{
    /// <summary>What will happen; null where there is no such customer.</summary>
    ErasurePlan? Plan(string customer);

    /// <summary>Erases a customer as <paramref name="who"/>, all of it or nothing.</summary>
    ActOutcome Erase(string customer, string reason, string who);

    /// <summary>Blanks words that people wrote, as <see cref="FreeText.Key"/> names them; empty: none, they were all read and are to stay.</summary>
    ActOutcome Review(long erasure, string key, string who);
}
