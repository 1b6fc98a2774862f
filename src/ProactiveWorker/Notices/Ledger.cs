using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using NodaTime;

namespace B2D.ProactiveWorker.Notices;

/// <summary>
/// The ledger of notices: a row before anything is sent, its channel and its time chosen and the reasons kept. What is not sent stands there too, with the reason.
/// </summary>
/// <param name="templates">What a person is to say is kept as it stood when the call was asked for; null: with the program's own texts.</param>
public sealed class Ledger(NoticeOptions options, Templates? templates = null)
{
    private const string Printed = "nothing else reaches the customer: a letter";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>What leaves when a night is over is there by then.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMinutes(5);

    private readonly Templates templates = templates ?? new Templates(options);

    private readonly QuietHours? usualHours = QuietHours.Parse(options.QuietHours, out _);

    /// <summary>Writes a telling, once; says what became of it.</summary>
    internal string Write(Db db, Telling telling, ServerTime now)
    {
        var done = WriteOne(db, telling, now);
        // Their carer too, once, with a line and a channel of their own.
        if (CarerDecision.IsTold(telling.Class, telling.Status, Dependents.Is(telling.Customer, now)) && CarerStore.Recipient(db, Carer.Prefix + telling.Customer.Id) is { } carer)
            WriteOne(db, telling with { Customer = carer, By = null }, now);
        return done;
    }

    private string WriteOne(Db db, Telling telling, ServerTime now)
    {
        var customer = telling.Customer;
        // The same telling on another channel would be a second one: the choice of the first row stands.
        if (Rows(db, customer.Id, telling.Subject, telling.Episode, telling.Status, telling.Revision).Any())
            return "in the ledger already";
        telling = telling with { Facts = Promised(customer, telling.Class, telling.Facts, now) };
        var draft = Draft(telling, now);
        if (telling.Stopped.Length > 0)
            return Put(db, draft, Channel.Email, nameof(NoticePhase.Suppressed), telling.Stopped);
        if (NoticeTruth.Contradicted(db, draft, now) is { } contradicted)
            return Put(db, draft, Channel.Email, nameof(NoticePhase.Suppressed), $"{contradicted} was told");
        if (OverTheCap(db, telling, now) is { } swallowed)
            return Put(db, draft, Channel.Email, nameof(NoticePhase.Suppressed), swallowed);
        var (channel, reason) = telling.By is { } by ? (by, ChannelReason.Preferred) : ChannelDecision.Choose(ChoiceOf(db, customer, draft, DownFor(customer, telling.Facts)));
        var call = reason == ChannelReason.NotWanted || Carer.Is(customer.Id) ? null : CallOf(db, draft, customer, channel is not null, now);
        var called = call is { } why && telling.Hold.Length == 0 && Call(db, draft, customer, why, now);
        if (channel is not { } way)
        {
            var byHand = call is not null ? Channel.Phone : reason == ChannelReason.NoChannel && MayPrint(db, draft, customer) ? Channel.Letter : (Channel?)null;
            if (telling.Hold.Length > 0 && byHand is { } waits)
                return Put(db, draft, waits, nameof(NoticePhase.Held), telling.Hold);
            return called ? nameof(NoticePhase.Calling)
                : byHand == Channel.Letter && Letter(db, draft, customer, now) ? nameof(NoticePhase.Calling)
                : Put(db, draft, Channel.Email, nameof(NoticePhase.Suppressed), NoChannel(reason, telling.Class));
        }
        if (telling.Hold.Length > 0)
            return Put(db, draft, way, nameof(NoticePhase.Held), telling.Hold);
        var (leavesAt, quiet) = LeavesAt(customer, telling.Class, new ServerTime(draft.DueAt), now);
        var words = telling.By is null ? Words(reason, way, telling) : "the customer wrote by it";
        return Put(db, draft with { DueAt = leavesAt.EpochMs }, way, nameof(NoticePhase.Due), quiet == QuietReason.Waits ? $"{words}; waits for the end of the customer’s quiet hours" : words);
    }

    /// <summary>A person is to call because the customer asked for it; false where that stands there already.</summary>
    /// <param name="by">The time that the customer said.</param>
    internal bool CallBack(Db db, Telling telling, ServerTime by, ServerTime now)
    {
        var draft = Draft(telling, now);
        return Put(db, draft, Channel.Phone, nameof(NoticePhase.Calling), CallReason.Asked.Words()) == nameof(NoticePhase.Calling) && PutTask(db, draft, telling.Customer, CallReason.Asked, ServerTime.Zero, by, now);
    }

    /// <summary>What was held goes now, and a person calls too where a text is not enough; where nothing else reaches the customer, a person calls or prints.</summary>
    /// <param name="held">With the facts that it says from now on.</param>
    internal void LetGo(Db db, NoticeRow held, string reason, ServerTime now)
    {
        var customer = CustomerStore.Find(db, held.Customer);
        var byHand = held.Channel is "phone" or "letter";
        var call = customer is not null && held.Channel != "letter" ? CallOf(db, held, customer, hasChannel: !byHand, now) : null;
        if (!byHand)
        {
            NoticeStore.Mark(db, held.Id, nameof(NoticePhase.Due), reason: reason, facts: held.Facts);
            if (call is { } too)
                Call(db, held with { CreatedAt = now.EpochMs }, customer!, too, now);
        }
        else if (call is { } why)
        {
            NoticeStore.Mark(db, held.Id, nameof(NoticePhase.Calling), reason: why.Words(), facts: held.Facts);
            PutTask(db, held, customer!, why, now);
        }
        else if (held.Channel == "letter" && customer is not null && MayPrint(db, held, customer))
        {
            NoticeStore.Mark(db, held.Id, nameof(NoticePhase.Calling), reason: Printed, facts: held.Facts);
            KeepWords(db, held, customer, now);
        }
        else
        {
            NoticeStore.Mark(db, held.Id, nameof(NoticePhase.Suppressed), reason: customer is null ? "the customer was erased" : NoChannel(ChannelReason.NoChannel, NoticeClass.Case), facts: held.Facts);
            // Whoever has no number any more, or wants no calls, may have an address.
            if (customer is not null && held.Channel == "phone")
                Letter(db, held with { CreatedAt = now.EpochMs }, customer, now);
        }
    }

    /// <summary>Whether there is another channel for what could not be sent.</summary>
    internal bool HasNext(Db db, NoticeRow failed, CustomerRow customer) => Next(db, failed, customer).Channel is not null;

    /// <summary>What could not be sent goes by the next channel, or a person calls. Says what was done; empty where nothing is left.</summary>
    internal string FallBack(Db db, NoticeRow failed, CustomerRow customer, ServerTime now)
    {
        if (failed.Channel == "phone" || NoticeClasses.Of(failed.Class) is not { } noticeClass || noticeClass == NoticeClass.Answer)
            return "";
        var draft = failed with { State = "", Reason = "", Attempts = 0, NextAttemptAt = 0, SentAt = 0, LastError = "", CreatedAt = now.EpochMs, DueAt = now.EpochMs };
        if (Next(db, failed, customer).Channel is { } way)
        {
            var (leavesAt, _) = LeavesAt(customer, noticeClass, now, now);
            return Put(db, draft with { DueAt = leavesAt.EpochMs }, way, nameof(NoticePhase.Due), $"{NameOf(failed.Channel)} failed: {Name(way)}");
        }
        var call = CallDecision.Decide(noticeClass, failed.Status, Dependents.Is(customer, now), customer.Phone.Length > 0, hasChannel: false, failed: true);
        return call is { } why && !Carer.Is(customer.Id) && MayCall(db, customer, draft) && Call(db, draft, customer, why, now) ? nameof(NoticePhase.Calling)
            : Letter(db, draft, customer, now) ? nameof(NoticePhase.Calling) : "";
    }

    /// <summary>A number turned out to be somebody else's: a letter, where nothing else told the customer.</summary>
    internal void LetterInstead(Db db, NoticeRow called, CustomerRow customer, ServerTime now)
    {
        if (Rows(db, customer.Id, called.Subject, called.Episode, called.Status, called.Revision).All(r => r.State is nameof(NoticePhase.Failed) or nameof(NoticePhase.Suppressed)))
            Letter(db, called with { Reason = "", LastError = "", Attempts = 0, SentAt = 0, CreatedAt = now.EpochMs, DueAt = now.EpochMs }, customer, now);
    }

    /// <summary>When a customer may be told.</summary>
    internal (ServerTime At, QuietReason Reason) LeavesAt(CustomerRow customer, NoticeClass noticeClass, ServerTime at, ServerTime now)
    {
        var hours = customer.QuietHours.Length == 0 ? usualHours : QuietHours.Parse(customer.QuietHours, out _);
        return QuietDecision.Decide(at, noticeClass, Dependents.Is(customer, now), hours, ZoneOf(customer));
    }

    /// <summary>Whoever is not woken for the next word gets it when their night is over, and is promised it for then.</summary>
    internal NoticeFacts Promised(CustomerRow customer, NoticeClass noticeClass, NoticeFacts facts, ServerTime now)
    {
        if (facts.NextUpdate == 0)
            return facts;
        var (leavesAt, reason) = LeavesAt(customer, noticeClass, new ServerTime(facts.NextUpdate), now);
        return reason == QuietReason.Waits ? facts with { NextUpdate = (leavesAt + OnItsWay).EpochMs } : facts;
    }

    /// <summary>Why the customer may not be told by a channel; null where they may.</summary>
    internal string? Unwanted(Db db, NoticeRow row)
    {
        if (NoticeClasses.Of(row.Class) is not { } noticeClass || ConsentText.ChannelOf(row.Channel) is not { } channel)
            return null;
        var known = ConsentStore.Of(db, row.Customer).Select(c => c.ToConsent()).ToArray();
        return ConsentDecision.Decide(noticeClass, channel, OutlivesStop(row), known, options.UsageNeedsConsent).May ? null : NoChannel(ChannelReason.NotWanted, noticeClass);
    }

    private static bool OutlivesStop(NoticeRow row) => row.Owed && NoticeClasses.OutlivesStop(row.Status);

    private static string Put(Db db, NoticeRow draft, Channel channel, string state, string reason)
    {
        return NoticeStore.Put(db, On(draft, channel) with { State = state, Reason = reason }) ? state : "in the ledger already";
    }

    private static NoticeRow Draft(Telling telling, ServerTime now) => new()
    {
        Customer = telling.Customer.Id,
        Subject = telling.Subject,
        Episode = telling.Episode,
        Status = telling.Status,
        Revision = telling.Revision,
        Template = telling.Template,
        Language = telling.Customer.Language,
        Facts = JsonSerializer.Serialize(telling.Facts),
        DueAt = Math.Max(telling.Due.EpochMs, now.EpochMs),
        CreatedAt = now.EpochMs,
        Class = telling.Class.Word(),
        Owed = telling.Owed,
    };

    private static IEnumerable<NoticeRow> Rows(Db db, string customer, string subject, string episode, string status, long revision) =>
        NoticeStore.List(db, new NoticeFilter { Subject = subject, Customer = customer, Status = status, Limit = 100 })
            .Where(n => n.Episode == episode && n.Revision == revision);

    private string? OverTheCap(Db db, Telling telling, ServerTime now)
    {
        var most = options.Caps.Of(telling.Class);
        // Those that no cap swallows are not counted either.
        if (CapDecision.Decide(telling.Class, telling.Status, telling.Owed, most, most).Reason == CapReason.Exempt)
            return null;
        var sent = NoticeStore.CountSince(db, telling.Customer.Id, telling.Class.Word(), (now - Day).EpochMs);
        return CapDecision.Decide(telling.Class, telling.Status, telling.Owed, sent, most).May
            ? null : $"the customer got {sent} {telling.Class.Meaning()} within a day, and {most} is the most";
    }

    private ChannelChoice ChoiceOf(Db db, CustomerRow customer, NoticeRow draft, ChannelSet down)
    {
        var preferred = ConsentText.ChannelOf(customer.PreferredChannel);
        var reachable = ChannelSet.None;
        if ((options.Email.Enabled || (options.Webhook.Enabled && options.Webhook.CarriesEmail)) && customer.Email.Length > 0 && !customer.MailComesBack)
            reachable = reachable.With(Channel.Email);
        if ((options.Sms.Enabled || options.Webhook.Enabled) && customer.Phone.Length > 0)
            reachable = reachable.With(Channel.Sms);
        // Whose app it is has said so.
        if (options.Webhook.Enabled && preferred == Channel.Webhook)
            reachable = reachable.With(Channel.Webhook);
        var known = ConsentStore.Of(db, customer.Id).Select(c => c.ToConsent()).ToArray();
        var unwanted = ChannelSet.None;
        foreach (var channel in Enum.GetValues<Channel>())
        {
            if (!ConsentDecision.Decide(NoticeClasses.Of(draft.Class) ?? NoticeClass.Case, channel, OutlivesStop(draft), known, options.UsageNeedsConsent).May)
                unwanted = unwanted.With(channel);
        }
        return new ChannelChoice(preferred, reachable, down, unwanted);
    }

    private (Channel? Channel, ChannelReason Reason) Next(Db db, NoticeRow failed, CustomerRow customer)
    {
        if (failed.Class == NoticeClass.Answer.Word())
            return (null, ChannelReason.NoChannel);
        var facts = JsonSerializer.Deserialize<NoticeFacts>(failed.Facts)!;
        var tried = Rows(db, customer.Id, failed.Subject, failed.Episode, failed.Status, failed.Revision)
            .Aggregate(ChannelSet.None, (set, row) => ConsentText.ChannelOf(row.Channel) is { } channel ? set.With(channel) : set);
        return ChannelDecision.Choose(ChoiceOf(db, customer, failed, DownFor(customer, facts)) with { Tried = tried });
    }

    /// <summary>What the customer has not for the time, their carer has.</summary>
    private static ChannelSet DownFor(CustomerRow customer, NoticeFacts facts) => Carer.Is(customer.Id) ? ChannelSet.None : new ChannelSet(facts.TakesDown);

    /// <summary>Why a person calls; null where nobody does.</summary>
    private CallReason? CallOf(Db db, NoticeRow draft, CustomerRow customer, bool hasChannel, ServerTime now) =>
        CallDecision.Decide(NoticeClasses.Of(draft.Class) ?? NoticeClass.Case, draft.Status, Dependents.Is(customer, now), customer.Phone.Length > 0, hasChannel, failed: false) is { } why
            && MayCall(db, customer, draft) ? why : null;

    private bool MayCall(Db db, CustomerRow customer, NoticeRow draft) =>
        Unwanted(db, draft with { Customer = customer.Id, Channel = WordOf(Channel.Phone) }) is null;

    /// <summary>A letter is to be printed; false where none is to, or none can be.</summary>
    private bool Letter(Db db, NoticeRow draft, CustomerRow customer, ServerTime now)
    {
        if (!MayPrint(db, draft, customer) || Put(db, draft, Channel.Letter, nameof(NoticePhase.Calling), Printed) != nameof(NoticePhase.Calling))
            return false;
        KeepWords(db, On(draft, Channel.Letter), customer, now);
        return true;
    }

    private bool MayPrint(Db db, NoticeRow draft, CustomerRow customer) =>
        options.Letters && customer.Address.Length > 0 && !Carer.Is(customer.Id) && NoticeClasses.Of(draft.Class) is { } noticeClass
            && LetterDecision.IsPrinted(noticeClass, draft.Status, JsonSerializer.Deserialize<NoticeFacts>(draft.Facts)!.News)
            && Unwanted(db, draft with { Customer = customer.Id, Channel = WordOf(Channel.Letter) }) is null;

    /// <summary>A person is to call; false where one is already.</summary>
    private bool Call(Db db, NoticeRow draft, CustomerRow customer, CallReason why, ServerTime now)
    {
        var (from, _) = LeavesAt(customer, NoticeClasses.Of(draft.Class) ?? NoticeClass.Case, now, now);
        return Put(db, draft with { DueAt = from.EpochMs }, Channel.Phone, nameof(NoticePhase.Calling), why.Words()) == nameof(NoticePhase.Calling) && PutTask(db, draft, customer, why, now);
    }

    private bool PutTask(Db db, NoticeRow draft, CustomerRow customer, CallReason why, ServerTime now)
    {
        // What is days ahead is not a matter of minutes.
        var within = why is CallReason.Danger or CallReason.Depends && draft.Status != Maintenance.PlannedWords.Planned ? options.CallAtOnceWithin : options.CallWithin;
        var (from, _) = LeavesAt(customer, NoticeClasses.Of(draft.Class) ?? NoticeClass.Case, now, now);
        return PutTask(db, draft, customer, why, from > now ? from : ServerTime.Zero, from + within, now);
    }

    private bool PutTask(Db db, NoticeRow draft, CustomerRow customer, CallReason why, ServerTime notBefore, ServerTime due, ServerTime now)
    {
        var said = On(draft, Channel.Phone);
        KeepWords(db, said, customer, now);
        return PhoneTaskStore.Put(db, new PhoneTaskRow
        {
            Notice = said.Id,
            Customer = draft.Customer,
            Subject = draft.Subject,
            Class = draft.Class,
            Reason = why.Words(),
            TryAt = notBefore.EpochMs,
            DueAt = due.EpochMs,
            CreatedAt = now.EpochMs,
        });
    }

    /// <summary>What a person is to say, or to print, has changed before they did.</summary>
    internal void SayInstead(Db db, NoticeRow said, CustomerRow customer, ServerTime now)
    {
        NoticeStore.Mark(db, said.Id, said.State, facts: said.Facts);
        KeepWords(db, said, customer, now);
    }

    /// <summary>The words that a person says or prints, as they stand now.</summary>
    private void KeepWords(Db db, NoticeRow said, CustomerRow customer, ServerTime now)
    {
        if (templates.Render(db, said, customer) is { } words)
            NoticeWordsStore.Put(db, words.ToRow(said, now));
    }

    /// <summary>The same by a channel.</summary>
    private static NoticeRow On(NoticeRow draft, Channel channel) =>
        draft with { Id = NoticeStep.IdOf(draft.Customer, draft.Subject, draft.Episode, draft.Status, (int)draft.Revision, channel), Channel = WordOf(channel) };

    private DateTimeZone ZoneOf(CustomerRow customer) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(customer.TimeZone) ?? DateTimeZoneProviders.Tzdb[options.TimeZone];

    private static string Words(ChannelReason reason, Channel channel, Telling telling) => reason switch
    {
        _ when Carer.Is(telling.Customer.Id) => $"the customer’s carer is told by {Name(channel)}",
        ChannelReason.Preferred => $"the customer prefers {Name(channel)}",
        ChannelReason.PreferredIsDown => $"prefers {NameOf(telling.Customer.PreferredChannel)}, but {About(telling)} takes it down: {Name(channel)}",
        _ when telling.Customer is { MailComesBack: true, PreferredChannel: "email" } => $"mail to the customer’s address comes back: {Name(channel)}",
        ChannelReason.LastResort => $"{Name(channel)} is all that we know of the customer, although {About(telling)} takes it down",
        _ => $"{Name(channel)} is what we know of the customer",
    };

    private static string About(Telling telling) => telling.Subject.Split(':', 2)[0] switch { "outage" => "the outage", "maintenance" => "the work", _ => "the fault" };

    private static string NoChannel(ChannelReason reason, NoticeClass noticeClass) => reason == ChannelReason.NotWanted
        ? $"the customer wants no {noticeClass.Meaning()}"
        : "no channel of this customer is known and switched on";

    private static string WordOf(Channel channel) => channel.ToString().ToLowerInvariant();

    private static string NameOf(string channel) => ConsentText.ChannelOf(channel) is { } known ? Name(known) : channel;

    private static string Name(Channel channel) => channel switch { Channel.Email => "e-mail", Channel.Sms => "SMS", Channel.Phone => "phone", Channel.Letter => "letter", _ => "webhook" };
}
