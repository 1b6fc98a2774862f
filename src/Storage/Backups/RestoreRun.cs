namespace B2D.Storage.Backups;

/// <summary>Puts a backup into an empty data folder.</summary>
public static class RestoreRun
{
    /// <summary>There while a restore is under way, and afterwards where it was killed: no program starts on such a folder.</summary>
    private const string Marker = "restore-not-finished";

    /// <summary>Checks the backup, copies it, checks the copy's lengths and lets the folder be used.</summary>
    /// <param name="progress">Told of bytes done, and of all bytes: each is read for the check and once more for the copy.</param>
    /// <exception cref="StorageException">The backup is not whole or is damaged, a program runs over the folder, or the folder is not empty.</exception>
    public static BackupManifest Run(string folder, string dataFolder, Action<BackupProgress> progress, CancellationToken cancellation)
    {
        if (Directory.Exists(dataFolder))
            RefuseUnfinished(dataFolder);
        var problems = BackupCheck.Run(folder, p => progress(p with { Of = p.Of * 2 }), cancellation);
        if (problems.Count > 0)
            throw new StorageException(StorageProblem.Damaged, $"{folder} cannot be restored: {string.Join("; ", problems)}.");
        Stores.MakeFolder(dataFolder);
        using var held = FolderLock.Take(dataFolder);
        if (Directory.EnumerateFileSystemEntries(dataFolder).Select(Path.GetFileName).FirstOrDefault(n => n != FolderLock.FileName) is { } there)
            throw new StorageException(StorageProblem.InUse, $"{Path.GetFullPath(dataFolder)} is not empty (it has {there}); a backup is restored into an empty folder only.");
        var marker = Path.Combine(dataFolder, Marker);
        File.WriteAllText(marker, "A restore into this folder was not finished. Empty the folder and restore again.\n");
        DiskOrder.Flush(marker);
        DiskOrder.FlushNames(dataFolder);
        var manifest = BackupManifest.Read(folder);
        Copy(manifest, folder, dataFolder, progress, cancellation);
        DiskOrder.FlushNames(dataFolder);
        File.Delete(marker);
        DiskOrder.FlushNames(dataFolder);
        return manifest;
    }

    /// <exception cref="StorageException">A restore into the folder was not finished.</exception>
    internal static void RefuseUnfinished(string dataFolder)
    {
        if (File.Exists(Path.Combine(dataFolder, Marker)))
            throw new StorageException(StorageProblem.Incomplete, $"A restore into {Path.GetFullPath(dataFolder)} was not finished. Empty the folder and restore again.");
    }

    private static void Copy(BackupManifest manifest, string folder, string dataFolder, Action<BackupProgress> progress, CancellationToken cancellation)
    {
        var all = manifest.Files.Sum(f => f.Bytes);
        var done = all;
        var buffer = new byte[1 << 20];
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(dataFolder, file.Name);
            using (var from = new FileStream(Path.Combine(folder, file.Name), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
            using (var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                for (int count; (count = from.Read(buffer)) > 0; progress(new BackupProgress(file.Name, done += count, all * 2)))
                {
                    cancellation.ThrowIfCancellationRequested();
                    to.Write(buffer, 0, count);
                }
                to.Flush(flushToDisk: true);
            }
        }
    }
}
