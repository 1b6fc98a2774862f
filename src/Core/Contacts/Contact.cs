namespace B2D.Core.Contacts;

/// <summary>How a customer and we talked.</summary>
public enum ContactChannel : byte { Phone = 1, Chat = 2, Email = 3, Visit = 4, Sms = 5 }

/// <summary>A contact with a customer, as somebody tells of it.</summary>
/// <param name="Customer">The customer's id.</param>
/// <param name="Channel">How.</param>
/// <param name="Inbound">The customer came to us; false: we to them.</param>
/// <param name="About">What it was about, 1 to 1,000 characters; empty only from another system, which may not know yet.</param>
/// <param name="Repeated">The customer had to say again what they had told us before.</param>
public sealed record Contact(string Customer, ContactChannel Channel, bool Inbound, string About, bool Repeated)
{
    /// <summary>Longest <see cref="About"/>, in characters.</summary>
    public const int MaxAbout = 1000;

    /// <summary>The device that it was about; empty: not said.</summary>
    public string Device { get; init; } = "";

    /// <summary>The case that it was logged from; 0: none.</summary>
    public long CaseId { get; init; }

    /// <summary>The outage that it was logged from; 0: none.</summary>
    public long OutageId { get; init; }

    /// <summary>When it was; null: now. Never later than now.</summary>
    public ServerTime? At { get; init; }

    /// <summary>What another system calls it, so that one that is told twice counts once; empty: it is told once.</summary>
    public string Delivery { get; init; } = "";

    /// <summary>Told by another system, before any person has done anything.</summary>
    public bool ByMachine { get; init; }

    /// <summary>The customer wrote it, and no person was there: it waits until one has read it.</summary>
    public bool IsUnread => ByMachine && Inbound && About.Length > 0 && Channel is (ContactChannel.Chat or ContactChannel.Email or ContactChannel.Sms);
}

/// <summary>What came of a contact.</summary>
public abstract record ContactOutcome
{
    private ContactOutcome() { }

    /// <summary>It is kept.</summary>
    /// <param name="Id">Its number.</param>
    /// <param name="Joins">What it belongs to.</param>
    /// <param name="Again">It was told before and counts once.</param>
    public sealed record Kept(long Id, ContactJoin Joins, bool Again) : ContactOutcome;

    /// <summary>It is not, and why.</summary>
    public sealed record Rejected(string Reason) : ContactOutcome;
}

/// <summary>Where contacts are kept.</summary>
public interface IContactDesk
{
    /// <summary>Keeps it as <paramref name="who"/>, joined to the case or outage that it concerns.</summary>
    ContactOutcome Log(Contact contact, string who);

    /// <summary>Somebody has read what a customer wrote; false where it was read before, or there is no such contact.</summary>
    bool Read(long contactId, string who);
}
