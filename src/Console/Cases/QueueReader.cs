using B2D.Storage;

namespace B2D.Console.Cases;

/// <summary>A queue and what is open in it.</summary>
public sealed record QueueLine
{
    public string Queue { get; init; } = "";
    public long Open { get; init; }

    /// <summary>Open with nobody on them.</summary>
    public long Unassigned { get; init; }

    /// <summary>Open, and a promised time is over.</summary>
    public long Late { get; init; }
    public long Waiting { get; init; }

    /// <summary>When the oldest open one was opened; 0 where none is.</summary>
    public long OldestAt { get; init; }
}

/// <summary>Reads queues. One is there while a case has it.</summary>
internal static class QueueReader
{
    private const int MostQueues = 200;

    /// <summary>By name; an index has all of it.</summary>
    public static IReadOnlyList<string> Names(Db db) => db.Query<string>($"SELECT DISTINCT queue FROM cases ORDER BY queue LIMIT {MostQueues}");

    /// <summary>Those with most that is late first.</summary>
    public static IReadOnlyList<QueueLine> Read(Db db)
    {
        var open = db.Query<QueueLine>(
            $"""
            SELECT queue, count(*) AS open, count(CASE WHEN assignee = '' THEN 1 END) AS unassigned, count(CASE WHEN late = TRUE THEN 1 END) AS late,
              count(CASE WHEN state = 'Waiting' THEN 1 END) AS waiting, min(opened_at) AS oldest_at
            FROM cases c WHERE c.state IN ('New', 'Working', 'Waiting') AND NOT ({CaseLists.InOutage}) GROUP BY queue LIMIT {MostQueues}
            """);
        var named = open.Select(q => q.Queue).ToHashSet(StringComparer.Ordinal);
        return [.. open.OrderByDescending(q => q.Late).ThenByDescending(q => q.Open).ThenBy(q => q.Queue, StringComparer.Ordinal),
            .. Names(db).Where(q => !named.Contains(q)).Select(q => new QueueLine { Queue = q })];
    }
}
