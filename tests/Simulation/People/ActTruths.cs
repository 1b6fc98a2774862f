using System.Globalization;
using B2D.Core;
using B2D.Core.Contacts;
using B2D.Core.Links;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Links;
using B2D.Storage.Notices;

namespace B2D.Simulation.People;

/// <summary>A visit that a customer booked.</summary>
/// <param name="Case">The case for which they did; it may have been merged since.</param>
internal sealed record BookedVisit(VisitRow Row, SlotRow Slot, long Case)
{
    /// <summary>The case that it was booked for, or in which that was merged by a time.</summary>
    public long CaseAt(PeopleTown town, long at)
    {
        var id = Case;
        while (town.Watch.At(id, at)?.Row.MergedInto is > 0 and var into)
            id = into;
        return id;
    }
}

/// <summary>Every act is in the audit exactly once, and nothing else is; nobody's act is done to what somebody changed since they looked; links do what they were made for; a
/// place in a slot is one visit's; contacts join what they should; the ledger has each telling once.</summary>
internal static class ActTruths
{
    public static IEnumerable<string> Broken(PeopleTown town) => Audit(town).Concat(Versions(town)).Concat(Links(town)).Concat(Slots(town)).Concat(Contacts(town)).Concat(Ledger(town));

    private static IEnumerable<string> Audit(PeopleTown town)
    {
        var rows = town.State.Read(db => db.Query<AuditRow>("SELECT * FROM audit ORDER BY seq"));
        if (town.State.Read(AuditStore.Verify) is { } changed)
            yield return $"line {changed} of the audit is not what was written";
        var who = town.Book.Deeds.Select(d => d.Who).ToHashSet(StringComparer.Ordinal);
        var written = rows.Where(a => who.Contains(a.Who)).GroupBy(a => (a.At, a.Who, Area: Area(a.Action), Subject: a.Action.StartsWith("link.", StringComparison.Ordinal) ? "" : a.Subject)).ToDictionary(g => g.Key, g => g.Count());
        var done = town.Book.Deeds.Where(d => d.Lines > 0).GroupBy(d => (d.At, d.Who, d.Area, d.Subject)).ToDictionary(g => g.Key, g => g.Sum(d => d.Lines));
        foreach (var key in written.Keys.Union(done.Keys))
        {
            if (written.GetValueOrDefault(key) != done.GetValueOrDefault(key))
                yield return $"{key.Who} did {done.GetValueOrDefault(key)} things to {key.Subject} ({key.Area}) at {Story.At(town, key.At)}, and the audit has {written.GetValueOrDefault(key)}";
        }
        foreach (var deed in town.Book.Deeds.Where(d => d is { Area: "case", IsDone: true }))
        {
            var lines = town.State.Read(db => TimelineStore.Every(db, deed.Subject)).Count(l => l.At == deed.At && l.Who == deed.Who);
            if (lines == 0)
                yield return $"{deed.Who} did {deed.Act} to {deed.Subject}, and its timeline has nothing of it";
        }
    }

    private static string Area(string action) => action[..action.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>A version that was seen takes one act, and none that comes after another.</summary>
    private static IEnumerable<string> Versions(PeopleTown town)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var deed in town.Book.Deeds.Where(d => d is { Seen: > 0, IsDone: true }))
        {
            var subject = $"{deed.Area} {deed.Subject}";
            if (last.TryGetValue(subject, out var version) && deed.Seen < version)
                yield return $"{deed.Who} did {deed.Act} to {deed.Subject} as of version {deed.Seen} at {Story.At(town, deed.At)}, and somebody had changed it to {version}";
            last[subject] = ((ActOutcome.Done)deed.Outcome).Version;
        }
    }

    private static IEnumerable<string> Links(PeopleTown town)
    {
        foreach (var guess in town.Book.Deeds.Where(d => d.Area == "guess"))
        {
            if (guess.Outcome is not (LinkOutcome.Gone, ""))
                yield return $"a made-up link or code did something: {guess.Outcome}";
        }
        var outages = town.State.Read(db => db.Query<(long Outage, string Device)>("SELECT outage_id, device FROM outage_devices")).ToLookup(o => o.Outage, o => o.Device);
        var audit = town.State.Read(db => db.Query<AuditRow>("SELECT * FROM audit WHERE action LIKE 'link.%'")).ToLookup(a => a.At);
        foreach (var deed in town.Book.Deeds.Where(d => d.Area == "link"))
        {
            var (link, did) = (((LinkUse)deed.Act).Link, (LinkOutcome)deed.Outcome != LinkOutcome.Gone);
            var about = AboutOf(town, link);
            var devices = about.StartsWith("outage:", StringComparison.Ordinal) ? outages[Number(about)].ToArray() : [town.Watch.Cases[Number(about)][0].Row.Device];
            var sold = town.Book.Sales.Where(s => s.From == link.Customer && s.At <= deed.At && devices.Contains(s.Device)).ToArray();
            var owns = devices.Any(d => town.Book.OwnerAt(d, deed.At) == link.Customer);
            var tried = town.Tries.Where(t => t.At <= deed.At && t.Token == link.Token).Max(t => t.At);
            var isOver = deed.At >= tried + (long)PeopleTown.LinkLasts.TotalMilliseconds;
            if (did && (isOver || !owns || (about.StartsWith("case:", StringComparison.Ordinal) && sold.Any(s => s.At >= link.FirstAt))))
                yield return $"{link.Customer} did {((LinkUse)deed.Act).Act} at {Story.At(town, deed.At)} with a link about {about} that had ended ({(isOver ? "its time" : "sold")})";
            // What was merged is about the other's device too.
            // Of one minute nobody knows which was first: what was sent within it may have come too late for this use.
            var before = town.Tries.Where(t => t.At < deed.At && t.Token == link.Token).Select(t => t.At).DefaultIfEmpty(tried).Max();
            var wasOver = deed.At >= before + (long)PeopleTown.LinkLasts.TotalMilliseconds;
            if (!did && !wasOver && !town.Book.Sales.Any(s => s.From == link.Customer) && !town.Book.IsErased(link.Customer, deed.At))
                yield return $"a link of {link.Customer} about {about} opened nothing at {Story.At(town, deed.At)}, and nothing had ended it";
            foreach (var line in deed.Lines > 0 ? audit[deed.At].Where(a => !a.Detail.Contains($"\"{link.Customer}\"", StringComparison.Ordinal)) : [])
                yield return $"a link of {link.Customer} did something for somebody else: {line.Detail}";
        }
    }

    private static long Number(string subject) => long.Parse(subject.AsSpan(subject.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);

    /// <summary>The case or the outage that a link is about: a fault's notice names its case.</summary>
    private static string AboutOf(PeopleTown town, GotLink link)
    {
        if (link.About.StartsWith("outage:", StringComparison.Ordinal) || link.About.StartsWith("case:", StringComparison.Ordinal))
            return link.About;
        var id = town.Tries.First(t => t.Token == link.Token).Id;
        var facts = town.State.Read(db => NoticeStore.Find(db, id))!.Facts;
        return $"case:{System.Text.Json.JsonSerializer.Deserialize<ProactiveWorker.Notices.NoticeFacts>(facts)!.Case}";
    }

    private static IEnumerable<string> Slots(PeopleTown town)
    {
        var (slots, visits) = town.State.Read(db => (db.Query<SlotRow>("SELECT * FROM slots"), db.Query<VisitRow>("SELECT * FROM visits ORDER BY id")));
        var booked = town.Book.Deeds.Count(d => d is { Area: "link", Outcome: LinkOutcome.Booked });
        if (booked != visits.Count)
            yield return $"customers booked {booked} visits, and there are {visits.Count}";
        foreach (var slot in slots)
        {
            var capacity = ((Slot)town.Book.Deeds.First(d => d.Subject == $"slot:{slot.Id}").Act).Capacity;
            var here = visits.Where(v => v.SlotId == slot.Id).Select(v => (From: v.MadeAt, Until: v.EndedAt == 0 || v.EndedWhy == "made" ? long.MaxValue : v.EndedAt)).ToArray();
            foreach (var (from, _) in here)
            {
                if (here.Count(h => h.From <= from && h.Until > from) > capacity)
                    yield return $"slot {slot.Id} has {capacity} places, and at {Story.At(town, from)} more had one";
            }
            if (here.Count(h => h.Until == long.MaxValue) != slot.Taken)
                yield return $"of slot {slot.Id} {slot.Taken} places are taken, and {here.Count(h => h.Until == long.MaxValue)} visits are there";
        }
        foreach (var two in visits.Where(v => v.EndedAt == 0).GroupBy(v => v.CaseId).Where(g => g.Count() > 1))
            yield return $"case {two.Key} has {two.Count()} visits";
        foreach (var visit in town.State.Read(db => Visits(town, db)).Where(v => v.Row.EndedAt == 0 || v.Row.EndedWhy == "made"))
        {
            // Who was erased is no longer named by it.
            if (visit.Row.Customer.Length == 0)
                continue;
            // Until it began nobody else had the device, and the case did not end.
            var until = Math.Min(visit.Slot.StartAt, visit.Row.EndedAt > 0 ? visit.Row.EndedAt : town.Now);
            for (var at = visit.Row.MadeAt + 60_000; at < until; at += 60_000)
            {
                var id = visit.CaseAt(town, at);
                if (town.Watch.At(id, at) is not { } seen || (seen.IsOpen && town.Book.OwnerAt(seen.Row.Device, at) == visit.Row.Customer))
                    continue;
                yield return $"visit {visit.Row.Id} is booked for case {id}, which is {seen.Row.State} at {Story.At(town, at)} and {town.Book.OwnerAt(seen.Row.Device, at)}'s";
                break;
            }
        }
    }

    /// <summary>The visits that customers booked.</summary>
    internal static IReadOnlyList<BookedVisit> Visits(PeopleTown town, Db db)
    {
        var slots = db.Query<SlotRow>("SELECT * FROM slots").ToDictionary(s => s.Id);
        var booked = town.Book.Deeds.Where(d => d is { Area: "link", Outcome: LinkOutcome.Booked }).ToArray();
        return
        [
            .. db.Query<VisitRow>("SELECT * FROM visits ORDER BY id").Select(v =>
                new BookedVisit(v, slots[v.SlotId], booked.FirstOrDefault(d => d.At == v.MadeAt && ((LinkUse)d.Act).Link.Customer == v.Customer)?.Act is LinkUse use ? use.Case : v.CaseId)),
        ];
    }

    private static IEnumerable<string> Contacts(PeopleTown town)
    {
        foreach (var deed in town.Book.Deeds.Where(d => d.Area == "contact"))
        {
            var (about, (ofCase, ofOutage)) = ((Contact, (long, long)))deed.Act;
            if (deed.Outcome is ContactOutcome.Kept kept && (kept.Joins.CaseId != ofCase || kept.Joins.OutageId > 0 != ofOutage > 0))
                yield return $"what {about.Customer} said of {about.Device} joined case {kept.Joins.CaseId} and outage {kept.Joins.OutageId}, and should have joined {ofCase} and {(ofOutage > 0 ? "an" : "no")} outage";
        }
    }

    private static IEnumerable<string> Ledger(PeopleTown town)
    {
        var ledger = town.State.Read(db => NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows }));
        var ids = ledger.Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var stray in town.Tries.Where(t => !ids.Contains(t.Id)))
            yield return $"{stray.Recipient} was sent {stray.Status} about {stray.About}, and the ledger does not know it";
        foreach (var twice in ledger.GroupBy(n => (n.Customer, n.Subject, n.Episode, n.Status, n.Revision, n.Channel)).Where(g => g.Count() > 1))
            yield return $"{twice.Key} is {twice.Count()} times in the ledger";
        foreach (var twice in ledger.Where(n => n.State == "Sent" && n.Channel != "phone" && n.Class != "safety").GroupBy(n => (n.Customer, n.Subject, n.Episode, n.Status, n.Revision)).Where(g => g.Count() > 1))
            yield return $"{twice.Key} was told by {string.Join(" and ", twice.Select(n => n.Channel))}";
        foreach (var row in ledger.Where(n => n.State is not ("Sent" or "Suppressed" or "Failed" or "Calling") && n.Status != "no-news"))
            yield return $"{row.Status} to {row.Customer} about {row.Subject} is {row.State} at the end";
        foreach (var key in town.Watch.Cases.Values.Select(r => r[^1]).Where(c => c.IsOpen).GroupBy(c => (c.Row.Device, c.Row.Family)).Where(g => g.Count() > 1))
            yield return $"{key.Count()} cases of {key.Key} are open";
    }
}
