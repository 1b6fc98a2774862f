using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Maintenance;

namespace B2D.ProactiveWorker.Maintenance;

/// <summary>
/// Tells those who were told of planned work that it takes longer, and that it is over. They are gone through in rounds: who is to hear something is found beside those
/// who write, and a few are told in each transaction. A round that was killed begins again, and finds those who have heard.
/// </summary>
internal sealed class PlannedEnding(Database state, PlannedWords words, PlannedCadence cadence)
{
    private static readonly string[] Waiting = [nameof(NoticePhase.Due), nameof(NoticePhase.Held), nameof(NoticePhase.Retrying), nameof(NoticePhase.Calling)];
    private readonly Dictionary<long, Round> rounds = [];

    /// <summary>How far one went through those who hold something of a work.</summary>
    /// <param name="After">The last customer.</param>
    /// <param name="Waiting">Those who are looked at again.</param>
    /// <param name="Told">Those who heard something.</param>
    private sealed record Round(PlannedStep Step, long Revision, string After = "", int Waiting = 0, int Told = 0);

    /// <summary>What the end, or the end that passes, is to one customer.</summary>
    private enum Ending : byte
    {
        /// <summary>Nothing now.</summary>
        Waits = 1,

        /// <summary>They never heard of it, and do not hear any more.</summary>
        Untold,

        /// <summary>All of theirs answers.</summary>
        Clear,

        /// <summary>An outage is told of instead.</summary>
        WithOutage,

        /// <summary>Theirs did not answer for so long that it is not waited for.</summary>
        GivenUp,

        /// <summary>They hear that theirs does not answer.</summary>
        Late,
    }

    /// <summary>One turn, of at most a page of customers; where there are more, the work stays due.</summary>
    /// <param name="lookAt">When the next round begins; zero for none.</param>
    public void Look(MaintenanceRow row, PlannedStep step, ServerTime lookAt, ServerTime now)
    {
        var known = rounds.GetValueOrDefault(row.Id);
        var round = known?.Step == step && known.Revision == row.Revision ? known : new Round(step, row.Revision);
        var (due, next, isLast) = state.Read(db => Next(db, row, round, lookAt == ServerTime.Zero, now));
        if (due.Count > 0 || isLast)
            next = state.Write(db => Tell(db, row.Id, due, next, isLast, lookAt, now));
        if (isLast)
            rounds.Remove(row.Id);
        else
            rounds[row.Id] = next;
    }

    /// <summary>The next who are to hear something, and how far that goes.</summary>
    private (IReadOnlyList<PlannedRow> Due, Round Next, bool IsLast) Next(Db db, MaintenanceRow row, Round round, bool givesUp, ServerTime now)
    {
        var page = PlannedStore.Of(db, row.Id, round.After);
        var due = new List<PlannedRow>();
        foreach (var told in page)
        {
            if (due.Count == PlannedLoop.AtOnce)
                return (due, round, false);
            if (EndingOf(db, row, told, round.Step, givesUp, now) == Ending.Waits)
                round = round with { Waiting = round.Waiting + 1 };
            else
                due.Add(told);
            round = round with { After = told.Customer };
        }
        return (due, round, page.Count < Page.MaxRows);
    }

    private Round Tell(Db db, long id, IReadOnlyList<PlannedRow> due, Round round, bool isLast, ServerTime lookAt, ServerTime now)
    {
        // Somebody has just changed it: the next look begins again.
        if (MaintenanceStore.Find(db, id) is not { } row || row.Revision != round.Revision)
            return round;
        var told = 0;
        foreach (var customer in due.Select(d => d.Customer))
        {
            if (PlannedStore.Find(db, id, customer) is not { State: "Told" } one)
                continue;
            var ending = EndingOf(db, row, one, round.Step, lookAt == ServerTime.Zero, now);
            if (ending is Ending.Waits or Ending.Late)
                round = round with { Waiting = round.Waiting + 1 };
            told += Tell(db, one, ending, round.Step, now) ? 1 : 0;
        }
        round = round with { Told = round.Told + told };
        if (round.Step == PlannedStep.End)
        {
            if (told > 0)
                PlannedLoop.Line(db, row, now, "all-clear", $"{told} customers are told that it is over", $"all-clear/{now.EpochMs}/{round.After}");
            foreach (var lead in due.Select(d => d.Lead).Append(id).Distinct())
                PlannedWords.NothingToTell(db, lead, now);
            if (isLast)
                MaintenanceStore.Update(db, row with { LookAt = round.Waiting > 0 ? lookAt.EpochMs : 0 });
        }
        else if (isLast)
        {
            if (round.Told > 0)
                PlannedLoop.Line(db, row, now, "overrun", $"It takes longer: {round.Told} customers who are still without are told that there is no new end yet", $"overrun/{row.Revision}");
            MaintenanceStore.Update(db, row with { OverrunAt = now.EpochMs, LookAt = lookAt.EpochMs });
        }
        return round;
    }

    private bool Tell(Db db, PlannedRow told, Ending ending, PlannedStep step, ServerTime now)
    {
        var group = PlannedStore.OfLead(db, told.Customer, told.Lead);
        var windows = PlannedLoop.WindowsOf(db, group);
        var customer = CustomerStore.Find(db, told.Customer);
        switch (ending)
        {
            case Ending.Untold:
                PlannedWords.Supersede(db, told.Customer, told.Lead, "over before it was told", now);
                break;
            case Ending.WithOutage:
                PlannedWords.Supersede(db, told.Customer, told.Lead, "the outage is told instead", now);
                break;
            case Ending.Clear:
                words.AllClear(db, customer!, told.Lead, windows, now);
                break;
            case Ending.Late:
                var said = words.SayLate(db, customer!, told.Lead, windows, step == PlannedStep.Overrun ? NextNews(windows, now) : ServerTime.Zero, isOver: step == PlannedStep.End, now);
                Put(g => g with { LateAt = now.EpochMs });
                return said && step == PlannedStep.Overrun;
            case Ending.Waits:
                return false;
        }
        Put(g => g with { State = ending == Ending.WithOutage ? "WithOutage" : "Over" });
        return ending == Ending.Clear;

        void Put(Func<PlannedRow, PlannedRow> change)
        {
            foreach (var one in group)
                PlannedStore.Put(db, change(one));
        }
    }

    private ServerTime NextNews(IReadOnlyList<MaintenanceRow> windows, ServerTime now)
    {
        var (from, until) = (windows.Min(w => PlannedLoop.FactsOf(w).From), windows.Max(w => PlannedLoop.FactsOf(w).Until));
        return ServerTime.Max(cadence.News.Next(from, now), until + cadence.Quiet + UpdateCadence.Gathers);
    }

    private Ending EndingOf(Db db, MaintenanceRow row, PlannedRow told, PlannedStep step, bool givesUp, ServerTime now)
    {
        var windows = PlannedLoop.WindowsOf(db, PlannedStore.OfLead(db, told.Customer, told.Lead));
        return step == PlannedStep.Overrun ? OverrunOf(db, row, told, windows) : EndOf(db, row, told, windows, givesUp, now);
    }

    /// <summary>Before the end that they hold those who are still without hear that it takes longer, and when the next word comes.</summary>
    private Ending OverrunOf(Db db, MaintenanceRow row, PlannedRow told, IReadOnlyList<MaintenanceRow> windows)
    {
        // They hold a later end than this one's, or have heard before the round began again.
        if (windows.Any(w => w.UntilAt > row.UntilAt) || told.LateAt >= cadence.OverrunAt(PlannedLoop.FactsOf(row).Until).EpochMs)
            return Ending.Waits;
        return IsBroken(db, windows, told.Customer) && PlannedWords.WasTold(db, told.Customer, told.Lead) && CustomerStore.Find(db, told.Customer) is not null ? Ending.Late : Ending.Waits;
    }

    /// <summary>They hear that it is over once all of theirs answers; where an outage is told of instead, its end is theirs.</summary>
    private Ending EndOf(Db db, MaintenanceRow row, PlannedRow told, IReadOnlyList<MaintenanceRow> windows, bool givesUp, ServerTime now)
    {
        // Work of the same night goes on: its end is the end.
        if (windows.Any(w => w.Id != row.Id && PlannedLoop.FactsOf(w).Until + cadence.Quiet > now))
            return Ending.Waits;
        if (PlannedWords.IsLeaving(db, told.Customer, told.Lead) && !givesUp)
            return Ending.Waits;
        if (!PlannedWords.WasTold(db, told.Customer, told.Lead) || CustomerStore.Find(db, told.Customer) is null)
            return Ending.Untold;
        if (!IsBroken(db, windows, told.Customer))
            return Ending.Clear;
        var until = windows.Max(w => w.UntilAt);
        var outages = PlannedStore.OutagesOf(db, told.Customer, BeganAt(windows), until);
        if (outages.Any(s => s is nameof(NoticePhase.Sent) or nameof(NoticePhase.Sending)))
            return Ending.WithOutage;
        // What waits to be told may come to nothing: the outage may be over before, and then nobody would hear the end.
        return givesUp ? Ending.GivenUp : told.LateAt < until && !outages.Any(Waiting.Contains) ? Ending.Late : Ending.Waits;
    }

    private static bool IsBroken(Db db, IReadOnlyList<MaintenanceRow> windows, string customer) => windows.Any(w => PlannedStore.IsBroken(db, w, customer, BeganAt(windows)));

    private static long BeganAt(IReadOnlyList<MaintenanceRow> windows) => windows.Min(w => w.ToPlan().Begins.EpochMs);
}
