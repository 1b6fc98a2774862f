using B2D.Storage.Migrations;
using B2D.Storage.Postgres;
using B2D.Storage.Sqlite;
using B2D.Storage.Telemetry;

namespace B2D.Storage;

/// <summary>The four databases of one installation. One process at a time has them.</summary>
public sealed class Stores : IDisposable
{
    private readonly IDisposable hold;

    private Stores(PartitionLog log, Database state, TelemetryStore telemetry, Database sessions, IDisposable hold) =>
        (Log, State, Telemetry, Sessions, this.hold) = (log, state, telemetry, sessions, hold);

    /// <summary>What Core sees, in order.</summary>
    public PartitionLog Log { get; }

    /// <summary>Everything else: registry, faults, cases, outages, dues, notices, commands, people.</summary>
    public Database State { get; }

    /// <summary>Readings by device, metric and time; can be made again from the log.</summary>
    public TelemetryStore Telemetry { get; }

    /// <summary>What the MQTT server keeps for its clients: sessions with their queued messages, retained messages.</summary>
    public Database Sessions { get; }

    /// <summary>Opens what is there, or makes it, and brings its schema up to date.</summary>
    /// <exception cref="StorageException">Another process has it, or the data is newer than the program, or it is damaged.</exception>
    /// <exception cref="ArgumentException">The options do not say where; the message lists every problem.</exception>
    public static Stores Open(StorageOptions options)
    {
        var problems = options.Problems();
        if (problems.Count > 0)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        return options.DataFolder is { Length: > 0 } folder ? OpenFolder(folder) : OpenPostgres(options.PostgresConnection!);
    }

    /// <summary>SQLite in memory, gone when it is disposed of: for simulations and tests.</summary>
    public static Stores InMemory() => Assemble(
        () => Nothing.Held,
        () => new SqlitePartitionLog(SqliteDatabase.InMemory(MigrationSet.Log)),
        () => SqliteDatabase.InMemory(MigrationSet.State),
        () => new TelemetryStore(SqliteDatabase.InMemory(MigrationSet.Telemetry)),
        () => SqliteDatabase.InMemory(MigrationSet.Sessions));

    public void Dispose()
    {
        Log.Dispose();
        State.Dispose();
        Telemetry.Dispose();
        Sessions.Dispose();
        hold.Dispose();
    }

    private static Stores OpenFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // personal data: nobody else's
        return Assemble(
            () => FolderLock.Take(folder),
            () => new SqlitePartitionLog(SqliteDatabase.Open(Path.Combine(folder, "log.db"), MigrationSet.Log)),
            () => SqliteDatabase.Open(Path.Combine(folder, "state.db"), MigrationSet.State),
            () => new TelemetryStore(SqliteDatabase.Open(Path.Combine(folder, "telemetry.db"), MigrationSet.Telemetry, SqliteSync.Normal)),
            () => SqliteDatabase.Open(Path.Combine(folder, "sessions.db"), MigrationSet.Sessions));
    }

    private static Stores OpenPostgres(string connection) => Assemble(
        () => PostgresLock.Take(connection),
        () => new PostgresPartitionLog(PostgresDatabase.Open(connection, "log", MigrationSet.Log)),
        () => PostgresDatabase.Open(connection, "state", MigrationSet.State),
        () => new TelemetryStore(PostgresDatabase.Open(connection, "telemetry", MigrationSet.Telemetry, waitForDisk: false)),
        () => PostgresDatabase.Open(connection, "sessions", MigrationSet.Sessions));

    /// <summary>
    /// Copies what was written into the files of the databases, where there is enough of it to be worth it: called about ten times a second on a thread that
    /// has time for it. Without it the writers do it themselves, later and in larger pieces.
    /// </summary>
    public void Checkpoint()
    {
        Log.Checkpoint();
        State.Checkpoint();
        Telemetry.Checkpoint();
        Sessions.Checkpoint();
    }

    /// <summary>Opens all or nothing.</summary>
    private static Stores Assemble(Func<IDisposable> hold, Func<PartitionLog> log, Func<Database> state, Func<TelemetryStore> telemetry, Func<Database> sessions)
    {
        var opened = new Stack<IDisposable>();
        try
        {
            var held = Opened(opened, hold());
            return new Stores(Opened(opened, log()), Opened(opened, state()), Opened(opened, telemetry()), Opened(opened, sessions()), held);
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

    /// <summary>What is in memory needs no lock.</summary>
    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Held = new();

        public void Dispose()
        {
        }
    }
}
