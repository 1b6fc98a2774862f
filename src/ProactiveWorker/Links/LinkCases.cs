using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Outages;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Links;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Links;

/// <summary>What a customer's word does to their case: still broken, it works again.</summary>
internal sealed class LinkCases(CaseTiming timing, RuleBook rules)
{
    /// <summary>Who acts, in timelines and in the audit.</summary>
    public const string Customer = "customer";

    private const int MaxWords = 1000;

    public LinkOutcome Broken(Db db, CustomerLinkRow link, LinkSubject about, string words, ServerTime now)
    {
        var said = Said(words);
        if (about.IsDown)
            return Note(db, link, about, CustomerSaid.Broken, $"{link.Customer} says that it does not work{said}", now);
        var reason = CustomerWord.Broken(Facts(db, link, about.Case, now));
        switch (reason)
        {
            case WordReason.AlreadySaid:
                return LinkOutcome.AlreadySaid;
            case WordReason.Kept:
                Update(db, about.Case!, Kept(about.Case!, now), $"The customer says that it is still broken{said}", "still-broken", link, now);
                break;
            case WordReason.Reopened:
                var step = CaseStep.Step(CaseFactsOf.Row(about.Case!), new CaseEvent.Reopen(), now);
                var again = CaseFactsOf.Apply(about.Case!, step.Facts) with { Reopened = about.Case!.Reopened + 1, ResolvedBy = "", ClearSinceAt = 0, AskFirst = true, AskedAt = 0, LastSeenAt = now.EpochMs };
                Update(db, about.Case!, again, $"The customer says that it is still broken: reopened{said}", "still-broken", link, now);
                break;
            default:
                if (Open(db, link, about, now) is not { } opened)
                    return LinkOutcome.NotPossible;
                Line(db, $"case:{opened}", $"Opened because the customer says that it is still broken{said}", "still-broken", link, now);
                break;
        }
        CustomerLinkStore.SetSaid(db, link.Id, nameof(CustomerSaid.Broken), now.EpochMs);
        return reason switch { WordReason.Kept => LinkOutcome.Kept, WordReason.Reopened => LinkOutcome.Reopened, _ => LinkOutcome.Opened };
    }

    public LinkOutcome Works(Db db, CustomerLinkRow link, LinkSubject about, ServerTime now)
    {
        if (about.IsDown || about.Case is null)
            return Note(db, link, about, CustomerSaid.Works, $"{link.Customer} says that it works again", now);
        var row = about.Case;
        var facts = Facts(db, link, row, now);
        var reason = CustomerWord.Works(facts);
        if (reason == WordReason.AlreadySaid)
            return LinkOutcome.AlreadySaid;
        if (reason == WordReason.Resolved)
        {
            var step = CaseStep.Step(CaseFactsOf.Row(row), new CaseEvent.Resolve(), now);
            Update(db, row, CaseFactsOf.Apply(row, step.Facts) with { ResolvedBy = Customer, AskFirst = false, AskedAt = 0 }, "The customer says that it works again: resolved", "works-again", link, now);
        }
        else
        {
            // Nobody need ask them any more, unless something else is promised.
            Update(db, row, row with { AskFirst = row.AskFirst && facts.Promised }, "The customer says that it works again", "works-again", link, now);
        }
        CustomerLinkStore.SetSaid(db, link.Id, nameof(CustomerSaid.Works), now.EpochMs);
        return reason == WordReason.Resolved ? LinkOutcome.Resolved : LinkOutcome.Noted;
    }

    /// <summary>Something is promised to the customer on the case: it does not resolve by itself.</summary>
    public void Promise(Db db, CaseRow row, string text, string kind, CustomerLinkRow link, ServerTime now) => Update(db, row, row with { AskFirst = true }, text, kind, link, now);

    /// <summary>A line of the timeline and of the audit; what a customer wrote stands in the first only, where it can be erased.</summary>
    public static void Line(Db db, string subject, string text, string kind, CustomerLinkRow link, ServerTime now)
    {
        TimelineStore.Add(db, new TimelineRow { Subject = subject, At = now.EpochMs, Kind = Customer, Text = text, Who = Customer, Detail = JsonSerializer.Serialize(new { customer = link.Customer }) });
        AuditStore.Append(db, now.EpochMs, Customer, $"link.{kind}", subject, JsonSerializer.Serialize(new { customer = link.Customer, link = link.Id }));
    }

    private static LinkOutcome Note(Db db, CustomerLinkRow link, LinkSubject about, CustomerSaid said, string text, ServerTime now)
    {
        // What they say of a connection that answers again is another thing than what they said while it did not.
        var back = about.Outage is { } of ? OutageStore.DevicesOf(db, of.Id, link.Customer).Max(d => (long?)d.UpAt) ?? 0 : 0;
        if (link.Said == said.ToString() && link.SaidAt > back)
            return LinkOutcome.AlreadySaid;
        Line(db, about.Outage is { } outage ? $"outage:{outage.Id}" : link.Subject, text, said == CustomerSaid.Broken ? "still-broken" : "works-again", link, now);
        CustomerLinkStore.SetSaid(db, link.Id, said.ToString(), now.EpochMs);
        return LinkOutcome.Noted;
    }

    private static WordFacts Facts(Db db, CustomerLinkRow link, CaseRow? row, ServerTime now)
    {
        if (row is null)
            return new WordFacts(null, CustomerSaid.Nothing);
        // That the fault came again, or that somebody is to ask them, makes it a new question.
        var said = link.SaidAt >= Math.Max(row.AskedAt, row.LastSeenAt) && Enum.TryParse<CustomerSaid>(link.Said, out var known) ? known : CustomerSaid.Nothing;
        return new WordFacts(Enum.Parse<CasePhase>(row.State), said)
        {
            IsClear = row.ClearSinceAt > 0 || row.AskedAt > 0,
            EndsByPerson = CaseFactsOf.Row(row).EndsByPerson,
            Promised = row.WordAt > 0 || row.ComplaintDueAt > 0 || LinkVisits.Ahead(db, row.Id, now) is not null || CaseVisits.IsBooked(db, row, now) || LinkCalls.Find(db, row.Id, link.Customer) is not null,
        };
    }

    /// <summary>It stays open: where its faults are gone they have to stay so anew, and then the customer is asked. What waited for the customer goes on.</summary>
    private static CaseRow Kept(CaseRow row, ServerTime now)
    {
        var goesOn = row is { State: "Waiting" } && row.WaitingKind == WaitKinds.Name(WaitKind.Customer)
            ? CaseFactsOf.Apply(row, CaseStep.Step(CaseFactsOf.Row(row), new CaseEvent.Resume(), now).Facts) : row;
        return goesOn with { AskFirst = true, AskedAt = 0, ClearSinceAt = row.ClearSinceAt > 0 ? now.EpochMs : 0 };
    }

    private void Update(Db db, CaseRow before, CaseRow after, string text, string kind, CustomerLinkRow link, ServerTime now)
    {
        CaseStore.Update(db, timing.Moved(db, before, after, Customer, now));
        Line(db, $"case:{before.Id}", text, kind, link, now);
    }

    /// <summary>A new case after one that is closed, or after an outage that is over for all but this customer.</summary>
    private long? Open(Db db, CustomerLinkRow link, LinkSubject about, ServerTime now)
    {
        var opened = about.Case is { } closed ? After(closed, now) : AfterOutage(db, about.Outage!, link.Customer, now);
        if (opened is null)
            return null;
        var policy = rules.Current.Set.Faults.FirstOrDefault(f => f.Id == opened.Rule)?.Case;
        var care = CustomerStore.Find(db, link.Customer) is { Care.Length: > 0 };
        var row = opened with { Customer = link.Customer, Care = care, OpenedAt = now.EpochMs, OnsetAt = now.EpochMs, LastSeenAt = now.EpochMs, AskFirst = true };
        return CaseStore.TryOpen(db, policy is null ? row : timing.Opened(db, row, policy, now));
    }

    private static CaseRow After(CaseRow closed, ServerTime now) => new()
    {
        Device = closed.Device,
        Family = closed.Family,
        Priority = closed.Priority,
        Queue = closed.Queue,
        Title = closed.Title,
        Rule = closed.Rule,
        RuleVersion = closed.RuleVersion,
        Episode = closed.Episode,
        Severity = closed.Severity,
        Class = closed.Class,
        Segment = closed.Segment,
        LinkedCase = closed.Id,
        ReopenWithinMs = closed.ReopenWithinMs,
        ResolveAfterMs = closed.ResolveAfterMs,
        Summary = $"The customer says that it is still broken, after case #{closed.Id} was closed {(now - new ServerTime(closed.ClosedAt)).Days} days ago.",
        NextStep = LeftCases.AskWhat,
    };

    private static CaseRow? AfterOutage(Db db, OutageRow outage, string customer, ServerTime now)
    {
        var touched = OutageStore.DevicesOf(db, outage.Id, customer);
        if (touched.Count == 0)
            return null;
        var others = touched.Count > 1 ? $" So it may be with {string.Join(", ", touched.Skip(1).Select(t => t.Device))}." : "";
        var summary = $"The customer says that it is still broken, {Faults.Evidence.Duration(now - new ServerTime(outage.ResolvedAt))} after outage #{outage.Id} was over.{others}";
        return LeftCases.Draft(db, outage, touched, summary, LeftCases.AskWhat, now);
    }

    private static string Said(string words)
    {
        var clean = new string([.. words.Where(c => !char.IsControl(c) || c == '\n')]).Trim();
        return clean.Length == 0 ? "" : ": " + (clean.Length <= MaxWords ? clean : clean[..(char.IsHighSurrogate(clean[MaxWords - 1]) ? MaxWords - 1 : MaxWords)]);
    }
}
