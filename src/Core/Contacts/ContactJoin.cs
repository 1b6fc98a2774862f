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
}

/// <summary>An open case of the customer, or the one that is named.</summary>
public readonly record struct ContactCase(long Id, string Device, FaultClass Class);

/// <summary>An outage that is not over and touches the customer, with the customer's devices in it.</summary>
public sealed record ContactOutage(long Id, ImmutableArray<string> Devices);

/// <summary>What a contact belongs to; 0: none.</summary>
public readonly record struct ContactJoin(long CaseId, long OutageId, ContactReason Reason)
{
    /// <summary>Decides what a contact concerns: what it was logged from, else the open case of the named device, else an outage that touches the customer.</summary>
    /// <param name="cases">The customer's open cases, newest first.</param>
    /// <param name="outages">Outages that touch the customer, newest first.</param>
    public static ContactJoin Decide(Contact contact, IReadOnlyList<ContactCase> cases, IReadOnlyList<ContactOutage> outages)
    {
        if (contact.CaseId > 0)
            return new ContactJoin(contact.CaseId, 0, ContactReason.CaseNamed);
        if (contact.OutageId > 0)
            return new ContactJoin(0, contact.OutageId, ContactReason.OutageNamed);
        if (contact.Device.Length > 0)
        {
            var of = cases.Where(c => c.Device == contact.Device).OrderByDescending(c => c.Class).ToArray();
            if (of.Length > 0)
                return new ContactJoin(of[0].Id, 0, ContactReason.CaseOfDevice);
        }
        if (outages.Count > 0)
        {
            var outage = outages.FirstOrDefault(o => o.Devices.Contains(contact.Device)) ?? outages[0];
            return new ContactJoin(0, outage.Id, ContactReason.OutageOfCustomer);
        }
        return (contact.Device.Length, cases.Count) switch
        {
            (0, 1) => new ContactJoin(cases[0].Id, 0, ContactReason.OnlyCase),
            (0, > 1) => new ContactJoin(0, 0, ContactReason.SeveralCases),
            _ => new ContactJoin(0, 0, ContactReason.NothingOpen),
        };
    }
}
