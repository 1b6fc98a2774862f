using B2D.Core;
using B2D.Storage;

namespace B2D.ProactiveWorker;

/// <summary>
/// Remembers that nothing was due in the state database and when the next thing will be, so that a loop that is pumped a thousand times a second looks only when
/// somebody has written or the time has come.
/// </summary>
internal sealed class DueWatch(Database state)
{
    private long writes = -1;
    private long dueAt;

    /// <summary>Whether something is due by <paramref name="now"/>; where not, nobody is asked again until something is written or falls due.</summary>
    /// <param name="nextDueAt">When the next thing falls due or fell due, epoch ms; null for never.</param>
    public bool IsDue(ServerTime now, Func<Db, long?> nextDueAt)
    {
        var before = state.Writes;
        if (now.EpochMs < dueAt && before == writes)
            return false;
        var next = state.Read(nextDueAt) ?? long.MaxValue;
        if (next <= now.EpochMs)
            return true;
        (writes, dueAt) = (before, next);
        return false;
    }

    /// <summary>The same where what there is has no time of its own: whether there is <paramref name="any"/>; where not, nobody is asked again until something is written.</summary>
    public bool Any(ServerTime now, Func<Db, bool> any) => IsDue(now, db => any(db) ? now.EpochMs : null);
}
