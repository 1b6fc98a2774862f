namespace B2D.Storage;

/// <summary>
/// One database: a SQLite file, a SQLite database in memory, or a schema of PostgreSQL. Reads see one committed state and run many at once, also
/// while a write runs (in memory they wait for it). Writes run one at a time in order of arrival.
/// </summary>
public abstract class Database : IDisposable
{
    private readonly TurnGate writers = new();
    private readonly ThreadLocal<bool> inside = new();
    private bool disposed;
    private long writes;

    private protected Database(Dialect dialect) => Dialect = dialect;

    public Dialect Dialect { get; }

    /// <summary>
    /// Another number after each write, also one that failed. Whoever read it before a read that found nothing need not read again while it is the same: only
    /// this process writes.
    /// </summary>
    public virtual long Writes => Interlocked.Read(ref writes);

    /// <summary>Runs <paramref name="work"/> on one consistent, committed state. It must not write.</summary>
    /// <exception cref="InvalidOperationException">Called inside a read or write of the same database: the work has a <see cref="Db"/> already.</exception>
    public T Read<T>(Func<Db, T> work)
    {
        Enter();
        try
        {
            return ReadCore(work);
        }
        finally
        {
            inside.Value = false;
        }
    }

    /// <inheritdoc cref="Read{T}(Func{Db, T})"/>
    public void Read(Action<Db> work) => Read(db => Done(work, db));

    /// <summary>Runs <paramref name="work"/> as one transaction: all of it is on disk when this returns, and nothing of it where the work throws.</summary>
    /// <exception cref="InvalidOperationException">Called inside a read or write of the same database: the work has a <see cref="Db"/> already.</exception>
    public T Write<T>(Func<Db, T> work) => Write(work, static (work, db) => work(db), static _ => { });

    /// <inheritdoc cref="Write{T}(Func{Db, T})"/>
    public void Write(Action<Db> work) => Write(db => Done(work, db));

    /// <summary>
    /// As <see cref="Write{T}(Func{Db, T})"/> for work over spans; <paramref name="committed"/> learns of the outcome before the next write begins.
    /// </summary>
    internal T Write<TState, T>(TState state, Func<TState, Db, T> work, Action<T> committed)
        where TState : allows ref struct
    {
        Enter();
        writers.Enter();
        try
        {
            var result = WriteCore(state, work);
            committed(result);
            return result;
        }
        finally
        {
            Interlocked.Increment(ref writes);
            writers.Leave();
            inside.Value = false;
        }
    }

    /// <summary>Copies what was written into the database's file, where there is enough of it to be worth it. Any thread; writes go on meanwhile.</summary>
    public virtual void Checkpoint()
    {
    }

    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            Dispose(true);
            inside.Dispose();
        }
        GC.SuppressFinalize(this);
    }

    private protected abstract T ReadCore<T>(Func<Db, T> work);

    private protected abstract T WriteCore<TState, T>(TState state, Func<TState, Db, T> work)
        where TState : allows ref struct;

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Reads that share the writer's only connection wait for their turn too.</summary>
    private protected T InTurn<T>(Func<T> work)
    {
        writers.Enter();
        try
        {
            return work();
        }
        finally
        {
            writers.Leave();
        }
    }

    private static bool Done(Action<Db> work, Db db)
    {
        work(db);
        return true;
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (inside.Value)
            throw new InvalidOperationException("Read or Write was called inside a read or write of the same database; use the Db that the work was given.");
        inside.Value = true;
    }
}
