using System.Text.Json;
using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Outages;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
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
public sealed partial class OutageLoop(Database state, RuleBook book, CaseOpener cases, UpdateCadence cadence, ReviewTerms reviews, WorkerOptions options, TimeProvider time, ILogger<OutageLoop> log)
{
    private const string Name = "correlator";
    private const int AtOnce = 1000;

    /// <summary>Transitions that changed nothing may be read again after a crash; a commit for nothing but the place in them comes no sooner than this.</summary>
    private static readonly TimeSpan SaveWithin = TimeSpan.FromSeconds(5);

    /// <summary>How many times as long as a turn took it is not to be asked again.</summary>
    private const int RestsFor = 3;

    private readonly Lock gate = new();
    private TimeSpan turn;
    private long endedAt;
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
        // While thousands of devices go down each turn costs more than the last; of the thread's time it leaves the lanes most, and takes more in at once.
        if (time.GetElapsedTime(endedAt) < turn * RestsFor)
            return false;
        lock (gate)
        {
            var began = time.GetTimestamp();
            var more = PumpOnce(now);
            endedAt = time.GetTimestamp();
            turn = time.GetElapsedTime(began, endedAt);
            return more;
        }
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
            Record(db, effects, rules.Set);
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
                Record(db, effects, rules.Set);
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
            "Cleared" => new CorrelatorEvent.Cleared(row.Device, row.Rule, row.Episode) { TakenAway = FaultRow.TakenAway.Contains(row.Reason) },
            "GatewayDown" => new CorrelatorEvent.GatewayWasDown(new ServerTime(row.OnsetAt)),
            _ => null,
        };
    }

    [LoggerMessage(3020, LogLevel.Warning, "Outage {Id} on {Segment}: {Devices} devices down")]
    private partial void LogOpened(long id, string segment, int devices);

    [LoggerMessage(3021, LogLevel.Information, "Outage {Id} on {Segment} is over after {Minutes:0.0} min")]
    private partial void LogResolved(long id, string segment, double minutes);

    [LoggerMessage(3022, LogLevel.Error, "{Silent} of {Fleet} devices fell silent at once; notices wait for a person")]
    private partial void LogFleetSilent(int silent, int fleet);
}
