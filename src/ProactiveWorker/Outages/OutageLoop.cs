using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Outages;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Faults;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Outages;
using B2D.Storage.Replay;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Outages;

/// <summary>
/// Reads fault transitions in committed order and decides outages. A single writer with its own checkpoint: its memory, its place in the
/// transitions and everything that follows are committed together.
/// </summary>
public sealed partial class OutageLoop(Database state, RuleBook book, CaseOpener cases, UpdateCadence cadence, WorkerOptions options, ILogger<OutageLoop> log)
{
    private const string Name = "correlator";
    private const int AtOnce = 1000;

    /// <summary>Transitions that changed nothing may be read again after a crash; a commit for nothing but the place in them comes no sooner than this.</summary>
    private static readonly TimeSpan SaveWithin = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private CorrelatorState memory = CorrelatorState.Empty;
    private Topology topology = new(new Dictionary<string, int>(), 0);
    private long position;
    private long saved;
    private ServerTime savedAt;
    private long readAt = -1;

    /// <summary>When time alone moves <see cref="memory"/>, under which rules; null where that is to be found out again.</summary>
    private ServerTime wakeAt;
    private ActiveRules? wakeUnder;
    private volatile bool registryChanged = true;

    /// <summary>Reads back what was known at the last commit.</summary>
    public void Start()
    {
        if (state.Read(db => CheckpointStore.Find(db, Name)) is { } checkpoint)
        {
            (position, saved) = (checkpoint.Position, checkpoint.Position);
            if (checkpoint.Body is { } body)
                memory = JsonSerializer.Deserialize<CorrelatorState>(body) ?? CorrelatorState.Empty;
        }
    }

    /// <summary>The devices of each segment are to be counted again. From any thread.</summary>
    public void RegistryChanged() => registryChanged = true;

    private void CountDevices()
    {
        registryChanged = false;
        topology = Topology.Of(state.Read(DeviceStore.CountBySegment));
    }

    /// <summary>One turn; true where there may be more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        lock (gate)
            return PumpOnce(now);
    }

    private bool PumpOnce(ServerTime now)
    {
        var rules = book.Current;
        var writes = state.Writes;
        if (writes == readAt && rules == wakeUnder && (wakeAt == ServerTime.Zero || now < wakeAt) && (position == saved || now - savedAt < SaveWithin))
            return false;
        var transitions = writes == readAt ? [] : Read();
        if (transitions.Count == 0)
            readAt = writes;
        return PumpOnce(now, rules, transitions);
    }

    private IReadOnlyList<TransitionRow> Read() => state.Read(db => TransitionStore.ReadAfter(db, position, AtOnce));

    private bool PumpOnce(ServerTime now, ActiveRules rules, IReadOnlyList<TransitionRow> transitions)
    {
        var next = memory;
        var effects = new List<(CorrelatorEffect Effect, ServerTime At)>();
        foreach (var transition in transitions)
        {
            if (EventOf(transition, rules.Set) is { } happened)
                next = Step(next, happened, rules.Set, new ServerTime(transition.At), effects);
        }
        (wakeAt, wakeUnder) = (Correlator.WakeAt(next, rules.Set.Outages), rules);
        if (wakeAt != ServerTime.Zero && wakeAt <= now && transitions.Count < AtOnce)
        {
            next = Step(next, new CorrelatorEvent.Tick(), rules.Set, now, effects);
            wakeUnder = null;
        }
        var until = transitions.Count > 0 ? transitions[^1].Seq : position;
        if (effects.Count == 0 && ReferenceEquals(next, memory) && (until == saved || now - savedAt < SaveWithin))
        {
            position = until;
            return transitions.Count == AtOnce;
        }
        state.Write(db =>
        {
            foreach (var (effect, at) in effects)
                Record(db, effect, rules.Set, at);
            CheckpointStore.Save(db, new CheckpointRow
            {
                Name = Name,
                Position = until,
                TickedUntil = now.EpochMs,
                Body = JsonSerializer.SerializeToUtf8Bytes(next),
            });
        });
        (memory, position, saved, savedAt) = (next, until, until, now);
        return transitions.Count == AtOnce;
    }

    /// <summary>A person moves an outage on; telemetry goes on moving it from there.</summary>
    /// <param name="from">The only state that it is moved from, in any other it stays; null: from each.</param>
    /// <param name="change">What else the act says of it.</param>
    /// <param name="recorded">What else belongs to the act, in the same transaction.</param>
    internal ActOutcome Move(long outageId, int version, OutagePhase to, OutagePhase? from, Func<OutageRow, OutageRow> change, Action<Db, OutageRow> recorded, ServerTime now)
    {
        lock (gate)
        {
            if (Refusal(state.Read(db => OutageStore.Find(db, outageId)), version, out var row) is { } refused)
                return refused;
            var rules = book.Current;
            var effects = new List<(CorrelatorEffect Effect, ServerTime At)>();
            var moves = from is null || row.State == from.ToString();
            var next = moves ? Step(memory, new CorrelatorEvent.Override(row.Episode, to), rules.Set, now, effects) : memory;
            var phase = !moves || to == OutagePhase.Resolved ? row.State : to.ToString();
            var outcome = state.Write(db =>
            {
                if (Refusal(OutageStore.Find(db, outageId), version, out _) is { } late)
                    return late;
                OutageStore.Update(db, change(row) with { State = phase, Revision = row.Revision + 1 });
                foreach (var (effect, at) in effects)
                    Record(db, effect, rules.Set, at);
                CheckpointStore.Save(db, new CheckpointRow { Name = Name, Position = position, TickedUntil = now.EpochMs, Body = JsonSerializer.SerializeToUtf8Bytes(next) });
                recorded(db, row);
                return new ActOutcome.Done((int)OutageStore.Find(db, outageId)!.Version);
            });
            if (outcome is ActOutcome.Done)
                (memory, wakeUnder) = (next, null);
            return outcome;
        }
    }

    /// <summary>Why a person's act on an outage is not done; null where it can be.</summary>
    internal static ActOutcome? Refusal(OutageRow? found, int version, out OutageRow row)
    {
        row = found ?? new OutageRow();
        return found switch
        {
            null => new ActOutcome.Unknown(),
            _ when found.Version != version => new ActOutcome.Conflict((int)found.Version, "somebody else changed this outage in the meantime; look at it again and repeat what is still needed"),
            { State: nameof(OutagePhase.Resolved) } => new ActOutcome.Rejected("the outage is over"),
            _ => null,
        };
    }

    private CorrelatorState Step(CorrelatorState from, CorrelatorEvent happened, RuleSet rules, ServerTime at, List<(CorrelatorEffect, ServerTime)> effects)
    {
        // Not before it is needed: while many devices are imported, each few of them change the registry.
        if (registryChanged)
            CountDevices();
        var (next, found) = Correlator.Step(from, happened, rules.Outages, topology, options.GuardShare, at);
        effects.AddRange(found.Select(e => (e, at)));
        return next;
    }

    private static CorrelatorEvent? EventOf(TransitionRow row, RuleSet rules)
    {
        var concerned = rules.Outages.Any(o => o.Of.Contains(row.Rule)) || rules.Faults.Any(f => f.Id == row.Rule && f.ExplainedByOutage);
        return row.Kind switch
        {
            "Raised" when concerned => new CorrelatorEvent.Raised(row.Device, row.Rule, row.Episode, row.Segment, row.Customer),
            "Cleared" => new CorrelatorEvent.Cleared(row.Device, row.Rule, row.Episode),
            "GatewayDown" => new CorrelatorEvent.GatewayWasDown(new ServerTime(row.OnsetAt)),
            _ => null,
        };
    }

    private void Record(Db db, CorrelatorEffect effect, RuleSet rules, ServerTime now)
    {
        switch (effect)
        {
            case CorrelatorEffect.Opened e:
                Open(db, e, rules, now);
                break;
            case CorrelatorEffect.Grew e:
                Touch(db, e.Outage, e.Added, now);
                if (Change(db, e.Outage.Episode, o => o) is { } grown)
                    OutageStore.Update(db, grown with { Place = PlaceOf(db, OutageStore.Customers(db, grown.Id)) });
                Line(db, e.Outage, now, "grew", $"It is larger than it looked: from {e.From} to {e.Outage.Segment}", $"grew/{e.Outage.Revision}");
                PlanIfTold(db, e.Outage, rules, now);
                break;
            case CorrelatorEffect.Joined e:
                Touch(db, e.Outage, [e.Fault], now);
                PlanIfTold(db, e.Outage, rules, now);
                break;
            case CorrelatorEffect.Recovered e:
                if (Change(db, e.Outage.Episode, o => o) is { } well)
                {
                    OutageStore.SetUp(db, well.Id, e.Device, now.EpochMs);
                    Recount(db, well.Id);
                }
                break;
            case CorrelatorEffect.Told e:
                Tell(db, e, now);
                break;
            case CorrelatorEffect.Watching e:
                Change(db, e.Outage.Episode, o => o with { State = "Monitoring", MonitoringAt = now.EpochMs });
                Line(db, e.Outage, now, "monitoring", "Most devices are back; it is being watched", $"monitoring/{now.EpochMs}");
                break;
            case CorrelatorEffect.Relapsed e:
                Change(db, e.Outage.Episode, o => o with { State = "Investigating", MonitoringAt = 0, Revision = e.Outage.Revision });
                Line(db, e.Outage, now, "relapsed", "It came back while it was watched", $"relapsed/{now.EpochMs}");
                break;
            case CorrelatorEffect.Resolved e:
                Resolve(db, e, now);
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
        if (Change(db, outage.Episode, o => o with { Segment = outage.Segment, Revision = outage.Revision, State = Kept(o.State, outage.Phase) }) is not { } row)
            return;
        foreach (var fault in faults)
        {
            OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = row.Id, Device = fault.Device, Customer = fault.Customer, FaultEpisode = fault.Episode, DownAt = fault.At });
            FaultStore.SetOutage(db, fault.Device, fault.Rule, fault.Episode, row.Id);
            if (FaultStore.Find(db, fault.Device, fault.Rule, fault.Episode) is { } known && CaseStore.FindOpen(db, fault.Device, known.Family) is { OutageId: 0 } open && CaseStore.Update(db, open with { OutageId = row.Id }))
                TimelineStore.Add(db, new TimelineRow { Subject = $"case:{open.Id}", At = now.EpochMs, Kind = "outage", Text = $"Part of outage #{row.Id}, {row.Title}, from now on", Who = "B2D", EffectId = $"outage/{outage.Episode}/case/{open.Id}" });
        }
        Recount(db, row.Id);
    }

    /// <summary>That somebody found the cause stays so where one more device joins.</summary>
    private static string Kept(string state, OutagePhase phase) =>
        phase == OutagePhase.Held || (phase == OutagePhase.Investigating && state == nameof(OutagePhase.Identified)) ? state : phase.ToString();

    private static void Recount(Db db, long id)
    {
        var (devices, recovered, customers) = OutageStore.CountDevices(db, id);
        if (OutageStore.Find(db, id) is { } row)
            OutageStore.Update(db, row with { Devices = devices, Recovered = recovered, Customers = customers });
    }

    private void Tell(Db db, CorrelatorEffect.Told e, ServerTime now)
    {
        var row = Change(db, e.Outage.Episode, o => o with
        {
            State = (o.Cause.Length > 0 && e.Outage.Phase == OutagePhase.Investigating ? OutagePhase.Identified : e.Outage.Phase).ToString(),
            ToldAt = now.EpochMs,
            NextUpdateAt = o.ChosenUpdateAt > now.EpochMs ? o.ChosenUpdateAt : cadence.Next(new ServerTime(o.BeganAt), now).EpochMs,
            ToldEstimateFrom = o.EstimateFrom,
            ToldEstimateUntil = o.EstimateUntil,
            Guard = o.Guard || e.Guarded,
        });
        if (row is null)
            return;
        NoticePlanner.PlanOutage(db, row.Id, "opened", 1, now);
        Line(db, e.Outage, now, "told", $"It did not pass by itself: {row.Customers} customers are told", "told");
    }

    /// <summary>
    /// Customers who are touched later are told too where their device is still down after the hold-back: it may only be starting again. The ledger's
    /// key keeps the others from hearing it twice.
    /// </summary>
    private static void PlanIfTold(Db db, OpenOutage outage, RuleSet rules, ServerTime now)
    {
        var wait = rules.Outages.FirstOrDefault(r => r.Id == outage.Rule)?.HoldBack ?? TimeSpan.Zero;
        if (outage.ToldAt > 0 && Change(db, outage.Episode, o => o) is { } row)
            NoticePlanner.PlanOutage(db, row.Id, "opened", 1, now, now + wait);
    }

    private void Resolve(Db db, CorrelatorEffect.Resolved e, ServerTime now)
    {
        if (e.Into.Length > 0)
        {
            Merge(db, e, now);
            return;
        }
        if (Change(db, e.Outage.Episode, o => o with { State = "Resolved", ResolvedAt = now.EpochMs, NextUpdateAt = 0 }) is not { } row)
            return;
        NoticePlanner.PlanOutage(db, row.Id, "all-clear", 1, now);
        Line(db, e.Outage, now, "resolved", e.ToldBefore ? "Over: everybody who was told gets the all-clear" : "Passed before anybody was told", "resolved");
        LogResolved(row.Id, row.Segment, (now - new ServerTime(row.BeganAt)).TotalMinutes);
    }

    /// <summary>It goes on as part of a larger one: whoever was told of it hears that one's end, and is not told of it a second time.</summary>
    private static void Merge(Db db, CorrelatorEffect.Resolved e, ServerTime now)
    {
        if (OutageStore.OfEpisode(db, e.Into).FirstOrDefault(o => o.State != "Resolved") is not { } whole)
            return;
        Change(db, e.Outage.Episode, o => o with { State = "Resolved", ResolvedAt = now.EpochMs, NextUpdateAt = 0, MergedInto = whole.Id });
        Line(db, e.Outage, now, "merged", $"It became part of outage {whole.Id}", "merged");
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

    /// <summary>Changes the open row of an episode; null where there is none.</summary>
    private static OutageRow? Change(Db db, string episode, Func<OutageRow, OutageRow> change)
    {
        var row = OutageStore.OfEpisode(db, episode).FirstOrDefault(o => o.State != "Resolved");
        if (row is null)
            return null;
        var changed = change(row);
        if (changed == row)
            return row;
        OutageStore.Update(db, changed);
        return OutageStore.Find(db, row.Id);
    }

    private static void Line(Db db, OpenOutage outage, ServerTime now, string kind, string text, string effect)
    {
        if (OutageStore.OfEpisode(db, outage.Episode) is [.., var row])
            TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{row.Id}", At = now.EpochMs, Kind = kind, Text = text, Who = "B2D", EffectId = $"outage/{outage.Episode}/{effect}" });
    }

    [LoggerMessage(3020, LogLevel.Warning, "Outage {Id} on {Segment}: {Devices} devices down")]
    private partial void LogOpened(long id, string segment, int devices);

    [LoggerMessage(3021, LogLevel.Information, "Outage {Id} on {Segment} is over after {Minutes:0.0} min")]
    private partial void LogResolved(long id, string segment, double minutes);

    [LoggerMessage(3022, LogLevel.Error, "{Silent} of {Fleet} devices fell silent at once; notices wait for a person")]
    private partial void LogFleetSilent(int silent, int fleet);
}
