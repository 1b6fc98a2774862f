using B2D.Storage;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Simulation.People;

/// <summary>
/// Whoever heard of something hears its end, exactly once, and nobody else does: of outages, also of those that became part of a larger one; of faults, also of those whose
/// cases were merged or closed; of planned work. What became of devices meanwhile counts: what was sold is the next owner's.
/// </summary>
internal static class EndTruths
{
    public static IEnumerable<string> Broken(PeopleTown town)
    {
        var (ledger, outages, faults) = town.State.Read(db => (NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows }), OutageStore.List(db, [], Page.MaxRows), FaultStore.List(db, new FaultFilter { Limit = Page.MaxRows })));
        var heard = Heard(town, ledger);
        return Outages(town, heard, outages).Concat(Faults(town, heard, faults, ledger)).Concat(Works(town, heard)).Concat(Approved(town, ledger, outages));
    }

    /// <summary>What somebody heard: by their phone, or from a person who reached them. Each telling once, when it came first.</summary>
    internal static List<(long At, NoticeRow Row)> Heard(PeopleTown town, IReadOnlyList<NoticeRow> ledger)
    {
        var rows = ledger.ToDictionary(n => n.Id, StringComparer.Ordinal);
        var arrived = town.Tries.Where(t => t.Arrived && rows.ContainsKey(t.Id)).DistinctBy(t => t.Id).Select(t => (t.At, Row: rows[t.Id]));
        var reached = ledger.Where(n => n is { Channel: "phone", State: "Sent" }).Select(n => (At: n.SentAt, Row: n));
        return [.. arrived.Concat(reached).OrderBy(h => h.At)];
    }

    private static IEnumerable<string> Outages(PeopleTown town, List<(long At, NoticeRow Row)> heard, IReadOnlyList<OutageRow> outages)
    {
        foreach (var open in outages.Where(o => o.State != "Resolved"))
            yield return $"outage {open.Id} is {open.State}, and everything is connected";
        var byId = outages.ToDictionary(o => o.Id);
        foreach (var (customer, rows) in heard.Where(h => h.Row.Subject.StartsWith("outage:", StringComparison.Ordinal)).GroupBy(h => h.Row.Customer).Select(g => (g.Key, g.ToArray())))
        {
            foreach (var one in rows.GroupBy(r => r.Row.Subject))
            {
                // By phone beside the text is one telling.
                var (opened, ended) = (one.Count(r => r.Row is { Status: "opened", Channel: not "phone" }), one.Count(r => r.Row.Status == "all-clear"));
                var told = one.Any(r => r.Row.Status == "opened");
                if (opened > 1)
                    yield return $"{customer} heard of {one.Key} {opened} times";
                if (ended > 1)
                    yield return $"{customer} heard the end of {one.Key} {ended} times";
                if (ended > 0 && !told)
                    yield return $"{customer} heard the end of {one.Key}, and nothing before";
                // The end of the outage that they heard of next is the end of both.
                var isInTheNext = rows.Any(r => r.Row.Status == "opened" && r.Row.Subject != one.Key) && Ends(town, customer, one.Key).Any(n => n.Reason.StartsWith("theirs was down again", StringComparison.Ordinal));
                var left = one.Count(r => r.Row is { Status: "left", Channel: not "phone" });
                if (left > 1)
                    yield return $"{customer} heard {left} times that theirs is left of {one.Key}";
                if (left > 0 && !told)
                    yield return $"{customer} heard that theirs is left of {one.Key}, and nothing before";
                // No device can say that what answers, and does not work as they said, works: they hear so in the case that it has become.
                var isTheirWord = one.Any(r => r.Row.Status == "left") && SaidBroken(town, byId, customer, one.Key);
                if (told && ended == 0 && !isInTheNext && !isTheirWord && IsOwed(town, customer) && !GaveUp(town, customer, one.Key, "all-clear"))
                    yield return $"{customer} heard of {one.Key} and not of its end";
            }
            foreach (var whole in rows.Where(r => r.Row is { Status: "opened", Channel: not "phone" }).GroupBy(r => Whole(byId, Number(r.Row.Subject))).Where(g => g.Count() > 1))
            {
                // Who has something in each was told of each while nobody knew that they are one.
                if (HasSomethingInEach(town, byId, customer, [.. whole]))
                    continue;
                yield return $"{customer} heard of outage {whole.Key} {whole.Count()} times: {string.Join(", ", whole.Select(r => r.Row.Subject))}";
            }
        }
    }

    private static long Whole(Dictionary<long, OutageRow> outages, long id)
    {
        while (outages.TryGetValue(id, out var row) && row.MergedInto > 0)
            id = row.MergedInto;
        return id;
    }

    /// <summary>Whether each telling of parts of one outage was about a device of a customer that the others were not about.</summary>
    private static bool HasSomethingInEach(PeopleTown town, Dictionary<long, OutageRow> outages, string recipient, (long At, NoticeRow Row)[] tellings)
    {
        var about = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, row) in tellings.OrderBy(t => outages[Number(t.Row.Subject)].MergedInto == 0))
        {
            var devices = town.State.Read(db => db.Query<string>("SELECT device FROM outage_devices WHERE outage_id = @id", new { id = Number(row.Subject) }));
            var theirs = devices.Where(d => !about.Contains(d) && town.Book.OwnerAt(d, at) == HearingTruths.CustomerOf(recipient)).ToArray();
            if (theirs.Length == 0)
                return false;
            about.UnionWith(theirs);
        }
        return true;
    }

    /// <summary>Whether a customer said on the page of an outage, or of what became one with it, that it is still broken.</summary>
    private static bool SaidBroken(PeopleTown town, Dictionary<long, OutageRow> outages, string recipient, string subject) => town.Book.Deeds.Any(d =>
        d is { Area: "link", Act: LinkUse { Act: Core.Links.LinkAct.StillBroken } use, Outcome: Core.Links.LinkOutcome.Noted or Core.Links.LinkOutcome.Kept or Core.Links.LinkOutcome.Opened or Core.Links.LinkOutcome.Reopened } && use.Link.Customer == HearingTruths.CustomerOf(recipient)
        && use.Link.About.StartsWith("outage:", StringComparison.Ordinal) && Whole(outages, Number(use.Link.About)) == Whole(outages, Number(subject)));

    private static long Number(string subject) => long.Parse(subject.AsSpan(subject.IndexOf(':', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Erased customers and the dead are owed nothing; whoever cared for somebody and does so no more neither.</summary>
    private static bool IsOwed(PeopleTown town, string recipient)
    {
        var customer = HearingTruths.CustomerOf(recipient);
        return !town.Book.Erased.ContainsKey(customer) && !town.Book.Facts.Exists(f => f.Subject == $"customer:{customer}" && f.Kind == "deceased")
            && (recipient == customer || !town.Book.Cared.Exists(c => c.Customer == customer && c.Until > 0));
    }

    private static IReadOnlyList<NoticeRow> Ends(PeopleTown town, string recipient, string subject) =>
        town.State.Read(db => NoticeStore.List(db, new NoticeFilter { Customer = recipient, Subject = subject, Status = "all-clear", Limit = 50 }));

    /// <summary>It could not be delivered in any way, or a person is to call.</summary>
    private static bool GaveUp(PeopleTown town, string recipient, string subject, string status)
    {
        var rows = town.State.Read(db => NoticeStore.List(db, new NoticeFilter { Customer = recipient, Subject = subject, Status = status, Limit = 50 }));
        return rows.Count > 0 && rows.All(n => n.State is "Failed" or "Calling" || (n.State == "Suppressed" && n.Channel is "phone"));
    }

    private static IEnumerable<string> Faults(PeopleTown town, List<(long At, NoticeRow Row)> heard, IReadOnlyList<FaultRow> faults, IReadOnlyList<NoticeRow> ledger)
    {
        foreach (var one in heard.Where(h => h.Row.Subject.StartsWith("fault:", StringComparison.Ordinal)).GroupBy(h => (h.Row.Customer, h.Row.Subject)))
        {
            var (recipient, subject) = one.Key;
            var (customer, device) = (HearingTruths.CustomerOf(recipient), HearingTruths.DeviceOf(subject));
            var told = one.Where(h => h.Row.Status == "device-fault").GroupBy(h => h.Row.Episode).ToArray();
            foreach (var episode in one.Where(h => h.Row.Status == "all-clear").GroupBy(h => h.Row.Episode))
            {
                if (episode.Count() > 1)
                    yield return $"{recipient} heard {episode.Count()} times that {subject} is over";
                if (told.All(t => t.Key != episode.Key))
                    yield return $"{recipient} heard that {subject} is over, and nothing before";
            }
            if (faults.Any(f => f.ClearedAt == 0 && $"fault:{f.Device}/{f.Rule}" == subject) || town.Owners[device] != customer || !IsOwed(town, recipient)
                || town.Book.Facts.Exists(f => f.Subject == $"device:{device}" && f.Kind == "returned"))
                continue;
            foreach (var episode in told)
            {
                var (first, last) = (episode.Min(h => h.At), one.Max(h => h.At));
                // Sold and bought back: what was told before the sale is over with it.
                if (town.Book.Sales.Any(s => s.Device == device && s.From == customer && s.At >= first))
                    continue;
                // Whoever is called about danger that has passed by then hears that it has.
                var passed = faults.Any(f => f.Episode == episode.Key && f.ClearedAt > 0 && f.ClearedAt <= first) && episode.All(h => h.Row is { Channel: "phone", Class: "safety" });
                // It was back before they heard the end: that of the later one is the end of both.
                var wasBack = ledger.Any(n => n is { Status: "all-clear", State: "Suppressed" } && n.Customer == recipient && n.Subject == subject && n.Episode == episode.Key
                    && n.Reason.StartsWith("it was back before it", StringComparison.Ordinal)) && one.Any(h => h.Row.Status == "all-clear" && h.At > first);
                if (one.All(h => h.Row.Status != "all-clear" || h.Row.Episode != episode.Key) && !passed && !wasBack && !GaveUpFault(ledger, recipient, subject, episode.Key))
                    yield return $"{recipient} heard of {subject} at {Story.At(town, first)} and not that it is over";
            }
        }
    }

    private static bool GaveUpFault(IReadOnlyList<NoticeRow> ledger, string recipient, string subject, string episode)
    {
        var rows = ledger.Where(n => n.Customer == recipient && n.Subject == subject && n.Episode == episode && n.Status == "all-clear").ToArray();
        return rows.Length > 0 && rows.All(n => n.State is "Failed" or "Calling" || n is { State: "Suppressed", Channel: "phone" });
    }

    private static IEnumerable<string> Works(PeopleTown town, List<(long At, NoticeRow Row)> heard)
    {
        foreach (var one in heard.Where(h => h.Row.Subject.StartsWith("maintenance:", StringComparison.Ordinal)).GroupBy(h => (h.Row.Customer, h.Row.Subject)))
        {
            var (customer, subject) = one.Key;
            var planned = one.Count(h => h.Row is { Status: "planned", Channel: not "phone" });
            var ends = one.Count(h => h.Row.Status is "all-clear" or "called-off");
            if (planned > 1)
                yield return $"{customer} heard of {subject} {planned} times";
            if (ends > 1)
                yield return $"{customer} heard the end of {subject} {ends} times";
            // Where an outage is what is left of it, the outage's end is theirs.
            var isOther = heard.Any(h => h.Row.Customer == customer && h.Row.Subject.StartsWith("outage:", StringComparison.Ordinal) && h.Row.Status == "opened" && h.At > one.Min(o => o.At));
            if (ends == 0 && !isOther && IsOwed(town, customer) && !town.Book.Sales.Any(s => s.From == customer) && !GaveUp(town, customer, subject, "all-clear") && !GaveUp(town, customer, subject, "called-off"))
                yield return $"{customer} heard of {subject} and not of its end";
        }
    }

    /// <summary>What somebody stopped, or what waits for a person, nobody hears.</summary>
    private static IEnumerable<string> Approved(PeopleTown town, IReadOnlyList<NoticeRow> ledger, IReadOnlyList<OutageRow> outages)
    {
        var rows = ledger.ToDictionary(n => n.Id, StringComparer.Ordinal);
        var approvals = town.State.Read(db => db.Query<ApprovalRow>("SELECT * FROM approvals")).ToDictionary(a => (a.Subject, a.Status));
        foreach (var tried in town.Tries.Where(t => rows.ContainsKey(t.Id)))
        {
            if (!approvals.TryGetValue((tried.About, tried.Status), out var approval) || rows[tried.Id].CreatedAt < approval.OfferedAt)
                continue;
            var stopped = town.Book.Deeds.FirstOrDefault(d => d is { Area: "approval", IsDone: true, Act: Core.Notices.ApprovalAct.Stop } && d.Subject == tried.About);
            var decided = town.Book.Deeds.FirstOrDefault(d => d is { Area: "approval", IsDone: true } && d.Subject == tried.About)?.At ?? approval.GoesAt;
            if (stopped is not null && tried.At >= stopped.At)
                yield return $"{tried.Recipient} was told of {tried.About}, which was stopped";
            if (tried.At < Math.Min(decided, approval.GoesAt))
                yield return $"{tried.Recipient} was told of {tried.About} while it was offered to a person";
        }
        foreach (var held in outages.Where(o => o.Guard))
        {
            if (town.Tries.Any(t => t.About == $"outage:{held.Id}"))
                yield return $"outage {held.Id} waits for a person, and somebody was told of it";
        }
    }
}
