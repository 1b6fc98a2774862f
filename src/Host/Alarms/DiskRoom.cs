namespace B2D.Host.Alarms;

/// <summary>The room on the disk of the data folder, and whether ingest may still use it.</summary>
/// <param name="reserve">Bytes that are kept back for the work on cases; 0: none.</param>
internal sealed class DiskRoom(string folder, long reserve, TimeProvider time)
{
    /// <summary>Between two looks; room does not go faster than this matters.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly string path = Path.GetFullPath(folder);
    private long lookedAt;
    private bool low;

    /// <summary>Bytes free; null where the system does not tell.</summary>
    public long? Free => Look(d => d.AvailableFreeSpace);

    /// <summary>Bytes of the whole disk; null where the system does not tell.</summary>
    public long? Total => Look(d => d.TotalSize);

    /// <summary>True while less than the reserve is free; what freed room must be a quarter more. One caller at a time.</summary>
    public bool IsLow
    {
        get
        {
            if (reserve == 0 || (lookedAt != 0 && time.GetElapsedTime(lookedAt) < Every))
                return low;
            lookedAt = time.GetTimestamp();
            // Where it cannot be told, the disk itself will say when it is full.
            low = Free is { } free && free < (low ? reserve + (reserve / 4) : reserve);
            return low;
        }
    }

    private long? Look(Func<DriveInfo, long> at)
    {
        try
        {
            return at(new DriveInfo(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
