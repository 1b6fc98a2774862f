using System.Collections.Concurrent;
using B2D.Core.Access;
using B2D.Storage;

namespace B2D.Console.Live;

/// <summary>One feed for all who see the same: nobody learns that something changed which they do not see.</summary>
internal sealed class ChangeFeeds(Stores stores, TimeProvider time, ConsoleOptions options, IServiceProvider services)
{
    /// <summary>Feeds that are kept; a stream keeps its own beyond that.</summary>
    private const int MaxKept = 100;

    private readonly ConcurrentDictionary<Sight, ChangeFeed> kept = new();

    public ChangeFeed Of(Sight sight)
    {
        if (kept.Count >= MaxKept && !kept.ContainsKey(sight))
            kept.Clear();
        return kept.GetOrAdd(sight, s => new ChangeFeed(s.IsEverything ? stores.Whole : stores.Whole.SeenThrough(() => s), time, options, services));
    }
}

/// <summary>
/// What has changed in the state database, as one counter for each topic. Polled by whoever asks, at most once in <see cref="ConsoleOptions.LiveEvery"/> for
/// everybody
/// together, with a handful of look-ups at the ends of append-only tables.
/// </summary>
internal sealed class ChangeFeed(Stores stores, TimeProvider time, ConsoleOptions options, IServiceProvider services)
{
    private readonly Lock turn = new();
    private readonly Dictionary<string, long> counters = [];
    private long polledAt = -1;
    private long timeline = -1;
    private string alarms = "";
    private Marks marks = new();

    /// <summary>The counters as they are now; a topic that is missing has never changed.</summary>
    public IReadOnlyDictionary<string, long> Current()
    {
        lock (turn)
        {
            var now = time.GetTimestamp();
            if (polledAt < 0 || time.GetElapsedTime(polledAt, now) >= options.LiveEvery * 0.8)
            {
                polledAt = now;
                Poll();
            }
            return new Dictionary<string, long>(counters);
        }
    }

    private void Poll()
    {
        var (lines, last, seen) = stores.State.Read(db => (
            timeline < 0 ? [] : db.Query<string>("SELECT DISTINCT substr(subject, 1, 4) FROM timeline WHERE id > @timeline", new { timeline }),
            db.Scalar<long?>("SELECT max(id) FROM timeline") ?? 0,
            db.First<Marks>(
                """
                SELECT coalesce((SELECT max(seq) FROM fault_transitions), 0) AS transitions,
                  coalesce((SELECT max(id) FROM held_faults), 0) AS last_held, (SELECT count(*) FROM held_faults) AS held,
                  coalesce((SELECT max(created_at) FROM notices), 0) AS notices,
                  (SELECT count(*) FROM notices WHERE state IN ('Due', 'Held', 'Sending', 'Retrying')) AS unsent,
                  coalesce((SELECT max(created_at) FROM commands), 0) AS commands,
                  (SELECT count(*) FROM commands WHERE state IN ('Queued', 'Sent', 'Delivered', 'Answered')) AS unanswered,
                  coalesce((SELECT max(seq) FROM audit), 0) AS audit,
                  coalesce((SELECT max(changed_at) FROM settings), 0) AS settings
                """)));
        foreach (var line in lines)
            Raise(line switch { "case" => "cases", "outa" => "outages", "defe" => "defects", "due:" => "dues", "devi" => "devices", "main" => "maintenance", _ => "other" });
        if (marks.Transitions != seen.Transitions)
            Raise("faults");
        if (marks.Held != seen.Held || marks.LastHeld != seen.LastHeld)
            Raise("held");
        if (marks.Notices != seen.Notices || marks.Unsent != seen.Unsent)
            Raise("notices");
        if (marks.Commands != seen.Commands || marks.Unanswered != seen.Unanswered)
            Raise("commands");
        if (marks.Audit != seen.Audit)
            Raise("audit");
        if (marks.Settings != seen.Settings)
            Raise("settings");
        var known = services.GetService<IHealth>() is { } health ? string.Join(' ', health.Alarms.Select(a => $"{a.Key}{a.Level}")) : "";
        if (alarms != known)
            Raise("alarms");
        alarms = known;
        if (services.GetService<IDemo>() is { } demo)
            counters["demo"] = demo.Revision;
        if (services.GetService<IBacktests>() is { } backtests)
            counters["backtests"] = backtests.Revision;
        (timeline, marks) = (last, seen);
    }

    private void Raise(string topic) => counters[topic] = counters.GetValueOrDefault(topic) + 1;

    private sealed record Marks
    {
        public long Transitions { get; init; }

        public long LastHeld { get; init; }

        public long Held { get; init; }

        public long Notices { get; init; }

        public long Unsent { get; init; }

        public long Commands { get; init; }

        public long Unanswered { get; init; }

        public long Audit { get; init; }

        public long Settings { get; init; }
    }
}
