using B2D.Core.Access;
using B2D.Storage.Backups;
using B2D.Storage.Migrations;
using B2D.Storage.Postgres;
using B2D.Storage.Sqlite;
using B2D.Storage.Telemetry;

namespace B2D.Storage;

/// <summary>The four databases of one installation. One process at a time has them.</summary>
public sealed class Stores : IDisposable
{
    private readonly IDisposable hold;

    /// <summary>Whose databases these are seen through; null where they are its own.</summary>
    private readonly Stores? whole;

    /// <summary>The files of a data folder by name; none where the data is elsewhere.</summary>
    private Dictionary<string, SqliteDatabase> files = [];

    private Stores(PartitionLog log, Database state, TelemetryStore telemetry, Database sessions, IDisposable hold) =>
        (Log, State, Telemetry, Sessions, this.hold) = (log, state, telemetry, sessions, hold);

    private Stores(Stores whole, Database state) : this(whole.Log, state, whole.Telemetry, whole.Sessions, Nothing.Held) => this.whole = whole;

    /// <summary>The same without anybody's sight: for what everybody is shown alike.</summary>
    public Stores Whole => whole ?? this;

    /// <summary>The same as whoever asks sees them: what is read of the state is within their <see cref="Sight"/>. Readings are asked for by the id of a device that was found there.</summary>
    /// <param name="whose">The sight of whoever asks, looked up for each read.</param>
    public Stores SeenThrough(Func<Sight> whose) => new(Whole, new SeenDatabase(Whole.State, whose));

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

    /// <summary>
    /// A data folder as it is at one instant, to read only: of a program that runs, of one that does not, or a backup. It takes no lock, and what the other one
    /// does meanwhile is not seen; its write-ahead logs grow until this ends, each store's until it is disposed of.
    /// </summary>
    /// <exception cref="StorageException">A database is missing or damaged, or of an older or newer program.</exception>
    public static Stores OpenToRead(string folder)
    {
        RestoreRun.RefuseUnfinished(folder);
        // In this order: telemetry is never ahead of the log, and the log names no rules that the state has not got.
        var opened = new Stack<Database>();
        try
        {
            var sessions = Reading("sessions.db", MigrationSet.Sessions);
            var telemetry = Reading("telemetry.db", MigrationSet.Telemetry);
            var log = Reading("log.db", MigrationSet.Log);
            var state = Reading("state.db", MigrationSet.State);
            return new Stores(new SqliteLogReading(log), state, new TelemetryStore(telemetry), sessions, Nothing.Held);
        }
        catch
        {
            while (opened.TryPop(out var one))
                one.Dispose();
            throw;
        }

        SqliteReading Reading(string name, MigrationSet migrations)
        {
            var database = SqliteReading.Open(Path.Combine(folder, name), migrations);
            opened.Push(database);
            return database;
        }
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
        if (whole is not null)
            return;
        Log.Dispose();
        State.Dispose();
        Telemetry.Dispose();
        Sessions.Dispose();
        hold.Dispose();
    }

    /// <summary>Makes a data folder where it is missing, for its owner alone: it holds personal data.</summary>
    internal static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>
    /// All databases as they are at one instant, by file name. While <c>state.db</c> commits nothing, each is held after those that may be ahead of it: what
    /// one of them has read of the log was in the log before.
    /// </summary>
    /// <exception cref="StorageException">The data is not in files.</exception>
    internal Dictionary<string, PinnedDatabase> Pin()
    {
        if (files.Count == 0)
            throw new StorageException("Only a data folder can be backed up; a server's database has tools of its own, such as pg_dump.");
        var pinned = new Dictionary<string, PinnedDatabase>();
        try
        {
            foreach (var (name, database) in files)
                pinned.Add(name, PinnedDatabase.Of(name, database));
            State.Write(_ =>
            {
                foreach (var name in new[] { "sessions.db", "telemetry.db", "state.db", "log.db" })
                    pinned[name].Pin();
            });
            return pinned;
        }
        catch
        {
            foreach (var one in pinned.Values)
                one.Dispose();
            throw;
        }
    }

    private static Stores OpenFolder(string folder)
    {
        MakeFolder(folder);
        RestoreRun.RefuseUnfinished(folder);
        var files = new Dictionary<string, SqliteDatabase>();
        var stores = Assemble(
            () => FolderLock.Take(folder),
            () => new SqlitePartitionLog(Open("log.db", MigrationSet.Log)),
            () => Open("state.db", MigrationSet.State),
            () => new TelemetryStore(Open("telemetry.db", MigrationSet.Telemetry, SqliteSync.Normal)),
            () => Open("sessions.db", MigrationSet.Sessions));
        stores.files = files;
        return stores;

        SqliteDatabase Open(string name, MigrationSet migrations, SqliteSync sync = SqliteSync.Full) =>
            files[name] = SqliteDatabase.Open(Path.Combine(folder, name), migrations, sync);
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

    /// <summary>What is in memory or only read needs no lock.</summary>
    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Held = new();

        public void Dispose()
        {
        }
    }
}
