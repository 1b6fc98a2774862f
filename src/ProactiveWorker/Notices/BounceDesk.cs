using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Subscriptions;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Subscriptions;

namespace B2D.ProactiveWorker.Notices;

/// <summary>
/// Takes what mail servers report: a mail that will not arrive was not told, so the next channel is taken; an address that nobody has is not used again until it
/// is corrected; a delay is noted. The same report does nothing twice.
/// </summary>
public sealed class BounceDesk(Database state, Ledger ledger, TimeProvider time) : IBounceDesk
{
    public BounceOutcome Take(Bounce bounce, string who) => state.Write(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (NoticeStore.Find(db, bounce.Notice) is not { Channel: "email" } row)
            return new BounceOutcome(false, false, "", false);
        if (!BounceStore.Put(db, new BounceRow { Notice = row.Id, Kind = bounce.Kind.ToString(), Status = bounce.Status, Reason = bounce.Reason, Who = who, At = now.EpochMs }))
            return new BounceOutcome(true, true, "", false);
        if (bounce.Kind == BounceKind.Delayed)
        {
            NoticeStore.Note(db, row.Id, $"delayed: {bounce.Reason}");
            return new BounceOutcome(true, false, "", false);
        }
        var customer = Recipients.Find(db, row.Customer);
        var marked = bounce.Kind == BounceKind.NoSuchAddress && customer is not null
            && bounce.Recipients.Contains(customer.Email, StringComparer.OrdinalIgnoreCase) && Note(db, customer, bounce.Reason, who, now);
        var next = "";
        // What was given up or never left before has its next channel already.
        if (NoticeStore.Bounce(db, row.Id, $"came back: {bounce.Reason}") && Recipients.Find(db, row.Customer) is { } still && NoticeTruth.Untrue(db, row, now) is null)
            next = Words(ledger.FallBack(db, row with { State = nameof(NoticePhase.Failed) }, still, now));
        AuditStore.Append(db, now.EpochMs, who, "notice.bounced", $"notice:{row.Id}", JsonSerializer.Serialize(new { customer = row.Customer, kind = bounce.Kind.ToString(), status = bounce.Status, marked, next }));
        return new BounceOutcome(true, false, next, marked);
    });

    /// <summary>An address that nobody has: a customer's and their carer's are left alone until they are corrected, and nobody hears of places there any more.</summary>
    private static bool Note(Db db, CustomerRow recipient, string reason, string who, ServerTime now)
    {
        if (Carer.Is(recipient.Id))
            return CarerStore.SetEmailBad(db, Carer.CustomerOf(recipient.Id), now.EpochMs, reason);
        if (Subscribers.IdOf(recipient.Id) is not (> 0 and var subscriber))
            return CustomerStore.SetEmailBad(db, recipient.Id, recipient.Email, now.EpochMs, reason);
        SubscriptionStore.RemoveAll(db, recipient.Email);
        AuditStore.Append(db, now.EpochMs, who, "subscription.end", $"subscription:{subscriber}", JsonSerializer.Serialize(new { because = "mail came back" }));
        return true;
    }

    private static string Words(string done) => done switch { nameof(NoticePhase.Due) => "by another channel", nameof(NoticePhase.Calling) => "a person calls", _ => "" };

    public ActOutcome AddressIsGood(string customer, string who) => state.Write<ActOutcome>(db =>
    {
        if (CustomerStore.Find(db, customer) is not { } row)
            return new ActOutcome.Unknown();
        if (!CustomerStore.SetEmailBad(db, customer, "", 0, ""))
            return new ActOutcome.Rejected("no mail to this customer came back");
        AuditStore.Append(db, time.GetUtcNow().ToUnixTimeMilliseconds(), who, "customer.EmailGood", $"customer:{row.Id}");
        return new ActOutcome.Done(0);
    });
}
