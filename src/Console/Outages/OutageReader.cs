using B2D.Console.Lists;
using B2D.Console.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Outages;

/// <summary>A device that an outage touched, with its owner.</summary>
public sealed record TouchedLine
{
    public string Device { get; init; } = "";
    public string Customer { get; init; } = "";
    public long DownAt { get; init; }
    public long UpAt { get; init; }
    public string? CustomerName { get; init; }
    public string? Place { get; init; }
    public string? Model { get; init; }
}

/// <summary>How many notices of an outage are in a state.</summary>
public sealed record NoticeTally
{
    public string Status { get; init; } = "";
    public string State { get; init; } = "";
    public string Channel { get; init; } = "";
    public long Count { get; init; }
}

/// <summary>All there is to know about one outage.</summary>
public sealed record OutageRecord
{
    public required OutageRow Outage { get; init; }

    public required long Told { get; init; }

    /// <summary>Those still down first; the first 100.</summary>
    public required IReadOnlyList<TouchedLine> Touched { get; init; }

    public required IReadOnlyList<NoticeTally> Notices { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<TimelineRow> Timeline { get; init; }

    /// <summary>The first of its cases.</summary>
    public required IReadOnlyList<CaseRow> Cases { get; init; }

    /// <summary>How many there are, and how many of them are open.</summary>
    public required long CaseCount { get; init; }
    public required long OpenCases { get; init; }

    /// <summary>The words of the latest notice, as one customer got them; null where they cannot be told.</summary>
    public NoticeWords? LatestWords { get; init; }
    public NoticeRow? Latest { get; init; }

    /// <summary>What was written and leaves within two minutes, in each language.</summary>
    public IReadOnlyList<B2D.Core.Outages.OutageText> News { get; init; } = [];
}

/// <summary>Reads outages.</summary>
internal sealed class OutageReader(Stores stores, IServiceProvider services)
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "outages",
        Fields =
        [
            new("state", "state", FieldMatch.Whole, "open, held, investigating, identified, monitoring or resolved")
            {
                Meanings = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("open", "state <> 'Resolved'"),
            },
            new("segment", "segment", FieldMatch.Path, "a segment and everything below it"),
            new("place", "place", FieldMatch.Pattern, "the place, with *"),
            new("rule", "rule", FieldMatch.Pattern, "the rule’s id, with *"),
            new("id", "id", FieldMatch.Number, "the outage’s number"),
        ],
        Text = ["title", "segment", "place", "cause"],
        TextWords = "title, place, segment and cause",
        Order = "CASE WHEN state = 'Resolved' THEN 1 ELSE 0 END, began_at DESC, id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "id",
        Views = [new("All", ""), new("Open", "state:open"), new("Waiting for a person", "state:held"), new("Over", "state:resolved")],
        Example = "state:open Porto",
    };

    public OutageRecord? Find(long id)
    {
        var record = stores.State.Read(db => OutageStore.Find(db, id) is { } row ? Read(db, row) : null);
        if (record?.Outage.NewsAt > 0)
            record = record with { News = services.GetService<B2D.Core.Outages.IOutagePreview>()?.News(id) ?? [] };
        return record?.Latest is null ? record : record with { LatestWords = services.GetService<INoticeWords>()?.Of(record.Latest.Id) };
    }

    /// <summary>The notices that went to customers, and not to subscribers of a place or to who cares for a customer.</summary>
    public const string ToCustomers = "customer NOT LIKE 'subscriber/%' AND customer NOT LIKE 'carer:%'";

    public static long Told(Db db, long id) =>
        db.Scalar<long>($"SELECT count(DISTINCT customer) FROM notices WHERE subject = @subject AND state = 'Sent' AND {ToCustomers}", new { subject = $"outage:{id}" });

    private static OutageRecord Read(Db db, OutageRow row)
    {
        var subject = $"outage:{row.Id}";
        return new OutageRecord
        {
            Outage = row,
            Told = Told(db, row.Id),
            Touched = db.Query<TouchedLine>(
                """
                SELECT o.device, o.customer, o.down_at, o.up_at, cu.name AS customer_name, cu.place AS place, d.model AS model
                FROM outage_devices o LEFT JOIN customers cu ON cu.id = o.customer LEFT JOIN devices d ON d.id = o.device
                WHERE o.outage_id = @Id ORDER BY CASE WHEN o.up_at = 0 THEN 0 ELSE 1 END, o.down_at, o.device LIMIT 100
                """,
                new { row.Id }),
            Notices = db.Query<NoticeTally>(
                """
                SELECT status, state, channel, count(*) AS count FROM notices WHERE subject = @subject
                GROUP BY status, state, channel ORDER BY min(created_at), status, state, channel
                """,
                new { subject }),
            Timeline = TimelineStore.List(db, subject),
            CaseCount = db.Scalar<long>("SELECT count(*) FROM cases WHERE outage_id = @Id", new { row.Id }),
            OpenCases = db.Scalar<long>("SELECT count(*) FROM cases WHERE outage_id = @Id AND state IN ('New', 'Working', 'Waiting')", new { row.Id }),
            Cases = CaseStore.List(db, new CaseFilter { OutageId = row.Id, Limit = 20 }),
            Latest = db.FirstOrDefault<NoticeRow>(
                "SELECT * FROM notices WHERE subject = @subject AND state <> 'Suppressed' ORDER BY created_at DESC, id DESC LIMIT 1", new { subject }),
        };
    }
}
