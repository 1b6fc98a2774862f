using B2D.Console.Cases;
using B2D.Console.Charts;
using B2D.Console.Outages;
using B2D.Core.Alarms;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Defects;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Now;

/// <summary>How often a remedy was tried since a time, and how often it worked.</summary>
public sealed record RemedyTally
{
    public string Name { get; init; } = "";
    public long Tried { get; init; }
    public long Worked { get; init; }
}

/// <summary>An outage with the number of customers who were told of it.</summary>
public sealed record OutageNow(OutageRow Row, long Told);

/// <summary>The start page.</summary>
public sealed record NowModel
{
    public required IReadOnlyList<OutageNow> Outages { get; init; }

    /// <summary>Defects that are not over, the latest first.</summary>
    public required IReadOnlyList<DefectRow> Defects { get; init; }

    /// <summary>Troubles of B2D itself.</summary>
    public required IReadOnlyList<NowAlarm> Alarms { get; init; }

    /// <summary>New cases that nobody has taken, the first of them.</summary>
    public required IReadOnlyList<CaseLine> NeedsYou { get; init; }

    public required long NeedsYouCount { get; init; }

    public required long OpenCases { get; init; }

    /// <summary>Open cases of which a promised time is over.</summary>
    public required long LateCases { get; init; }

    public required long Devices { get; init; }

    public required long Online { get; init; }

    public required long Faulty { get; init; }

    public required long HeldNotices { get; init; }

    public required long FailedNotices { get; init; }

    /// <summary>Notices to many that a person may stop, by when they go out.</summary>
    public required IReadOnlyList<ApprovalRow> Approvals { get; init; }

    /// <summary>Calls that people are to make, and those of them that are late.</summary>
    public required (long Open, long Late) Calls { get; init; }

    public required long SentToday { get; init; }

    public required long HealedToday { get; init; }

    public required IReadOnlyList<RemedyTally> Remedies { get; init; }

    public required long DuesOpen { get; init; }

    public required long DuesOverdue { get; init; }

    /// <summary>Open cases whose faults are gone, and of which somebody is to ask the customer, or to look.</summary>
    public required long ToAsk { get; init; }

    /// <summary>Those of <see cref="ToAsk"/> that are among <see cref="NeedsYouCount"/>.</summary>
    public required long ToAskOfNobody { get; init; }

    /// <summary>What customers wrote and nobody has read.</summary>
    public required long Unread { get; init; }

    /// <summary>Grants that wait for a lead, and since when the first does (epoch ms; 0: none).</summary>
    public required (long Asked, long ToReview, long Since) Grants { get; init; }

    /// <summary>Reviews of outages whose time has passed.</summary>
    public required long LateReviews { get; init; }

    /// <summary>Maintenance that runs or begins within a day.</summary>
    public required IReadOnlyList<MaintenanceRow> Maintenance { get; init; }

    /// <summary>Devices with an open fault over the last 24 hours.</summary>
    public required ChartSpec Chart { get; init; }

    /// <summary>How many things wait for a person.</summary>
    public long Waiting => NeedsYouCount + Outages.Count(o => o.Row.Guard) + Alarms.Count(a => !a.Seen) + Calls.Open + Approvals.Count + ToAsk - ToAskOfNobody + Unread + Grants.Asked;
}

/// <summary>Reads the start page in one look.</summary>
internal static class NowReader
{
    private const int MostNeeds = 8;
    private const int MostDefects = 5;
    private const int MostMaintenance = 8;
    private const int MostFaults = 20_000;
    private const int Buckets = 96;

    /// <param name="known">Troubles that the program knows of itself.</param>
    public static NowModel Read(Db db, IReadOnlyList<OwnAlarm> known, long now, TimeZoneInfo zone)
    {
        var midnight = Midnight(now, zone);
        var needs = db.Query<CaseLine>(
            $"""
            SELECT {CaseLists.Definition.Select} FROM {CaseLists.Definition.From} WHERE c.state = 'New' AND c.assignee = '' AND NOT ({CaseLists.InOutage})
            ORDER BY {CaseLists.Definition.Order} LIMIT {MostNeeds}
            """);
        return new NowModel
        {
            Outages = [.. OutageStore.Open(db).Select(o => new OutageNow(o, OutageReader.Told(db, o.Id)))],
            Defects = [.. DefectStore.Open(db).Reverse().Take(MostDefects)],
            Alarms = NowAlarm.Of(known, OwnAlarmStore.Open(db)),
            NeedsYou = needs,
            NeedsYouCount = db.Scalar<long>($"SELECT count(*) FROM cases c WHERE c.state = 'New' AND c.assignee = '' AND NOT ({CaseLists.InOutage})"),
            OpenCases = db.Scalar<long>("SELECT count(*) FROM cases WHERE state IN ('New', 'Working', 'Waiting')"),
            LateCases = db.Scalar<long>("SELECT count(*) FROM cases WHERE late = TRUE"),
            Devices = db.Scalar<long>("SELECT count(*) FROM devices"),
            Online = db.Scalar<long>("SELECT count(*) FROM device_live WHERE online = TRUE"),
            Faulty = db.Scalar<long>("SELECT count(DISTINCT device) FROM faults WHERE cleared_at = 0 AND shadow = FALSE"),
            HeldNotices = db.Scalar<long>("SELECT count(*) FROM notices WHERE state = 'Held'"),
            FailedNotices = db.Scalar<long>("SELECT count(*) FROM notices WHERE state = 'Failed' AND created_at >= @midnight", new { midnight }),
            Approvals = ApprovalStore.Offered(db),
            ToAsk = db.Scalar<long>($"SELECT count(*) FROM cases c WHERE {CaseLists.ToAsk}"),
            ToAskOfNobody = db.Scalar<long>($"SELECT count(*) FROM cases c WHERE {CaseLists.ToAsk} AND c.state = 'New' AND c.assignee = '' AND NOT ({CaseLists.InOutage})"),
            Unread = ContactStore.CountUnread(db),
            Grants = GrantStore.CountWaiting(db),
            LateReviews = ReviewStore.CountOverdue(db, now),
            Calls = PhoneTaskStore.CountOpen(db),
            SentToday = db.Scalar<long>("SELECT count(*) FROM notices WHERE sent_at >= @midnight", new { midnight }),
            HealedToday = db.Scalar<long>("SELECT count(*) FROM heals WHERE at >= @midnight", new { midnight }),
            Remedies = db.Query<RemedyTally>(
                """
                SELECT name, count(*) AS tried, count(CASE WHEN state = 'Verified' THEN 1 END) AS worked FROM commands
                WHERE created_at >= @midnight AND rule <> '' GROUP BY name ORDER BY count(*) DESC, name LIMIT 6
                """,
                new { midnight }),
            DuesOpen = db.Scalar<long>("SELECT count(*) FROM dues WHERE state IN ('Due', 'Told', 'Booked', 'Ordered', 'Overdue')"),
            DuesOverdue = db.Scalar<long>("SELECT count(*) FROM dues WHERE state = 'Overdue'"),
            Maintenance = [.. MaintenanceStore.Live(db).Where(m => m.FromAt <= now + (long)TimeSpan.FromDays(1).TotalMilliseconds).Take(MostMaintenance)],
            Chart = Faults(db, now, zone),
        };
    }

    private static long Midnight(long now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(now), zone);
        return now - (long)local.TimeOfDay.TotalMilliseconds;
    }

    private static ChartSpec Faults(Db db, long now, TimeZoneInfo zone)
    {
        var from = now - (long)TimeSpan.FromDays(1).TotalMilliseconds;
        var spells = db.Query<Spell>(
            $"SELECT device, raised_at, cleared_at FROM faults WHERE shadow = FALSE AND (cleared_at = 0 OR (cleared_at > 0 AND cleared_at > @from)) LIMIT {MostFaults}",
            new { from });
        var step = (now - from) / Buckets;
        // How many more, or fewer, devices than at the time before; each device once, however many faults it has then.
        var more = new int[Buckets + 2];
        foreach (var device in spells.GroupBy(s => s.Device))
        {
            var seen = -1L;
            foreach (var spell in device.OrderBy(s => s.RaisedAt))
            {
                var first = Math.Max(seen + 1, (Math.Max(0, spell.RaisedAt - from) + step - 1) / step);
                var last = spell.ClearedAt == 0 ? Buckets : Math.Min(Buckets, (spell.ClearedAt - 1 - from) / step);
                if (first > last)
                    continue;
                more[first]++;
                more[last + 1]--;
                seen = last;
            }
        }
        var devices = 0;
        var points = Enumerable.Range(0, Buckets + 1).Select(i =>
        {
            devices += more[i];
            return new ChartPoint(from + (i * step), devices, devices, devices);
        });
        return new ChartSpec { Title = "Devices with a fault, last 24 hours", Points = [.. points], From = from, Until = now, Zone = zone };
    }

    private sealed record Spell
    {
        public string Device { get; init; } = "";
        public long RaisedAt { get; init; }
        public long ClearedAt { get; init; }
    }
}
