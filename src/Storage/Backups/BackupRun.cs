using System.Reflection;

namespace B2D.Storage.Backups;

/// <summary>How far a backup is.</summary>
/// <param name="File">The database that is being copied.</param>
public readonly record struct BackupProgress(string File, long Bytes, long Of);

/// <summary>
/// One backup under way, in bounded steps that its caller paces, so that those who write go on. All databases are copied as they were at one instant, pinned
/// in an order in which nothing is ahead of the log: while <c>state.db</c> commits nothing, first <c>sessions.db</c> and <c>telemetry.db</c>, then
/// <c>state.db</c> itself, then the log. Whatever a reader of the log had committed when it was pinned was in the log before. The log is copied first, since it
/// grows fastest. Everything goes to FOLDER.part, which is renamed when it is whole.
/// </summary>
public sealed class BackupRun : IDisposable
{
    /// <summary>What a folder is called until its backup is whole.</summary>
    public const string Unfinished = ".part";

    /// <summary>Databases of an installation in the order in which they are copied.</summary>
    internal static readonly string[] Names = ["log.db", "state.db", "sessions.db", "telemetry.db"];

    private readonly string folder;
    private readonly string part;
    private readonly Queue<PinnedDatabase> waiting;
    private readonly List<BackupFile> files = [];
    private readonly IDisposable? hold;
    private readonly long all;
    private readonly BackupManifest manifest;
    private PinnedDatabase? source;
    private FileCopy? copy;
    private long done;

    private BackupRun(string folder, Dictionary<string, PinnedDatabase> pinned, IDisposable? hold, long now)
    {
        (this.folder, this.hold) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), hold);
        part = this.folder + Unfinished;
        waiting = new Queue<PinnedDatabase>(Names.Select(n => pinned[n]));
        try
        {
            all = waiting.Sum(p => p.Bytes);
            manifest = new BackupManifest
            {
                TakenAt = now,
                Program = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3),
                LogOffset = pinned["log.db"].Number("SELECT last_offset FROM heartbeat WHERE id = 1"),
                StateOffset = pinned["state.db"].Number("SELECT position FROM checkpoints WHERE name = 'lanes'"),
            };
            Prepare();
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>How far it is; from any thread.</summary>
    public BackupProgress Progress { get; private set; }

    /// <summary>What was made, when <see cref="Step"/> has returned false.</summary>
    public BackupManifest? Whole { get; private set; }

    /// <summary>Begins a backup of databases that this process has open and goes on writing.</summary>
    /// <param name="folder">Where it goes; not there yet, or empty.</param>
    /// <exception cref="StorageException">The folder is in use, the disk has no room, or the data is not in files.</exception>
    public static BackupRun Begin(Stores stores, string folder, long now) => new(folder, stores.Pin(), null, now);

    /// <summary>Begins a backup of a data folder that no process has open. Nothing in it changes, also where an older program wrote it.</summary>
    /// <inheritdoc cref="Begin(Stores, string, long)"/>
    public static BackupRun Begin(string dataFolder, string folder, long now)
    {
        if (!Names.All(n => File.Exists(Path.Combine(dataFolder, n))))
            throw new StorageException(StorageProblem.Damaged, $"{Path.GetFullPath(dataFolder)} is no data folder of B2D: {string.Join(", ", Names.Where(n => !File.Exists(Path.Combine(dataFolder, n))))} missing.");
        RestoreRun.RefuseUnfinished(dataFolder);
        var held = FolderLock.Take(dataFolder);
        var pinned = new Dictionary<string, PinnedDatabase>();
        try
        {
            foreach (var name in Names)
            {
                pinned.Add(name, PinnedDatabase.Of(Path.Combine(dataFolder, name)));
                pinned[name].Pin();
            }
            return new BackupRun(folder, pinned, held, now);
        }
        catch
        {
            foreach (var one in pinned.Values)
                one.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>One bounded step; false when the backup is whole and has its name.</summary>
    public bool Step()
    {
        if (Whole is not null)
            return false;
        if (copy is null && waiting.TryDequeue(out source))
            copy = new FileCopy(source, Path.Combine(part, source.Name));
        if (copy is null)
        {
            Finish();
            return false;
        }
        var more = copy.Step();
        Progress = new BackupProgress(copy.Name, done + copy.Copied, all);
        if (more)
            return true;
        done += copy.Copied;
        files.Add(copy.Whole!);
        copy.Dispose();
        copy = null;
        source!.Dispose();
        source = null;
        return true;
    }

    /// <summary>Lets the databases go; what is not whole is removed.</summary>
    public void Dispose()
    {
        Release();
        if (Whole is null)
            Remove();
    }

    /// <summary>Removes what a backup that was killed left, and nothing else.</summary>
    private void Remove()
    {
        if (!Directory.Exists(part))
            return;
        foreach (var name in Names.Append(BackupManifest.FileName))
        {
            File.Delete(Path.Combine(part, name));
            File.Delete(Path.Combine(part, name + "-journal"));
        }
        if (!Directory.EnumerateFileSystemEntries(part).Any())
            Directory.Delete(part);
    }

    private void Prepare()
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new StorageException(StorageProblem.InUse, $"{folder} is there already and not empty; give a folder that is not there yet.");
        Remove();
        if (Directory.Exists(part))
            throw new StorageException(StorageProblem.InUse, $"{part} holds files that are no backup's; remove them.");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(part);
        else
            Directory.CreateDirectory(part, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // personal data: nobody else's
        var free = new DriveInfo(part).AvailableFreeSpace;
        if (free >= all)
            return;
        Remove();
        throw new StorageException(StorageProblem.InUse, $"The backup needs {all >> 20:N0} MiB, and the disk of {folder} has {free >> 20:N0} MiB free.");
    }

    private void Finish()
    {
        var whole = manifest with { Files = files };
        File.WriteAllBytes(Path.Combine(part, BackupManifest.FileName), whole.ToBytes());
        DiskOrder.Flush(Path.Combine(part, BackupManifest.FileName));
        DiskOrder.FlushNames(part);
        if (Directory.Exists(folder))
            Directory.Delete(folder);
        Directory.Move(part, folder);
        DiskOrder.FlushNames(Path.GetDirectoryName(folder)!);
        Whole = whole;
    }

    private void Release()
    {
        copy?.Dispose();
        copy = null;
        source?.Dispose();
        source = null;
        while (waiting.TryDequeue(out var one))
            one.Dispose();
        hold?.Dispose();
    }
}
