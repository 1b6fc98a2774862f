using System.Collections.Concurrent;
using B2D.Core.Access;
using B2D.Storage.Access;

namespace B2D.Storage;

/// <summary>A database as somebody sees it: reads find only rows within their <see cref="Sight"/>, whatever is asked. Writes see everything: whoever writes has asked before.</summary>
internal sealed class SeenDatabase(Database whole, Func<Sight> whose) : Database(whole.Dialect)
{
    /// <summary>Sights whose conditions are kept; beyond that they are made anew.</summary>
    private const int MaxKept = 256;

    private readonly ConcurrentDictionary<Sight, SightSql> kept = new();

    public override long Writes => whole.Writes;

    private protected override T ReadCore<T>(Func<Db, T> work)
    {
        var sight = whose();
        return sight.IsEverything ? whole.Read(work) : whole.Read(db => work(db.SeenBy(Of(db, sight))));
    }

    private protected override T WriteCore<TState, T>(TState state, Func<TState, Db, T> work) => whole.Write(state, work, static _ => { });

    private SightSql Of(Db db, Sight sight)
    {
        if (kept.TryGetValue(sight, out var known))
            return known;
        if (kept.Count >= MaxKept)
            kept.Clear();
        return kept[sight] = SightSql.Of(db, sight);
    }
}
