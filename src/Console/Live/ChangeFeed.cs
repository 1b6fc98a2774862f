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
        return kept.GetOrAdd(sight, s => new ChangeFeed(stores.Whole, s.IsEverything ? stores.Whole : stores.Whole.SeenThrough(() => s), s, time, options, services));
    }
}

/// <summary>
/// What has changed in the state database, as one counter for each topic. Polled by whoever asks, at most once in <see cref="ConsoleOptions.LiveEvery"/> for
/// everybody
/// together, with a handful of look-ups at the ends of append-only tables.
/// </summary>
/// <param name="whole">Where the tables end: what is seen of them is looked for only behind the last end.</param>
/// <param name="sight">Of those who poll it; who sees a part hears nothing of the audit and the settings.</param>
internal sealed class ChangeFeed(Stores whole, Stores stores, Sight sight, TimeProvider time, ConsoleOptions options, IServiceProvider services)
{
    private readonly Lock turn = new();
    private readonly Dictionary<string, long> counters = [];
    private long polledAt = -1;
    private string alarms = "";
    private Ends? ends;
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
        var last = whole.State.Read(db => db.First<Ends>(
            """
            SELECT coalesce((SELECT max(id) FROM timeline), 0) AS lines, coalesce((SELECT max(seq) FROM fault_transitions), 0) AS transitions,
              coalesce((SELECT max(created_at) FROM notices), 0) AS notices, coalesce((SELECT max(created_at) FROM commands), 0) AS commands,
              coalesce((SELECT max(seq) FROM audit), 0) AS audit, coalesce((SELECT max(changed_at) FROM settings), 0) AS settings
            """));
        var before = ends ?? last;
        var (lines, seen) = stores.State.Read(db => (
            db.Query<string>("SELECT DISTINCT substr(subject, 1, 4) FROM timeline WHERE id > @Lines", before),
            db.First<Marks>(
                """
                SELECT EXISTS (SELECT 1 FROM fault_transitions WHERE seq > @Transitions) AS faults,
                  coalesce((SELECT max(id) FROM held_faults), 0) AS last_held, (SELECT count(*) FROM held_faults) AS held,
                  EXISTS (SELECT 1 FROM notices WHERE created_at > @Notices) AS notices,
                  (SELECT count(*) FROM notices WHERE state IN ('Due', 'Held', 'Sending', 'Retrying')) AS unsent,
                  EXISTS (SELECT 1 FROM commands WHERE created_at > @Commands) AS commands,
                  (SELECT count(*) FROM commands WHERE state IN ('Queued', 'Sent', 'Delivered', 'Answered')) AS unanswered
                """,
                before)));
        foreach (var line in lines)
            Raise(line switch { "case" => "cases", "outa" => "outages", "defe" => "defects", "due:" => "dues", "devi" => "devices", "main" => "maintenance", _ => "other" });
        if (seen.Faults)
            Raise("faults");
        if (marks.Held != seen.Held || marks.LastHeld != seen.LastHeld)
            Raise("held");
        if (seen.Notices || marks.Unsent != seen.Unsent)
            Raise("notices");
        if (seen.Commands || marks.Unanswered != seen.Unanswered)
            Raise("commands");
        if (sight.IsEverything && before.Audit != last.Audit)
            Raise("audit");
        if (sight.IsEverything && before.Settings != last.Settings)
            Raise("settings");
        var known = services.GetService<IHealth>() is { } health ? string.Join(' ', health.Alarms.Select(a => $"{a.Key}{a.Level}")) : "";
        if (alarms != known)
            Raise("alarms");
        alarms = known;
        if (services.GetService<IDemo>() is { } demo)
            counters["demo"] = demo.Revision;
        if (services.GetService<IBacktests>() is { } backtests)
            counters["backtests"] = backtests.Revision;
        (ends, marks) = (last, seen);
    }

    private void Raise(string topic) => counters[topic] = counters.GetValueOrDefault(topic) + 1;

    /// <summary>The ends of tables that only grow.</summary>
    private sealed record Ends
    {
        public long Lines { get; init; }

        public long Transitions { get; init; }

        public long Notices { get; init; }

        public long Commands { get; init; }

        public long Audit { get; init; }

        public long Settings { get; init; }
    }

    /// <summary>What is new behind the ends, and what comes and goes.</summary>
    private sealed record Marks
    {
        public bool Faults { get; init; }

        public long LastHeld { get; init; }

        public long Held { get; init; }

        public bool Notices { get; init; }

        public long Unsent { get; init; }

        public bool Commands { get; init; }

        public long Unanswered { get; init; }
    }
}
