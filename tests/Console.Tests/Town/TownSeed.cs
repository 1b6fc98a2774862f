using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Defects;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Remedies;
using B2D.Storage.Telemetry;

namespace B2D.Console.Tests.Town;

/// <summary>A town as it may look on a Tuesday: a cabinet down, a blocked pump, a filter due, and a device with a hostile name for its metric.</summary>
public static class TownSeed
{
    /// <summary>What a device may send as a metric's name, and a customer as their own.</summary>
    public const string Hostile = "<script>alert(1)</script>\"'&";

    /// <summary>The blocked pump's case.</summary>
    public const long PumpCase = 1;

    /// <summary>The outage that is going on.</summary>
    public const long OpenOutage = 1;

    private static readonly string[] Names = ["Ana Ferreira", "Rui Costa", "Marta Lopes", "João Pinto", "Inês Rocha", "Tiago Alves", "Sofia Martins",
        "Hugo Reis", "Clara Sousa", "Nuno Faria"];

    public static void Fill(TownHost host)
    {
        var now = host.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        SeedRules.Fill(host, now);
        Registry(host, now);
        Faults(host, now);
        Work(host, now);
        Outages(host, now);
        Defects(host, now);
        Notices(host, now);
        Readings(host, now);
        Stories(host, now);
    }

    private static long Min(double minutes) => (long)(minutes * 60_000);

    private static void Registry(TownHost host, long now) => host.Stores.State.Write(db =>
    {
        for (var i = 0; i < 40; i++)
        {
            CustomerStore.Put(db, new Customer($"c{i:00}")
            {
                Name = i == 13 ? Hostile : Names[i % Names.Length],
                Email = $"c{i:00}@example.net",
                Phone = $"+351 912 000 {i:000}",
                Language = i % 3 == 0 ? "en" : "pt",
                TimeZone = "Europe/Lisbon",
                PreferredChannel = i % 2 == 0 ? "sms" : "email",
                Address = $"Rua do Bonfim {i + 1}",
                Place = i < 30 ? "Bonfim, Porto" : "Baixa, Porto",
            }, now - Min(60 * 24 * 40));
            var cabinet = Segment.Parse(i < 30 ? "north/n12/cab-7" : "north/n12/cab-8");
            Put(db, $"RT-{i:0000}", "BR-500", "4.2.1", cabinet, i, now);
            if (i % 2 == 0)
                Put(db, $"HP-{i:0000}", "HP-2", "2.0.7", cabinet, i, now);
            if (i % 5 == 0)
                Put(db, $"CM-{i:0000}", "CM-1", "1.9.0", cabinet, i, now);
        }
        LiveStore.Put(db,
        [
            .. DeviceStore.List(db, new DeviceFilter { Limit = 1000 }).Where(d => d.Id != "CM-0035")
                .Select(d => new LiveRow { Device = d.Id, Online = !(d.Id.StartsWith("RT-00", StringComparison.Ordinal) && d.Segment.EndsWith('7')),
                    OnlineAt = now - Min(900), LastSeenAt = now - Min(0.4) }),
        ]);
    });

    private static void Put(B2D.Storage.Db db, string id, string model, string firmware, Segment segment, int customer, long now) =>
        DeviceStore.Put(db, new Device(DeviceId.Parse(id))
    {
        Model = model,
        Firmware = firmware,
        Serial = $"SN{id[3..]}X",
        Segment = segment,
        Customer = $"c{customer:00}",
        Installed = new DateOnly(2025, 5, 2),
        WarrantyUntil = new DateOnly(2027, 5, 1),
    }, now - Min(60 * 24 * 30));

    private static void Faults(TownHost host, long now) => host.Stores.State.Write(db =>
    {
        FaultStore.Raise(db, new FaultRow
        {
            Device = "HP-0010", Rule = "pump-blocked", Title = "Pump blocked", RuleVersion = "a1b2c3d4e5f6", Episode = "17-4021", Kind = "Condition",
            Family = "pump", Severity = Severity.High,
            RaisedAt = now - Min(22), OnsetAt = now - Min(24), CaseId = PumpCase, RemedyState = "NotVerified", Segment = "north/n12/cab-7", Customer = "c10",
            Evidence = $$"""
                [{"metric":"current_a","at":{{now - Min(24)}},"value":9.1},{"metric":"current_a","at":{{now - Min(22)}},"value":9.4},
                {"metric":"<script>alert(1)</script>","at":0,"value":"<img src=x onerror=alert(1)>"}]
                """,
        });
        for (var i = 0; i < 30; i++)
        {
            FaultStore.Raise(db, new FaultRow
            {
                Device = $"RT-{i:0000}", Rule = "router-silent", Title = "Router silent", RuleVersion = "0f0f0f0f0f0f", Episode = $"3-{i}", Kind = "Silence",
                Family = "line", Severity = Severity.Medium,
                RaisedAt = now - Min(31), OnsetAt = now - Min(32), OutageId = OpenOutage, SuppressedBy = "outage", Segment = "north/n12/cab-7",
                Customer = $"c{i:00}",
            });
        }
        for (var i = 0; i < 24; i++)
        {
            FaultStore.Raise(db, new FaultRow
            {
                Device = $"HP-{i / 2 * 2:0000}", Rule = "compressor-hot", Title = "Compressor runs too hot", RuleVersion = "cafe00cafe00", Episode = $"5-{i}",
                Kind = "Condition", Family = "compressor",
                Severity = Severity.Medium, RaisedAt = now - Min(60 * (i + 1)), OnsetAt = now - Min((60 * (i + 1)) + 2),
                ClearedAt = now - Min((60 * (i + 1)) - 35), ClearReason = "Normal again",
                Segment = "north/n12/cab-7", Customer = $"c{i / 2 * 2:00}",
            });
        }
    });

    private static void Work(TownHost host, long now) => host.Stores.State.Write(db =>
    {
        var pump = new CaseRow
        {
            Device = "HP-0010", Family = "pump", State = "New", Priority = 2, Queue = "heating", Title = "Pump blocked", Rule = "pump-blocked",
            RuleVersion = "a1b2c3d4e5f6", Episode = "17-4021",
            Severity = Severity.High, Segment = "north/n12/cab-7", Customer = "c10", OpenedAt = now - Min(20), OnsetAt = now - Min(24),
            LastSeenAt = now - Min(1), Recurrences = 0,
            ReopenWithinMs = 86_400_000, ResolveAfterMs = 1_800_000, Summary = "The pump has drawn three times its normal current since 13:56",
            NextStep = "Send a technician with pump kit P-88",
        };
        CaseStore.TryOpen(db, pump);
        CaseStore.TryOpen(db, pump with { Device = "HP-0012", Family = "gas", Title = "Gas pressure out of range", Class = FaultClass.Safety,
            Severity = Severity.Critical, Priority = 1, Rule = "gas-pressure", Episode = "8-77", Customer = "c12", Summary = "",
            NextStep = "Call the owner; close the valve", OpenedAt = now - Min(4), OnsetAt = now - Min(5) });
        CaseStore.TryOpen(db, pump with { Device = "HP-0014", Title = "Pump blocked", State = "Working", Assignee = "marta", Episode = "9-1", Customer = "c14",
            OpenedAt = now - Min(300), OnsetAt = now - Min(310) });
        CaseStore.TryOpen(db, pump with { Device = "CM-0005", Family = "boiler", Title = "Boiler does not reach its temperature", State = "Waiting",
            WaitingFor = "the spare part", WaitingUntil = now + Min(60 * 40), Assignee = "rui", Severity = Severity.Medium, Priority = 3, Queue = "coffee",
            Rule = "boiler-cold", Episode = "11-5", Customer = "c05", OpenedAt = now - Min(60 * 30), OnsetAt = now - Min(60 * 31), Summary = "" });
        for (var i = 0; i < 70; i++)
            CaseStore.TryOpen(db, pump with { Device = $"HP-{i % 20 * 2:0000}", Family = "old", State = i % 3 == 0 ? "Resolved" : "Closed",
                Disposition = i % 3 == 0 ? "" : "true-fault", ResolvedAt = now - Min(60 * (i + 5)), ResolvedBy = "B2D", ClosedAt = i % 3 == 0 ? 0
                : now - Min(60 * (i + 4)), Episode = $"40-{i}", Customer = $"c{i % 20 * 2:00}", OpenedAt = now - Min(60 * (i + 8)),
                OnsetAt = now - Min(60 * (i + 9)) });
        foreach (var (text, state, position) in new[] { ("Restart the pump", "Done", 0), ("Call the owner", "Open", 1),
            ("Visit with pump kit P-88", "Open", 2) })
            StepStore.Add(db, new StepRow { CaseId = PumpCase, Position = position, Text = text, State = state, Standard = true, AddedBy = "B2D",
                DoneBy = state == "Done" ? "B2D" : "", DoneAt = state == "Done" ? now - Min(17) : 0 });
        foreach (var (kind, text, minutes, who) in new[] { ("raised", "Fault raised: current_a above 7 A for 2 min", 22.0, ""),
            ("opened", "Case opened in queue heating, P2", 20, ""), ("remedy", "Restart sent to the device", 18, ""),
            ("notverified", "Restart answered, but the current stayed at 9.3 A", 17, ""), ("told", "The owner was told by SMS", 16, ""),
            ("note", "Neighbour says it hums loudly.", 6, "marta") })
            TimelineStore.Add(db, new TimelineRow { Subject = $"case:{PumpCase}", At = now - Min(minutes), Kind = kind, Text = text, Who = who });
        CommandStore.Put(db, new CommandRow { Id = "r1", Device = "HP-0010", Name = "restart", State = "NotVerified", RequestedBy = "B2D",
            Rule = "pump-blocked", Episode = "17-4021", CreatedAt = now - Min(18), SentAt = now - Min(18), AnsweredAt = now - Min(17.5), Answer = "ok",
            VerdictAt = now - Min(17) });
        for (var i = 0; i < 34; i++)
            CommandStore.Put(db, new CommandRow { Id = $"h{i}", Device = $"HP-{i % 20 * 2:0000}", Name = "restart", State = i % 11 == 0 ? "NotVerified"
                : "Verified", RequestedBy = "B2D", Rule = "compressor-hot", CreatedAt = now - Min(i * 20), ExpiresAt = now });
        HealStore.Add(db, new HealRow { Device = "HP-0000", Rule = "compressor-hot", Episode = "5-0", CommandId = "h1", At = now - Min(40), Customer = "c00" });
        DueStore.TryOpen(db, new DueRow { Device = "CM-0010", Customer = "c10", Rule = "water-filter", Title = "Water filter", Cycle = 3, State = "Told",
            Used = 1104, Every = 1200, Unit = "litres", ForecastFrom = now + Min(60 * 24 * 3), ForecastUntil = now + Min(60 * 24 * 6), DueAt = now - Min(90),
            ToldAt = now - Min(80), ChangedAt = now - Min(80) });
        DueStore.TryOpen(db, new DueRow { Device = "CM-0015", Customer = "c15", Rule = "water-filter", Title = "Water filter", Cycle = 1, State = "Overdue",
            Used = 1290, Every = 1200, Unit = "litres", DueAt = now - Min(60 * 24 * 9), ToldAt = now - Min(60 * 24 * 9), ChangedAt = now - Min(60) });
        DueStore.TryOpen(db, new DueRow { Device = "HP-0020", Customer = "c20", Rule = "yearly-service", Title = "Yearly service", Cycle = 1,
            State = "Forecast", Used = 2400, Every = 4000, Unit = "h", ForecastFrom = now + Min(60 * 24 * 60), ForecastUntil = now + Min(60 * 24 * 75),
            ChangedAt = now });
        AuditStore.Append(db, now - Min(50), "admin", "rules-activated", "rules", """{"hash":"4f2a"}""");
    });

    private static void Outages(TownHost host, long now) => host.Stores.State.Write(db =>
    {
        OutageStore.TryOpen(db, new OutageRow
        {
            Rule = "access-network", Title = "Internet does not work", Segment = "north/n12/cab-7", Place = "Bonfim, Porto", Episode = "3-0",
            State = "Investigating", Revision = 1, BeganAt = now - Min(32),
            OpenedAt = now - Min(30), ToldAt = now - Min(28), Devices = 30, Recovered = 2, Customers = 30, NextUpdateAt = now + Min(40),
            Workaround = "Phone and mobile work; calls from the fixed line do not.",
        });
        OutageStore.TryOpen(db, new OutageRow
        {
            Rule = "access-network", Title = "Outage at north/n12/cab-8", Segment = "north/n12/cab-8", Place = "cab-8", Episode = "2-9", State = "Resolved",
            Revision = 3, BeganAt = now - Min(60 * 24 * 3),
            OpenedAt = now - Min((60 * 24 * 3) - 2), ToldAt = now - Min((60 * 24 * 3) - 5), ResolvedAt = now - Min((60 * 24 * 3) - 42), Devices = 10,
            Recovered = 10, Customers = 10, Cause = "A digger cut the cable",
        });
        OutageStore.TryOpen(db, new OutageRow
        {
            Rule = "access-network", Title = "Internet does not work", Segment = "south/s1", Place = "Faro", Episode = "4-4", State = "Held", Guard = true,
            BeganAt = now - Min(3), OpenedAt = now - Min(2), Devices = 4000, Customers = 3900,
        });
        for (var i = 0; i < 30; i++)
            OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = OpenOutage, Device = $"RT-{i:0000}", Customer = $"c{i:00}", FaultEpisode = $"3-{i}",
                DownAt = now - Min(32), UpAt = i < 2 ? now - Min(3) : 0 });
        foreach (var (text, minutes) in new[] { ("Opened on north/n12/cab-7: 30 of 30 routers silent within 2 min", 30.0), ("First notice to 30 customers", 28),
            ("2 routers are back", 3) })
            TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{OpenOutage}", At = now - Min(minutes), Kind = "outage", Text = text });
    });

    private static void Notices(TownHost host, long now) => host.Stores.State.Write(db =>
    {
        for (var i = 0; i < 30; i++)
        {
            NoticeStore.Put(db, new NoticeRow
            {
                Id = $"n-out-{i:00}", Customer = $"c{i:00}", Subject = "outage:1", Episode = "3-0", Status = "opened", Revision = 1, Channel = "sms",
                Template = "outage-opened", Language = "en",
                State = i == 29 ? "Retrying" : "Sent", Reason = i % 2 == 0 ? "" : "SMS instead of e-mail: the outage takes the router down",
                DueAt = now - Min(28), SentAt = i == 29 ? 0 : now - Min(28), Attempts = 1,
                LastError = i == 29 ? "450 mailbox busy" : "", NextAttemptAt = i == 29 ? now + Min(2) : 0, CreatedAt = now - Min(28),
            });
        }
        NoticeStore.Put(db, new NoticeRow { Id = "n-pump", Customer = "c10", Subject = "case:1", Episode = "17-4021", Status = "device-fault", Revision = 1,
            Channel = "sms", Template = "device-fault", State = "Sent", Reason = "The customer prefers SMS", DueAt = now - Min(16), SentAt = now - Min(16),
            CreatedAt = now - Min(16) });
        NoticeStore.Put(db, new NoticeRow { Id = "n-due", Customer = "c10", Subject = "due:1", Episode = "", Status = "due", Revision = 1, Channel = "email",
            Template = "filter-due", State = "Sent", DueAt = now - Min(80), SentAt = now - Min(80), CreatedAt = now - Min(80) });
        NoticeStore.Put(db, new NoticeRow { Id = "n-held", Customer = "c11", Subject = "outage:3", Episode = "4-4", Status = "opened", Revision = 1,
            Channel = "sms", Template = "outage-opened", State = "Held", Reason = "More than 30 % of the fleet at once: waits for a person",
            DueAt = now - Min(1), CreatedAt = now - Min(2) });
    });

    private static void Defects(TownHost host, long now) => host.Stores.State.Write(db =>
    {
        var defect = new DefectRow
        {
            Rule = "compressor-defect", Title = "Compressor defect", RuleVersion = "defec7defec7", Faults = "compressor-hot", Dimension = "Firmware", Model = "HP-2", Part = "2.0.7",
            OpenedAt = now - Min(60 * 20), CountedAt = now - Min(4), WithinMs = Min(60 * 24 * 14), LeastDevices = 10, RateRatio = 3, Confidence = 0.99,
            Devices = 1000, Faulty = 30, OtherDevices = 9000, OtherFaulty = 9, AtLeast = 12.7596,
            Beside = """[{"name":"2.0.7","devices":1000,"faulty":30},{"name":"2.0.6","devices":5000,"faulty":8},{"name":"2.0.5","devices":4000,"faulty":1}]""",
        };
        DefectStore.TryOpen(db, defect);
        TimelineStore.Add(db, new TimelineRow { Subject = "defect:1", At = now - Min(60 * 20), Kind = "opened", Text = "30 of 1,000 devices of HP-2 with firmware 2.0.7", Who = "B2D" });
        DefectStore.TryOpen(db, defect with { Title = Hostile, Part = Hostile, OtherFaulty = 0, BelowSinceAt = now - Min(90), Beside = "[]" });
        DefectStore.TryOpen(db, defect with { Dimension = "Model", Part = "", State = "Over", Reason = "PartOf", PartOf = 1, OverAt = now - Min(60 * 20) });
    });

    private static void Readings(TownHost host, long now)
    {
        var offset = 0L;
        var random = new Random(7);
        var pump = DeviceId.Parse("HP-0010");
        for (var i = 0; i < 360; i++)
        {
            var at = now - Min(180) + (i * 30_000);
            var blocked = at > now - Min(24);
            Add(pump, "current_a", at, MetricValue.Of(blocked ? Math.Min(9.4, 3.1 + ((at - (now - Min(24))) / 20_000.0)) + (random.NextDouble() * 0.3) : 3.0
                + (random.NextDouble() * 0.25)));
            Add(pump, "temp_c", at, MetricValue.Of(48 + (6 * Math.Sin(i / 30.0)) + random.NextDouble()));
            Add(pump, "flow_lpm", at, MetricValue.Of(blocked ? 0.4 + (random.NextDouble() * 0.1) : 12 + random.NextDouble()));
        }
        Add(pump, "mode", now - 30_000, MetricValue.Of("heating"));
        Add(pump, "defrost", now - 30_000, MetricValue.Of(false));
        Add(pump, Hostile, now - 30_000, MetricValue.Of(Hostile));
        var code = new Entry.Event(pump, "E42", CodeState.Set, new DeviceTime(now - Min(23)));
        host.Stores.Telemetry.Append(new LogEntry(Partitions.Of(pump), 900_000, new ServerTime(now - Min(23)), code), code, code.At!.Value);

        void Add(DeviceId device, string metric, long at, MetricValue value)
        {
            var sent = new Entry.Telemetry(device, new DeviceTime(at), [new Reading(metric, value)]);
            host.Stores.Telemetry.Append(new LogEntry(Partitions.Of(device), ++offset, new ServerTime(at), sent), sent, new DeviceTime(at), new bool[1]);
        }
    }

    private static void Stories(TownHost host, long now)
    {
        if (host.Demo is null)
            return;
        ServerTime At(double minutes) => new(now - Min(minutes));
        host.Demo.Stories =
        [
            new("pump", "Pump blocked on HP-0010", At(2), false,
                [new(At(2), "current_a 9.1  flow_lpm 0.4"), new(At(1.6), "current_a 9.3  flow_lpm 0.4"), new(At(1.1), "reply restart: ok"),
                    new(At(0.9), "current_a 9.4  flow_lpm 0.4")],
                [new(At(1.8), "Fault raised", "pump-blocked", "current_a above 7 A for 10 s"),
                    new(At(1.7), "Restart sent", "pump-blocked", "the rule’s remedy"),
                    new(At(1), "Not verified", "pump-blocked", "flow stayed below 5 l/min"),
                    new(At(0.9), "Case opened", "pump-blocked", "the remedy did not help")],
                [new("/cases/1", "Case #1: Pump blocked", "Send a technician with pump kit P-88.")],
                [new(At(0.8), "Inês, +351 912 000 010", "sms",
                    "Your heat pump reported a blocked pump at 14:18. We tried a restart; it did not help, so a technician is needed. We will call you.")]),
            new("cab", "Cabinet cut in Bonfim", At(32), true,
                [],
                [new(At(31), "30 of 30 routers silent", "router-silent", "no message of any kind for 10 s"),
                    new(At(30), "One outage, 30 notices", "access-network", "5 devices and 40 % of the segment within 10 s")],
                [new("/outages/1", "Outage #1, Bonfim, Porto", "30 routers, 30 customers told.")],
                [new(At(28), "Ana, +351 912 000 000", "sms",
                    "Acme: Internet in Bonfim, Porto, has not worked since 13:48. We know; you need not report it. Next update by 15:00."),
                    new(At(4), "Ana, +351 912 000 000", "sms", "Acme: Internet in Bonfim works again after 42 min. Still broken? Answer NO.")]),
        ];
        host.Demo.Revision = 2;
    }
}
