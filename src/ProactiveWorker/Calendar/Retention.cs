using B2D.Core;
using B2D.Core.Subscriptions;
using B2D.ProactiveWorker.Webhooks;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Customers;
using B2D.Storage.Faults;
using B2D.Storage.Links;
using B2D.Storage.Notices;
using B2D.Storage.Outbox;
using B2D.Storage.Subscriptions;
using B2D.Storage.Webhooks;

namespace B2D.ProactiveWorker.Calendar;

/// <summary>Deletes what is older than it has to be kept, in small pieces so that nobody waits for it.</summary>
public sealed class Retention(Stores stores, WorkerOptions options, ReceiverOptions? receivers = null)
{
    /// <summary>Rows deleted in one transaction; about 10 ms.</summary>
    private const int Piece = 1000;

    /// <summary>Likewise of blocks and of the log's batches, which are larger.</summary>
    private const int Blocks = 100;

    /// <summary>What somebody wrote whom we do not know, or no more: nobody asks for it, and nobody could be given it or be erased from it.</summary>
    private static readonly TimeSpan Strangers = TimeSpan.FromDays(30);

    /// <summary>So much more of the log is kept than a start would read.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>Runs until nothing is left to delete or it is cancelled; returns how many rows went.</summary>
    public long Run(ServerTime now, CancellationToken cancellation)
    {
        var before = now - options.Retention;
        // A replay starts where every partition is on disk: neither the log after it nor the effects written since may go. What was committed there last may be
        // undone by a loss of power; not what is a day old.
        var safe = stores.Telemetry.NeedsLogFrom.At - Margin;
        var doneBefore = ServerTime.Min(before, safe);
        return Drain(() => stores.Telemetry.Retain(before, Blocks), cancellation)
            + Downsample(now - options.DownsampleAfter, cancellation)
            + Drain(() => stores.Log.Retain(ServerTime.Min(now - options.LogRetention, safe), Blocks), cancellation)
            + Drain(() => stores.Log.StoredBytes > options.LogBytes ? stores.Log.Retain(safe, Blocks) : 0, cancellation)
            + Drain(() => stores.State.Write(db => OutboxStore.Retain(db, doneBefore.EpochMs, Piece)), cancellation)
            + Drain(() => stores.State.Write(db => FaultStore.Retain(db, doneBefore.EpochMs, Piece)), cancellation)
            + Drain(() => stores.State.Write(db => SubscriptionStore.Forget(db, (now - SubscriptionDecision.ConfirmWithin).EpochMs, Piece)), cancellation)
            + Drain(() => stores.State.Write(db => InboundStore.Retain(db, (now - Strangers).EpochMs, Piece)), cancellation)
            + Drain(() => stores.State.Write(db => CustomerLinkStore.Retain(db, before.EpochMs, Piece)), cancellation)
            + Drain(() => stores.State.Write(db => WebhookStore.Retain(db, (now - (receivers?.Keep ?? new ReceiverOptions().Keep)).EpochMs, Piece)), cancellation)
            + Drain(() => stores.State.Write(db => CustomerStore.EndCare(db, Day(now))), cancellation)
            + Drain(() => stores.State.Write(db => OwnAlarmStore.Retain(db, before.EpochMs, Piece)), cancellation);
    }

    /// <summary>The earliest day that it still is anywhere.</summary>
    private static string Day(ServerTime now) => DateTimeOffset.FromUnixTimeMilliseconds(now.EpochMs).AddHours(-12).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private long Downsample(ServerTime before, CancellationToken cancellation)
    {
        long done = 0;
        while (stores.Telemetry.Downsample(before) is > 0 and var blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            done += blocks;
        }
        return done;
    }

    private static long Drain(Func<int> delete, CancellationToken cancellation)
    {
        long gone = 0;
        int piece;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            piece = delete();
            gone += piece;
        }
        while (piece > 0);
        return gone;
    }
}
