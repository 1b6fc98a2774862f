using B2D.Core;
using B2D.Storage;
using B2D.Storage.Search;

namespace B2D.ProactiveWorker.Search;

/// <summary>Reads the words of customers and cases whose texts have changed, so that they are found: a moment later, a few at a time, and never before the work itself.</summary>
public sealed class SearchLoop(Database state)
{
    /// <summary>Read in one transaction; about 5 ms.</summary>
    private const int AtOnce = 20;

    /// <summary>While there is other work it gets a turn so often.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly DueWatch watch = new(state);
    private ServerTime lastAt;

    /// <summary>One turn; true where there is more to do at once.</summary>
    /// <param name="busy">The worker has other work that waits.</param>
    public bool Pump(ServerTime now, bool busy)
    {
        if ((busy && now - lastAt < Patience) || !watch.Any(now, db => SearchStore.Pending(db, 1).Count > 0))
            return false;
        lastAt = now;
        return state.Write(db =>
        {
            var pending = SearchStore.Pending(db, AtOnce);
            foreach (var one in pending)
                SearchStore.Read(db, one);
            return pending.Count == AtOnce;
        });
    }
}
