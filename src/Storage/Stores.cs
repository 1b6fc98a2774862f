using B2D.Storage.Migrations;
using B2D.Storage.Sqlite;
using B2D.Storage.Telemetry;

namespace B2D.Storage;

/// <summary>The three databases of one installation. One process at a time has them.</summary>
public sealed class Stores : IDisposable
{
    private readonly IDisposable? hold;

    private Stores(PartitionLog log, Database state, TelemetryStore telemetry, IDisposable? hold) =>
        (Log, State, Telemetry, this.hold) = (log, state, telemetry, hold);

    /// <summary>What Core sees, in order.</summary>
    public PartitionLog Log { get; }

    /// <summary>Everything else: registry, faults, cases, outages, dues, notices, commands, people.</summary>
    public Database State { get; }

    /// <summary>Readings by device, metric and time; can be made again from the log.</summary>
    public TelemetryStore Telemetry { get; }

    /// <summary>Opens what is there, or makes it, and brings its schema up to date.</summary>
    /// <exception cref="StorageException">Another process has it, or the data is newer than the program, or it is damaged.</exception>
    /// <exception cref="ArgumentException">The options do not say where; the message lists every problem.</exception>
    public static Stores Open(StorageOptions options)
    {
        var problems = options.Problems();
        if (problems.Count > 0)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        return OpenFolder(options.DataFolder!);
    }

    /// <summary>SQLite in memory, gone when it is disposed of: for simulations and tests.</summary>
    public static Stores InMemory() => Assemble(
        null,
        () => SqliteDatabase.InMemory(MigrationSet.Log),
        () => SqliteDatabase.InMemory(MigrationSet.State),
        () => SqliteDatabase.InMemory(MigrationSet.Telemetry));

    public void Dispose()
    {
        Log.Dispose();
        State.Dispose();
        Telemetry.Dispose();
        hold?.Dispose();
    }

    private static Stores OpenFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        return Assemble(
            FolderLock.Take(folder),
            () => SqliteDatabase.Open(Path.Combine(folder, "log.db"), MigrationSet.Log),
            () => SqliteDatabase.Open(Path.Combine(folder, "state.db"), MigrationSet.State),
            () => SqliteDatabase.Open(Path.Combine(folder, "telemetry.db"), MigrationSet.Telemetry, SqliteSync.Normal));
    }

    /// <summary>Opens all or nothing.</summary>
    private static Stores Assemble(IDisposable? hold, Func<SqliteDatabase> log, Func<SqliteDatabase> state, Func<SqliteDatabase> telemetry)
    {
        var opened = new Stack<IDisposable>();
        if (hold is not null)
            opened.Push(hold);
        try
        {
            var partitionLog = Opened(opened, new SqlitePartitionLog(Opened(opened, log())));
            var stateDatabase = Opened(opened, state());
            var telemetryStore = Opened(opened, new SqliteTelemetryStore(Opened(opened, telemetry())));
            return new Stores(partitionLog, stateDatabase, telemetryStore, hold);
        }
        catch
        {
            while (opened.TryPop(out var one))
                one.Dispose();
            throw;
        }
    }

    private static T Opened<T>(Stack<IDisposable> opened, T one)
        where T : IDisposable
    {
        opened.Push(one);
        return one;
    }
}
