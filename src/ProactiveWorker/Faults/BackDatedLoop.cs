using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Faults;

/// <summary>
/// Back-dated passes: looks at what came too late to be evaluated as it came, and records what nobody could know of. It remembers nothing but when it looked last at
/// what is open: what waits stands in the state database, and all that one pass decides is one transaction, so that a pass that was killed is just done again.
/// </summary>
public sealed partial class BackDatedLoop(Stores stores, RuleBook book, WorkerOptions options, ILogger<BackDatedLoop> log)
{
    /// <summary>Devices looked at in one turn.</summary>
    private const int AtOnce = 20;

    /// <summary>A device that never stops sending late is looked at so many times <see cref="WorkerOptions.BackDatedAfter"/> after the first, and what is open so
    /// often.</summary>
    private const int WaitsAtMost = 10;

    /// <summary>Of a device with more than so many late messages nothing is kept for a second look.</summary>
    private const int MostKept = 10_000;

    private ActiveRules? under;
    private BackDatedPass pass = new(Core.Rules.RuleSet.Empty);
    private readonly DueWatch watch = new(stores.State);
    private ServerTime openAt;
    private ServerTime roundBeganAt;
    private ServerTime roundBeforeBeganAt;
    private long openAfter;

    /// <summary>Passes over late messages since the start, for /metrics.</summary>
    public long Passes { get; private set; }

    /// <summary>Faults that they found.</summary>
    public long Found { get; private set; }

    /// <summary>Looks at the devices whose time it is; true where there may be more.</summary>
    public bool Pump(ServerTime now)
    {
        if (book.Current is var rules && rules != under)
            (under, pass) = (rules, new BackDatedPass(rules.Set, options.BackDatedReach));
        var (quiet, waiting) = (now - options.BackDatedAfter, now - (options.BackDatedAfter * WaitsAtMost));
        var due = watch.Any(now, LateStore.Any) ? stores.State.Read(db => LateStore.Due(db, quiet.EpochMs, waiting.EpochMs, (now - pass.Reach).EpochMs, AtOnce)) : [];
        foreach (var late in due)
            Look(late, now);
        return due.Count == AtOnce | LookAtOpen(now);
    }

    private void Look(LateDevice late, ServerTime now)
    {
        var device = stores.State.Read(db => DeviceStore.Find(db, late.Device));
        var times = device is null ? [] : stores.State.Read(db => LateStore.Times(db, late.Device, late.Entry));
        var outcome = device is null ? BackDatedOutcome.Nothing : Find(device.ToDevice(), times);
        stores.State.Write(db =>
        {
            if (device is not null)
                Record(db, device, outcome, now);
            // What they began may be completed by what comes in time from here on.
            if (late.Looked || times.Count is 0 or > MostKept)
                LateStore.Done(db, late.Device, late.Entry);
            else
                LateStore.Looked(db, late.Device, late.Entry, now.EpochMs);
        });
        Passes++;
        Found += outcome.Found.Length;
        if (outcome.Found.Length > 0)
            LogFound(late.Device, outcome.Found.Length);
        if (outcome.LeftOut > 0)
            LogLeftOut(late.Device, outcome.LeftOut, BackDatedPass.MaxFound);
    }

    /// <summary>No rule follows what is open, for its readings come late: it is looked at again every so often, a page at a time.</summary>
    private bool LookAtOpen(ServerTime now)
    {
        var every = options.BackDatedAfter * WaitsAtMost;
        // A clock that was set back must not stop it for as long.
        if (openAfter == 0 && now < openAt && openAt - now <= every)
            return false;
        if (openAfter == 0)
            (roundBeforeBeganAt, roundBeganAt) = (roundBeganAt, now);
        var open = stores.State.Read(db => FaultStore.OpenBackDated(db, openAfter, AtOnce));
        // Of a device that said nothing since the last round nothing is new.
        foreach (var id in open.Select(o => o.Device).Distinct().Where(d => stores.Telemetry.LastHeard(DeviceId.Parse(d)) >= roundBeforeBeganAt))
        {
            if (stores.State.Read(db => DeviceStore.Find(db, id)) is { } device)
            {
                var outcome = Find(device.ToDevice(), []);
                stores.State.Write(db => Record(db, device, outcome, now));
            }
        }
        // Nothing speaks for it any more: the rule, or the device.
        foreach (var orphan in open.Where(o => under!.FaultOf(o.Rule) < 0 || stores.State.Read(db => DeviceStore.Find(db, o.Device)) is null))
            stores.State.Write(db => FaultStore.EndBackDated(db, orphan.Device, orphan.Rule, now.EpochMs, 0, nameof(FaultReason.RuleRemoved)));
        openAfter = open.Count == AtOnce ? open[^1].Id : 0;
        openAt = now + every;
        return openAfter > 0;
    }

    /// <param name="device">Of which device.</param>
    /// <param name="late">What came late.</param>
    private BackDatedOutcome Find(Device device, IReadOnlyList<LateTime> late)
    {
        var newest = stores.Telemetry.Latest(device.Id).Select(l => l.At).DefaultIfEmpty(new DeviceTime(0)).Max();
        var oldest = newest - options.BackDatedReach;
        var open = stores.State.Read(db => FaultStore.Open(db, device.Id.Value)).Where(f => f.BackDated).Select(Known).ToList();
        return pass.Look(device, newest, oldest, new LateTimes(Within(late, oldest, false), Within(late, oldest, true)), open, from => new DevicePast(
            stores.Telemetry.History(device.Id, pass.Metrics, from, new DeviceTime(ServerTime.Never.EpochMs)),
            [.. stores.State.Read(db => FaultStore.Since(db, device.Id.Value, from.EpochMs)).Select(Known)]));
    }

    private static HashSet<long> Within(IReadOnlyList<LateTime> late, DeviceTime oldest, bool delayed) =>
        [.. late.Where(l => l.At >= oldest.EpochMs && l.Delayed == delayed).Select(l => l.At)];

    private static KnownEpisode Known(FaultRow row) => new(row.Rule, EpisodeId.Parse(row.Episode), new DeviceTime(row.OnsetAt),
        row.ClearedAt == 0 ? null : new DeviceTime(row.EndedAt > 0 ? row.EndedAt : row.ClearedAt), row.BackDated);

    private static void Record(Db db, DeviceRow device, BackDatedOutcome outcome, ServerTime now)
    {
        foreach (var (episode, endedAt) in outcome.Over)
            FaultStore.EndBackDated(db, device.Id, episode.Rule, now.EpochMs, endedAt.EpochMs, nameof(FaultReason.BackDated));
        foreach (var fault in outcome.Found)
        {
            // What was raised as it happened meanwhile is known.
            if (FaultStore.Overlaps(db, device.Id, fault.Rule.Id, fault.OnsetAt.EpochMs, fault.EndedAt?.EpochMs ?? long.MaxValue))
                continue;
            var row = FaultRows.New(device, DeviceId.Parse(device.Id), fault.Rule, fault.Episode, fault.OnsetAt, now) with
            {
                Severity = fault.Severity, Evidence = Evidence.Json(fault.Rule, FaultReason.BackDated, fault.Evidence), Late = true, BackDated = true,
            };
            if (fault.EndedAt is { } ended)
                row = row with { Phase = nameof(FaultPhase.Normal), ClearedAt = now.EpochMs, EndedAt = ended.EpochMs, ClearReason = nameof(FaultReason.BackDated) };
            if (FaultStore.Raise(db, row) is not null)
                TransitionStore.Append(db, TransitionRow.Of(row, $"back-dated/{row.Device}/{row.Rule}/{row.Episode}", "BackDated", now.EpochMs, nameof(FaultReason.BackDated)));
        }
    }

    [LoggerMessage(3050, LogLevel.Information, "Messages of {Device} that came late show {Found} faults that nobody could know of")]
    private partial void LogFound(string device, int found);

    [LoggerMessage(3051, LogLevel.Warning, "Messages of {Device} that came late show {LeftOut} more faults than the {Most} that one pass records")]
    private partial void LogLeftOut(string device, int leftOut, int most);
}
