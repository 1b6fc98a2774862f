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
/// readers read what is committed, also while an append runs.
/// </summary>
public abstract class PartitionLog : IDisposable
{
    private readonly Lock tail = new();
    private long lastOffset;
    private long sealedUntil;

    private protected PartitionLog(Database database)
    {
        Database = database;
        var heartbeat = database.Read(db => db.First<HeartbeatRow>("SELECT at, last_offset FROM heartbeat WHERE id = 1"));
        (lastOffset, sealedUntil) = (heartbeat.LastOffset, heartbeat.At);
    }

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

    private protected Database Database { get; }

    /// <summary>
    /// Appends in one transaction and one flush: when this returns, all of it is on disk. An entry goes to its device's partition; one that is about no device
    /// goes to each of the 256. The entries carry <paramref name="at"/>, or the time of the last one where that is later.
    /// </summary>
    public IReadOnlyList<LogEntry> Append(ServerTime at, IReadOnlyList<Entry> entries, IReadOnlyList<DeadLetter> deadLetters)
    {
        if (entries.Count == 0 && deadLetters.Count == 0)
            return [];
        var appended = new List<LogEntry>(entries.Count);
        Database.Write(
            (Log: this, At: at.EpochMs, entries, deadLetters, appended),
            static (batch, db) => batch.Log.AppendIn(db, batch.At, batch.entries, batch.deadLetters, batch.appended),
            Advance);
        return appended;
    }

    /// <summary>At most <paramref name="max"/> (1 to 100,000) entries after an offset, in committed order.</summary>
    /// <exception cref="EntryFormatException">An entry was written by a program too new or too old, or is damaged.</exception>
    public IReadOnlyList<LogEntry> Read(long afterOffset, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, 100_000);
        return Database.Read(db =>
        {
            using var command = db.Command(
                "SELECT \"offset\", partition, at, kind, format, body FROM entries WHERE \"offset\" > @after ORDER BY \"offset\" LIMIT @max",
                ("@after", afterOffset), ("@max", (long)max));
            using var reader = command.ExecuteReader();
            var entries = new List<LogEntry>();
            while (reader.Read())
            {
                var body = EntryCodec.Decode((int)reader.GetInt64(3), (int)reader.GetInt64(4), reader.GetFieldValue<byte[]>(5));
                entries.Add(new LogEntry((int)reader.GetInt64(1), reader.GetInt64(0), new ServerTime(reader.GetInt64(2)), body));
            }
            return (IReadOnlyList<LogEntry>)entries;
        });
    }

    /// <summary>Says durably that no entry before <paramref name="now"/> will come, so that ticks may run up to it.</summary>
    public void Seal(ServerTime now)
    {
        if (now <= SealedUntil)
            return;
        Database.Write((Log: this, now.EpochMs), static (seal, db) => seal.Log.SealIn(db, seal.EpochMs), Advance);
    }

    /// <summary>Newest first, before the id <paramref name="before"/> (0: from the newest).</summary>
    public IReadOnlyList<DeadLetterRow> DeadLetters(int max = 100, long before = 0) => Database.Read(db => db.Query<DeadLetterRow>(
        $"SELECT {Columns<DeadLetterRow>.All} FROM dead_letters WHERE id < @before ORDER BY id DESC LIMIT {Page.Rows(max)}",
        new { before = before > 0 ? before : long.MaxValue }));

    /// <summary>Dead letters by reason.</summary>
    public IReadOnlyDictionary<string, long> CountDeadLetters() =>
        Database.Read(db => Counts.By(db, "SELECT reason AS name, count(*) AS count FROM dead_letters GROUP BY reason"));

    /// <summary>Entries that are stored now.</summary>
    public long CountEntries() => Database.Read(db => db.Scalar<long>("SELECT count(*) FROM entries"));

    /// <summary>
    /// Deletes the oldest entries, and dead letters, from before a time: at most <paramref name="maxRows"/> in one short transaction; returns how many, 0 when
    /// done. The offsets are not used again.
    /// </summary>
    public int Retain(ServerTime before, int maxRows) => Database.Write(db =>
    {
        // At rises with the offset, so the first maxRows offsets hold the oldest entries.
        var args = new { before = before.EpochMs, maxRows };
        var deleted = db.Execute(
            "DELETE FROM entries WHERE \"offset\" IN (SELECT \"offset\" FROM entries ORDER BY \"offset\" LIMIT @maxRows) AND at < @before", args);
        return deleted > 0
            ? deleted
            : db.Execute("DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters ORDER BY id LIMIT @maxRows) AND at < @before", args);
    });

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

    private protected abstract void WriteEntries(Db db, IReadOnlyList<LogEntry> entries);

    private protected abstract void WriteHeartbeat(Db db, long at, long last);

    /// <summary>Encodes bodies into one buffer that is used again and again; the result is valid until the next call.</summary>
    private protected static ReadOnlySpan<byte> Encode(Entry entry, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        EntryCodec.Encode(entry, buffer);
        return buffer.WrittenSpan;
    }

    /// <summary>Inside the write, where nobody else can give the same offset.</summary>
    private (long At, long Offset) AppendIn(Db db, long at, IReadOnlyList<Entry> entries, IReadOnlyList<DeadLetter> deadLetters, List<LogEntry> appended)
    {
        var stamp = Math.Max(at, sealedUntil);
        foreach (var entry in entries)
            Deal(entry, new ServerTime(stamp), appended);
        var last = lastOffset + appended.Count;
        WriteEntries(db, appended);
        WriteDeadLetters(db, deadLetters);
        WriteHeartbeat(db, stamp, last);
        return (stamp, last);
    }

    private (long At, long Offset) SealIn(Db db, long now)
    {
        var until = Math.Max(now, sealedUntil);
        WriteHeartbeat(db, until, lastOffset);
        return (until, lastOffset);
    }

    private void Deal(Entry entry, ServerTime at, List<LogEntry> appended)
    {
        if (EntryCodec.DeviceOf(entry) is { } device)
        {
            appended.Add(new LogEntry(Partitions.Of(device), lastOffset + appended.Count + 1, at, entry));
            return;
        }
        for (var partition = 0; partition < Partitions.Count; partition++)
            appended.Add(new LogEntry(partition, lastOffset + appended.Count + 1, at, entry));
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

    private void Advance((long At, long Offset) to)
    {
        lock (tail)
            (sealedUntil, lastOffset) = to;
    }

    private sealed record HeartbeatRow
    {
        public long At { get; init; }
        public long LastOffset { get; init; }
    }
}
