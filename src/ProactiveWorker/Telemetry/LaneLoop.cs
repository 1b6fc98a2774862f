using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Faults;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Replay;
using B2D.Storage.Telemetry;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Telemetry;

/// <summary>
/// Reads the log in order, puts its readings into telemetry, evaluates the rules and commits what follows together with how far it has come.
/// Killed anywhere, it begins again at what is on disk and writes nothing twice. Of a large batch each thread that there is applies the entries of its own partitions,
/// and what they decide is put in the log's order again. Partitions are cut one after the other: what a cut has of telemetry and of the
/// lane's memory comes to disk together, and only when everything that the lane decided before it is committed.
/// </summary>
public sealed partial class LaneLoop
{
    private const string Stream = "lanes";

    /// <summary>Devices told as heard in one commit: about a millisecond.</summary>
    private const int HeardAtOnce = 100;

    /// <summary>Of fewer entries than this each thread would have less to do than waking it costs.</summary>
    private const int FewEntries = 500;

    /// <summary>Partitions cut in one turn.</summary>
    private const int CutsAtOnce = 16;

    /// <summary>A commit that only moves the position comes no later than this.</summary>
    private static readonly TimeSpan CommitWithin = TimeSpan.FromSeconds(1);

    /// <summary>Commits for nothing but a cut keep this distance.</summary>
    private static readonly TimeSpan CutsApart = TimeSpan.FromMilliseconds(100);

    /// <summary>A device was heard: its row says so after this time at the latest, and the second that a commit may wait.</summary>
    private static readonly TimeSpan HeardWithin = TimeSpan.FromSeconds(9);

    private readonly Stores stores;
    private readonly TelemetryStore telemetry;
    private readonly RuleBook book;
    private readonly EffectRecorder recorder;
    private readonly WorkerOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<LaneLoop> log;
    private readonly Func<string, ActiveRules> ruleSet;
    private readonly Lane[] lanes;
    private readonly List<LaneEffect> effects = [];
    private readonly List<LogEntry> read = [];
    private readonly List<LogEntry> none = [];
    private readonly ReusedTelemetry reused = new();
    private readonly ILaneThreads threads;
    private readonly LaneShare[] shares;
    private readonly Action<int> work;
    private bool isUnfinished;
    private long applied;
    private long committed;
    private long committedAt;
    private bool mustCommit;
    private bool moreHeard;
    private bool activated;

    public LaneLoop(Stores stores, RuleBook book, EffectRecorder recorder, WorkerOptions options, ILaneThreads threads, TimeProvider time, ILogger<LaneLoop> log)
    {
        (this.stores, this.book, this.recorder, this.options, this.threads, this.time, this.log) = (stores, book, recorder, options, threads, time, log);
        telemetry = stores.Telemetry;
        telemetry.Shares = threads.Count;
        ruleSet = hash => book[hash];
        lanes = NewLanes();
        shares = [.. Enumerable.Range(0, threads.Count).Select(n => new LaneShare(n, threads.Count, lanes, telemetry, ruleSet))];
        work = n => shares[n].Work();
    }

    /// <summary>The last offset up to which everything that was decided is committed.</summary>
    public long Position => effects.Count == 0 ? applied : committed;

    /// <summary>The rule set that is evaluated; before the first pump or on the pump's thread.</summary>
    public string RulesHash => lanes[0].Rules.Set.Hash;

    /// <summary>Entries applied since the start, for /metrics.</summary>
    public long Applied { get; private set; }

    /// <summary>How often more messages of a device waited for rules with lateness than can, since the start, for /metrics.</summary>
    public long ReorderFull { get; private set; }

    /// <summary>Server time of the newest entry applied.</summary>
    public ServerTime AppliedUntil { get; private set; }

    /// <summary>True for a device that the lanes know; before the first pump or on the pump's thread.</summary>
    public bool Knows(DeviceId device) => lanes[Partitions.Of(device)].Knows(device);

    /// <summary>Called after a commit that wrote something the other loops wait for.</summary>
    public Action? Committed { get; set; }

    /// <summary>Called after a cut: the arranger has something to write.</summary>
    public Action? WasCut { get; set; }

    /// <summary>One turn; true where there may be more to do at once.</summary>
    public bool Pump()
    {
        if (mustCommit) // the last turn's could not
            Commit();
        // In this order: what was sealed before the read is complete after it.
        var sealedUntil = stores.Log.SealedUntil;
        var entries = isUnfinished ? read : IsFull ? none : Next(applied, options.BatchEntries);
        Applied += Apply(entries);
        // All lanes stand at the same instant at a commit, so that one number says how far ticks have run. No later entry carries an earlier time.
        var until = entries.Count > 0 ? entries[^1].At : ServerTime.Zero;
        Advance(entries.Count < options.BatchEntries && !IsFull ? ServerTime.Max(until, sealedUntil) : until);
        var cut = IsCutDue();
        if (effects.Count > 0 || activated || IsCommitDue(cut))
            Commit();
        if (cut && committed == applied)
            CutDue();
        return entries.Count >= options.BatchEntries || moreHeard;
    }

    /// <summary>At an orderly stop: everything is committed, and every partition is cut where it stands, so that the next start has nothing to replay.</summary>
    public void Finish()
    {
        if (isUnfinished) // what was decided of a part of a batch is decided again at the next start
            return;
        do
            Commit(ServerTime.Never);
        while (moreHeard);
        for (var partition = 0; partition < lanes.Length; partition++)
        {
            while (telemetry.IsCutPending(partition))
                telemetry.Arrange();
            if (cutPositions[partition] < applied)
                Cut(partition);
        }
        while (telemetry.PendingCuts > 0)
            telemetry.Arrange();
    }

    /// <summary>Memory for readings is used up although partitions are being cut: the disk does not keep up, and the log has to wait.</summary>
    private bool IsFull => telemetry.TailBytes > 2 * options.TailBytes && telemetry.PendingCuts > 0;

    private Lane[] NewLanes() => [.. Enumerable.Range(0, Partitions.Count).Select(p => new Lane(p, options.Arrival))];

    /// <summary>
    /// The entries after an offset, <paramref name="max"/> or a few more: what is for every partition is read for all of them or for none, since the ticks after a
    /// batch run in every lane, and a lane that has not yet heard that the gateway was down would take that time for its devices' silence. The one place where
    /// entries come from.
    /// </summary>
    private List<LogEntry> Next(long after, int max)
    {
        read.Clear();
        reused.Reuse();
        stores.Log.Read(after, max, read, reused);
        if (read.Count == max && EntryCodec.DeviceOf(read[^1].Body) is null && read[^1].Partition < Partitions.Count - 1)
            stores.Log.Read(read[^1].Offset, Partitions.Count - 1 - read[^1].Partition, read, reused);
        return read;
    }

    private bool IsCommitDue(bool cut)
    {
        var waited = time.GetElapsedTime(committedAt);
        if (cut && committed != applied && waited >= CutsApart)
            return true;
        return moreHeard || (waited >= CommitWithin && (committed != applied || telemetry.HeardSince(HeardUntil, 1).Count > 0));
    }

    private ServerTime HeardUntil => ServerTime.Max(AppliedUntil, lanes[0].TickedUntil) - HeardWithin;

    private void Commit() => Commit(HeardUntil);

    private void Commit(ServerTime heardUntil)
    {
        mustCommit = true;
        var heard = telemetry.HeardSince(heardUntil, HeardAtOnce);
        InOrder(effects);
        stores.State.Write(db =>
        {
            recorder.Record(db, effects);
            if (heard.Count > 0)
                LiveStore.Seen(db, heard);
            CheckpointStore.Save(db, new CheckpointRow { Name = Stream, Position = applied, TickedUntil = lanes[0].TickedUntil.EpochMs });
        });
        telemetry.Told(heard.Count);
        mustCommit = false;
        moreHeard = heard.Count == HeardAtOnce;
        committed = applied;
        committedAt = time.GetTimestamp();
        TellReorderFull();
        effects.Clear();
        if (activated)
            book.Refresh();
        activated = false;
        Committed?.Invoke();
    }

    private void TellReorderFull()
    {
        foreach (var full in effects.OfType<LaneEffect.ReorderFull>())
        {
            ReorderFull++;
            LogReorderFull(full.Device, LaneEffect.ReorderFull.Most);
        }
    }

    /// <summary>
    /// In order of time over all lanes, those of one instant as they came. One lane after the other runs up to the commit: without this a fault of one lane would be over before one
    /// of another lane is raised that was there at the same time, and an outage would not be seen. Nothing to do in nearly every commit.
    /// </summary>
    private static void InOrder(List<LaneEffect> effects)
    {
        for (var i = 1; i < effects.Count; i++)
        {
            if (effects[i].At >= effects[i - 1].At)
                continue;
            var sorted = effects.OrderBy(e => e.At).ToArray();
            effects.Clear();
            effects.AddRange(sorted);
            return;
        }
    }

    private void Advance(ServerTime until)
    {
        foreach (var lane in lanes)
            lane.AdvanceTo(until, effects);
    }

    /// <summary>
    /// Applies what the lanes have not seen of a batch, a share on each thread where there is enough for them; how many that was. Cut short, by a disk that could not be
    /// read, the same batch goes on where each share was.
    /// </summary>
    private int Apply(List<LogEntry> entries)
    {
        if (entries.Count == 0)
            return 0;
        if (!isUnfinished)
        {
            foreach (var share in shares)
                share.Begin(entries, cutPositions);
        }
        isUnfinished = true;
        if (shares.Length > 1 && entries.Count >= FewEntries)
            threads.Run(work);
        else
            Array.ForEach(shares, static share => share.Work());
        isUnfinished = false;
        var count = 0;
        var decided = false;
        foreach (var share in shares)
        {
            count += share.Count;
            decided |= share.HasEffects;
            activated |= share.Activated;
        }
        if (decided)
            LaneShare.Gather(shares, effects);
        (applied, AppliedUntil) = (entries[^1].Offset, entries[^1].At);
        return count;
    }
}
