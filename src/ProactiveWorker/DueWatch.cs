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

    /// <summary>Nothing has been written since, and nothing has fallen due.</summary>
    public bool IsQuiet(ServerTime now) => now.EpochMs < dueAt && state.Writes == writes;

    /// <summary>Asks whether something is due by <paramref name="now"/>; where not, the answer holds for a while.</summary>
    /// <param name="nextDueAt">When the next thing falls due or fell due, epoch ms; null for never.</param>
    public bool Look(ServerTime now, Func<Db, long?> nextDueAt)
    {
        var before = state.Writes;
        var next = state.Read(nextDueAt) ?? long.MaxValue;
        if (next <= now.EpochMs)
            return true;
        (writes, dueAt) = (before, next);
        return false;
    }
}
