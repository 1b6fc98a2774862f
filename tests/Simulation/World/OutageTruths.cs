using B2D.FirmwareSim.Truth;
using B2D.Storage;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Simulation.World;

/// <summary>
/// Exactly the owners of a cut cabinet's routers are told, and exactly those who were told hear the end: the all-clear, or while theirs is silent that it is over for others
/// only, and the all-clear when theirs answers. Nobody need be told whose router was well again
/// when they were to be told, or was worked on; and of an outage that was over before it was to be told, nobody. When a router was silent,
/// the faults say, which <see cref="Truths"/> holds against a naive reading of the log.
/// </summary>
internal sealed class OutageTruths
{
    private const string Silence = "router-silent";

    private readonly VirtualTown town;
    private readonly Reference reference;
    private readonly HeldByWork held;
    private readonly InjectedOutage cut;
    private readonly FaultRow[] silences;
    private readonly long holdBackMs;
    private readonly long withinMs;

    /// <summary>So many devices down are an outage, and fewer are none.</summary>
    private readonly int devices;

    private OutageTruths(VirtualTown town, Reference reference, IReadOnlyList<FaultRow> faults, HeldByWork held, InjectedOutage cut)
    {
        (this.town, this.reference, this.held, this.cut) = (town, reference, held, cut);
        silences = [.. faults.Where(f => f.Rule == Silence && cut.Devices.Contains(f.Device) && f.RaisedAt >= cut.FromMs && f.RaisedAt <= cut.ToMs + (long)VirtualTown.ReportGrace.TotalMilliseconds)];
        var rule = town.Installation.Worker.Rules.Current.Set.Outages.Single();
        (holdBackMs, withinMs, devices) = ((long)rule.HoldBack.TotalMilliseconds, (long)rule.Within.TotalMilliseconds, rule.Devices);
    }

    /// <summary>In ms: the worker has its turn every so many steps.</summary>
    private long Turn => town.Setting.WorkerEvery * (long)town.Setting.Step.TotalMilliseconds;

    /// <summary>What does not hold, a line each.</summary>
    public static IEnumerable<string> Broken(VirtualTown town, Reference reference, IReadOnlyList<FaultRow> faults, HeldByWork held)
    {
        var (outages, ledger) = town.Installation.Stores.State.Read(db => (OutageStore.List(db, [], Page.MaxRows), NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows })));
        foreach (var cut in town.Fleet.Truth.Outages)
        {
            var truth = new OutageTruths(town, reference, faults, held, cut);
            foreach (var row in outages.Where(o => o.Segment == cut.Segment && o.BeganAt >= cut.FromMs))
            {
                var opened = ledger.Where(n => n.Subject == $"outage:{row.Id}" && n.Status == "opened").ToArray();
                foreach (var line in truth.Ledger(row, opened).Concat(truth.Phones(row, opened, [.. ledger.Where(n => n.Subject == $"outage:{row.Id}" && n is { Status: "left" } && n.Facts.Contains("\"Back\":true", StringComparison.Ordinal)).Select(n => n.Customer)])))
                    yield return $"outage {row.Id}: {line}";
            }
        }
    }

    private IEnumerable<string> Ledger(OutageRow row, NoticeRow[] opened)
    {
        var told = opened.Select(n => n.Customer).ToArray();
        var missing = IsPast(row) ? [] : cut.Customers.Except(told).Except(WellBefore(row)).Except(Unseen()).Except(WorkedOn(row)).ToArray();
        var tooMany = told.Except(cut.Customers).ToArray();
        if (missing.Length + tooMany.Length > 0)
            yield return $"{told.Length} of {cut.Customers.Count} customers are in the ledger; missing {string.Join(' ', missing)}; too many {string.Join(' ', tooMany)}";
        // What ended within the worker's last turn it may not have known.
        if (row.ToldAt > 0 && silences.Count(f => f.RaisedAt <= row.ToldAt && (f.ClearedAt == 0 || f.ClearedAt > row.ToldAt - Turn)) is var down && down < devices)
            yield return $"told when {down} were down";
    }

    /// <param name="said">Customers who said that theirs does not work, which no device can speak against.</param>
    private IEnumerable<string> Phones(OutageRow row, NoticeRow[] opened, HashSet<string> said)
    {
        if (row.State != "Resolved")
            yield break;
        var (told, cleared, left) = (Received("opened"), Received("all-clear"), Received("left"));
        // Killed while a word was on its way, the program cannot know whether it arrived.
        var perhaps = town.Setting.Killed ? opened.Where(n => n.Reason.StartsWith("it may have arrived", StringComparison.Ordinal)).Select(n => n.Customer) : [];
        var (without, untold) = (told.Except(cleared).Except(left.Where(c => said.Contains(c) || IsLeft(row, c))).ToArray(), cleared.Union(left).Except(told).Except(perhaps).ToArray());
        if (without.Length + untold.Length > 0)
            yield return $"told {told.Length}, all-clear {cleared.Length}, left {left.Length}; without {string.Join(' ', without)}; untold {string.Join(' ', untold)}";
        foreach (var word in town.Phones.Received.Where(p => p.About == $"outage:{row.Id}" && (p.Status == "all-clear" || (p.Status == "left" && !said.Contains(p.Customer)))))
        {
            // The faults of a device that was sold meanwhile are the next owner's.
            if (word.Status == "all-clear" ? IsSilent(word.Customer, row.ResolvedAt, word.AtMs) : !IsSilent(word.Customer, row.ResolvedAt, row.ResolvedAt) && !IsSilent(word.Customer, word.AtMs, word.AtMs))
                yield return $"{word.Customer} heard at {word.AtMs} {(word.Status == "all-clear" ? "that theirs works, which it did not" : "that theirs does not answer, which it did")}";
        }

        string[] Received(string status) => [.. town.Phones.Received.Where(p => p.About == $"outage:{row.Id}" && p.Status == status).Select(p => p.Customer).Distinct()];
    }

    /// <summary>Whether a customer's router was silent from one time to another, by more than a turn of the worker at either end.</summary>
    private bool IsSilent(string customer, long from, long until) => silences.Any(f => f.Customer == customer && f.RaisedAt < from - Turn && (f.ClearedAt == 0 || f.ClearedAt > until + Turn));

    /// <summary>Whether a customer of whom an outage was not over need not have heard yet that it is: theirs has not answered for as long as it takes.</summary>
    private bool IsLeft(OutageRow row, string customer)
    {
        var rule = town.Installation.Worker.Rules.Current.Set.Outages.Single();
        var enough = town.Clock.Now.ToUnixTimeMilliseconds() - (long)(rule.ResolvedAfter + VirtualTown.ReportGrace).TotalMilliseconds;
        return silences.Any(f => f.Customer == customer && f.RaisedAt <= row.ResolvedAt && (f.ClearedAt == 0 || f.ClearedAt > enough));
    }

    /// <summary>Four in five of the routers were well again when it was to be told, or fewer down than are an outage: then it has passed while it was held back.</summary>
    private bool IsPast(OutageRow row)
    {
        // What fell silent longer ago than the rule allows for is none of it: work held the others back until now.
        var members = silences.Where(f => f.RaisedAt >= row.OpenedAt - withinMs && f.RaisedAt <= row.OpenedAt + holdBackMs && (f.ClearedAt == 0 || f.ClearedAt > row.OpenedAt)).ToArray();
        var well = members.Count(f => f.ClearedAt > 0 && f.ClearedAt <= LookedBy(row.OpenedAt + holdBackMs));
        return row.ToldAt == 0 && members.Length > 0 && (well * 5 >= members.Length * 4 || members.Length - well < devices);
    }

    /// <summary>Customers all of whose routers were well again when they were to be told. Who joins what has been told is held back as the outage was.</summary>
    private IEnumerable<string> WellBefore(OutageRow row) => silences.GroupBy(f => f.Customer)
        .Where(c => c.All(f => f.ClearedAt > 0 && f.ClearedAt <= (f.RaisedAt <= row.ToldAt ? row.ToldAt : LookedBy(f.RaisedAt + holdBackMs)))).Select(c => c.Key);

    /// <summary>Customers whose routers were never silent for long enough while the program, which was killed again and again, listened.</summary>
    private IEnumerable<string> Unseen() => town.Setting.Killed ? OwnersOf(d => !silences.Any(f => f.Device == d)) : [];

    private IEnumerable<string> WorkedOn(OutageRow row) => OwnersOf(d => held.Holds(d, cut) || held.TearsApart(d, cut, row.BeganAt));

    /// <summary>Customers of whose routers in the cut cabinet something is true of each.</summary>
    private IEnumerable<string> OwnersOf(Func<string, bool> all) => cut.Devices.GroupBy(d => town.Town.Find(d).CustomerId ?? "").Where(c => c.All(all)).Select(c => c.Key);

    /// <summary>By when the worker has looked at what is so at an instant: it has its turn every so many steps, and none while the program is away.</summary>
    private long LookedBy(long at)
    {
        foreach (var (from, until) in reference.Downs)
        {
            if (from <= at + Turn && at < until)
                at = until;
        }
        return at + Turn;
    }
}
