using B2D.Core;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Faults;
using B2D.Storage.Outbox;

namespace B2D.ProactiveWorker.Calendar;

/// <summary>Deletes what is older than it has to be kept, in small pieces so that nobody waits for it.</summary>
public sealed class Retention(Stores stores, WorkerOptions options)
{
    /// <summary>Rows deleted in one transaction; about 10 ms.</summary>
    private const int Piece = 1000;

    /// <summary>Likewise of blocks, which are larger.</summary>
    private const int Blocks = 100;

    /// <summary>So much more of the log is kept than a start would read.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>Runs until nothing is left to delete or it is cancelled; returns how many rows went.</summary>
    public long Run(ServerTime now, CancellationToken cancellation)
    {
        var before = now - options.Retention;
        // A replay starts where every partition is on disk: neither the log after it nor the effects written since may go. What was committed there last may be
        // undone by a loss of power; not what is a day old.
        var logBefore = ServerTime.Min(before, stores.Telemetry.NeedsLogFrom.At - Margin);
        return Drain(() => stores.Telemetry.Retain(before, Blocks), Blocks, cancellation)
            + Downsample(now - options.DownsampleAfter, cancellation)
            + Drain(() => stores.Log.Retain(logBefore, Piece), Piece, cancellation)
            + Drain(() => stores.State.Write(db => OutboxStore.Retain(db, logBefore.EpochMs, Piece)), Piece, cancellation)
            + Drain(() => stores.State.Write(db => FaultStore.Retain(db, logBefore.EpochMs, Piece)), Piece, cancellation)
            + Drain(() => stores.State.Write(db => OwnAlarmStore.Retain(db, before.EpochMs, Piece)), Piece, cancellation);
    }

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

    private static long Drain(Func<int> delete, int full, CancellationToken cancellation)
    {
        long gone = 0;
        int piece;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            piece = delete();
            gone += piece;
        }
        while (piece == full);
        return gone;
    }
}
