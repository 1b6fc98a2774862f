using B2D.Console.Devices;
using B2D.Console.Dues;
using B2D.Core.Customers;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Customers;

/// <summary>What there is to know about one customer when they call.</summary>
public sealed record CustomerRecord
{
    public required CustomerRow Customer { get; init; }

    public required IReadOnlyList<DeviceLine> Devices { get; init; }

    /// <summary>Those that are open first, then the newest.</summary>
    public required IReadOnlyList<CaseRow> Cases { get; init; }

    /// <summary>Open outages that touch this customer.</summary>
    public required IReadOnlyList<OutageRow> Outages { get; init; }

    /// <summary>Their devices in those, as they were touched.</summary>
    public required IReadOnlyList<OutageDeviceRow> Touched { get; init; }

    /// <summary>Those of <see cref="Outages"/> of which they were told themselves, or by what became part of them.</summary>
    public required IReadOnlyList<long> ToldOutages { get; init; }

    /// <summary>The last outage that they were told of and that is over; null: none.</summary>
    public OutageRow? OutageOver { get; init; }

    /// <summary>Planned work that is not over and of which they were told, what comes first at the top.</summary>
    public required IReadOnlyList<MaintenanceRow> Planned { get; init; }

    /// <summary>Open faults of their devices that belong to no case and no outage, oldest first.</summary>
    public required IReadOnlyList<FaultRow> Loose { get; init; }

    public required IReadOnlyList<DueLine> Dues { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<Cases.ToldNotice> Notices { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<ContactRow> Contacts { get; init; }

    /// <summary>What they want to hear and do not.</summary>
    public required IReadOnlyList<ConsentRow> Consents { get; init; }

    /// <summary>What they wrote, latest first.</summary>
    public required IReadOnlyList<InboundRow> Inbound { get; init; }

    public required ContactTally Tally { get; init; }

    /// <summary>Whom they named to be told too; null: nobody.</summary>
    public CarerRow? Carer { get; init; }

    /// <summary>What was promised to them when one agent handed an open case to another, by case; the last of each.</summary>
    public required IReadOnlyDictionary<long, HandOffRow> HandedOff { get; init; }

    public bool IsTold(long outage) => ToldOutages.Contains(outage);

    public IEnumerable<CaseRow> OpenCases => Cases.Where(c => CaseStore.OpenStates.Contains(c.State));
}

/// <summary>Reads customers as those who talk to them need it.</summary>
internal static class CustomerReader
{
    private const int MostDevices = 50;
    private const int MostCases = 20;

    /// <summary>All of a customer; notices are without their words.</summary>
    public static CustomerRecord Read(Db db, CustomerRow row)
    {
        var open = CaseStore.List(db, new CaseFilter { Customer = row.Id, States = CaseStore.OpenStates, Limit = MostCases });
        var latest = CaseStore.List(db, new CaseFilter { Customer = row.Id, Limit = MostCases });
        return new CustomerRecord
        {
            Customer = row,
            Devices = db.Query<DeviceLine>(
                $"SELECT {DeviceLists.Definition.Select} FROM {DeviceLists.Definition.From} WHERE d.customer = @Id ORDER BY d.id LIMIT {MostDevices}", new { row.Id }),
            Cases = [.. open.OrderByDescending(c => c.Class).ThenByDescending(c => c.Id), .. latest.Where(c => open.All(o => o.Id != c.Id))],
            Outages = db.Query<OutageRow>(
                "SELECT * FROM outages WHERE state <> 'Resolved' AND id IN (SELECT outage_id FROM outage_devices WHERE customer = @Id) ORDER BY id DESC LIMIT 10",
                new { row.Id }),
            Touched = OutageStore.OpenOf(db, row.Id),
            ToldOutages = ToldOutages(db, row.Id),
            OutageOver = db.FirstOrDefault<OutageRow>(
                """
                SELECT * FROM outages WHERE state = 'Resolved' AND merged_into = 0 AND told_at > 0 AND id IN (SELECT outage_id FROM outage_devices WHERE customer = @Id)
                ORDER BY resolved_at DESC LIMIT 1
                """,
                new { row.Id }),
            Planned = db.Query<MaintenanceRow>(
                "SELECT m.* FROM planned_tellings p JOIN maintenance m ON m.id = p.maintenance WHERE p.customer = @Id AND p.state = 'Told' AND m.state <> 'Over' ORDER BY m.from_at, m.id LIMIT 10",
                new { row.Id }),
            Loose = db.Query<FaultRow>(
                """
                SELECT f.* FROM faults f JOIN devices d ON d.id = f.device
                WHERE d.customer = @Id AND f.cleared_at = 0 AND f.shadow = FALSE AND f.case_id = 0 AND f.outage_id = 0 ORDER BY f.raised_at, f.id LIMIT 20
                """,
                new { row.Id }),
            Dues = db.Query<DueLine>($"SELECT {DueLists.Definition.Select} FROM {DueLists.Definition.From} WHERE u.customer = @Id ORDER BY u.id DESC LIMIT 20",
                new { row.Id }),
            Notices = [.. NoticeStore.List(db, new NoticeFilter { Customer = row.Id, Limit = 20 }).Concat(NoticeStore.List(db, new NoticeFilter { Customer = Carer.Prefix + row.Id, Limit = 20 }))
                .OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id, StringComparer.Ordinal).Take(20).Select(n => new Cases.ToldNotice(n, null))],
            Carer = CarerStore.Find(db, row.Id),
            Contacts = ContactStore.OfCustomer(db, row.Id),
            Consents = ConsentStore.Of(db, row.Id),
            Inbound = InboundStore.Of(db, row.Id, 10),
            Tally = ContactStore.TallyOfCustomer(db, row.Id),
            HandedOff = open.Select(c => HandOffStore.Last(db, c.Id)).OfType<HandOffRow>().Where(h => h.Customer == row.Id).ToDictionary(h => h.CaseId),
        };
    }

    private static long[] ToldOutages(Db db, string customer) =>
    [
        .. NoticeStore.List(db, new NoticeFilter { Customer = customer, Status = "opened", Limit = 50 }).Where(n => n.WasTold)
            .Select(n => n.Subject.Split(':', 2) is ["outage", var id] ? OutageStore.FindWhole(db, long.Parse(id, System.Globalization.CultureInfo.InvariantCulture))?.Id ?? 0 : 0).Where(id => id > 0).Distinct(),
    ];

    /// <summary>The same with the words of what they were told.</summary>
    /// <param name="most">For so many of the latest; rendering costs.</param>
    public static CustomerRecord WithWords(CustomerRecord record, INoticeWords? words, int most = 20) =>
        record with { Notices = [.. record.Notices.Select((n, i) => i < most ? n with { Words = words?.Of(n.Row.Id) } : n)] };
}
