using System.Collections.Immutable;
using System.Globalization;
using B2D.Core;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Links;
using B2D.Storage.Notices;
using NodaTime;

namespace B2D.ProactiveWorker.Links;

/// <summary>Calls that customers ask for: a task with its time, and a promise on the case.</summary>
internal sealed class LinkCalls(Ledger ledger, LinkCases cases, RuleBook rules)
{
    /// <summary>The call that a customer asked for on a case and that was not made yet; null for none.</summary>
    public static (NoticeRow Notice, PhoneTaskRow Task)? Find(Db db, long caseId, string customer)
    {
        // Also of those that were merged into it.
        var asked = CaseStore.MergedHere(db, caseId).Prepend(caseId).SelectMany(id => NoticeStore.List(db, new NoticeFilter
        {
            Subject = $"case:{id}",
            Customer = customer,
            Status = NoticePlanner.CallBack,
            States = [nameof(NoticePhase.Calling)],
            Limit = 1,
        })).FirstOrDefault();
        return asked is { } notice && PhoneTaskStore.OfNotice(db, notice.Id) is { State: "Open" } task ? (notice, task) : null;
    }

    public LinkOutcome Ask(Db db, CustomerLinkRow link, LinkSubject about, ServerTime by, DateTimeZone zone, ServerTime now)
    {
        if (about.Case is not { State: not "Closed" } row || about.IsDown || CustomerStore.Find(db, link.Customer) is not { } customer)
            return LinkOutcome.NotPossible;
        if (customer.Phone.Length == 0)
            return LinkOutcome.NoNumber;
        var known = Find(db, row.Id, link.Customer);
        if (known is { } same && same.Task.DueAt == by.EpochMs)
            return LinkOutcome.AlreadyPromised;
        if (!CallTimes.May(by, zone, now))
            return LinkOutcome.NotPossible;
        if (known is { } before)
            PhoneTaskStore.Update(db, before.Task with { DueAt = by.EpochMs, TryAt = 0, Late = false });
        else
            ledger.CallBack(db, TellingOf(db, row, customer), by, now);
        cases.Promise(db, row, $"The customer asks to be called by {by}", "call-me", link, now);
        return LinkOutcome.CallPromised;
    }

    public LinkOutcome TakeBack(Db db, CustomerLinkRow link, LinkSubject about, ServerTime now)
    {
        if (about.Case is not { } row || Find(db, row.Id, link.Customer) is not { } known)
            return LinkOutcome.AlreadySaid;
        const string Why = "the customer needs no call any more";
        NoticeStore.Mark(db, known.Notice.Id, nameof(NoticePhase.Suppressed), reason: Why);
        PhoneTaskClock.Close(db, known.Notice, Why, now);
        LinkCases.Line(db, $"case:{row.Id}", "The customer needs no call any more", "no-call", link, now);
        return LinkOutcome.CallTakenBack;
    }

    private Telling TellingOf(Db db, CaseRow row, CustomerRow customer)
    {
        var revision = 1 + NoticeStore.Count(db, new NoticeFilter { Subject = $"case:{row.Id}", Customer = customer.Id, Status = NoticePlanner.CallBack });
        var words = rules.Current.Set.Faults.FirstOrDefault(f => f.Id == row.Rule)?.Words ?? ImmutableSortedDictionary<string, RuleWords>.Empty;
        var facts = new NoticeFacts { Device = row.Device, Title = row.Title, Case = row.Id, ByLanguage = words };
        return new Telling(customer, $"case:{row.Id}", row.OpenedAt.ToString(CultureInfo.InvariantCulture), NoticePlanner.CallBack, revision, NoticePlanner.CallBack, facts) { Owed = true };
    }
}
