using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Contacts;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Subscriptions;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Subscriptions;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Takes what customers write: STOP and START are done and answered at once, everything else is a contact of theirs, which joins what it concerns, for a person to read.</summary>
public sealed class InboundDesk(Database state, Ledger ledger, UnsubscribeLinks links, IContactDesk contacts, TimeProvider time) : IInboundDesk
{
    /// <summary>What was told so long ago is not what a STOP is about, and a question so old is not what an answer answers.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromDays(30);

    private const string Unclear = "unclear";
    private const string Other = "other";

    public InboundOutcome Take(InboundMessage message, string who)
    {
        var outcome = Kept(message, who);
        // Also where it comes again: the first time may have ended between the two. By its number it counts once.
        foreach (var (customer, text) in state.Read(db => Unread(db, message)))
            contacts.Log(new Contact(customer, message.Channel == Channel.Email ? ContactChannel.Email : ContactChannel.Sms, Inbound: true, About(text), Repeated: false) { ByMachine = true, Delivery = $"inbound/{customer}/{message.Id}" }, who);
        return outcome;
    }

    /// <summary>Whose contact it is, and what is read there: whoever cares for somebody writes about them.</summary>
    private static (string Customer, string Text)[] Unread(Db db, InboundMessage message)
    {
        var kept = InboundStore.Find(db, message.Id).Where(m => m.Meaning == Other).ToArray();
        var known = kept.Where(m => m.Customer.Length > 0).Select(m => (m.Customer, message.Text)).ToArray();
        return kept.Length == 0 || known.Length > 0 || CarerDecision.Ends(StopWords.Read(message.Text)) ? known
            : [.. CarerStore.CustomersOf(db, message.From).Select(c => (c, $"Who cares for them wrote: {message.Text}"))];
    }

    private InboundOutcome Kept(InboundMessage message, string who) => state.Write(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (InboundStore.Find(db, message.Id) is { Count: > 0 } before)
            return new InboundOutcome(StopKind.Other, [.. before.Select(b => b.Customer).Where(c => c.Length > 0)], [], false, Repeated: true);
        var customers = Senders(db, message);
        // Whoever only hears of places ends all of it by any STOP; a customer by one that is not about something else.
        if (StopWords.Read(message.Text) is { Kind: StopKind.Stop } wish && (customers.Count == 0 || wish.Classes.IsEmpty || wish.Classes.Contains(NoticeClass.Service)))
            EndPlaces(db, message, who, now);
        EndCarers(db, message, who, now);
        if (customers.Count == 0)
            InboundStore.Put(db, new InboundRow { Id = message.Id, Channel = WordOf(message.Channel), Meaning = Other, Text = message.Text, At = now.EpochMs });
        var outcomes = customers.Select(c => TakeFrom(db, c, message, who, now)).ToArray();
        return new InboundOutcome(
            outcomes.Length > 0 ? outcomes[0].Wish.Kind : StopKind.Other,
            [.. customers.Select(c => c.Id)],
            [.. outcomes.SelectMany(o => o.Decision.Classes).Distinct()],
            outcomes.Any(o => o.Decision.Asks),
            Repeated: false);
    });

    public NoticeClass? WhatEnds(string token) => links.Read(token)?.Class;

    public NoticeClass? End(string token)
    {
        if (links.Read(token) is not var (customer, noticeClass, mark))
            return null;
        var now = ServerTime.From(time.GetUtcNow());
        state.Write(db =>
        {
            if (Subscribers.IdOf(customer) is > 0 and var subscriber)
            {
                if (SubscriptionStore.Remove(db, subscriber))
                    AuditStore.Append(db, now.EpochMs, "subscriber", "subscription.end", $"subscription:{subscriber}");
                return;
            }
            if (Carer.Is(customer))
            {
                if (CarerStore.Find(db, Carer.CustomerOf(customer)) is { } carer && UnsubscribeLinks.MarkOf(carer.Email) == mark)
                    EndCarer(db, carer.Customer, "carer", new { channel = "link" }, now);
                return;
            }
            // Who was erased wants nothing and gets nothing.
            if (CustomerStore.Find(db, customer) is null
                || !ConsentStore.Set(db, new ConsentRow { Customer = customer, Class = noticeClass.Word(), Source = Consent.Customer, At = now.EpochMs }))
                return;
            AuditStore.Append(db, now.EpochMs, "customer", "consent.stop", $"customer:{customer}", JsonSerializer.Serialize(new { classes = new[] { noticeClass.Word() }, channel = "link" }));
        });
        return noticeClass;
    }

    /// <summary>Who wrote by e-mail hears no more of places.</summary>
    private static void EndPlaces(Db db, InboundMessage message, string who, ServerTime now)
    {
        if (message.Channel == Channel.Email && SubscriptionStore.RemoveAll(db, message.From) > 0)
            AuditStore.Append(db, now.EpochMs, who, "subscription.end", "subscription:all", JsonSerializer.Serialize(new { message = message.Id }));
    }

    /// <summary>A carer who wants no more is told no more.</summary>
    private static void EndCarers(Db db, InboundMessage message, string who, ServerTime now)
    {
        if (!CarerDecision.Ends(StopWords.Read(message.Text)))
            return;
        foreach (var customer in CarerStore.CustomersOf(db, message.From))
            EndCarer(db, customer, who, new { message = message.Id }, now);
    }

    private static void EndCarer(Db db, string customer, string who, object by, ServerTime now)
    {
        if (CarerStore.Remove(db, customer))
            AuditStore.Append(db, now.EpochMs, who, "customer.CarerEnded", $"customer:{customer}", JsonSerializer.Serialize(by));
    }

    private (StopWish Wish, StopDecision Decision) TakeFrom(Db db, CustomerRow customer, InboundMessage message, string who, ServerTime now)
    {
        var since = (now - Lately).EpochMs;
        var asked = InboundStore.LastWish(db, customer.Id, since)?.Meaning == Unclear;
        var wish = asked ? StopWords.Answer(message.Text, StopDecision.AskedOf) : StopWords.Read(message.Text);
        var known = ConsentStore.Of(db, customer.Id).Select(c => c.ToConsent()).ToArray();
        // Who stops something wants it by no channel; who starts it wants it by theirs.
        Channel[] meant = wish.Kind == StopKind.Start ? [message.Channel] : Enum.GetValues<Channel>();
        ImmutableArray<NoticeClass> withdrawn = [.. NoticeClasses.WithConsent.Where(c => meant.All(m => ConsentDecision.Decide(c, m, false, known, false).Reason == ConsentReason.Withdrawn))];
        ImmutableArray<NoticeClass> told = [.. NoticeStore.ClassesTold(db, customer.Id, WordOf(message.Channel), since).Select(NoticeClasses.Of).OfType<NoticeClass>().Where(c => NoticeClasses.WithConsent.Contains(c))];
        var decision = StopDecision.Decide(wish, told, asked, withdrawn);
        // Also where it is their answer to the question which.
        if (!decision.Given && decision.Classes.Contains(NoticeClass.Service))
            EndPlaces(db, message, who, now);
        foreach (var noticeClass in decision.Classes)
            Change(db, customer, noticeClass, decision.Given, message, now);
        if (decision.Classes.Length > 0)
        {
            AuditStore.Append(db, now.EpochMs, who, decision.Given ? "consent.start" : "consent.stop", $"customer:{customer.Id}",
                JsonSerializer.Serialize(new { classes = decision.Classes.Select(c => c.Word()), channel = WordOf(message.Channel), message = message.Id, reason = decision.Reason.ToString() }));
        }
        if (decision.Asks || decision.Confirms)
            Answer(db, customer, message, decision, now);
        InboundStore.Put(db, new InboundRow
        {
            Id = message.Id,
            Customer = customer.Id,
            Channel = WordOf(message.Channel),
            Meaning = decision.Asks ? Unclear : wish.Kind.ToString().ToLowerInvariant(),
            Text = message.Text,
            At = now.EpochMs,
        });
        return (wish, decision);
    }

    /// <summary>Whatever the channel: who wants no more of it does not want it another way.</summary>
    private static void Change(Db db, CustomerRow customer, NoticeClass noticeClass, bool given, InboundMessage message, ServerTime now)
    {
        ConsentStore.Set(db, new ConsentRow { Customer = customer.Id, Class = noticeClass.Word(), Given = given, Source = Consent.Customer, At = now.EpochMs });
        if (given)
            ConsentStore.Set(db, new ConsentRow { Customer = customer.Id, Class = noticeClass.Word(), Channel = WordOf(message.Channel), Given = true, Source = Consent.Customer, At = now.EpochMs });
    }

    private void Answer(Db db, CustomerRow customer, InboundMessage message, StopDecision decision, ServerTime now)
    {
        var template = decision.Asks ? "stop-which" : decision.Given ? "start-done" : "stop-done";
        var facts = new NoticeFacts { Classes = [.. (decision.Asks ? StopDecision.NotNeeded : decision.Classes).Select(c => c.Word())] };
        ledger.Write(db, new Telling(customer, $"message:{message.Id}", message.Id, template, 1, template, facts) { By = message.Channel }, now);
    }

    private static IReadOnlyList<CustomerRow> Senders(Db db, InboundMessage message)
    {
        var ids = message.Channel == Channel.Email
            ? CustomerStore.WithEmail(db, message.From.Trim())
            : CustomerStore.WithPhone(db, message.From);
        return CustomerStore.FindAll(db, ids);
    }

    private static string About(string text)
    {
        var words = text.Trim();
        return words.Length <= Contact.MaxAbout ? words : words[..(char.IsHighSurrogate(words[Contact.MaxAbout - 1]) ? Contact.MaxAbout - 1 : Contact.MaxAbout)];
    }

    private static string WordOf(Channel channel) => channel.ToString().ToLowerInvariant();
}
