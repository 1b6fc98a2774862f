using B2D.Core;

namespace B2D.Simulation.People;

/// <summary>Somebody who acts in the town.</summary>
internal interface IActor
{
    /// <summary>Does one thing, or nothing where there is nothing to do.</summary>
    void Act(Random dice);
}

/// <summary>One thing that somebody did at a desk.</summary>
/// <param name="At">Epoch ms.</param>
/// <param name="Area">What the audit calls such acts, before the dot.</param>
/// <param name="Subject">What it was done to; empty: the audit gives it a name of its own.</param>
/// <param name="Seen">The version that they had seen; 0 where there are none.</param>
/// <param name="Act">What.</param>
/// <param name="Outcome">What came of it, as the desk said.</param>
/// <param name="Lines">Lines of the audit that it has to have.</param>
internal sealed record Deed(long At, string Who, string Area, string Subject, int Seen, object Act, object Outcome, int Lines)
{
    public bool IsDone => Outcome is ActOutcome.Done;
}

/// <summary>A device changed hands.</summary>
/// <param name="From">Empty: it was nobody's.</param>
/// <param name="To">Empty: it is nobody's.</param>
internal sealed record Sale(long At, string Device, string From, string To);

/// <summary>What somebody said of notices of a class.</summary>
/// <param name="Channel">Empty: whatever the channel.</param>
internal sealed record Wish(long At, string Customer, string Class, string Channel, bool Wants, string Source);

/// <summary>A link that a customer got, as they can use it.</summary>
/// <param name="About">The ledger's subject of the notice that had it first: of a case, or of an outage.</param>
internal sealed record GotLink(string Token, string Customer, string About, long FirstAt)
{
    /// <summary>When a notice that carried it was tried last.</summary>
    public long LastAt { get; set; } = FirstAt;
}

/// <summary>Everything that people did and said, in order: the checkers' own memory, which no part of the product writes.</summary>
internal sealed class DeedBook(PeopleTown town)
{
    private readonly List<Deed> deeds = [];
    private readonly List<Sale> sales = [];
    private readonly List<Wish> wishes = [];
    private readonly List<GotLink> links = [];
    private readonly Dictionary<string, GotLink> tokens = new(StringComparer.Ordinal);

    public IReadOnlyList<Deed> Deeds => deeds;

    public IReadOnlyList<Sale> Sales => sales;

    public IReadOnlyList<Wish> Wishes => wishes;

    /// <summary>Since when a customer is erased.</summary>
    public Dictionary<string, long> Erased { get; } = new(StringComparer.Ordinal);

    /// <summary>From when to when (0: still) health or safety of a customer depends on the service.</summary>
    public List<(string Customer, long From, long Until)> Dependent { get; } = [];

    /// <summary>From when to when (0: still) somebody cares for a customer.</summary>
    public List<(string Customer, long From, long Until)> Cared { get; } = [];

    /// <summary>Hours in which a customer is not woken, from when on; empty: the installation's.</summary>
    public List<(string Customer, long From, string Hours)> Nights { get; } = [];

    /// <summary>What other systems said of a customer or a device.</summary>
    public List<(long At, string Subject, string Kind)> Facts { get; } = [];

    /// <summary>Notes what came of an act.</summary>
    /// <param name="lines">Of the audit where it was done; 1 where nothing else is said.</param>
    public T Note<T>(string who, string area, string subject, int seen, object act, T outcome, int? lines = null)
        where T : notnull
    {
        deeds.Add(new Deed(town.Now, who, area, subject, seen, act, outcome, lines ?? (outcome is ActOutcome.Done ? 1 : 0)));
        return outcome;
    }

    public void Say(string customer, string noticeClass, string channel, bool wants, string source) => wishes.Add(new Wish(town.Now, customer, noticeClass, channel, wants, source));

    public void Sold(string device, string from, string to)
    {
        sales.Add(new Sale(town.Now, device, from, to));
        town.OwnerIs(device, to);
    }

    /// <summary>Whose a device was at a time; of a sale at that very time, the new owner's.</summary>
    public string OwnerAt(string device, long at)
    {
        var owner = PeopleTown.Devices().First(d => d.Id == device).Customer;
        foreach (var sale in sales.Where(s => s.Device == device && s.At <= at))
            owner = sale.To;
        return owner;
    }

    public bool DependsAt(string customer, long at) => Dependent.Exists(d => d.Customer == customer && d.From <= at && (d.Until == 0 || at < d.Until));

    public bool IsErased(string customer, long at) => Erased.TryGetValue(customer, out var since) && since <= at;

    /// <summary>Every link that phones got until now.</summary>
    public IReadOnlyList<GotLink> Links => links;

    /// <summary>Something left that may have a link in it.</summary>
    public void Saw(Try tried)
    {
        if (tried.Token.Length == 0)
            return;
        if (!tokens.TryGetValue(tried.Token, out var link))
            tokens[tried.Token] = link = new GotLink(tried.Token, tried.Recipient, tried.About, tried.At);
        link.LastAt = tried.At;
        if (tried.Arrived && !links.Contains(link))
            links.Add(link);
    }
}
