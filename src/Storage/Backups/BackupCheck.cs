using System.Security.Cryptography;
using B2D.Storage.Migrations;
using B2D.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace B2D.Storage.Backups;

/// <summary>Whether a backup can be restored.</summary>
public static class BackupCheck
{
    /// <summary>Looks at the manifest, then at every file: length, hash, SQLite's own integrity, schema; then at what they say of each other.</summary>
    /// <param name="progress">Told of bytes looked at, and of all bytes.</param>
    /// <returns>Everything that is wrong, one line each; empty where nothing is.</returns>
    /// <exception cref="StorageException">There is no manifest that this program can read: no backup, or not a whole one.</exception>
    public static IReadOnlyList<string> Run(string folder, Action<BackupProgress> progress, CancellationToken cancellation)
    {
        var manifest = BackupManifest.Read(folder);
        var problems = new List<string>();
        foreach (var name in BackupRun.Names.Where(n => manifest.Files.All(f => f.Name != n)))
            problems.Add($"{BackupManifest.FileName} does not list {name}");
        foreach (var file in manifest.Files.Where(f => !BackupRun.Names.Contains(f.Name)))
            problems.Add($"{BackupManifest.FileName} lists '{file.Name}', which is no database of B2D");
        long done = 0;
        var all = manifest.Files.Sum(f => f.Bytes);
        foreach (var file in manifest.Files.Where(f => BackupRun.Names.Contains(f.Name)))
        {
            var before = done;
            problems.AddRange(Of(folder, file, bytes => progress(new BackupProgress(file.Name, before + bytes, all)), cancellation));
            done += file.Bytes;
        }
        if (problems.Count == 0)
            problems.AddRange(Together(folder, manifest));
        return problems;
    }

    private static IEnumerable<string> Of(string folder, BackupFile file, Action<long> progress, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, file.Name);
        if (!File.Exists(path))
            return [$"{file.Name} is missing"];
        if (new FileInfo(path).Length is var length && length != file.Bytes)
            return [$"{file.Name} has {length:N0} bytes, it had {file.Bytes:N0}"];
        if (HashOf(path, progress, cancellation) != file.Sha256)
            return [$"{file.Name} is not what was written: its SHA-256 is another"];
        if (MigrationSet.Of(Path.GetFileNameWithoutExtension(file.Name)).Latest is var latest && file.Schema > latest)
            return [$"{file.Name} has schema version {file.Schema}, this program knows versions up to {latest}: use the newer program"];
        return Integrity(path) is "ok" ? [] : [$"{file.Name} is damaged: {Integrity(path)}"];
    }

    /// <summary>What was read of the log must be in the log.</summary>
    private static IEnumerable<string> Together(string folder, BackupManifest manifest)
    {
        var log = Number(Path.Combine(folder, "log.db"), "SELECT last_offset FROM heartbeat WHERE id = 1");
        var state = Number(Path.Combine(folder, "state.db"), "SELECT position FROM checkpoints WHERE name = 'lanes'");
        if (log != manifest.LogOffset || state != manifest.StateOffset)
            yield return $"log.db ends at {log} and state.db stands at {state}; {BackupManifest.FileName} says {manifest.LogOffset} and {manifest.StateOffset}";
        if (state > log)
            yield return $"state.db has evaluated the log up to {state}, and log.db ends at {log}";
    }

    private static string HashOf(string path, Action<long> progress, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var buffer = new byte[1 << 20];
        long done = 0;
        for (int count; (count = file.Read(buffer)) > 0; progress(done += count))
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Integrity(string path)
    {
        try
        {
            using var connection = Open(path);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check(1)";
            return (string)command.ExecuteScalar()!;
        }
        catch (SqliteException e)
        {
            return e.Message;
        }
    }

    private static long Number(string path, string sql)
    {
        using var connection = Open(path);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // literals of this file only
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar() is long number ? number : 0;
    }

    /// <summary>Nothing is written beside the file either: a backup may stand on a medium that cannot be written.</summary>
    private static SqliteConnection Open(string path) => SqliteDatabase.Connect($"file:{Uri.EscapeDataString(Path.GetFullPath(path))}?immutable=1", SqliteOpenMode.ReadOnly);
}
