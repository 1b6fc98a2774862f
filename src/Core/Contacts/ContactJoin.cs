using System.Collections.Immutable;
using B2D.Core.Rules;

namespace B2D.Core.Contacts;

/// <summary>Why a contact belongs to what it belongs to.</summary>
public enum ContactReason : byte
{
    /// <summary>It was logged from the case's page.</summary>
    CaseNamed = 1,

    /// <summary>It was logged from the outage's page.</summary>
    OutageNamed = 2,

    /// <summary>The device that it was about has an open case.</summary>
    CaseOfDevice = 3,

    /// <summary>An outage touches the customer.</summary>
    OutageOfCustomer = 4,

    /// <summary>No device was named, and the customer has one open case.</summary>
    OnlyCase = 5,

    /// <summary>No device was named, and several of the customer's cases are open: nobody guesses.</summary>
    SeveralCases = 6,

    /// <summary>Nothing is open that it could concern.</summary>
    NothingOpen = 7,

    /// <summary>Nothing is open, and one case was resolved so short a while ago that it may be opened again.</summary>
    JustResolved = 8,
}

/// <summary>An open case of the customer, or one that was resolved a short while ago.</summary>
public readonly record struct ContactCase(long Id, string Device, FaultClass Class)
{
    /// <summary>It is not open: it was resolved a short while ago, and would be opened again.</summary>
    public bool IsResolved { get; init; }
}

/// <summary>An outage that is not over and touches the customer, with the customer's devices in it.</summary>
public sealed record ContactOutage(long Id, ImmutableArray<string> Devices)
{
    /// <summary>All of theirs works again; it goes on for others.</summary>
    public bool IsBack { get; init; }
}

/// <summary>What a contact belongs to; 0: none.</summary>
public readonly record struct ContactJoin(long CaseId, long OutageId, ContactReason Reason)
{
    /// <summary>Decides what a contact concerns: what it was logged from, else the open case of the named device, else an outage in which it is down, or something of the customer where none is named, else their only open case, else an outage that goes on for others, else what was resolved a short while ago.</summary>
    /// <param name="cases">The customer's open cases and those just resolved, newest first.</param>
    /// <param name="outages">Outages that touch the customer, newest first.</param>
    public static ContactJoin Decide(Contact contact, IReadOnlyList<ContactCase> cases, IReadOnlyList<ContactOutage> outages)
    {
        if (contact.CaseId > 0)
            return new ContactJoin(contact.CaseId, 0, ContactReason.CaseNamed);
        if (contact.OutageId > 0)
            return new ContactJoin(0, contact.OutageId, ContactReason.OutageNamed);
        var isNamed = contact.Device.Length > 0;
        var of = cases.Where(c => !c.IsResolved && c.Device == contact.Device).OrderByDescending(c => c.Class).ToArray();
        if (isNamed && of.Length > 0)
            return new ContactJoin(of[0].Id, 0, ContactReason.CaseOfDevice);
        // A call about another device is not about the outage.
        var touching = outages.Where(o => !isNamed || o.Devices.Contains(contact.Device)).OrderBy(o => o.IsBack).FirstOrDefault();
        if (touching is { IsBack: false })
            return new ContactJoin(0, touching.Id, ContactReason.OutageOfCustomer);
        var open = cases.Where(c => !c.IsResolved).ToArray();
        if (!isNamed && open.Length > 0)
            return open.Length == 1 ? new ContactJoin(open[0].Id, 0, ContactReason.OnlyCase) : new ContactJoin(0, 0, ContactReason.SeveralCases);
        if (touching is not null)
            return new ContactJoin(0, touching.Id, ContactReason.OutageOfCustomer);
        var over = cases.Where(c => c.IsResolved && (!isNamed || c.Device == contact.Device)).ToArray();
        return over.Length == 1 || (isNamed && over.Length > 0) ? new ContactJoin(over[0].Id, 0, ContactReason.JustResolved)
            : new ContactJoin(0, 0, over.Length > 1 ? ContactReason.SeveralCases : ContactReason.NothingOpen);
    }
}
