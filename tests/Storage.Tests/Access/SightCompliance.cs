using B2D.Core.Access;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Maintenance;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Access;

/// <summary>What is read of the state as somebody sees it: the same rows that Core says are seen, and nothing that leads to others.</summary>
public abstract class SightCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static readonly string[] Segments = ["", "north", "north/n1", "north/n1/cab-1", "north/n10", "north/n2", "northern", "south", "south/it's", "south/it's/x"];
    private static readonly string[] Queues = ["heating", "coffee", "line"];

    private Database SeenBy(string queues, string segments)
    {
        var (sight, problem) = Sight.Read(queues, segments);
        Assert.Equal("", problem);
        return Stores.SeenThrough(() => sight!).State;
    }

    private void Device(string id, string segment, string customer) => Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse(id)) { Segment = Segment.Parse(segment), Customer = customer }, 1));

    private long Case(string device, string queue, string family = "f", string segment = "", long linked = 0) =>
        Write(db => CaseStore.TryOpen(db, new CaseRow { Device = device, Family = family, Queue = queue, Segment = segment, Customer = "c-" + device, LinkedCase = linked }))!.Value;

    [Theory]
    [InlineData("", "")]
    [InlineData("heating", "")]
    [InlineData("", "north/n1")]
    [InlineData("", "north")]
    [InlineData("", "south/it's")]
    [InlineData("coffee,line", "north/n1/cab-1\nnorth/n2")]
    public void Rows_OfEveryKind_AreThoseThatCoreSays(string queues, string segments)
    {
        var sight = Sight.Of(queues.Replace(',', '\n'), segments);
        for (var i = 0; i < Segments.Length; i++)
        {
            Device($"D-{i}", Segments[i], $"c{i}");
            Write(db => CustomerStore.Put(db, new Customer($"c{i}"), 1));
            foreach (var queue in Queues)
                Case($"D-{i}", queue, queue, Segments[i]);
            // Of a device that is registered no more the segment counts that the case was opened with.
            Case($"gone-{i}", "heating", segment: Segments[i]);
            Write(db => FaultStore.Raise(db, new FaultRow { Device = $"D-{i}", Rule = "r", Episode = "1", Segment = "south" }));
            Write(db => MaintenanceStore.TryAdd(db, new MaintenanceRow { Scope = "Segment", Target = Segments[i] }));
            Write(db => MaintenanceStore.TryAdd(db, new MaintenanceRow { Scope = "Device", Target = $"D-{i}" }));
            Write(db => ContactStore.Add(db, new ContactRow { Customer = $"c{i}", Device = $"D-{i}" }));
            Write(db => NoticeStore.Put(db, new NoticeRow { Id = $"n{i}", Customer = $"c{i}", Subject = $"fault:D-{i}/r-1.x_y", Episode = "1", Status = "device-fault", Channel = "sms" }));
        }
        var seen = SeenBy(queues, segments);
        var devices = Enumerable.Range(0, Segments.Length).Where(i => sight.Device(Segments[i]).IsShown).ToArray();

        Assert.Equal(devices.Select(i => $"D-{i}"), seen.Read(db => db.Query<string>("SELECT id FROM devices ORDER BY id")));
        Assert.Equal(devices.Length, seen.Read(db => db.Scalar<int>("SELECT count(*) FROM customers")));
        Assert.Equal(devices.Select(i => $"D-{i}"), seen.Read(db => db.Query<string>("SELECT device FROM faults ORDER BY device")));
        // Wherever they were raised: they are where their device is.
        Assert.Equal(devices.Select(i => sight.Segments.IsEmpty ? "south" : Segments[i]), seen.Read(db => db.Query<string>("SELECT segment FROM faults ORDER BY device")));
        Assert.Equal(devices.Select(i => $"c{i}"), seen.Read(db => db.Query<string>("SELECT customer FROM contacts ORDER BY customer")));
        Assert.Equal(devices.Select(i => $"n{i}"), seen.Read(db => db.Query<string>("SELECT id FROM notices ORDER BY id")));
        var cases = Read(db => CaseStore.List(db, new CaseFilter { Limit = 1000 })).Where(c => sight.Case(c.Queue, c.Segment).IsShown).Select(c => c.Id).Order();
        Assert.Equal(cases, seen.Read(db => CaseStore.List(db, new CaseFilter { Limit = 1000 })).Select(c => c.Id).Order());
        var works = Read(MaintenanceStore.Live).Where(m => sight.Maintenance(Enum.Parse<MaintenanceScope>(m.Scope), m.Target, m.Scope == "Device" ? Segments[m.Target[2] - '0'] : "").IsShown);
        Assert.Equal(works.Select(m => m.Id), seen.Read(MaintenanceStore.Live).Select(m => m.Id));
        // With a query that begins with tables of its own.
        Assert.Equal(devices.Length, seen.Read(db => db.Scalar<int>("WITH mine AS (SELECT id FROM devices) SELECT count(*) FROM mine")));
    }

    [Fact]
    public void Outage_LargerThanWhatIsSeen_HasTheirNumbersOnly()
    {
        foreach (var (id, segment) in new[] { ("D-1", "north/n1"), ("D-2", "north/n1"), ("D-3", "north/n2") })
            Device(id, segment, "c-" + id);
        var outage = Write(db => OutageStore.TryOpen(db, new OutageRow { Segment = "north", Episode = "1", State = "Investigating", Devices = 3, Recovered = 2, Customers = 3, Title = "Line" }))!.Value;
        foreach (var (id, up) in new[] { ("D-1", 0L), ("D-2", 5L), ("D-3", 5L) })
            Write(db => OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = outage, Device = id, Customer = "c-" + id, DownAt = 1, UpAt = up }));
        Write(db => TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{outage}", Text = "3 of 3 devices" }));

        var theirs = SeenBy("", "north/n1").Read(db => OutageStore.Find(db, outage))!;
        Assert.Equal((2L, 1L, 2L, "Line"), (theirs.Devices, theirs.Recovered, theirs.Customers, theirs.Title));
        Assert.Empty(SeenBy("", "north/n1").Read(db => TimelineStore.List(db, $"outage:{outage}")));
        Assert.Equal((3L, 2L, 3L), SeenBy("", "north").Read(db => OutageStore.Find(db, outage)) is { } all ? (all.Devices, all.Recovered, all.Customers) : default);
        Assert.Single(SeenBy("", "north").Read(db => TimelineStore.List(db, $"outage:{outage}")));
        Assert.Null(SeenBy("", "south").Read(db => OutageStore.Find(db, outage)));
    }

    [Fact]
    public void Review_OfAnOutageLargerThanWhatIsSeen_IsNotRead()
    {
        Device("D-1", "north/n1", "c-D-1");
        foreach (var segment in new[] { "north", "north/n1" })
        {
            var outage = Write(db => OutageStore.TryOpen(db, new OutageRow { Segment = segment, Episode = "1", State = "Resolved" }))!.Value;
            Write(db => OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = outage, Device = "D-1", Customer = "c-D-1", DownAt = 1 }));
            Write(db => ReviewStore.TryOpen(db, new ReviewRow { OutageId = outage, Owner = segment, DueAt = 5 }));
            Write(db => ReviewStore.AddNote(db, new ReviewNoteRow { OutageId = outage, Kind = "Action", Text = segment }));
        }
        var seen = SeenBy("", "north/n1");
        Assert.Equal(["north/n1"], seen.Read(db => ReviewStore.OpenActions(db, 10)).Select(a => a.Text));
        Assert.Equal(["north/n1"], seen.Read(db => db.Query<string>("SELECT owner FROM outage_reviews")));
        Assert.Equal(1, seen.Read(db => ReviewStore.CountOverdue(db, 9)));
        Assert.Equal(2, SeenBy("heating", "").Read(db => ReviewStore.OpenActions(db, 10)).Count);
    }

    [Fact]
    public void Approval_OfWorkOnMoreThanIsSeen_IsNotRead()
    {
        Device("D-1", "north/n1", "c-D-1");
        foreach (var (scope, target) in new[] { ("Segment", "north"), ("Segment", "north/n1"), ("Model", "m"), ("Device", "D-1") })
        {
            var work = Write(db => MaintenanceStore.TryAdd(db, new MaintenanceRow { Scope = scope, Target = target }))!.Value;
            Write(db => ApprovalStore.Put(db, new ApprovalRow { Subject = $"maintenance:{work}", Status = "planned", Reason = $"{scope} {target}" }));
            Write(db => TimelineStore.Add(db, new TimelineRow { Subject = $"maintenance:{work}", Text = $"{scope} {target}" }));
            Write(db => NoticeStore.Put(db, new NoticeRow { Id = $"n{work}", Customer = "c-D-1", Subject = $"maintenance:{work}", Channel = "sms" }));
        }
        var seen = SeenBy("", "north/n1");
        Assert.Equal(["Device D-1", "Segment north/n1"], seen.Read(ApprovalStore.Offered).Select(a => a.Reason).Order());
        Assert.Equal(["Device D-1", "Segment north/n1"], seen.Read(db => db.Query<string>("SELECT text FROM timeline ORDER BY text")));
        // What customers of theirs were told is theirs.
        Assert.Equal(4, seen.Read(db => db.Scalar<int>("SELECT count(*) FROM notices")));
        Assert.Equal(4, SeenBy("heating", "").Read(ApprovalStore.Offered).Count);
    }

    [Fact]
    public void CarerAndPhoneTask_AreSeenWithTheirCustomer()
    {
        Device("D-1", "north", "ana");
        Device("D-2", "south", "rui");
        foreach (var customer in new[] { "ana", "rui" })
        {
            Write(db => NoticeStore.Put(db, new NoticeRow { Id = customer, Customer = "carer:" + customer, Subject = $"customer:{customer}", Channel = "sms" }));
            Write(db => PhoneTaskStore.Put(db, new PhoneTaskRow { Notice = customer, Customer = customer, Subject = $"customer:{customer}" }));
            Write(db => TimelineStore.Add(db, new TimelineRow { Subject = $"phone-task:{PhoneTaskStore.OfNotice(db, customer)!.Id}", Text = customer }));
        }
        var seen = SeenBy("", "north");
        Assert.Equal(["ana"], seen.Read(db => db.Query<string>("SELECT id FROM notices")));
        Assert.Equal(["ana"], seen.Read(db => db.Query<string>("SELECT text FROM timeline")));
    }

    /// <summary>Tables that no page of somebody who sees a part reads, and those that have nothing of a device, a customer or a case.</summary>
    private static readonly string[] OfNobody =
    [
        "api_keys", "audit", "bounces", "checkpoints", "erasures", "invitations", "outbox", "own_alarms", "owner_changes", "registry_pending", "rule_sets", "saved_views", "search_pending", "settings",
        "sign_ins", "snapshots", "subscriptions", "templates", "templates_live", "users", "webhook_deliveries", "webhook_receivers",
    ];

    [Fact]
    public void Table_Each_IsReadAsFarAsItIsSeen_OrHasNothingOfAnybody()
    {
        var tables = Read(db => db.Query<string>(db.Dialect == Dialect.Sqlite
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            : "SELECT table_name FROM information_schema.tables WHERE table_schema = 'state'"));
        var limited = Read(db => SightSql.Of(db, Sight.Of("heating", "north")).Tables);
        Assert.Equal([], limited.Intersect(OfNobody));
        Assert.Equal(tables.Except(["schema_version"]).Order(StringComparer.Ordinal), limited.Concat(OfNobody).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Case_OfAnotherQueue_IsNotNamedByOthers()
    {
        Device("D-1", "north", "c-D-1");
        var hidden = Case("D-1", "coffee");
        var shown = Case("D-1", "heating", "g", linked: hidden);
        var merged = Case("D-1", "heating", "h");
        Write(db => CaseStore.Update(db, CaseStore.Find(db, merged)! with { State = "Closed", MergedInto = hidden }));
        Write(db => LinkStore.Add(db, new LinkRow { CaseId = shown, Subject = $"case:{hidden}" }));
        Write(db => LinkStore.Add(db, new LinkRow { CaseId = shown, Subject = "outage:3" }));
        Write(db => ContactStore.Add(db, new ContactRow { Customer = "c-D-1", CaseId = hidden }));
        Write(db => FaultStore.Raise(db, new FaultRow { Device = "D-1", Rule = "r", Episode = "1", CaseId = hidden }));
        Write(db => NoticeStore.Put(db, new NoticeRow { Id = "n", Customer = "c-D-1", Subject = $"case:{hidden}", Channel = "sms" }));
        Write(db => TimelineStore.Add(db, new TimelineRow { Subject = $"case:{hidden}", Text = "x" }));
        Write(db => GrantStore.Add(db, new GrantRow { CaseId = hidden }));
        var seen = SeenBy("heating", "");

        Assert.Equal([shown], seen.Read(db => CaseStore.List(db, new CaseFilter { Limit = 10 })).Select(c => c.Id));
        Assert.Equal(0, seen.Read(db => CaseStore.Find(db, shown))!.LinkedCase);
        Assert.Equal(["outage:3"], seen.Read(db => LinkStore.Of(db, shown)).Select(l => l.Subject));
        foreach (var table in new[] { "contacts", "faults", "notices", "timeline", "grants" })
            Assert.Equal(0, seen.Read(db => db.Scalar<int>($"SELECT count(*) FROM {table}")));
        Assert.Equal(hidden, State.Read(db => CaseStore.Find(db, shown))!.LinkedCase);
    }

    [Fact]
    public void Sight_OfWhoeverAsks_IsLookedUpForEachRead()
    {
        Device("D-1", "north", "c1");
        Device("D-2", "south", "c2");
        var now = Sight.Everything;
        var seen = Stores.SeenThrough(() => now).State;
        Assert.Equal(2, seen.Read(db => DeviceStore.Count(db)));
        now = Sight.Of("", "south");
        Assert.Equal(1, seen.Read(db => DeviceStore.Count(db)));
        // Who writes has asked before.
        Assert.Equal(2, seen.Write(db => db.Scalar<int>("SELECT count(*) FROM devices")));
    }
}

public sealed class SightOnSqliteFiles : SightCompliance<SqliteFiles>;

public sealed class SightInSqliteMemory : SightCompliance<SqliteMemory>;

public sealed class SightOnPostgres : SightCompliance<PostgresSchemas>;
