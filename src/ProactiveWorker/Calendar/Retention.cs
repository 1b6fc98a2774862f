using B2D.Core;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Faults;
using B2D.Storage.Outbox;
using B2D.Storage.Replay;

namespace B2D.ProactiveWorker.Calendar;

/// <summary>Deletes what is older than it has to be kept, in small pieces so that nobody waits for it.</summary>
public sealed class Retention(Stores stores, WorkerOptions options)
{
    /// <summary>Rows deleted in one transaction; about 10 ms.</summary>
    private const int Piece = 1000;

    /// <summary>Runs until nothing is left to delete or it is cancelled; returns how many rows went.</summary>
    public long Run(ServerTime now, CancellationToken cancellation)
    {
        var before = now - options.Retention;
        // A replay starts at a snapshot: neither the log after it nor the effects written since may go.
        var oldest = stores.State.Read(db => SnapshotStore.List(db, "lanes") is [.., var last] ? last.TakenAt : 0);
        var logBefore = new ServerTime(Math.Min(before.EpochMs, oldest));
        return Drain(() => stores.Telemetry.Retain(before, Piece), cancellation)
            + Drain(() => stores.Log.Retain(logBefore, Piece), cancellation)
            + Drain(() => stores.State.Write(db => OutboxStore.Retain(db, logBefore.EpochMs, Piece)), cancellation)
            + Drain(() => stores.State.Write(db => FaultStore.Retain(db, logBefore.EpochMs, Piece)), cancellation)
            + Drain(() => stores.State.Write(db => OwnAlarmStore.Retain(db, before.EpochMs, Piece)), cancellation);
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
        while (piece == Piece);
        return gone;
    }
}
