using B2D.Bus;
using B2D.Core;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Ingest;

/// <summary>
/// The one writer of the partition log. Each turn takes what waits, writes it in one transaction with one flush, and only then tells those who
/// submitted it: what is acknowledged is on disk. When the log cannot be written it says so to all of them, keeps what nobody would send again, and
/// tries on. Not safe for two threads; its caller pumps it.
/// </summary>
public sealed class IngestLoop
{
    private readonly IDurableLog log;
    private readonly EntryQueue queue;
    private readonly IngestBuffer buffer;
    private readonly TimeProvider clock;
    private readonly IngestOptions options;
    private readonly GatewayCounters counters;
    private readonly ILogger logger;

    private readonly List<Submission> outside = [];
    private readonly List<Entry> news = [];
    private readonly List<DeadLetter> deadLetters = [];
    private readonly HashSet<(Lot, int)> withdrawn = [];
    private readonly Queue<Submission> kept = new();
    private readonly Lot own;
    private readonly EntryBatch composed;
    private Lot? taken;
    private ServerTime sealedAt;
    private ServerTime tookAt;
    private bool started;

    /// <summary>Makes the loop; nothing is written before <see cref="Start"/>.</summary>
    internal IngestLoop(
        IDurableLog log, EntryQueue queue, IngestBuffer buffer, TimeProvider clock, IngestOptions options, GatewayCounters counters, ILogger<IngestLoop> logger)
    {
        (this.log, this.queue, this.buffer, this.clock, this.options, this.counters, this.logger) = (log, queue, buffer, clock, options, counters, logger);
        (own, composed) = (new Lot(log.Names), new EntryBatch(log.Names));
        counters.QueueDepth = () => queue.Count + kept.Count + buffer.Count;
    }

    /// <summary>Whether the log takes what is submitted.</summary>
    public IngestHealth Health { get; private set; } = IngestHealth.Good;

    /// <summary>
    /// Called with the entries of a turn that came by submission, not as a plain message of readings, when they are on disk, before their submitters hear of
    /// it, on the pump's thread. Also where there are none.
    /// </summary>
    public Action<IReadOnlyList<Entry>>? Written { get; set; }

    /// <summary>Entries that are on disk and not evaluated yet; null where nobody says.</summary>
    public Func<long>? Unevaluated { get; set; }

    /// <summary>How long a turn is worth waiting for once something has come, so that more goes with it: nothing without load.</summary>
    public Linger Linger { get; } = new();

    private ServerTime Now => ServerTime.From(clock.GetUtcNow());

    /// <summary>Writes that the gateway is reachable from now on, and since when it was not: after a crash, since the last sign of life in the log.</summary>
    public void Start()
    {
        var now = Now;
        // A clock set back must not make the gateway come up before it went down.
        kept.Enqueue(Submission.Of(new Entry.GatewayUp(ServerTime.Min(log.SealedUntil, now))));
        Pump();
    }

    /// <summary>Writes all that waits and then that the gateway no longer listens. Listeners are closed before.</summary>
    public void Stop()
    {
        while (Pump())
        {
            // Each turn is bounded.
        }
        kept.Enqueue(Submission.Of(new Entry.GatewayDown()));
        Pump();
    }

    /// <summary>One turn: writes up to a batch, or the heartbeat when it is due. True when there is more to do at once.</summary>
    public bool Pump()
    {
        Collect();
        if (own.Tickets.Count == 0 && taken is null)
        {
            Beat();
            return false;
        }
        var written = TryWrite(static loop => loop.Append());
        Linger.Note(own.Tickets.Count + (taken?.Tickets.Count ?? 0), clock.GetTimestamp(), clock.TimestampFrequency);
        if (written && Written is { } tell)
            Tell(tell);
        Finish(own, written);
        own.Clear();
        if (taken is { } lot)
        {
            Finish(lot, written);
            taken = null;
            buffer.Return(lot);
        }
        withdrawn.Clear();
        return written && (queue.Count > 0 || kept.Count > 0 || buffer.HasWaiting);
    }

    private void Collect()
    {
        while (kept.Count > 0 && own.Tickets.Count < options.MaxBatch)
            own.Add(kept.Dequeue());
        if (own.Tickets.Count < options.MaxBatch && queue.Count > 0)
        {
            queue.Drain(outside, options.MaxBatch - own.Tickets.Count, options.MaxBatchBytes);
            foreach (var submission in outside)
                own.Add(submission);
            outside.Clear();
        }
        if (!MustWait())
            taken = buffer.Take();
    }

    /// <summary>Evaluation is far behind: devices are slowed down to what it can do, but never to nothing.</summary>
    private bool MustWait()
    {
        var now = Now;
        if (Unevaluated?.Invoke() > options.MaxUnevaluated && now >= tookAt && now - tookAt < options.SlowedTo)
        {
            counters.Slowed.Add();
            return true;
        }
        tookAt = now;
        return false;
    }

    private void Append()
    {
        news.Clear();
        deadLetters.Clear();
        var now = Now;
        var stalled = HasStalled(now);
        var (readings, batch) = (LookThrough(own, now), own.Entries);
        if (taken is { } lot)
            readings += LookThrough(lot, now);
        if (taken is { } alone && own.Tickets.Count == 0 && withdrawn.Count == 0 && !stalled)
            batch = alone.Entries;
        else if (taken is not null || withdrawn.Count > 0 || stalled)
            batch = Compose(stalled);
        if (batch.Count == 0 && deadLetters.Count == 0)
            return;
        log.Append(now, batch, deadLetters);
        (sealedAt, started) = (now, true);
        counters.Written(batch.Count, readings, deadLetters);
    }

    /// <summary>Finds what is withdrawn, and what others want to hear of; returns how many readings are left to write.</summary>
    private long LookThrough(Lot lot, ServerTime now)
    {
        var readings = 0L;
        var tickets = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(lot.Tickets);
        for (var i = 0; i < tickets.Length; i++)
        {
            ref readonly var ticket = ref tickets[i];
            if (ticket.IsWithdrawn)
            {
                withdrawn.Add((lot, i));
                continue;
            }
            readings += ticket.Readings;
            if (ticket.Submission is not { } submission)
                continue;
            news.AddRange(submission.Entries);
            foreach (var reject in submission.Rejects)
                deadLetters.Add(new DeadLetter(now, reject.Device, reject.Topic, reject.Reason.ToString(), reject.Detail, reject.Payload, reject.Size));
        }
        return readings;
    }

    private EntryBatch Compose(bool stalled)
    {
        composed.Clear();
        if (stalled)
            composed.Add(new Entry.GatewayUp(log.SealedUntil));
        Compose(own);
        if (taken is { } lot)
            Compose(lot);
        return composed;
    }

    private void Compose(Lot lot)
    {
        if (withdrawn.Count == 0)
        {
            composed.Add(lot.Entries.Written[EntryBatch.HeadBytes..], lot.Entries.Count);
            return;
        }
        for (var i = 0; i < lot.Tickets.Count; i++)
        {
            var ticket = lot.Tickets[i];
            if (!withdrawn.Contains((lot, i)))
                composed.Add(lot.Entries.Written[ticket.Start..ticket.End], ticket.Count);
        }
    }

    /// <summary>Nothing was written for a while: a durable sign that nothing came, up to which time may run on.</summary>
    private void Beat()
    {
        var now = Now;
        if (now - sealedAt < options.SealEvery && now >= sealedAt)
            return;
        if (TryWrite(static loop => loop.Seal()))
            sealedAt = now;
    }

    private void Seal()
    {
        var now = Now;
        if (HasStalled(now))
            log.Append(now, Compose(stalled: true), []);
        else
            log.Seal(now);
    }

    /// <summary>So long without a sign of life in the log: nothing that devices sent in that time could be heard, and it is not their silence.</summary>
    private bool HasStalled(ServerTime now) => started && now - log.SealedUntil > options.StalledAfter;

    private bool TryWrite(Action<IngestLoop> write)
    {
        try
        {
            write(this);
        }
        catch (Exception e)
        {
            counters.FailedBatches.Add();
            if (Health.Reason != e.Message)
            {
                Health = new IngestHealth(e.Message, Health.Since ?? Now);
                Log.Stopped(logger, e);
            }
            return false;
        }
        if (!Health.IsGood)
        {
            Log.Resumed(logger, Now - Health.Since!.Value);
            Health = IngestHealth.Good;
        }
        return true;
    }

    /// <summary>The log and everybody else's acknowledgement do not depend on what one listener does with the news.</summary>
    private void Tell(Action<IReadOnlyList<Entry>> tell)
    {
        try
        {
            tell(news);
        }
        catch (Exception e)
        {
            Log.ListenerFailed(logger, e);
        }
    }

    private void Finish(Lot lot, bool written)
    {
        var (acknowledged, lost) = (0L, 0L);
        for (var i = 0; i < lot.Tickets.Count; i++)
        {
            var ticket = lot.Tickets[i];
            var isWritten = written && (withdrawn.Count == 0 || !withdrawn.Contains((lot, i)));
            try
            {
                if (ticket.Link is { } link)
                {
                    acknowledged += isWritten ? 1 : 0;
                    lost += isWritten ? 0 : 1;
                    link.Finish(ticket.Publish, isWritten);
                }
                else
                {
                    Finish(ticket.Submission!, isWritten);
                }
            }
            catch (Exception e)
            {
                Log.ListenerFailed(logger, e);
            }
        }
        counters.Acknowledged.Add(acknowledged);
        counters.Unacknowledged.Add(lost);
    }

    private void Finish(Submission submission, bool written)
    {
        if (submission.Done is { } done)
        {
            done(written);
            return;
        }
        if (written)
            return;
        if (kept.Count >= options.MaxKept)
        {
            kept.Dequeue();
            counters.Forgotten.Add();
        }
        kept.Enqueue(submission);
    }
}

/// <summary>Whether ingest writes; where it does not, why and since when.</summary>
public sealed record IngestHealth(string? Reason, ServerTime? Since)
{
    /// <summary>It writes.</summary>
    public static readonly IngestHealth Good = new(null, null);

    /// <summary>True where nothing is wrong.</summary>
    public bool IsGood => Reason is null;

    public override string ToString() => IsGood ? "ingest writes" : $"ingest stopped: {Reason}";
}
