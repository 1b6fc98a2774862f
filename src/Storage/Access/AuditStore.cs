using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace B2D.Storage.Access;

/// <summary>One act of a person or a key. Each row holds the hash of the row before, so that a changed, removed or inserted row shows.</summary>
public sealed record AuditRow
{
    public long Seq { get; init; }
    public long At { get; init; }
    public string Who { get; init; } = "";
    public string Action { get; init; } = "";
    public string Subject { get; init; } = "";

    /// <summary>A JSON object; ids and facts, no personal data and no secret.</summary>
    public string Detail { get; init; } = "{}";
    public byte[] Prev { get; init; } = [];
    public byte[] Hash { get; init; } = [];
}

/// <summary>The audit: append-only (the database refuses change and deletion) and chained. The rows are numbered from 1 without a gap.</summary>
public static class AuditStore
{
    private const int PageRows = 1000;
    private static readonly string Select = $"SELECT {Columns<AuditRow>.All} FROM audit";

    /// <summary>Writes one act; returns its number.</summary>
    public static long Append(Db db, long at, string who, string action, string subject, string detail = "{}")
    {
        var last = db.FirstOrDefault<AuditRow>($"{Select} ORDER BY seq DESC LIMIT 1");
        var row = new AuditRow
        {
            Seq = (last?.Seq ?? 0) + 1,
            At = at,
            Who = who,
            Action = action,
            Subject = subject,
            Detail = detail,
            Prev = last?.Hash ?? new byte[SHA256.HashSizeInBytes],
        };
        db.Execute($"INSERT INTO audit ({Columns<AuditRow>.All}) VALUES ({Columns<AuditRow>.Values})", row with { Hash = HashOf(row) });
        return row.Seq;
    }

    /// <summary>Follows the chain from the first row; the number of the first row that is not what was written, or null where all are.</summary>
    public static long? Verify(Db db)
    {
        var expected = 1L;
        var prev = new byte[SHA256.HashSizeInBytes];
        while (true)
        {
            var rows = db.Query<AuditRow>($"{Select} WHERE seq >= @expected ORDER BY seq LIMIT {PageRows}", new { expected });
            foreach (var row in rows)
            {
                if (row.Seq != expected || !row.Prev.AsSpan().SequenceEqual(prev) || !row.Hash.AsSpan().SequenceEqual(HashOf(row)))
                    return expected;
                (expected, prev) = (expected + 1, row.Hash);
            }
            if (rows.Count < PageRows)
                return null;
        }
    }

    /// <summary>Newest first, before the number <paramref name="before"/>; null or empty does not restrict.</summary>
    public static IReadOnlyList<AuditRow> List(Db db, int limit = 100, long? before = null, string? subject = null, string? who = null)
    {
        var where = new Where().And("seq < @before", "before", before).And("subject = @subject", "subject", subject).And("who = @who", "who", who);
        return db.Query<AuditRow>($"{Select}{where} ORDER BY seq DESC LIMIT {Page.Rows(limit)}", where.Args);
    }

    /// <summary>SHA-256 over the previous hash, number, time and the length-prefixed texts.</summary>
    private static byte[] HashOf(AuditRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        hash.AppendData(row.Prev);
        BinaryPrimitives.WriteInt64BigEndian(number, row.Seq);
        hash.AppendData(number);
        BinaryPrimitives.WriteInt64BigEndian(number, row.At);
        hash.AppendData(number);
        foreach (var text in new[] { row.Who, row.Action, row.Subject, row.Detail })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt64BigEndian(number, bytes.Length);
            hash.AppendData(number);
            hash.AppendData(bytes);
        }
        return hash.GetHashAndReset();
    }
}
