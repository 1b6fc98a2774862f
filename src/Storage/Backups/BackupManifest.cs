using System.Text.Json;

namespace B2D.Storage.Backups;

/// <summary>One database of a backup.</summary>
/// <param name="Name">File name, <c>log.db</c>.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of the whole file, in lower-case hexadecimal.</param>
/// <param name="Schema">Version of its schema.</param>
public sealed record BackupFile(string Name, long Bytes, string Sha256, int Schema);

/// <summary>
/// What a whole backup consists of, in <c>backup.json</c>. It is written last: a folder without it holds no backup, whatever else it holds.
/// </summary>
public sealed record BackupManifest
{
    /// <summary>Name of the manifest within the backup's folder.</summary>
    public const string FileName = "backup.json";

    /// <summary>The form that this program writes; it reads no other.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public int Format { get; init; } = CurrentFormat;

    /// <summary>The instant that the backup shows, epoch ms: what was acknowledged before is in it.</summary>
    public long TakenAt { get; init; }

    /// <summary>Version of the program that made it.</summary>
    public string Program { get; init; } = "";

    public IReadOnlyList<BackupFile> Files { get; init; } = [];

    /// <summary>Last offset of the log's copy.</summary>
    public long LogOffset { get; init; }

    /// <summary>Up to which offset the log was evaluated in the copy of <c>state.db</c>; never above <see cref="LogOffset"/>.</summary>
    public long StateOffset { get; init; }

    /// <summary>The manifest of a backup's folder.</summary>
    /// <exception cref="StorageException">There is none, or this program cannot read it.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!Directory.Exists(folder))
            throw new StorageException(StorageProblem.Incomplete, $"There is no folder {folder}.");
        if (!File.Exists(path))
            throw new StorageException(StorageProblem.Incomplete, $"{folder} holds no whole backup: it has no {FileName}, which is written last. Make it again with b2d backup.");
        BackupManifest? read;
        try
        {
            read = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(path), Json);
        }
        catch (JsonException e)
        {
            throw new StorageException(StorageProblem.Damaged, $"{path} cannot be read: {e.Message}", e);
        }
        return read switch
        {
            { Format: CurrentFormat } => read,
            { Format: > CurrentFormat } => throw new StorageException(StorageProblem.NewerData, $"{path} has format {read.Format}, this program knows {CurrentFormat}: use the newer program."),
            _ => throw new StorageException(StorageProblem.Damaged, $"{path} is no manifest of a backup."),
        };
    }

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}
