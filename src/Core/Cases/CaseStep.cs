using B2D.Core.Rules;

namespace B2D.Core.Cases;

/// <summary>Where a case stands. Open means New, Working or Waiting.</summary>
public enum CasePhase : byte { New = 1, Working = 2, Waiting = 3, Resolved = 4, Closed = 5 }

/// <summary>Why a case was closed.</summary>
public enum Disposition : byte
{
    None = 0,
    TrueFault = 1,
    Wear = 2,
    Expected = 3,
    CustomerSide = 4,
    NotReproducible = 5,
    FalseRule = 6,
    FalseData = 7,
    Test = 8,

    /// <summary>It is worked on in another case; no choice of people.</summary>
    Merged = 9,
}

/// <summary>What the machine needs to know of a case.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Assignee">Who works on it; empty for nobody.</param>
/// <param name="WaitingSince">When the clock was paused; zero while it runs.</param>
/// <param name="AskFirst">It does not resolve by itself: something was promised to the customer, or they said that it is still broken.</param>
/// <param name="ResolvedAt">When the work was done; zero before.</param>
public readonly record struct CaseFacts(CasePhase Phase, string Assignee, ServerTime WaitingSince, bool AskFirst, ServerTime ResolvedAt)
{
    /// <summary>It resolved because everything stayed clear: nobody has to say why it is closed.</summary>
    public bool EndedByItself { get; init; }

    /// <summary>That the signal is normal again does not end it: it is about safety, or about a fault that heals again and again.</summary>
    public bool EndsByPerson { get; init; }

    public bool IsOpen => Phase is CasePhase.New or CasePhase.Working or CasePhase.Waiting;
}

/// <summary>What can happen to a case.</summary>
public abstract record CaseEvent
{
    private CaseEvent() { }

    /// <summary>An agent takes it.</summary>
    public sealed record Take(string Who) : CaseEvent;

    /// <summary>It is given to somebody; empty: back to the queue.</summary>
    public sealed record Assign(string To) : CaseEvent;

    /// <summary>It waits for the customer, parts or a third party; the clock is paused.</summary>
    public sealed record Wait(string For) : CaseEvent;

    /// <summary>The waiting is over.</summary>
    public sealed record Resume : CaseEvent;

    /// <summary>Its fault came again.</summary>
    public sealed record Recur : CaseEvent;

    /// <summary>A person says that the work is done.</summary>
    public sealed record Resolve : CaseEvent;

    /// <summary>Its faults have stayed clear long enough.</summary>
    public sealed record StayedClear : CaseEvent;

    /// <summary>Somebody, or the fault, says that it is not over.</summary>
    public sealed record Reopen : CaseEvent;

    /// <summary>Final.</summary>
    public sealed record Close(Disposition Disposition) : CaseEvent;

    /// <summary>One agent passes it to another.</summary>
    public sealed record HandOff(string To) : CaseEvent;
}

/// <summary>Why a case changed or did not; reaches records and screens.</summary>
public enum CaseReason : byte
{
    Done = 0,
    AlreadyThere = 1,
    NotOpen = 2,
    NotWaiting = 3,
    NotResolved = 4,
    ClosedIsFinal = 5,
    DispositionMissing = 6,
    NobodyNamed = 7,

    /// <summary>Its faults are gone, and the customer is asked before it is resolved.</summary>
    AskCustomer = 8,

    /// <summary>Its faults are gone, and a person looks at it before it is resolved.</summary>
    LookFirst = 9,
}

/// <summary>The outcome: the new facts, whether the event was accepted, and why.</summary>
public readonly record struct CaseStepResult(CaseFacts Facts, bool Accepted, CaseReason Reason);

/// <summary>The case machine: (facts, event, now) to (facts, accepted, reason). Only Resolved reopens; Closed never does.</summary>
public static class CaseStep
{
    public static CaseStepResult Step(CaseFacts facts, CaseEvent happened, ServerTime now)
    {
        if (facts.Phase == CasePhase.Closed)
            return Rejected(facts, CaseReason.ClosedIsFinal);
        return happened switch
        {
            CaseEvent.Take e => Give(facts, e.Who),
            CaseEvent.Assign { To.Length: 0 } when facts is { Phase: CasePhase.New or CasePhase.Waiting, Assignee.Length: 0 } => Rejected(facts, CaseReason.AlreadyThere),
            CaseEvent.Assign { To.Length: 0 } => facts.IsOpen
                ? Accepted(facts with { Phase = facts.Phase == CasePhase.Waiting ? CasePhase.Waiting : CasePhase.New, Assignee = "" })
                : Rejected(facts, CaseReason.NotOpen),
            CaseEvent.Assign e => Give(facts, e.To),
            CaseEvent.HandOff e => Give(facts, e.To),
            CaseEvent.Wait => OnWait(facts, now),
            CaseEvent.Resume => facts.Phase == CasePhase.Waiting
                ? Accepted(GoesOn(facts))
                : Rejected(facts, CaseReason.NotWaiting),
            CaseEvent.Recur => facts.IsOpen ? Accepted(facts) : Accepted(Opened(facts)),
            // Nobody who waits for a visit, a part or a call is left without a word because the signal is normal again.
            CaseEvent.StayedClear when facts is { Phase: CasePhase.Waiting } or { IsOpen: true, AskFirst: true } =>
                new CaseStepResult(GoesOn(facts), true, CaseReason.AskCustomer),
            CaseEvent.StayedClear when facts is { IsOpen: true, EndsByPerson: true } => new CaseStepResult(facts, true, CaseReason.LookFirst),
            CaseEvent.Resolve or CaseEvent.StayedClear => facts.IsOpen
                ? Accepted(Running(facts) with { Phase = CasePhase.Resolved, ResolvedAt = now })
                : Rejected(facts, CaseReason.NotOpen),
            CaseEvent.Reopen => facts.Phase == CasePhase.Resolved
                ? Accepted(Opened(facts))
                : Rejected(facts, CaseReason.NotResolved),
            CaseEvent.Close { Disposition: Disposition.None } when facts is not { Phase: CasePhase.Resolved, EndedByItself: true } => Rejected(facts, CaseReason.DispositionMissing),
            CaseEvent.Close => Accepted(Running(facts) with
            {
                Phase = CasePhase.Closed,
                ResolvedAt = facts.ResolvedAt == ServerTime.Zero ? now : facts.ResolvedAt,
            }),
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "an event this machine does not know"),
        };
    }

    private static CaseStepResult Accepted(CaseFacts facts) => new(facts, true, CaseReason.Done);

    private static CaseStepResult Rejected(CaseFacts facts, CaseReason reason) => new(facts, false, reason);

    private static CaseFacts Opened(CaseFacts facts) =>
        facts with { Phase = facts.Assignee.Length > 0 ? CasePhase.Working : CasePhase.New, ResolvedAt = ServerTime.Zero };

    private static CaseFacts GoesOn(CaseFacts facts) => Running(facts) with { Phase = facts.Assignee.Length > 0 ? CasePhase.Working : CasePhase.New };

    private static CaseFacts Running(CaseFacts facts) => facts with { WaitingSince = ServerTime.Zero };

    private static CaseStepResult Give(CaseFacts facts, string to)
    {
        if (to.Length == 0)
            return Rejected(facts, CaseReason.NobodyNamed);
        if (!facts.IsOpen)
            return Rejected(facts, CaseReason.NotOpen);
        // What it waits for comes no sooner because somebody else looks after it.
        return facts.Phase != CasePhase.New && facts.Assignee == to
            ? Rejected(facts, CaseReason.AlreadyThere)
            : Accepted(facts with { Phase = facts.Phase == CasePhase.Waiting ? CasePhase.Waiting : CasePhase.Working, Assignee = to });
    }

    private static CaseStepResult OnWait(CaseFacts facts, ServerTime now)
    {
        if (!facts.IsOpen)
            return Rejected(facts, CaseReason.NotOpen);
        return facts.Phase == CasePhase.Waiting
            ? Rejected(facts, CaseReason.AlreadyThere)
            : Accepted(facts with { Phase = CasePhase.Waiting, WaitingSince = now });
    }
}

/// <summary>What becomes of a fault that needs a person.</summary>
public enum CaseOpening : byte
{
    /// <summary>The open case of its device and family takes it.</summary>
    Join = 1,

    /// <summary>A case resolved a short while ago is opened again.</summary>
    Reopen = 2,

    /// <summary>A new case.</summary>
    Open = 3,

    /// <summary>A new case that names the one before it.</summary>
    OpenLinked = 4,
}

/// <summary>Decides how a fault finds its case.</summary>
public static class CaseOpeningDecision
{
    /// <summary>Whether a fault needs a person at all, by whose device it is.</summary>
    /// <param name="open">True where an open case of the device and family exists: somebody looks after it already.</param>
    /// <param name="dependedOn">The owner depends on the device.</param>
    /// <param name="contract">A contract stood when the fault began.</param>
    public static bool IsFor(CaseFor whose, bool open, bool dependedOn, bool contract) =>
        whose == CaseFor.All || open || (dependedOn && whose.HasFlag(CaseFor.DependedOn)) || (contract && whose.HasFlag(CaseFor.Contract));

    /// <param name="open">True where an open case of the device and family exists.</param>
    /// <param name="last">The latest case of the device and family, whatever its phase; null for none.</param>
    /// <param name="sameOwner">The latest was the case of whoever the fault is now: nobody else's is opened again.</param>
    /// <param name="policy">The rule's.</param>
    /// <param name="now">Server time.</param>
    public static CaseOpening Decide(bool open, CaseFacts? last, bool sameOwner, CasePolicy policy, ServerTime now)
    {
        if (open)
            return CaseOpening.Join;
        if (last is not { } before)
            return CaseOpening.Open;
        return sameOwner && before.Phase == CasePhase.Resolved && now - before.ResolvedAt < policy.ReopenWithin ? CaseOpening.Reopen : CaseOpening.OpenLinked;
    }
}
