using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Links;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Links;
using NodaTime;

namespace B2D.ProactiveWorker.Links;

/// <summary>What customers do without signing in: every act is one transaction with its line in the timeline and in the audit, and does nothing a second time.</summary>
public sealed class LinkDesk : ILinkDesk
{
    private readonly Database state;
    private readonly CustomerLinks links;
    private readonly NoticeOptions options;
    private readonly TimeProvider time;
    private readonly LinkCases cases;
    private readonly LinkCalls calls;
    private readonly LinkVisits visits;

    public LinkDesk(Database state, CustomerLinks links, CaseTiming timing, RuleBook rules, Ledger ledger, NoticeOptions options, TimeProvider time)
    {
        (this.state, this.links, this.options, this.time) = (state, links, options, time);
        cases = new LinkCases(timing, rules);
        calls = new LinkCalls(ledger, cases, rules);
        visits = new LinkVisits(cases, options.Links);
    }

    private ServerTime Now => ServerTime.From(time.GetUtcNow());

    public CustomerLink? Open(string token) => state.Read(db =>
    {
        if (links.Read(db, token) is not { } row || Good(db, row) is not { } about || CustomerStore.Find(db, row.Customer) is not { } customer)
            return null;
        return new CustomerLink(row.Id, row.Customer, about.IsDown ? 0 : about.Case?.Id ?? 0, about.Outage?.Id ?? 0, Templates.LanguageOf(customer.Language, options), ZoneOf(customer).Id, new ServerTime(row.EndsAt));
    });

    public bool IsOurs(string token) => state.Read(db => links.Read(db, token) is not null);

    public string? TokenOf(string code) => state.Read(db => links.ReadCode(db, code) is var (row, token) && Good(db, row) is not null ? token : null);

    public LinkOutcome Act(string token, LinkAct act) => state.Write(db =>
    {
        if (links.Read(db, token) is not { } link || Good(db, link) is not { } about)
            return LinkOutcome.Gone;
        var now = Now;
        return act switch
        {
            LinkAct.StillBroken e => cases.Broken(db, link, about, e.Words, now),
            LinkAct.WorksAgain => cases.Works(db, link, about, now),
            LinkAct.Pick e => visits.Pick(db, link, about, e.Slot, now),
            LinkAct.GiveBack => visits.GiveBack(db, link, about, now),
            LinkAct.CallMe e => calls.Ask(db, link, about, e.By, CustomerStore.Find(db, link.Customer) is { } customer ? ZoneOf(customer) : DateTimeZone.Utc, now),
            LinkAct.NoCall => calls.TakeBack(db, link, about, now),
            LinkAct.Answer e => Answer(db, link, about, e, now),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "an act this desk does not know"),
        };
    });

    public LinkChoices ChoicesOf(CustomerLink link) => state.Read(db =>
    {
        if (CaseStore.Find(db, link.CaseId) is not { } row || row.Customer != link.Customer || CustomerStore.Find(db, link.Customer) is not { } customer)
            return LinkChoices.None;
        var now = Now;
        var isOpen = CaseStore.OpenStates.Contains(row.State);
        // One that an earlier owner was asked, or answered, is theirs.
        var survey = !isOpen && SurveyStore.Find(db, row.Id) is { } asked && asked.Customer == link.Customer ? asked : null;
        return new LinkChoices(
            isOpen ? visits.Offered(db, row, now) : [],
            visits.Booked(db, row, now),
            customer.Phone.Length > 0 && row.State != "Closed" ? CallTimes.Offered(ZoneOf(customer), now) : [],
            LinkCalls.Find(db, row.Id, link.Customer) is { } call ? new ServerTime(call.Task.DueAt) : null,
            survey is { AnsweredAt: 0 },
            (int)(survey?.Score ?? 0));
    });

    /// <summary>What a link is about, while it is good.</summary>
    private LinkSubject? Good(Db db, CustomerLinkRow row)
    {
        var about = LinkSubject.Of(db, row);
        return LinkDecision.Open(isOurs: true, row.EndedAt > 0, new ServerTime(row.EndsAt), about is not null, Now) == LinkReason.Good ? about : null;
    }

    private static LinkOutcome Answer(Db db, CustomerLinkRow link, LinkSubject about, LinkAct.Answer e, ServerTime now)
    {
        var words = new string([.. e.Words.Where(c => !char.IsControl(c) || c == '\n')]).Trim();
        if (about.Case is not { } row || CaseStore.OpenStates.Contains(row.State) || !SurveyDecision.IsAnswer(e.Score, words) || SurveyStore.Find(db, row.Id) is not { } survey
            || survey.Customer != link.Customer)
            return LinkOutcome.NotPossible;
        if (!SurveyStore.Answer(db, row.Id, e.Score, words, now.EpochMs))
            return LinkOutcome.AlreadyAnswered;
        LinkCases.Line(db, $"case:{row.Id}", $"How hard it was for the customer: {e.Score} of {SurveyDecision.Hardest}", "survey", link, now);
        return LinkOutcome.Thanked;
    }

    private DateTimeZone ZoneOf(CustomerRow customer) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(customer.TimeZone) ?? DateTimeZoneProviders.Tzdb[options.TimeZone];
}
