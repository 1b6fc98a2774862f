using System.Text.Json;
using B2D.Console.Charts;
using B2D.Console.Lists;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Outages;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Outages;

/// <summary>One thing that happened, for the time line of a review.</summary>
public sealed record ReviewLine(long At, string Kind, string Text, string Who);

/// <summary>How many customers were told by a channel, of whom how many by another one that had to take its place, and how many could not be.</summary>
public sealed record ReviewChannel
{
    public string Channel { get; init; } = "";
    public long Sent { get; init; }
    public long FellBack { get; init; }
    public long Failed { get; init; }
    public long Suppressed { get; init; }
    public long Waiting { get; init; }
}

/// <summary>A review in the list.</summary>
public sealed record ReviewListLine
{
    public long OutageId { get; init; }
    public string State { get; init; } = "";
    public string Owner { get; init; } = "";
    public long OpenedAt { get; init; }
    public long DueAt { get; init; }
    public long DoneAt { get; init; }
    public long Version { get; init; }
    public string Title { get; init; } = "";
    public string Place { get; init; } = "";
    public long Customers { get; init; }
    public long ResolvedAt { get; init; }
}

/// <summary>All that a review shows.</summary>
public sealed record ReviewRecord
{
    public required OutageRow Outage { get; init; }

    /// <summary>Null: there is none yet.</summary>
    public ReviewRow? Review { get; init; }
    public required IReadOnlyList<ReviewNoteRow> Notes { get; init; }
    public required ReviewFigures Figures { get; init; }

    /// <summary>In the order of time.</summary>
    public required IReadOnlyList<ReviewLine> Lines { get; init; }
    public required IReadOnlyList<ReviewChannel> Channels { get; init; }

    /// <summary>Customers who heard the all-clear, and those who are owed it still.</summary>
    public required long Cleared { get; init; }
    public required long Uncleared { get; init; }

    /// <summary>Customers who came to us because of it, before the first notice and from then on.</summary>
    public required long ContactsBefore { get; init; }
    public required long ContactsAfter { get; init; }
    public required ChartSpec Chart { get; init; }
}

/// <summary>Reads reviews of outages.</summary>
internal sealed class ReviewReader(Stores stores, ConsoleOptions options)
{
    private const int Steps = 96;
    private const int MostCustomers = 1_000_000;
    private const int MostLines = 5000;

    public static readonly ListDefinition Definition = new()
    {
        Select = "r.*, o.title, o.place, o.customers, o.resolved_at",
        From = "outage_reviews r JOIN outages o ON o.id = r.outage_id",
        Fields =
        [
            new("state", "r.state", FieldMatch.Whole, "open or done"),
            new("due", "r.due_at", FieldMatch.Until, "now (what is overdue), today or tomorrow: what is to be done until then"),
            new("owner", "r.owner", FieldMatch.Whole, "whose it is, me or nobody") { Meanings = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("nobody", "r.owner = ''") },
            new("id", "r.outage_id", FieldMatch.Number, "the outage’s number"),
        ],
        Text = ["o.title", "o.place", "o.cause", "r.owner"],
        TextWords = "title, place and cause of the outage, and the owner",
        Order = "CASE r.state WHEN 'Open' THEN 0 ELSE 1 END, r.due_at, r.outage_id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "r.outage_id",
        Views = [new("Open", "state:open"), new("Overdue", "state:open due:now"), new("Mine", "state:open owner:me"), new("Done", "state:done"), new("All", "")],
        Example = "state:open due:now",
        Timed = (filter, now, zone) =>
        {
            var midnight = Shell.Words.Midnight(now, zone);
            return filter.Replace("due", "now", Text(now)).Replace("due", "today", Text(midnight.AddDays(1).ToUnixTimeMilliseconds())).Replace("due", "tomorrow", Text(midnight.AddDays(2).ToUnixTimeMilliseconds()));
        },
    };

    public ReviewRecord? Find(long id, long now, TimeZoneInfo zone) => stores.State.Read(db => OutageStore.Find(db, id) is { } row ? Read(db, row, now, zone) : null);

    private static string Text(long ms) => ms.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The outage and those that became part of it: of all of them customers were told, each of the one that touched them.</summary>
    private static IReadOnlyList<OutageRow> Family(Db db, OutageRow row) => [row, .. OutageStore.Parts(db, row.Id)];

    private ReviewRecord Read(Db db, OutageRow row, long now, TimeZoneInfo zone)
    {
        var family = Family(db, row);
        IReadOnlyList<string> subjects = [.. family.Select(o => $"outage:{o.Id}")];
        var customers = Customers(db, family);
        IReadOnlyList<ToldWave> waves = [.. subjects.SelectMany(s => Waves(db, s))];
        var began = family.Min(o => o.BeganAt);
        var mended = row.ResolvedAt > 0 ? customers.Count > 0 ? customers.Max(c => c.UpAt.EpochMs) is var last && last > 0 ? Math.Min(last, row.ResolvedAt) : row.ResolvedAt : row.ResolvedAt : 0;
        var figures = OutageReview.Figures(
            new ReviewTimes(new ServerTime(began), new ServerTime(mended), new ServerTime(row.ResolvedAt)), waves, customers,
            (from, until) => Compensation.Owed(from, until, options.CompensationAfter, options.CompensationPerDay, 0, new ServerTime(now)), new ServerTime(now));
        var firstNotice = figures.ToFirstNotice is { } span ? began + (long)span.TotalMilliseconds : 0;
        var cleared = Count(db, subjects, "status = 'all-clear' AND state = 'Sent'");
        return new ReviewRecord
        {
            Outage = row,
            Review = ReviewStore.Find(db, row.Id),
            Notes = ReviewStore.Notes(db, row.Id),
            Figures = figures,
            Lines = Lines(db, row, subjects, waves, customers, began),
            Channels = Channels(db, subjects),
            Cleared = cleared,
            Uncleared = Math.Max(0, Count(db, subjects, "status = 'opened' AND state = 'Sent'") - cleared),
            ContactsBefore = Contacts(db, family, 0, firstNotice > 0 ? firstNotice : long.MaxValue),
            ContactsAfter = firstNotice > 0 ? Contacts(db, family, firstNotice, long.MaxValue) : 0,
            Chart = Chart(customers, began, row.ResolvedAt > 0 ? row.ResolvedAt : now, firstNotice, row, zone),
        };
    }

    private static IReadOnlyList<TouchedCustomer> Customers(Db db, IReadOnlyList<OutageRow> family)
    {
        var (ids, subjects) = In(family);
        // Each table once, and joined here: a look-up for each of many thousand customers takes longer than the page may.
        var told = db.Query<CustomerTimes>(
            $"SELECT customer, min(sent_at) AS told_at FROM notices WHERE subject IN ({subjects}) AND status = 'opened' AND sent_at > 0 AND {OutageReader.ToCustomers} GROUP BY customer LIMIT {MostCustomers}")
            .ToDictionary(t => t.Customer, t => t.ToldAt, StringComparer.Ordinal);
        return [.. db.Query<CustomerTimes>(
            $"""
            SELECT customer, min(down_at) AS down_at, CASE WHEN min(up_at) = 0 THEN 0 ELSE max(up_at) END AS up_at FROM outage_devices
            WHERE customer <> '' AND outage_id IN ({ids}) GROUP BY customer LIMIT {MostCustomers}
            """).Select(c => new TouchedCustomer(new ServerTime(c.DownAt), new ServerTime(c.UpAt), new ServerTime(told.GetValueOrDefault(c.Customer))))];
    }

    /// <summary>What went out, each status and revision as one, with what the first of it said.</summary>
    private static IEnumerable<ToldWave> Waves(Db db, string subject) => db.Query<WaveTimes>(
        $"""
        SELECT w.status, w.revision, w.first_at, w.last_at, w.told, (SELECT facts FROM notices n WHERE n.subject = @subject AND n.status = w.status AND n.revision = w.revision AND n.sent_at > 0 AND {OutageReader.ToCustomers}
          ORDER BY n.created_at, n.id LIMIT 1) AS facts
        FROM (SELECT status, revision, min(sent_at) AS first_at, max(sent_at) AS last_at, count(DISTINCT customer) AS told FROM notices
          WHERE subject = @subject AND sent_at > 0 AND {OutageReader.ToCustomers} GROUP BY status, revision) w
        ORDER BY w.first_at LIMIT {Page.MaxRows}
        """,
        new { subject }).Select(w => Api.Json.OrNull(w.Facts ?? "") is { ValueKind: JsonValueKind.Object } facts
            ? new ToldWave(w.Status, w.Revision, new ServerTime(w.FirstAt), new ServerTime(w.LastAt), w.Told)
            {
                NextUpdate = At(facts, "NextUpdate"),
                EstimateFrom = At(facts, "EstimateFrom"),
                EstimateUntil = At(facts, "EstimateUntil"),
            }
            : new ToldWave(w.Status, w.Revision, new ServerTime(w.FirstAt), new ServerTime(w.LastAt), w.Told));

    private static ServerTime At(JsonElement facts, string name) => facts.TryGetProperty(name, out var value) && value.TryGetInt64(out var ms) ? new ServerTime(ms) : ServerTime.Zero;

    private static List<ReviewLine> Lines(Db db, OutageRow row, IReadOnlyList<string> subjects, IReadOnlyList<ToldWave> waves, IReadOnlyList<TouchedCustomer> customers, long began)
    {
        var lines = new List<ReviewLine> { new(began, "fault", "The first device went down", "") };
        foreach (var subject in subjects)
        {
            long? before = null;
            while (lines.Count < MostLines)
            {
                var page = TimelineStore.List(db, subject, Page.MaxRows, before);
                lines.AddRange(page.Select(t => new ReviewLine(t.At, t.Kind, t.Text, t.Who)));
                if (page.Count < Page.MaxRows)
                    break;
                before = page[^1].Id;
            }
        }
        foreach (var wave in waves)
        {
            var what = wave.Status switch { "opened" => "first notice", "update" => "news", "all-clear" => "all-clear", "left" => "word that theirs does not work yet", var other => other.Replace('-', ' ') };
            lines.Add(new ReviewLine(wave.First.EpochMs, "notice", $"The {what} left{(wave.Told > 1 ? $", the first of {Shell.Words.Number(wave.Told)}" : "")}", ""));
            if (wave.Last > wave.First)
                lines.Add(new ReviewLine(wave.Last.EpochMs, "notice", $"The last customer’s {what} left", ""));
        }
        if (row.ResolvedAt > 0 && customers.Count > 0 && customers.Max(c => c.UpAt.EpochMs) is var up && up > 0)
            lines.Add(new ReviewLine(up, "recovered", "The last device was back", ""));
        return [.. lines.OrderBy(l => l.At)];
    }

    private static IReadOnlyList<ReviewChannel> Channels(Db db, IReadOnlyList<string> subjects) => db.Query<ReviewChannel>(
        $"""
        SELECT channel, count(CASE WHEN state = 'Sent' THEN 1 END) AS sent, count(CASE WHEN state = 'Sent' AND reason LIKE '% failed: %' THEN 1 END) AS fell_back,
          count(CASE WHEN state = 'Failed' THEN 1 END) AS failed, count(CASE WHEN state = 'Suppressed' THEN 1 END) AS suppressed,
          count(CASE WHEN state IN ('Due', 'Held', 'Sending', 'Retrying', 'Calling') THEN 1 END) AS waiting
        FROM notices WHERE subject IN ({Quoted(subjects)}) AND {OutageReader.ToCustomers} GROUP BY channel ORDER BY count(*) DESC, channel LIMIT 10
        """);

    private static long Count(Db db, IReadOnlyList<string> subjects, string condition) =>
        db.Scalar<long>($"SELECT count(DISTINCT customer) FROM notices WHERE subject IN ({Quoted(subjects)}) AND {OutageReader.ToCustomers} AND {condition}");

    private static long Contacts(Db db, IReadOnlyList<OutageRow> family, long from, long until) =>
        db.Scalar<long>($"SELECT count(*) FROM contacts WHERE outage_id IN ({In(family).Ids}) AND inbound = TRUE AND at >= @from AND at < @until", new { from, until });

    private static ChartSpec Chart(IReadOnlyList<TouchedCustomer> customers, long began, long until, long firstNotice, OutageRow row, TimeZoneInfo zone)
    {
        var curve = OutageReview.Curve(customers, new ServerTime(began), new ServerTime(Math.Max(until, began + 1)), Steps);
        var markers = new List<ChartMarker>();
        if (firstNotice > 0)
            markers.Add(new ChartMarker(firstNotice, "first notice", "idle"));
        if (row.ResolvedAt > 0)
            markers.Add(new ChartMarker(row.ResolvedAt, "over", "good"));
        return new ChartSpec
        {
            Title = "Customers touched, and told (dashed)",
            Points = [.. curve.Select(p => new ChartPoint(p.At.EpochMs, p.Touched, p.Touched, p.Touched))],
            Beside = [.. curve.Select(p => new ChartPoint(p.At.EpochMs, p.Told, p.Told, p.Told))],
            From = began,
            Until = Math.Max(until, began + 1),
            Zone = zone,
            Markers = markers,
        };
    }

    /// <summary>Numbers and subjects of our own, as SQL lists.</summary>
    private static (string Ids, string Subjects) In(IReadOnlyList<OutageRow> family) =>
        (string.Join(", ", family.Select(o => Text(o.Id))), Quoted([.. family.Select(o => $"outage:{o.Id}")]));

    private static string Quoted(IReadOnlyList<string> subjects) => string.Join(", ", subjects.Select(s => $"'{s}'"));

    private sealed record CustomerTimes
    {
        public string Customer { get; init; } = "";
        public long DownAt { get; init; }
        public long UpAt { get; init; }
        public long ToldAt { get; init; }
    }

    private sealed record WaveTimes
    {
        public string Status { get; init; } = "";
        public long Revision { get; init; }
        public long FirstAt { get; init; }
        public long LastAt { get; init; }
        public long Told { get; init; }
        public string? Facts { get; init; }
    }
}
