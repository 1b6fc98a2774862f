using System.Buffers;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry;

/// <summary>A message that could not become entries.</summary>
/// <param name="Reason">Name of the reason's enum member.</param>
/// <param name="Payload">The first 64 KiB; more is cut off when it is stored.</param>
/// <param name="Size">Bytes of the whole payload.</param>
public sealed record DeadLetter(ServerTime At, string Device, string Topic, string Reason, string Detail, byte[] Payload, int Size)
{
    /// <summary>How much of a payload is kept, in bytes.</summary>
    public const int MaxPayload = 64 * 1024;
}

/// <summary>A dead letter as stored.</summary>
public sealed record DeadLetterRow
{
    public long Id { get; init; }
    public long At { get; init; }
    public string Device { get; init; } = "";
    public string Topic { get; init; } = "";
    public string Reason { get; init; } = "";
    public string Detail { get; init; } = "";
    public byte[] Payload { get; init; } = [];
    public int Size { get; init; }
}

/// <summary>
/// The logs of all partitions: what Core sees, in order. Offsets rise by one over all partitions together and are never used twice. One writer;
/// readers read what is committed, also while an append runs. What one append wrote is one row; the newest rows also stay in memory for whoever reads along.
/// </summary>
public abstract class PartitionLog : IDisposable
{
    /// <summary>Kind of a row that holds a whole batch; rows of single entries were written by the first release.</summary>
    private protected const int BatchKind = 100;

    /// <summary>Bytes of the arrays of the newest batches that stay in memory, 64 MiB.</summary>
    private const long MaxRecentBytes = 64L * 1024 * 1024;

    private readonly Lock tail = new();
    private readonly DeviceIdCache devices = new();
    private readonly Queue<Recent> recent = new();
    private readonly Action<Appended> advance;
    private List<Recent>? found = [];
    private long recentBytes;
    private int readers;
    private long lastOffset;
    private long sealedUntil;
    private int namesStored;

    private protected PartitionLog(Database database)
    {
        (Database, advance) = (database, Advance);
        var heartbeat = database.Read(db => db.First<HeartbeatRow>("SELECT at, last_offset FROM heartbeat WHERE id = 1"));
        (lastOffset, sealedUntil) = (heartbeat.LastOffset, heartbeat.At);
        foreach (var name in database.Read(db => db.Query<NameRow>("SELECT id, name FROM metric_names ORDER BY id")))
        {
            if (Names.Of(name.Name) != name.Id)
                throw new StorageException(StorageProblem.Damaged, $"metric_names of the log is damaged at number {name.Id}");
        }
        namesStored = Names.Count;
    }

    /// <summary>Names of metrics by number, for batches of this log.</summary>
    public MetricNames Names { get; } = new();

    /// <summary>
    /// No later entry will carry an <c>At</c> before this. Read it before <see cref="Read"/>: then everything earlier is in what Read finds.
    /// </summary>
    public ServerTime SealedUntil
    {
        get
        {
            lock (tail)
                return new ServerTime(sealedUntil);
        }
    }

    /// <summary>The last offset given; 0 before the first entry.</summary>
    public long LastOffset
    {
        get
        {
            lock (tail)
                return lastOffset;
        }
    }

    /// <inheritdoc cref="Database.Checkpoint"/>
    public void Checkpoint() => Database.Checkpoint();

    private protected Database Database { get; }

    /// <summary>
    /// Appends in one transaction and one flush: when this returns, all of it is on disk. An entry goes to its device's partition; one that is about no device
    /// goes to each of the 256. The entries carry <paramref name="at"/>, or the time of the last one where that is later.
    /// </summary>
    public IReadOnlyList<LogEntry> Append(ServerTime at, IReadOnlyList<Entry> entries, IReadOnlyList<DeadLetter> deadLetters)
    {
        if (entries.Count == 0 && deadLetters.Count == 0)
            return [];
        var encoded = new EntryBatch(Names);
        foreach (var entry in entries)
            encoded.Add(entry);
        var (first, stamp) = Append(at, encoded, deadLetters);
        var appended = new List<LogEntry>(encoded.Count);
        foreach (var entry in entries)
            Deal(entry, first, stamp, appended);
        return appended;
    }

    /// <summary>As above, for entries that are encoded. Returns the offset of the first one and the time that all of them carry.</summary>
    /// <param name="batch">Made with <see cref="Names"/> of this log; may be used again afterwards.</param>
    public (long First, ServerTime At) Append(ServerTime at, EntryBatch batch, IReadOnlyList<DeadLetter> deadLetters)
    {
        if (batch.Names != Names)
            throw new ArgumentException("The batch was made with the names of another log.", nameof(batch));
        if (batch.Count == 0 && deadLetters.Count == 0)
            return (lastOffset + 1, at);
        var done = Database.Write(
            (Log: this, At: at.EpochMs, batch, deadLetters),
            static (work, db) => work.Log.AppendIn(db, work.At, work.batch, work.deadLetters),
            advance);
        return (done.Last - batch.Count + 1, new ServerTime(done.At));
    }

    /// <summary>At most <paramref name="max"/> (1 to 100,000) entries after an offset, in committed order.</summary>
    /// <exception cref="EntryFormatException">An entry was written by a program too new or too old, or is damaged.</exception>
    public IReadOnlyList<LogEntry> Read(long afterOffset, int max)
    {
        var entries = new List<LogEntry>();
        Read(afterOffset, max, entries);
        return entries;
    }

    /// <summary>As above, behind what is in the list. What is read on from in this way leaves the memory: reading along, nobody goes back.</summary>
    /// <param name="reused">Entries to decode into; null where they are to stay.</param>
    /// <exception cref="EntryFormatException">An entry was written by a program too new or too old, or is damaged.</exception>
    public void Read(long afterOffset, int max, List<LogEntry> entries, ReusedTelemetry? reused = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, 100_000);
        if (!ReadRecent(afterOffset, max, entries, reused))
            ReadStored(afterOffset, max, entries, reused);
    }

    /// <summary>Says durably that no entry before <paramref name="now"/> will come, so that ticks may run up to it.</summary>
    public void Seal(ServerTime now)
    {
        if (now <= SealedUntil)
            return;
        Database.Write((Log: this, now.EpochMs), static (seal, db) => seal.Log.SealIn(db, seal.EpochMs), advance);
    }

    /// <summary>Newest first, before the id <paramref name="before"/> (0: from the newest).</summary>
    public IReadOnlyList<DeadLetterRow> DeadLetters(int max = 100, long before = 0) => Database.Read(db => db.Query<DeadLetterRow>(
        $"SELECT {Columns<DeadLetterRow>.All} FROM dead_letters WHERE id < @before ORDER BY id DESC LIMIT {Page.Rows(max)}",
        new { before = before > 0 ? before : long.MaxValue }));

    /// <summary>Dead letters by reason.</summary>
    public IReadOnlyDictionary<string, long> CountDeadLetters() =>
        Database.Read(db => Counts.By(db, "SELECT reason AS name, count(*) AS count FROM dead_letters GROUP BY reason"));

    /// <summary>Entries that are stored now.</summary>
    public long CountEntries() => Database.Read(db => db.Scalar<long?>("SELECT CAST(sum(count) AS BIGINT) FROM entries") ?? 0);

    /// <summary>Bytes of all that is stored now; what retention has freed within the file is not counted.</summary>
    public long StoredBytes => Database.Read(db => Database.Dialect == Dialect.Sqlite
        ? (db.Scalar<long>("PRAGMA page_count") - db.Scalar<long>("PRAGMA freelist_count")) * db.Scalar<long>("PRAGMA page_size")
        : db.Scalar<long>("SELECT pg_total_relation_size('entries')"));

    /// <summary>
    /// Deletes the oldest rows, and dead letters, from before a time: at most <paramref name="maxRows"/> in one short transaction; returns how many entries or
    /// letters, 0 when done. The offsets are not used again.
    /// </summary>
    public int Retain(ServerTime before, int maxRows)
    {
        lock (tail)
        {
            while (recent.TryPeek(out var oldest) && oldest.At < before)
                ForgetOldest();
        }
        return Database.Write(db => DeleteOldest(db, before, maxRows));
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Database.Dispose();
    }

    /// <summary>One row: entries up to an offset.</summary>
    private protected abstract void WriteBatch(Db db, long last, int count, long at, ReadOnlySpan<byte> body);

    private protected abstract void WriteHeartbeat(Db db, long at, long last);

    /// <summary>Inside the write, where nobody else can give the same offset.</summary>
    private Appended AppendIn(Db db, long at, EntryBatch batch, IReadOnlyList<DeadLetter> deadLetters)
    {
        var stamp = Math.Max(at, sealedUntil);
        var last = lastOffset + batch.Count;
        var names = StoreNames(db);
        byte[]? body = null;
        if (batch.Count > 0)
        {
            WriteBatch(db, last, batch.Count, stamp, batch.Written);
            body = ArrayPool<byte>.Shared.Rent(batch.Length);
            batch.Written.CopyTo(body);
        }
        WriteDeadLetters(db, deadLetters);
        WriteHeartbeat(db, stamp, last);
        return new Appended(stamp, last, names, body, batch.Length);
    }

    private Appended SealIn(Db db, long now)
    {
        var until = Math.Max(now, sealedUntil);
        WriteHeartbeat(db, until, lastOffset);
        return new Appended(until, lastOffset, namesStored, null, 0);
    }

    /// <summary>A batch may use every name that has a number by now: they are stored before it, or with it.</summary>
    private int StoreNames(Db db)
    {
        var count = Names.Count;
        for (var id = namesStored; id < count; id++)
            db.Execute("INSERT INTO metric_names (id, name) VALUES (@id, @name)", new { id = (long)id, name = Names[id] });
        return count;
    }

    private static void Deal(Entry entry, long first, ServerTime at, List<LogEntry> appended)
    {
        if (EntryCodec.DeviceOf(entry) is { } device)
        {
            appended.Add(new LogEntry(Partitions.Of(device), first + appended.Count, at, entry));
            return;
        }
        for (var partition = 0; partition < Partitions.Count; partition++)
            appended.Add(new LogEntry(partition, first + appended.Count, at, entry));
    }

    /// <summary>From memory, where all that follows the offset is there; false where it is not.</summary>
    private bool ReadRecent(long afterOffset, int max, List<LogEntry> entries, ReusedTelemetry? reused)
    {
        List<Recent> batches;
        lock (tail)
        {
            if (afterOffset >= lastOffset)
                return true;
            while (recent.TryPeek(out var read) && read.Last <= afterOffset)
                ForgetOldest();
            if (recent.Count == 0 || recent.Peek().First > afterOffset + 1)
                return false;
            (batches, found) = (found ?? [], null);
            var count = 0L;
            foreach (var batch in recent)
            {
                batches.Add(batch);
                count += batch.Last - Math.Max(afterOffset, batch.First - 1);
                if (count >= max)
                    break;
            }
            readers++;
        }
        try
        {
            max += entries.Count;
            foreach (var batch in batches)
                Decode(batch.Body.AsSpan(0, batch.Length), batch.First, batch.At, afterOffset, max, entries, reused);
            return true;
        }
        finally
        {
            batches.Clear();
            lock (tail)
                (found, readers) = (batches, readers - 1);
        }
    }

    /// <summary>The oldest batch leaves the memory, under <see cref="tail"/>. Its bytes are used again, unless somebody may be reading them.</summary>
    private void ForgetOldest()
    {
        var body = recent.Dequeue().Body;
        recentBytes -= body.Length;
        if (readers == 0)
            ArrayPool<byte>.Shared.Return(body);
    }

    /// <remarks>On its own: what the work captures is made only where it is needed.</remarks>
    private void ReadStored(long afterOffset, int max, List<LogEntry> entries, ReusedTelemetry? reused) =>
        Database.Read(db => ReadRows(db, afterOffset, max, entries, reused));

    private void ReadRows(Db db, long afterOffset, int max, List<LogEntry> entries, ReusedTelemetry? reused)
    {
        using var command = db.Command(
            "SELECT \"offset\", partition, at, kind, format, body, count FROM entries WHERE \"offset\" > @after ORDER BY \"offset\" LIMIT @max",
            ("@after", afterOffset), ("@max", (long)max));
        using var reader = command.ExecuteReader();
        max += entries.Count;
        while (entries.Count < max && reader.Read())
        {
            var (last, at, kind, body) = (reader.GetInt64(0), new ServerTime(reader.GetInt64(2)), (int)reader.GetInt64(3), reader.GetFieldValue<byte[]>(5));
            if (kind == BatchKind)
                Decode(body, last - reader.GetInt64(6) + 1, at, afterOffset, max, entries, reused);
            else
                entries.Add(new LogEntry((int)reader.GetInt64(1), last, at, EntryCodec.Decode(kind, (int)reader.GetInt64(4), body)));
        }
    }

    /// <summary>Until the list has <paramref name="most"/> entries.</summary>
    private void Decode(ReadOnlySpan<byte> body, long first, ServerTime at, long afterOffset, int most, List<LogEntry> entries, ReusedTelemetry? reused)
    {
        var reader = new EntryBatchReader(body, Names, devices, reused);
        var offset = first;
        for (; offset <= afterOffset && reader.Skip(); offset++)
        {
            // Read before.
        }
        while (entries.Count < most && reader.Read(out var partition, out var entry))
            entries.Add(new LogEntry(partition, offset++, at, entry));
    }

    private static int DeleteOldest(Db db, ServerTime before, int maxRows)
    {
        // At rises with the offset, so the first maxRows offsets hold the oldest entries.
        var args = new { before = before.EpochMs, maxRows };
        const string Oldest = "\"offset\" IN (SELECT \"offset\" FROM entries ORDER BY \"offset\" LIMIT @maxRows) AND at < @before";
        var deleted = (int)(db.Scalar<long?>($"SELECT CAST(sum(count) AS BIGINT) FROM entries WHERE {Oldest}", args) ?? 0);
        if (deleted == 0)
            return db.Execute("DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters ORDER BY id LIMIT @maxRows) AND at < @before", args);
        db.Execute($"DELETE FROM entries WHERE {Oldest}", args);
        return deleted;
    }

    private static void WriteDeadLetters(Db db, IReadOnlyList<DeadLetter> letters)
    {
        if (letters.Count == 0)
            return;
        db.Execute($"INSERT INTO dead_letters ({Columns<DeadLetterRow>.New}) VALUES ({Columns<DeadLetterRow>.NewValues})", letters.Select(l => new DeadLetterRow
        {
            At = l.At.EpochMs,
            Device = StoredText.Of(l.Device),
            Topic = StoredText.Of(l.Topic),
            Reason = l.Reason,
            Detail = StoredText.Of(l.Detail),
            Payload = l.Payload.Length <= DeadLetter.MaxPayload ? l.Payload : l.Payload[..DeadLetter.MaxPayload],
            Size = l.Size,
        }).ToArray());
    }

    private void Advance(Appended to)
    {
        lock (tail)
        {
            if (to.Body is { } body)
            {
                recent.Enqueue(new Recent(lastOffset + 1, to.Last, new ServerTime(to.At), body, to.Length));
                recentBytes += body.Length;
                while (recentBytes > MaxRecentBytes && recent.Count > 1)
                    ForgetOldest();
            }
            (sealedUntil, lastOffset, namesStored) = (to.At, to.Last, to.Names);
        }
    }

    /// <summary>What a write has come to.</summary>
    private readonly record struct Appended(long At, long Last, int Names, byte[]? Body, int Length);

    /// <summary>A batch in memory: the first bytes of an array of the pool.</summary>
    private readonly record struct Recent(long First, long Last, ServerTime At, byte[] Body, int Length);

    private sealed record HeartbeatRow
    {
        public long At { get; init; }
        public long LastOffset { get; init; }
    }

    private sealed record NameRow
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
    }
}
