using B2D.Core.Cases;

namespace B2D.Core.Links;

/// <summary>What a customer said last of what a link is about.</summary>
public enum CustomerSaid : byte { Nothing = 0, Broken = 1, Works = 2 }

/// <summary>What becomes of it; reaches records, pages and tests.</summary>
public enum WordReason : byte
{
    /// <summary>They said the same before, and nothing has happened since.</summary>
    AlreadySaid = 1,

    /// <summary>The case stays open until somebody has asked them.</summary>
    Kept = 2,

    /// <summary>The resolved case is opened again.</summary>
    Reopened = 3,

    /// <summary>A new case opens, which names the one before.</summary>
    Opened = 4,

    /// <summary>It is written down and changes nothing: we know, or somebody looks before it ends.</summary>
    Noted = 5,

    /// <summary>The case is resolved, as the customer says.</summary>
    Resolved = 6,
}

/// <summary>A case as its customer's word finds it: the open one of the device and problem, where one is.</summary>
/// <param name="Phase">Null: there is no case.</param>
/// <param name="Said">What they said last, as far as nothing has happened since: no end, no question.</param>
public readonly record struct WordFacts(CasePhase? Phase, CustomerSaid Said)
{
    /// <summary>All its faults are gone.</summary>
    public bool IsClear { get; init; }

    /// <summary>As of <see cref="CaseFacts"/>: about safety, or healed again and again.</summary>
    public bool EndsByPerson { get; init; }

    /// <summary>A word, a visit or a call is promised, or a complaint is open: people end it.</summary>
    public bool Promised { get; init; }

    public bool IsOpen => Phase is CasePhase.New or CasePhase.Working or CasePhase.Waiting;
}

/// <summary>Decides what "it is still broken" and "it works again" do.</summary>
public static class CustomerWord
{
    public static WordReason Broken(WordFacts facts)
    {
        if (facts.IsOpen)
            return facts.Said == CustomerSaid.Broken ? WordReason.AlreadySaid : WordReason.Kept;
        return facts.Phase == CasePhase.Resolved ? WordReason.Reopened : WordReason.Opened;
    }

    public static WordReason Works(WordFacts facts)
    {
        if (facts.Said == CustomerSaid.Works || facts is { IsOpen: false, Phase: not null })
            return WordReason.AlreadySaid;
        // What telemetry still sees, what may hurt somebody, what comes back each time and what is promised does not end by a click.
        return facts is { IsOpen: true, IsClear: true, EndsByPerson: false, Promised: false } ? WordReason.Resolved : WordReason.Noted;
    }
}
