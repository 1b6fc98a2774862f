using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Core.Outages;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Maintenance;

namespace B2D.ProactiveWorker.Maintenance;

/// <summary>
/// Tells customers of planned work that they feel: ahead, of its changes, that it takes longer, and of its end. What each of them holds stands in a row of its own,
/// written in the transaction of the ledger, so that nothing is told twice and nothing is skipped.
/// </summary>
public sealed class PlannedLoop(Database state, PlannedWords words, PlannedCadence cadence)
{
    /// <summary>Customers of one transaction: a fraction of a second, in which nothing else is written.</summary>
    internal const int AtOnce = 250;

    private readonly DueWatch watch = new(state);
    private readonly PlannedEnding ending = new(state, words, cadence);

    /// <summary>One turn; true where there may be more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        if (!watch.IsDue(now, PlannedStore.NextLookAt))
            return false;
        foreach (var due in state.Read(db => PlannedStore.Due(db, now.EpochMs)))
        {
            var (step, lookAt) = PlannedTelling.Decide(FactsOf(due), cadence, now);
            if (step is PlannedStep.Overrun or PlannedStep.End)
                ending.Look(due, step, lookAt, now);
            // Mostly nobody came to it or left it, which is found out beside those who write.
            else if (step == PlannedStep.Tell && due.ToldAt > 0 && state.Read(db => PlannedStore.Untold(db, due, 1).Count == 0 && PlannedStore.Gone(db, due).Count == 0))
                state.Write(db => MaintenanceStore.Update(db, due with { LookAt = lookAt.EpochMs }));
            else
                state.Write(db => Look(db, due.Id, now));
        }
        return true;
    }

    private void Look(Db db, long id, ServerTime now)
    {
        if (MaintenanceStore.Find(db, id) is not { } row)
            return;
        var (step, lookAt) = PlannedTelling.Decide(FactsOf(row), cadence, now);
        var next = step switch
        {
            PlannedStep.Tell => Tell(db, row, now, ref lookAt),
            PlannedStep.Remind => Remind(db, row, now, ref lookAt),
            PlannedStep.Change => Change(db, row, now, ref lookAt),
            PlannedStep.Begin => Begin(db, row, now, ref lookAt),
            _ => row,
        };
        MaintenanceStore.Update(db, next with { LookAt = lookAt.EpochMs });
    }

    internal static PlannedFacts FactsOf(MaintenanceRow row)
    {
        var spans = WorkSpans.Of(row.ToPlan());
        return new PlannedFacts(
            spans.Count > 0 ? spans[0].From : new ServerTime(row.FromAt), spans.Count > 0 ? spans[^1].Until : new ServerTime(row.UntilAt), row.IsCalledOff, new ServerTime(row.ChangeAt),
            new ServerTime(row.ToldAt), new ServerTime(row.RemindedAt), new ServerTime(row.OverrunAt));
    }

    /// <summary>Whoever it touches and has not heard is told, with what else touches them in the same night; whoever it touches no more hears no more of it.</summary>
    private MaintenanceRow Tell(Db db, MaintenanceRow row, ServerTime now, ref ServerTime lookAt)
    {
        foreach (var gone in All(after => PlannedStore.Gone(db, row, after), p => p.Customer))
        {
            PlannedStore.Put(db, gone with { State = "Left" });
            if (PlannedStore.OfLead(db, gone.Customer, gone.Lead).Count == 0)
                PlannedWords.Supersede(db, gone.Customer, gone.Lead, "no device of theirs was worked on before it was told", now);
        }
        var untold = PlannedStore.Untold(db, row, AtOnce);
        if (untold.Count == 0)
            return row.ToldAt > 0 ? row : row with { ToldAt = now.EpochMs };
        var isFirst = row.ToldAt == 0;
        var left = untold.Count < AtOnce ? untold.Count : (int)PlannedStore.CountUntold(db, row);
        // It is told when the last of them is: whoever is left is told too where it begins meanwhile.
        if (left > untold.Count)
            lookAt = now;
        var told = row with { Place = row.Place.Length > 0 ? row.Place : PlaceOf(db, row), ToldAt = isFirst && left == untold.Count ? now.EpochMs : row.ToldAt };
        var near = NearOf(db, told, untold);
        var groups = untold.Select(c => GroupOf(db, c, told, near)).GroupBy(g => g.Lead).ToArray();
        var count = 0;
        foreach (var group in groups)
        {
            var (hold, stopped) = words.Approval(db, group.Key, group.Count(g => !g.IsTold), () => CountOf(db, group.Key, row, left), now);
            foreach (var (customer, lead, windows, _) in group)
                count += Tell(db, customer, lead, windows, hold, stopped, now) ? 1 : 0;
        }
        // What is told along with this one was told, where nobody of its own is left.
        foreach (var along in groups.SelectMany(g => g).SelectMany(g => g.Windows).DistinctBy(w => w.Id).Where(w => w.Id != row.Id && w.ToldAt == 0))
        {
            if (MaintenanceStore.Find(db, along.Id) is { ToldAt: 0 } other && PlannedStore.Untold(db, other, 1).Count == 0)
                MaintenanceStore.Update(db, other with { ToldAt = now.EpochMs, Place = told.Place });
        }
        if (count > 0)
            Line(db, row, now, "told", isFirst ? $"{count} customers are told of it" : $"{count} customers who came to it are told", $"told/{row.Revision}/{now.EpochMs}/{untold[0]}");
        return told;
    }

    /// <summary>To how many the first word goes out under the number of the work that leads, however many of them are told at once; no more than it touches.</summary>
    private static int CountOf(Db db, long lead, MaintenanceRow row, int left) =>
        lead == row.Id || MaintenanceStore.Find(db, lead) is not { } leads ? left : Math.Min(left, (int)PlannedStore.CountUntold(db, leads));

    /// <summary>Windows of one night that touch one customer are one telling.</summary>
    private bool Tell(Db db, string customer, long lead, IReadOnlyList<MaintenanceRow> windows, string hold, string stopped, ServerTime now)
    {
        foreach (var window in windows)
            PlannedStore.Put(db, new PlannedRow { Maintenance = window.Id, Customer = customer, Lead = lead, Held = window.Times, ToldAt = now.EpochMs });
        // What they heard and is so again, as of a device that came back to its owner, is not told again.
        return CustomerStore.Find(db, customer) is { } row && words.Say(db, row, lead, windows, hold, stopped, now);
    }

    private MaintenanceRow Remind(Db db, MaintenanceRow row, ServerTime now, ref ServerTime lookAt)
    {
        var from = FactsOf(row).From;
        var waiting = PlannedStore.NotReminded(db, row.Id, AtOnce);
        foreach (var told in waiting)
        {
            var group = PlannedStore.OfLead(db, told.Customer, told.Lead);
            // Who heard of it just now is not reminded, now or later.
            var isDue = group.All(g => g.RemindedAt == 0 && cadence.IsReminded(from, new ServerTime(g.ToldAt))) && PlannedWords.WasTold(db, told.Customer, told.Lead);
            if (isDue && PlannedStore.Touches(db, row, told.Customer) && CustomerStore.Find(db, told.Customer) is { } customer)
                words.Remind(db, customer, told.Lead, WindowsOf(db, group), now);
            foreach (var one in group)
                PlannedStore.Put(db, one with { RemindedAt = now.EpochMs });
        }
        if (waiting.Count < AtOnce)
            return row with { RemindedAt = now.EpochMs };
        lookAt = now;
        return row;
    }

    /// <summary>What waits, as for a person's word, was to leave by what worked ahead of it: by that it would not arrive now.</summary>
    private MaintenanceRow Begin(Db db, MaintenanceRow row, ServerTime now, ref ServerTime lookAt)
    {
        if (row.TakesDown == 0)
            return row;
        var waiting = PlannedWords.StillWaiting(db, row.Id, FactsOf(row).From, AtOnce);
        foreach (var customer in waiting)
            words.SayAgain(db, customer, row.Id, WindowsOf(db, PlannedStore.OfLead(db, customer, row.Id)), now);
        if (waiting.Count == AtOnce)
            lookAt = now;
        return row;
    }

    /// <summary>Those who hold other times than it has now hear of it, once.</summary>
    private MaintenanceRow Change(Db db, MaintenanceRow row, ServerTime now, ref ServerTime lookAt)
    {
        var count = 0;
        var others = PlannedStore.HoldingOther(db, row.Id, row.IsCalledOff ? "" : row.Times, AtOnce);
        foreach (var told in others)
        {
            var group = PlannedStore.OfLead(db, told.Customer, told.Lead);
            var windows = WindowsOf(db, group);
            var hears = CustomerStore.Find(db, told.Customer) is { } customer && words.Change(db, customer, told.Lead, windows, row.Why, now);
            count += hears ? 1 : 0;
            foreach (var one in group)
            {
                var window = windows.FirstOrDefault(w => w.Id == one.Maintenance);
                PlannedStore.Put(db, one with
                {
                    Held = window?.Times ?? one.Held,
                    State = window is null ? "Over" : "Told",
                    ToldAt = hears ? now.EpochMs : one.ToldAt,
                    RemindedAt = hears ? 0 : one.RemindedAt,
                });
            }
        }
        if (row.IsCalledOff)
            PlannedWords.NothingToTell(db, row.Id, now);
        if (count > 0)
            Line(db, row, now, "changed", $"{count} customers are told of it", $"changed/{row.Revision}/{others[0].Customer}");
        if (others.Count == AtOnce)
        {
            lookAt = now;
            return row;
        }
        return row with { ChangeAt = 0, RemindedAt = 0, OverrunAt = 0 };
    }

    /// <summary>The windows that a customer holds, without those that were called off.</summary>
    internal static IReadOnlyList<MaintenanceRow> WindowsOf(Db db, IReadOnlyList<PlannedRow> group) =>
        [.. group.Select(g => MaintenanceStore.Find(db, g.Maintenance)).OfType<MaintenanceRow>().Where(w => !w.IsCalledOff)];

    /// <summary>Others that customers feel, and that come in one night with this one, or with one that does; with those of these customers whom they touch.</summary>
    private static IReadOnlyList<(MaintenanceRow Row, HashSet<string> Owners)> NearOf(Db db, MaintenanceRow row, IReadOnlyList<string> customers)
    {
        var rest = PlannedStore.LiveFelt(db).Where(m => m.Id != row.Id).ToList();
        var near = new List<MaintenanceRow> { row };
        for (var i = 0; i < near.Count; i++)
        {
            var spans = WorkSpans.Of(near[i].ToPlan());
            foreach (var other in rest.Where(m => WorkSpans.AreOneNight(spans, WorkSpans.Of(m.ToPlan()))).ToArray())
            {
                rest.Remove(other);
                near.Add(other);
            }
        }
        return [.. near.Skip(1).Select(m => (m, PlannedStore.OwnersAmong(db, m, customers)))];
    }

    private static (string Customer, long Lead, IReadOnlyList<MaintenanceRow> Windows, bool IsTold) GroupOf(
        Db db, string customer, MaintenanceRow row, IReadOnlyList<(MaintenanceRow Row, HashSet<string> Owners)> near)
    {
        // One after the other: what lies between two of one night may not touch this customer.
        var group = new List<MaintenanceRow> { row };
        var rest = near.Where(n => n.Owners.Contains(customer)).Select(n => n.Row).ToList();
        for (var i = 0; i < group.Count; i++)
        {
            var spans = WorkSpans.Of(group[i].ToPlan());
            foreach (var other in rest.Where(m => WorkSpans.AreOneNight(spans, WorkSpans.Of(m.ToPlan()))).ToArray())
            {
                rest.Remove(other);
                group.Add(other);
            }
        }
        var windows = group.OrderBy(w => w.FromAt).ThenBy(w => w.Id).ToArray();
        var told = windows.Select(w => PlannedStore.Find(db, w.Id, customer)).FirstOrDefault(p => p is { State: "Told" });
        // All that they hold under that number, also of another night.
        var held = told is null ? [] : WindowsOf(db, PlannedStore.OfLead(db, customer, told.Lead)).Where(w => windows.All(o => o.Id != w.Id));
        return (customer, told?.Lead ?? windows[0].Id, [.. windows.Concat(held).OrderBy(w => w.FromAt).ThenBy(w => w.Id)], told is not null);
    }

    /// <summary>Where its customers live; of very many, the first thousand.</summary>
    private static string PlaceOf(Db db, MaintenanceRow row) =>
        OutagePlace.Words(PlannedStore.Owners(db, row).Chunk(500).SelectMany(ids => CustomerStore.FindAll(db, ids)).Select(c => c.Place));

    private static List<T> All<T>(Func<string, IReadOnlyList<T>> page, Func<T, string> key)
    {
        var all = new List<T>();
        while (true)
        {
            var rows = page(all.Count > 0 ? key(all[^1]) : "");
            all.AddRange(rows);
            if (rows.Count < Page.MaxRows)
                return all;
        }
    }

    internal static void Line(Db db, MaintenanceRow row, ServerTime now, string kind, string text, string effect) =>
        TimelineStore.Add(db, new TimelineRow { Subject = $"maintenance:{row.Id}", At = now.EpochMs, Kind = kind, Text = text, Who = "B2D", EffectId = $"maintenance/{row.Id}/{effect}" });
}
