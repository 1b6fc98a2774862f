using System.Text.Json;
using B2D.Core;
using B2D.Core.Contacts;
using B2D.ProactiveWorker.Cases;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Contacts;

/// <summary>Keeps contacts with customers: each is one transaction with its line in the timeline of what it joined, and in the audit.</summary>
public sealed class ContactDesk(Database state, CaseTiming timing, TimeProvider time) : IContactDesk
{
    private const int MostOpen = 100;

    public ContactOutcome Log(Contact contact, string who)
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (contact.About.Length > Contact.MaxAbout || (contact.About.Length == 0 && !contact.ByMachine))
            return new ContactOutcome.Rejected($"say in 1 to {Contact.MaxAbout} characters what it was about");
        if (contact.At is { } at && at > now)
            return new ContactOutcome.Rejected("a contact lies in the past");
        return state.Write<ContactOutcome>(db =>
        {
            var delivery = contact.Delivery.Length > 0 ? $"{who}/{contact.Delivery}" : null;
            if (delivery is not null && ContactStore.FindDelivery(db, delivery) is { } before)
                return new ContactOutcome.Kept(before.Id, new ContactJoin(before.CaseId, before.OutageId, Enum.Parse<ContactReason>(before.Reason)), Again: true);
            if (Problem(db, contact) is { Length: > 0 } problem)
                return new ContactOutcome.Rejected(problem);
            var joins = ContactJoin.Decide(contact, Cases(db, contact.Customer, now), Outages(db, contact.Customer));
            var id = ContactStore.Add(db, new ContactRow
            {
                At = (contact.At ?? now).EpochMs,
                Channel = Name(contact.Channel),
                Inbound = contact.Inbound,
                Customer = contact.Customer,
                Device = contact.Device,
                About = contact.About,
                Repeated = contact.Repeated,
                CaseId = joins.CaseId,
                OutageId = joins.OutageId,
                Reason = joins.Reason.ToString(),
                Who = who,
                Delivery = delivery,
                Unread = contact.IsUnread,
            });
            // Whoever answers them has read what they wrote about the same.
            if (contact is { ByMachine: false, Inbound: false })
                ContactStore.ReadOf(db, contact.Customer, joins.CaseId, joins.OutageId);
            if (joins.CaseId > 0)
                Join(db, joins.CaseId, contact, who, now);
            Tell(db, joins, id, contact, who, now);
            AuditStore.Append(db, now.EpochMs, who, "contact.log", $"contact:{id}", JsonSerializer.Serialize(new
            {
                customer = contact.Customer,
                device = contact.Device,
                channel = Name(contact.Channel),
                inbound = contact.Inbound,
                repeated = contact.Repeated,
                @case = joins.CaseId,
                outage = joins.OutageId,
                reason = joins.Reason.ToString(),
            }));
            return new ContactOutcome.Kept(id, joins, Again: false);
        });
    }

    public bool Read(long contactId, string who) => state.Write(db =>
    {
        if (!ContactStore.Read(db, contactId))
            return false;
        AuditStore.Append(db, ServerTime.From(time.GetUtcNow()).EpochMs, who, "contact.read", $"contact:{contactId}");
        return true;
    });

    /// <summary>The name of a channel as it is stored: <c>phone</c>, <c>chat</c>, <c>email</c>, <c>visit</c>, <c>sms</c>.</summary>
    private static string Name(ContactChannel channel) => channel.ToString().ToLowerInvariant();

    private static string Problem(Db db, Contact contact)
    {
        if (CustomerStore.Find(db, contact.Customer) is null)
            return "there is no such customer";
        if (contact.CaseId > 0)
            return CaseStore.Find(db, contact.CaseId) is not { } row ? "there is no such case" : row.Customer == contact.Customer ? "" : "the case is another customer's";
        return contact.OutageId > 0 && OutageStore.Find(db, contact.OutageId) is null ? "there is no such outage" : "";
    }

    /// <summary>Those that are open, and those that a word of the customer would open again.</summary>
    private static IReadOnlyList<ContactCase> Cases(Db db, string customer, ServerTime now) =>
    [
        .. CaseStore.List(db, new CaseFilter { Customer = customer, States = [.. CaseStore.OpenStates, "Resolved"], Limit = MostOpen })
            .Where(c => c.State != "Resolved" || (c.MergedInto == 0 && now.EpochMs - c.ResolvedAt < c.ReopenWithinMs))
            .Select(c => new ContactCase(c.Id, c.Device, c.Class) { IsResolved = c.State == "Resolved" }),
    ];

    private static IReadOnlyList<ContactOutage> Outages(Db db, string customer) =>
        [.. OutageStore.OpenOf(db, customer).GroupBy(o => o.OutageId).OrderByDescending(g => g.Key).Select(g => new ContactOutage(g.Key, [.. g.Select(o => o.Device)]) { IsBack = g.All(o => o.UpAt > 0) })];

    /// <summary>Who talks to the customer has responded. What they write, and nobody has read yet, may be that it is still broken: they are asked before the case resolves by itself.</summary>
    private void Join(Db db, long id, Contact contact, string who, ServerTime now)
    {
        var row = CaseStore.Find(db, id)!;
        if (contact is { ByMachine: true, Inbound: true, About.Length: > 0 } && !row.AskFirst && CaseStore.OpenStates.Contains(row.State))
        {
            CaseStore.Update(db, timing.Moved(db, row, row with { AskFirst = true }, who, now));
            return;
        }
        if (contact.ByMachine || row.RespondedAt > 0 || !CaseStore.OpenStates.Contains(row.State))
            return;
        CaseStore.Update(db, timing.Moved(db, row, row with { RespondedAt = now.EpochMs, RespondedBy = who }, who, now));
    }

    private static void Tell(Db db, ContactJoin joins, long id, Contact contact, string who, ServerTime now)
    {
        var subject = joins.CaseId > 0 ? $"case:{joins.CaseId}" : joins.OutageId > 0 ? $"outage:{joins.OutageId}" : "";
        if (subject.Length == 0)
            return;
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = subject,
            At = now.EpochMs,
            Kind = "contact",
            Text = Text(contact),
            Who = who,
            Detail = JsonSerializer.Serialize(new { contact = id, customer = contact.Customer, repeated = contact.Repeated, why = joins.Reason.ToString() }),
        });
    }

    private static string Text(Contact contact)
    {
        var how = (contact.Channel, contact.Inbound) switch
        {
            (ContactChannel.Phone, true) => "The customer called",
            (ContactChannel.Phone, false) => "The customer was called",
            (ContactChannel.Chat, true) => "The customer wrote in the chat",
            (ContactChannel.Chat, false) => "The customer was written to in the chat",
            (ContactChannel.Email, true) => "The customer sent an e-mail",
            (ContactChannel.Email, false) => "The customer was sent an e-mail",
            (ContactChannel.Sms, true) => "The customer wrote an SMS",
            (ContactChannel.Sms, false) => "The customer was sent an SMS",
            (_, true) => "The customer came by",
            _ => "The customer was visited",
        };
        return $"{how}{(contact.About.Length > 0 ? ": " + contact.About.TrimEnd('.') : "")}.{(contact.Repeated ? " They had to say again what they had told us before." : "")}";
    }
}
