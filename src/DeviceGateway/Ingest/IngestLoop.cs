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
    private readonly TimeProvider clock;
    private readonly IngestOptions options;
    private readonly GatewayCounters counters;
    private readonly ILogger logger;

    private readonly List<Submission> batch = [];
    private readonly List<Entry> entries = [];
    private readonly List<DeadLetter> deadLetters = [];
    private readonly HashSet<Submission> withdrawn = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<Submission> kept = new();
    private ServerTime sealedAt;
    private bool started;

    /// <summary>Makes the loop; nothing is written before <see cref="Start"/>.</summary>
    public IngestLoop(IDurableLog log, EntryQueue queue, TimeProvider clock, IngestOptions options, GatewayCounters counters, ILogger<IngestLoop> logger)
    {
        this.log = log;
        this.queue = queue;
        this.clock = clock;
        this.options = options;
        this.counters = counters;
        this.logger = logger;
        counters.QueueDepth = () => queue.Count + kept.Count;
    }

    /// <summary>Whether the log takes what is submitted.</summary>
    public IngestHealth Health { get; private set; } = IngestHealth.Good;

    /// <summary>Called when a turn has made room in the queue, on the pump's thread.</summary>
    public Action? Drained { get; set; }

    /// <summary>Called with the entries of a turn when they are on disk, before their submitters hear of it, on the pump's thread.</summary>
    public Action<IReadOnlyList<Entry>>? Written { get; set; }

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
        if (batch.Count == 0)
        {
            Beat();
            return false;
        }
        Drained?.Invoke();
        var written = TryWrite(Append);
        if (written && Written is { } tell)
            Tell(() => tell(entries));
        foreach (var submission in batch)
            Finish(submission, written && !withdrawn.Contains(submission));
        batch.Clear();
        withdrawn.Clear();
        return written && (queue.Count > 0 || kept.Count > 0);
    }

    private void Collect()
    {
        while (kept.Count > 0 && batch.Count < options.MaxBatch)
            batch.Add(kept.Dequeue());
        if (batch.Count < options.MaxBatch)
            queue.Drain(batch, options.MaxBatch - batch.Count, options.MaxBatchBytes);
    }

    private void Append()
    {
        entries.Clear();
        deadLetters.Clear();
        var now = Now;
        if (HasStalled(now))
            entries.Add(new Entry.GatewayUp(log.SealedUntil));
        foreach (var submission in batch)
        {
            if (submission.IsWithdrawn?.Invoke() == true)
            {
                withdrawn.Add(submission);
                continue;
            }
            entries.AddRange(submission.Entries);
            foreach (var reject in submission.Rejects)
                deadLetters.Add(new DeadLetter(now, reject.Device, reject.Topic, reject.Reason.ToString(), reject.Detail, reject.Payload, reject.Size));
        }
        if (entries.Count == 0 && deadLetters.Count == 0)
            return;
        log.Append(now, entries, deadLetters);
        (sealedAt, started) = (now, true);
        counters.Written(entries, deadLetters);
    }

    /// <summary>Nothing was written for a while: a durable sign that nothing came, up to which time may run on.</summary>
    private void Beat()
    {
        var now = Now;
        if (now - sealedAt < options.SealEvery && now >= sealedAt)
            return;
        if (TryWrite(() => Seal(now)))
            sealedAt = now;
    }

    private void Seal(ServerTime now)
    {
        if (HasStalled(now))
            log.Append(now, [new Entry.GatewayUp(log.SealedUntil)], []);
        else
            log.Seal(now);
    }

    /// <summary>So long without a sign of life in the log: nothing that devices sent in that time could be heard, and it is not their silence.</summary>
    private bool HasStalled(ServerTime now) => started && now - log.SealedUntil > options.StalledAfter;

    private bool TryWrite(Action write)
    {
        try
        {
            write();
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
    private void Tell(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception e)
        {
            Log.ListenerFailed(logger, e);
        }
    }

    private void Finish(Submission submission, bool written)
    {
        if (submission.Done is { } done)
        {
            Tell(() => done(written));
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
