using B2D.Core;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Faults;
using B2D.Storage.Links;

namespace B2D.ProactiveWorker.Links;

/// <summary>What follows the end of a case for its customer: they are asked where it does not end by itself; a visit that is not needed any more is given back, and they are asked, once in a while, how hard it was.</summary>
public sealed class CaseEnds(CustomerLinks links, NoticeOptions options)
{
    private static readonly string[] NoCaseOfTheirs = ["test", "false-rule", "false-data", "merged"];

    /// <summary>
    /// Its faults are gone, and somebody is to ask the customer before it ends: where they have a page to answer on, a notice does. Not where nobody saw that it is over,
    /// and not where they have said something since: whoever wrote "still broken" is asked by a person.
    /// </summary>
    internal void Asks(Db db, CaseRow row, ServerTime now)
    {
        if (!links.Pages || row.Customer.Length == 0)
            return;
        var faults = FaultStore.List(db, new FaultFilter { CaseId = row.Id, Limit = 50 });
        if (faults.Count > 0 && faults.All(f => f.ClearedAt > 0 && CaseOpener.TakenAway(f.ClearReason) is null) && !TimelineStore.HasWordOfCustomer(db, row.Id, faults.Max(f => f.ClearedAt)))
            NoticePlanner.PlanAsk(db, row, now);
    }

    /// <summary>A case was open and is not any more.</summary>
    internal void Ended(Db db, CaseRow row, ServerTime now)
    {
        LinkVisits.NotNeeded(db, row.Id, "the case is over", now);
        if (!links.Pages)
            return;
        var consents = ConsentStore.Of(db, row.Customer).Select(c => c.ToConsent()).ToArray();
        var said = new[] { Channel.Email, Channel.Sms, Channel.Webhook }.Select(c => ConsentDecision.Decide(NoticeClass.Survey, c, false, consents, false)).ToArray();
        var reason = SurveyDecision.Ask(
            row is { Customer.Length: > 0, MergedInto: 0 } && !NoCaseOfTheirs.Contains(row.Disposition),
            said.All(s => s.Reason == ConsentReason.Withdrawn), new ServerTime(SurveyStore.LastAsked(db, row.Customer)), options.Links.SurveyEvery, now);
        if (reason != SurveyReason.Asks || !SurveyStore.Ask(db, new SurveyRow { CaseId = row.Id, Customer = row.Customer, AskedAt = now.EpochMs }))
            return;
        // The page asks whoever looks at it; a message of its own goes only to those who want such messages.
        if (said.Any(s => s.May))
            NoticePlanner.PlanSurvey(db, row, now);
    }
}
