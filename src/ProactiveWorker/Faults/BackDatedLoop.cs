using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Rules;
using B2D.ProactiveWorker.Telemetry;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Replay;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Faults;

/// <summary>
/// Back-dated passes: looks at what came too late to be evaluated as it came, and tells the lanes through the log what nobody could know of. What waits stands in
/// the state database until the lanes have recorded what a pass found, so that a pass that was killed is done again; what it found the first time is on record by
/// then, and is found no more.
/// </summary>
public sealed partial class BackDatedLoop(Stores stores, RuleBook book, EntryQueue entries, WorkerOptions options, ILogger<BackDatedLoop> log)
{
    /// <summary>Devices looked at in one turn.</summary>
    private const int AtOnce = 20;

    /// <summary>A device that never stops sending late is looked at so many times <see cref="WorkerOptions.BackDatedAfter"/> after the first.</summary>
    private const int WaitsAtMost = 10;

    private readonly Dictionary<string, Sent> sent = new(StringComparer.Ordinal);
    private ActiveRules? under;
    private BackDatedPass? pass;
    private long begunAt = -1;

    /// <summary>Passes since the start, for /metrics.</summary>
    public long Passes { get; private set; }

    /// <summary>Faults that they found.</summary>
    public long Found { get; private set; }

    /// <summary>Looks at the devices whose time it is; true where there may be more.</summary>
    public bool Pump(ServerTime now)
    {
        // What a worker that was killed had told the log has to be on record before the next look.
        if (begunAt < 0)
            begunAt = stores.Log.LastOffset;
        var (quiet, waiting) = (now - options.BackDatedAfter, now - (options.BackDatedAfter * WaitsAtMost));
        var (position, due) = stores.State.Read(db =>
            (CheckpointStore.Find(db, LaneLoop.Stream)?.Position ?? 0, LateStore.Due(db, quiet.EpochMs, waiting.EpochMs, AtOnce + sent.Count)));
        if (position < begunAt)
            return false;
        foreach (var (device, told) in sent.ToList())
        {
            if (told.Failed)
                sent.Remove(device);
            else if (told.Offset is var offset && offset > 0 && offset <= position)
                Finish(device, told.Until, now);
        }
        foreach (var device in due)
        {
            if (!sent.ContainsKey(device.Device))
                Look(device, now);
        }
        return due.Count > AtOnce;
    }

    private void Look(LateDevice late, ServerTime now)
    {
        var rules = book.Current;
        if (under != rules || pass is null)
            (under, pass) = (rules, new BackDatedPass(rules.Set));
        var device = stores.State.Read(db => DeviceStore.Find(db, late.Device))?.ToDevice();
        var found = device is null ? [] : Find(pass, device, late.Entry);
        Passes++;
        if (found.Count == 0)
        {
            Finish(late.Device, late.Entry, now);
            return;
        }
        var told = new Sent(late.Entry);
        if (!entries.TrySubmit(new Submission(found, [], written => told.Tell(written, stores.Log.LastOffset))))
            return;
        sent[late.Device] = told;
        Found += found.Count;
        LogFound(late.Device, found.Count);
    }

    private IReadOnlyList<Entry> Find(BackDatedPass pass, Device device, long until)
    {
        var newest = stores.Telemetry.Latest(device.Id).Select(l => l.At.EpochMs).DefaultIfEmpty(0).Max();
        var oldest = newest - (long)options.BackDatedReach.TotalMilliseconds;
        var times = stores.State.Read(db => LateStore.Times(db, device.Id.Value, until)).Where(at => at >= oldest).ToHashSet();
        if (times.Count == 0)
            return [];
        var from = times.Min();
        var known = stores.State.Read(db => FaultStore.Since(db, device.Id.Value, from - (long)pass.Reach.TotalMilliseconds)).Select(Known).ToList();
        // How an open one goes on is seen from where it began.
        from = known.Where(k => k.BackDated && k.EndedAt is null && k.OnsetAt.EpochMs >= oldest).Select(k => k.OnsetAt.EpochMs).Append(from).Min();
        var told = stores.Telemetry.History(device.Id, pass.Metrics, new DeviceTime(from - (long)pass.Reach.TotalMilliseconds), new DeviceTime(ServerTime.Never.EpochMs));
        var (found, leftOut) = pass.Find(device, told, times, known);
        if (leftOut > 0)
            LogLeftOut(device.Id.Value, leftOut, BackDatedPass.MaxFound);
        return [.. found];
    }

    private static KnownEpisode Known(FaultRow row) => new(row.Rule, EpisodeId.Parse(row.Episode), new DeviceTime(row.OnsetAt),
        row.ClearedAt == 0 ? null : new DeviceTime(row.EndedAt > 0 ? row.EndedAt : row.ClearedAt), row.BackDated);

    private void Finish(string device, long until, ServerTime now)
    {
        stores.State.Write(db => LateStore.Done(db, device, until, now.EpochMs));
        sent.Remove(device);
    }

    [LoggerMessage(3050, LogLevel.Information, "Messages of {Device} that came late show {Found} faults that nobody could know of")]
    private partial void LogFound(string device, int found);

    [LoggerMessage(3051, LogLevel.Warning, "Messages of {Device} that came late show {LeftOut} more faults than the {Most} that one pass records")]
    private partial void LogLeftOut(string device, int leftOut, int most);

    /// <summary>What a pass told the log.</summary>
    private sealed class Sent(long until)
    {
        private long offset;

        /// <summary>The pass looked at what came up to this offset.</summary>
        public long Until => until;

        /// <summary>It is in the log at this offset or before; 0 while nobody knows.</summary>
        public long Offset => Math.Max(0, Interlocked.Read(ref offset));

        /// <summary>It could not be written.</summary>
        public bool Failed => Interlocked.Read(ref offset) < 0;

        /// <summary>Called by the writer of the log, on its thread.</summary>
        public void Tell(bool written, long last) => Interlocked.Exchange(ref offset, written ? last : -1);
    }
}
