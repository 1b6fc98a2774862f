namespace B2D.DeviceGateway.Ingest;

/// <summary>How the log is written.</summary>
public sealed record IngestOptions
{
    /// <summary>Submissions in one transaction, default 4,096, 1 to 65,536.</summary>
    public int MaxBatch { get; init; } = 4_096;

    /// <summary>Bytes of messages in one transaction, default 1 MiB, 1 KiB to 64 MiB; one message larger than that goes alone.</summary>
    public int MaxBatchBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Messages that wait for the disk, default 262,144, 1 to 10,000,000. From half of it on messages of QoS 0 are not taken (and counted); at all of it no
    /// device is read from, so that TCP slows them.
    /// </summary>
    public int MaxWaiting { get; init; } = 262_144;

    /// <summary>The same in bytes of messages, default 64 MiB, 64 KiB to 4 GiB.</summary>
    public long MaxWaitingBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Entries on disk that are not evaluated yet from which on devices are slowed, default 500,000, 1,000 to 100,000,000.</summary>
    public long MaxUnevaluated { get; init; } = 500_000;

    /// <summary>While they are slowed a batch is taken this often, default 100 ms, 1 ms to 10 s.</summary>
    public TimeSpan SlowedTo { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Submissions of B2D's own that are kept while the log cannot be written, default 65,536, 1 to 1,000,000; then the oldest is forgotten.</summary>
    public int MaxKept { get; init; } = 65_536;

    /// <summary>Longest time without a durable sign of life in the log, default 500 ms, 10 ms to 1 min: rules over silence lag by at most this.</summary>
    public TimeSpan SealEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A longer time than this without a sign of life in the log was no time in which devices could be heard: the log could not be written, or the whole machine
    /// stood still. Default 10 s, 1 s to 1 h.
    /// </summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Every value out of its range, each with the name of its option.</summary>
    public IEnumerable<string> Validate(string prefix)
    {
        if (MaxBatch is < 1 or > 65_536)
            yield return $"{prefix}{nameof(MaxBatch)} is {MaxBatch}; it must be between 1 and 65,536";
        if (MaxBatchBytes is < 1_024 or > 64 * 1024 * 1024)
            yield return $"{prefix}{nameof(MaxBatchBytes)} is {MaxBatchBytes}; it must be between 1,024 and 67,108,864 bytes";
        if (MaxWaiting is < 1 or > 10_000_000)
            yield return $"{prefix}{nameof(MaxWaiting)} is {MaxWaiting}; it must be between 1 and 10,000,000";
        if (MaxWaitingBytes is < 65_536 or > 1L << 32)
            yield return $"{prefix}{nameof(MaxWaitingBytes)} is {MaxWaitingBytes}; it must be between 65,536 and 4,294,967,296 bytes";
        if (MaxUnevaluated is < 1_000 or > 100_000_000)
            yield return $"{prefix}{nameof(MaxUnevaluated)} is {MaxUnevaluated}; it must be between 1,000 and 100,000,000";
        if (SlowedTo < TimeSpan.FromMilliseconds(1) || SlowedTo > TimeSpan.FromSeconds(10))
            yield return $"{prefix}{nameof(SlowedTo)} is {SlowedTo}; it must be between 1 ms and 10 s";
        if (MaxKept is < 1 or > 1_000_000)
            yield return $"{prefix}{nameof(MaxKept)} is {MaxKept}; it must be between 1 and 1,000,000";
        if (SealEvery < TimeSpan.FromMilliseconds(10) || SealEvery > TimeSpan.FromMinutes(1))
            yield return $"{prefix}{nameof(SealEvery)} is {SealEvery}; it must be between 10 ms and 1 min";
        if (StalledAfter < TimeSpan.FromSeconds(1) || StalledAfter > TimeSpan.FromHours(1))
            yield return $"{prefix}{nameof(StalledAfter)} is {StalledAfter}; it must be between 1 s and 1 h";
        if (StalledAfter < SealEvery * 2)
            yield return $"{prefix}{nameof(StalledAfter)} is {StalledAfter}; it must be at least twice {nameof(SealEvery)}, which is {SealEvery}";
    }
}
