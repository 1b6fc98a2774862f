using System.Text.Json;
using B2D.Core.Cases;
using B2D.Core.Links;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Simulation.People;

/// <summary>
/// A word that was promised comes by its time, or it is said by then that there is none yet; and no case ends by itself while its customer waits for a word, a visit, a call or
/// the answer to a complaint, or has said that it is still broken. People's acts are gone through once more, one after the other.
/// </summary>
internal sealed class PromiseTruths
{
    private readonly PeopleTown town;
    private readonly Dictionary<long, long> words = [];
    private readonly Dictionary<long, string> waits = [];
    private readonly HashSet<long> complaints = [];
    private readonly List<string> broken = [];

    private PromiseTruths(PeopleTown town) => this.town = town;

    private long Slack => (long)town.Setting.RestStep.TotalMilliseconds;

    public static IEnumerable<string> Broken(PeopleTown town)
    {
        var truths = new PromiseTruths(town);
        truths.Cases();
        truths.Outages();
        return truths.broken;
    }

    private static long Id(string subject) => long.Parse(subject.AsSpan(subject.IndexOf(':', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture);

    private void Cases()
    {
        var (ledger, tasks, visits) = town.State.Read(db => (NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows }), db.Query<PhoneTaskRow>("SELECT * FROM phone_tasks"),
            ActTruths.Visits(town, db)));
        // At one time people act before the program does.
        var events = town.Book.Deeds.Select(d => (d.At, Order: 0, Do: (Action)(() => Take(d))))
            .Concat(town.Book.Sales.Select(s => (s.At, 0, (Action)(() => Sold(s)))))
            .Concat(ledger.Where(n => n.Status == "no-news" && n.Subject.StartsWith("case:", StringComparison.Ordinal)).Select(n => (n.CreatedAt, 1, (Action)(() => NoNews(n)))))
            .Concat(town.Watch.Cases.SelectMany(c => c.Value).Select(c => (c.At, 2, (Action)(() => Seen(c, tasks, visits)))))
            .Append((town.Now, 3, () => { })).ToArray();
        foreach (var (at, _, act) in events.OrderBy(e => e.Item1).ThenBy(e => e.Item2))
        {
            foreach (var (id, by) in words.Where(w => w.Value + Slack < at).ToArray())
            {
                broken.Add($"on case {id} a word was promised by {Story.At(town, by)}, and nothing was said");
                words.Remove(id);
            }
            act();
        }
        foreach (var rows in town.Watch.Cases.Values)
        {
            if (rows[^1].Row is { ComplaintDueAt: > 0, ComplaintLate: false } late && late.ComplaintDueAt + Slack < town.Now)
                broken.Add($"the complaint on case {late.Id} was to be answered by {Story.At(town, late.ComplaintDueAt)}, and nobody says that it is late");
        }
    }

    private void Take(Deed deed)
    {
        if (deed is { Area: "link", Act: LinkUse { Case: > 0 } use, Outcome: LinkOutcome outcome })
        {
            if (outcome is LinkOutcome.Kept or LinkOutcome.Reopened or LinkOutcome.Opened)
                waits[use.Case] = "the customer said that it is still broken";
            else if (use.Act is LinkAct.WorksAgain)
                waits.Remove(use.Case);
        }
        if (deed is not { Area: "case", IsDone: true })
            return;
        var id = Id(deed.Subject);
        switch (deed.Act)
        {
            case CaseAct.Write e:
                Promise(id, e.NextAt.EpochMs);
                break;
            case CaseAct.PromiseWord e:
                Promise(id, e.At.EpochMs);
                break;
            case CaseAct.TakeBackWord or CaseAct.AcknowledgeComplaint:
                words.Remove(id);
                break;
            case CaseAct.AnswerComplaint:
                words.Remove(id);
                complaints.Remove(id);
                break;
            case CaseAct.Complain:
                complaints.Add(id);
                break;
            case CaseAct.HandOff { Promised.Length: > 0 }:
                waits[id] = "something was promised when it was handed off";
                break;
            case CaseAct.Resolve or CaseAct.Close:
                waits.Remove(id);
                break;
            case CaseAct.Merge e:
                if (words.Remove(id, out var by) && (!words.TryGetValue(e.Into, out var other) || by < other))
                    words[e.Into] = by;
                if (waits.Remove(id, out var why))
                    waits[e.Into] = why;
                break;
        }
    }

    private void Promise(long id, long by)
    {
        if (by > 0)
            words[id] = by;
        else
            words.Remove(id);
    }

    private void NoNews(NoticeRow row)
    {
        var id = Id(row.Subject);
        if (!words.ContainsKey(id))
            broken.Add($"on case {id} it was said at {Story.At(town, row.CreatedAt)} that there is no news, and no word was promised");
        Promise(id, JsonSerializer.Deserialize<NoticeFacts>(row.Facts)!.NextUpdate);
    }

    private void Sold(Sale sale)
    {
        foreach (var id in town.Watch.Cases.Where(c => c.Value[0].Row.Device == sale.Device).Select(c => c.Key))
        {
            words.Remove(id);
            waits.Remove(id);
            complaints.Remove(id);
        }
    }

    private void Seen(SeenCase seen, IReadOnlyList<PhoneTaskRow> tasks, IReadOnlyList<BookedVisit> visits)
    {
        var id = seen.Row.Id;
        var at = seen.At;
        if (seen.IsOpen)
            return;
        if (words.TryGetValue(id, out var by) && seen.Row.MergedInto == 0)
            broken.Add($"case {id} ended at {Story.At(town, at)}, and a word was promised by {Story.At(town, by)}");
        if (seen.Row is not { State: "Resolved", ResolvedBy: "B2D" } || town.Watch.Cases[id].Find(c => c.At < at) is null || town.Watch.Cases[id].FindLast(c => c.At < at) is { IsOpen: false })
            return;
        var customer = seen.Row.Customer;
        if (waits.TryGetValue(id, out var why))
            broken.Add($"case {id} resolved by itself at {Story.At(town, at)}, and {why}");
        if (complaints.Contains(id))
            broken.Add($"case {id} resolved by itself at {Story.At(town, at)} with an open complaint");
        if (tasks.Any(t => t.Customer == customer && t.Subject == $"case:{id}" && t.CreatedAt < at && (t.DoneAt == 0 || t.DoneAt > at) && t.Reason.Contains("asked to be called", StringComparison.Ordinal)))
            broken.Add($"case {id} resolved by itself at {Story.At(town, at)}, and the customer waits for a call");
        if (visits.Any(v => v.Row.Customer == customer && v.Row.MadeAt < at && (v.Row.EndedAt == 0 || v.Row.EndedAt > at) && v.Slot.StartAt > at && v.CaseAt(town, at) == id))
            broken.Add($"case {id} resolved by itself at {Story.At(town, at)}, and the customer waits for a visit");
    }

    /// <summary>Of what is written in one minute the news come after the first word, and the later news after the earlier.</summary>
    private static bool IsAfter(NoticeRow next, NoticeRow row) =>
        next.CreatedAt == row.CreatedAt && next.Status == "update" && (row.Status == "opened" || next.Revision > row.Revision);

    /// <summary>What customers heard of an outage says when they hear more: by then there is more, or it is over.</summary>
    private void Outages()
    {
        var (ledger, outages) = town.State.Read(db => (NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows }), OutageStore.List(db, [], Page.MaxRows).ToDictionary(o => o.Id)));
        long Whole(string subject)
        {
            var id = Id(subject);
            while (outages[id].MergedInto > 0)
                id = outages[id].MergedInto;
            return id;
        }
        var ofOutages = ledger.Where(n => n.Subject.StartsWith("outage:", StringComparison.Ordinal)).GroupBy(n => (n.Customer, Whole(n.Subject))).ToDictionary(g => g.Key, g => g.ToArray());
        foreach (var (at, row) in EndTruths.Heard(town, ledger).Where(h => h.Row.Subject.StartsWith("outage:", StringComparison.Ordinal) && h.Row.Status is "opened" or "update"))
        {
            var by = JsonSerializer.Deserialize<NoticeFacts>(row.Facts)!.NextUpdate;
            var whole = outages[Whole(row.Subject)];
            var customer = HearingTruths.CustomerOf(row.Customer);
            // Carers hear the first word and the end.
            if (by == 0 || at > by || customer != row.Customer || (whole.ResolvedAt > 0 && whole.ResolvedAt <= by + Slack) || town.Book.Erased.ContainsKey(customer))
                continue;
            if (!ofOutages[(row.Customer, whole.Id)].Any(n => n.Id != row.Id && (n.CreatedAt > row.CreatedAt || IsAfter(n, row)) && n.CreatedAt <= by + Slack))
                broken.Add($"{row.Customer} heard at {Story.At(town, at)} of {row.Subject} that more comes by {Story.At(town, by)}, and nothing came");
        }
    }
}
