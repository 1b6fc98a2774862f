using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Outages;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Faults;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Faults;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Outages;

/// <summary>What the correlator's decisions write: rows, lines of the timeline, intents to tell.</summary>
public sealed partial class OutageLoop
{
    /// <summary>While it touches fewer customers, each who joins may change where it is said to be.</summary>
    private const int FewCustomers = 200;

    /// <summary>What follows, in its order. Of devices that come and go by the thousand each is put down, and their outage counted and told of once.</summary>
    private void Record(Db db, List<(CorrelatorEffect Effect, ServerTime At)> effects, RuleSet rules)
    {
        var moved = new Dictionary<string, Moved>(StringComparer.Ordinal);
        foreach (var (effect, at) in effects)
        {
            switch (effect)
            {
                case CorrelatorEffect.Joined e when MovedOf(e.Outage) is { } outage:
                    Attach(db, outage.Row, e.Fault, at);
                    moved[e.Outage.Episode] = outage with { JoinedAt = at };
                    break;
                case CorrelatorEffect.Recovered e when MovedOf(e.Outage) is { } outage:
                    OutageStore.SetUp(db, outage.Row.Id, e.Device, at.EpochMs);
                    moved[e.Outage.Episode] = outage;
                    break;
                case CorrelatorEffect.TakenOut e when MovedOf(e.Outage) is { } outage:
                    TakeOut(db, outage.Row, e.Device);
                    moved[e.Outage.Episode] = outage;
                    break;
                case CorrelatorEffect.Joined or CorrelatorEffect.Recovered or CorrelatorEffect.TakenOut:
                    break;
                default:
                    Settle();
                    Record(db, effect, rules, at);
                    break;
            }
        }
        Settle();

        Moved? MovedOf(OpenOutage outage) => moved.TryGetValue(outage.Episode, out var known) ? known with { Outage = outage }
            : OpenRow(db, outage.Episode) is { } row ? new Moved(row, outage, ServerTime.Zero) : null;

        void Settle()
        {
            foreach (var (row, outage, joinedAt) in moved.Values)
            {
                if (joinedAt > ServerTime.Zero)
                    Change(db, outage.Episode, o => o with { Segment = outage.Segment, Revision = Revised(o, outage), State = Kept(o.State, outage.Phase) });
                Recount(db, row.Id);
                // Of many the first ones say where it is; a larger segment is looked at anew.
                if (joinedAt > ServerTime.Zero && row.Customers < FewCustomers && OutageStore.Find(db, row.Id) is { } counted && counted.Customers > row.Customers)
                    OutageStore.SetPlace(db, row.Id, PlaceOf(db, OutageStore.Customers(db, row.Id)));
                if (joinedAt > ServerTime.Zero)
                    PlanIfTold(db, outage, rules, joinedAt);
            }
            moved.Clear();
        }
    }

    /// <summary>An outage of which devices joined or recovered.</summary>
    /// <param name="Row">As it was at the first of them.</param>
    /// <param name="JoinedAt">When the last one joined; zero where none did.</param>
    private sealed record Moved(OutageRow Row, OpenOutage Outage, ServerTime JoinedAt);

    private void Record(Db db, CorrelatorEffect effect, RuleSet rules, ServerTime now)
    {
        switch (effect)
        {
            case CorrelatorEffect.Opened e:
                Open(db, e, rules, now);
                break;
            case CorrelatorEffect.Grew e:
                Touch(db, e.Outage, e.Added, now);
                if (OpenRow(db, e.Outage.Episode) is { } grown)
                    OutageStore.Update(db, grown with { Place = PlaceOf(db, OutageStore.Customers(db, grown.Id)) });
                Line(db, e.Outage, now, "grew", $"It is larger than it looked: from {e.From} to {e.Outage.Segment}", $"grew/{e.Outage.Revision}");
                PlanIfTold(db, e.Outage, rules, now);
                break;
            case CorrelatorEffect.Told e:
                Tell(db, e, now);
                break;
            case CorrelatorEffect.Watching e:
                Change(db, e.Outage.Episode, o => o with { State = "Monitoring", MonitoringAt = now.EpochMs });
                Line(db, e.Outage, now, "monitoring", "Most devices are back; it is being watched", $"monitoring/{now.EpochMs}");
                break;
            case CorrelatorEffect.Relapsed e:
                Change(db, e.Outage.Episode, o => o with { State = "Investigating", MonitoringAt = 0, Revision = Revised(o, e.Outage) });
                Line(db, e.Outage, now, "relapsed", "It came back while it was watched", $"relapsed/{now.EpochMs}");
                break;
            case CorrelatorEffect.Resolved e:
                Resolve(db, e, rules, now);
                break;
            case CorrelatorEffect.NotExplained e:
                LetGo(db, e.Fault, rules, now);
                break;
            case CorrelatorEffect.FleetSilent e:
                OwnAlarmStore.Raise(db, $"fleet-silent/{e.Since}", "FleetSilent", e.Since, $"{e.Silent} of {e.Fleet} devices fell silent at once. That is more likely our own trouble than theirs: notices wait for a person.");
                LogFleetSilent(e.Silent, e.Fleet);
                break;
            case CorrelatorEffect.FleetBack e:
                OwnAlarmStore.Clear(db, $"fleet-silent/{e.Since}", now.EpochMs);
                break;
            default:
                throw new InvalidOperationException($"no handler for the effect {effect.GetType().Name}");
        }
    }

    private void Open(Db db, CorrelatorEffect.Opened e, RuleSet rules, ServerTime now)
    {
        var rule = rules.Outages.First(r => r.Id == e.Outage.Rule);
        var id = OutageStore.TryOpen(db, new OutageRow
        {
            Rule = rule.Id,
            Title = rule.Title,
            Segment = e.Outage.Segment,
            Place = PlaceOf(db, [.. e.Faults.Select(f => f.Customer).Where(c => c.Length > 0).Distinct(StringComparer.Ordinal)]),
            Episode = e.Outage.Episode,
            State = nameof(OutagePhase.Held),
            Revision = 1,
            BeganAt = e.Faults.Min(f => f.At),
            OpenedAt = now.EpochMs,
            Guard = e.Guarded,
        });
        if (id is null)
            return;
        Touch(db, e.Outage, e.Faults, now);
        Line(db, e.Outage, now, "opened", $"{e.Faults.Length} devices of {e.Outage.Segment} went down together", "opened");
        LogOpened(id.Value, e.Outage.Segment, e.Faults.Length);
    }

    /// <summary>Where the touched customers live, in their own words; of very many, of the first thousand.</summary>
    private static string PlaceOf(Db db, IReadOnlyCollection<string> customers) =>
        OutagePlace.Words(customers.Take(Page.MaxRows).Chunk(500).SelectMany(ids => CustomerStore.FindAll(db, ids)).Select(c => c.Place));

    /// <summary>Attaches faults, and cases that were open before, to the outage; they are not multiplied.</summary>
    private static void Touch(Db db, OpenOutage outage, IReadOnlyCollection<OpenFault> faults, ServerTime now)
    {
        if (Change(db, outage.Episode, o => o with { Segment = outage.Segment, Revision = Revised(o, outage), State = Kept(o.State, outage.Phase) }) is not { } row)
            return;
        foreach (var fault in faults)
            Attach(db, row, fault, now);
        Recount(db, row.Id);
    }

    private static void Attach(Db db, OutageRow row, OpenFault fault, ServerTime now)
    {
        OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = row.Id, Device = fault.Device, Customer = fault.Customer, FaultEpisode = fault.Episode, DownAt = fault.At });
        FaultStore.SetOutage(db, fault.Device, fault.Rule, fault.Episode, row.Id);
        if (FaultStore.Find(db, fault.Device, fault.Rule, fault.Episode) is { } known && CaseStore.FindOpen(db, fault.Device, known.Family) is { OutageId: 0 } open && CaseStore.Update(db, open with { OutageId = row.Id }))
            TimelineStore.Add(db, new TimelineRow { Subject = $"case:{open.Id}", At = now.EpochMs, Kind = "outage", Text = $"Part of outage O-{row.Id}, {row.Title}, from now on", Who = "B2D", EffectId = $"outage/{row.Episode}/case/{open.Id}" });
    }

    /// <summary>Who was told of it keeps the device in it, not known to be back: no end is said of it before it is seen to answer. Who was not hears nothing of it.</summary>
    private static void TakeOut(Db db, OutageRow row, string device)
    {
        if (OutageStore.FindDevice(db, row.Id, device) is { } known && !OutageTruth.MayKnow(db, row.Id, known.Customer))
            OutageStore.RemoveDevice(db, row.Id, device);
    }

    /// <summary>That somebody found the cause stays so where one more device joins.</summary>
    private static string Kept(string state, OutagePhase phase) =>
        phase == OutagePhase.Held || (phase == OutagePhase.Investigating && state == nameof(OutagePhase.Identified)) ? state : phase.ToString();

    private static void Recount(Db db, long id) => OutageStore.SetCounts(db, id, OutageStore.CountDevices(db, id));

    private void Tell(Db db, CorrelatorEffect.Told e, ServerTime now)
    {
        long NextOf(OutageRow o) => o.ChosenUpdateAt > now.EpochMs ? o.ChosenUpdateAt : cadence.Next(new ServerTime(o.BeganAt), now).EpochMs;
        var row = Change(db, e.Outage.Episode, o => o with
        {
            State = (o.Cause.Length > 0 && e.Outage.Phase == OutagePhase.Investigating ? OutagePhase.Identified : e.Outage.Phase).ToString(),
            ToldAt = now.EpochMs,
            NextUpdateAt = NextOf(o),
            ToldNextUpdateAt = NextOf(o),
            ToldEstimateFrom = o.EstimateFrom,
            ToldEstimateUntil = o.EstimateUntil,
            Guard = o.Guard || e.Guarded,
        });
        if (row is null)
            return;
        NoticePlanner.PlanOutage(db, row.Id, "opened", 1, now);
        Line(db, e.Outage, now, "told", $"It did not pass by itself: {row.Customers} customers are to be told{(row.Guard ? " when a person lets it go" : "")}", "told");
    }

    /// <summary>
    /// Customers who are touched later are told too where their device is still down after the hold-back: it may only be starting again. The ledger's
    /// key keeps the others from hearing it twice.
    /// </summary>
    private static void PlanIfTold(Db db, OpenOutage outage, RuleSet rules, ServerTime now)
    {
        var wait = rules.Outages.FirstOrDefault(r => r.Id == outage.Rule)?.HoldBack ?? TimeSpan.Zero;
        if (outage.ToldAt > 0 && OpenRow(db, outage.Episode) is { } row)
            NoticePlanner.PlanJoined(db, row.Id, now, wait);
    }

    private void Resolve(Db db, CorrelatorEffect.Resolved e, RuleSet rules, ServerTime now)
    {
        if (e.Into.Length > 0)
        {
            Merge(db, e, now);
            return;
        }
        if (Change(db, e.Outage.Episode, o => o with { State = "Resolved", ResolvedAt = now.EpochMs, NextUpdateAt = 0 }) is not { } row)
            return;
        NoticePlanner.PlanOutage(db, row.Id, "all-clear", 1, now);
        foreach (var left in CaseStore.List(db, new CaseFilter { OutageId = row.Id, States = CaseStore.OpenStates, Limit = Page.MaxRows }))
            TimelineStore.Add(db, new TimelineRow { Subject = $"case:{left.Id}", At = now.EpochMs, Kind = "outage", Text = $"Outage O-{row.Id} is over; what is left is this case’s own", Who = "B2D", EffectId = $"outage/{row.Episode}/over/case/{left.Id}" });
        if (row.ToldAt > 0 && row.Customers >= reviews.From)
            reviews.Open(db, book, row, "", now);
        var over = rules.Outages.All(r => r.Id != e.Outage.Rule) ? "Not followed any more, since its rule was taken away: who was told hears the end when theirs answers"
            : e.Outage.Devices.IsEmpty ? "Not followed any more, since the rules or the devices of what is down were taken away: nobody hears that it works"
            : e.ToldBefore ? "Over: everybody who was told hears so" : "Passed before anybody was told";
        Line(db, e.Outage, now, "resolved", over, "resolved");
        LogResolved(row.Id, row.Segment, (now - new ServerTime(row.BeganAt)).TotalMinutes);
    }

    /// <summary>It goes on as part of a larger one: whoever was told of it hears that one's end, and is not told of it a second time.</summary>
    private static void Merge(Db db, CorrelatorEffect.Resolved e, ServerTime now)
    {
        if (OutageStore.OfEpisode(db, e.Into).FirstOrDefault(o => o.State != "Resolved") is not { } whole)
            return;
        // What was promised of the part is kept by the whole.
        if (OpenRow(db, e.Outage.Episode) is { Guard: false, NextUpdateAt: > 0 and var promised } && (whole.NextUpdateAt == 0 || promised < whole.NextUpdateAt))
            OutageStore.Update(db, whole with { NextUpdateAt = promised, ToldNextUpdateAt = promised });
        if (Change(db, e.Outage.Episode, o => o with { State = "Resolved", ResolvedAt = now.EpochMs, NextUpdateAt = 0, MergedInto = whole.Id }) is not { } part)
            return;
        // What is down of it is the whole's from now on, and so are its cases.
        OutageStore.SetAllUp(db, part.Id, now.EpochMs);
        while (CaseStore.List(db, new CaseFilter { OutageId = part.Id, States = CaseStore.OpenStates, Limit = Page.MaxRows }) is { Count: > 0 } cases)
        {
            foreach (var open in cases)
            {
                CaseStore.Update(db, open with { OutageId = whole.Id });
                TimelineStore.Add(db, new TimelineRow { Subject = $"case:{open.Id}", At = now.EpochMs, Kind = "outage", Text = $"Outage O-{part.Id} became part of outage O-{whole.Id}", Who = "B2D", EffectId = $"outage/{part.Episode}/merged/case/{open.Id}" });
            }
        }
        Line(db, e.Outage, now, "merged", $"It became part of outage O-{whole.Id}", "merged");
    }

    private void LetGo(Db db, OpenFault fault, RuleSet rules, ServerTime now)
    {
        if (rules.Faults.FirstOrDefault(f => f.Id == fault.Rule) is not { } rule || FaultStore.Find(db, fault.Device, fault.Rule, fault.Episode) is not { ClearedAt: 0 } row)
            return;
        FaultStore.SetOutage(db, fault.Device, fault.Rule, fault.Episode, 0);
        // The end of its shelf tells of it.
        if (row.ShelvedUntil > now.EpochMs)
            return;
        TransitionStore.Append(db, TransitionRow.Of(
            row, $"escalated/{fault.Device}/{fault.Rule}/{fault.Episode}", "Escalated", now.EpochMs, nameof(EscalationReason.NotExplained)));
        cases.OnEscalated(db, row with { OutageId = 0, SuppressedBy = "" }, rule, EscalationReason.NotExplained, now);
    }

    /// <summary>News that were told have made it a higher one than the correlator knows; a number that was told is never used again, or nobody would hear what it says.</summary>
    private static long Revised(OutageRow row, OpenOutage outage) => Math.Max(row.Revision, outage.Revision);

    /// <summary>Changes the open row of an episode; null where there is none.</summary>
    private static OutageRow? Change(Db db, string episode, Func<OutageRow, OutageRow> change)
    {
        if (OpenRow(db, episode) is not { } row)
            return null;
        var changed = change(row);
        if (changed == row)
            return row;
        OutageStore.Update(db, changed);
        return OutageStore.Find(db, row.Id);
    }

    private static OutageRow? OpenRow(Db db, string episode) => OutageStore.OfEpisode(db, episode).FirstOrDefault(o => o.State != "Resolved");

    private static void Line(Db db, OpenOutage outage, ServerTime now, string kind, string text, string effect)
    {
        if (OutageStore.OfEpisode(db, outage.Episode) is [.., var row])
            TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{row.Id}", At = now.EpochMs, Kind = kind, Text = text, Who = "B2D", EffectId = $"outage/{outage.Episode}/{effect}" });
    }
}
