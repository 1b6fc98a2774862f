namespace B2D.Core.Notices;

/// <summary>What became of a report.</summary>
/// <param name="Known">The ledger has the notice.</param>
/// <param name="Repeated">It had come before, and nothing was done.</param>
/// <param name="Next">How the customer is told instead, in words; empty where they are not.</param>
/// <param name="AddressMarked">The address is not used any more until somebody corrects it.</param>
public sealed record BounceOutcome(bool Known, bool Repeated, string Next, bool AddressMarked);

/// <summary>Where reports about mails that did not arrive are taken.</summary>
public interface IBounceDesk
{
    /// <summary>Takes a report, once.</summary>
    BounceOutcome Take(Bounce bounce, string who);

    /// <summary>Somebody found that mail to a customer's address arrives after all.</summary>
    ActOutcome AddressIsGood(string customer, string who);
}
