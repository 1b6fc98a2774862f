using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Remedies;
using B2D.Storage.Search;

namespace B2D.Benchmarks.Lists;

/// <summary>A service team's data after some years: 100,000 devices of 60,000 customers, 50,000 cases of which a tenth is open, and what belongs to them.</summary>
internal static class ListsFill
{
    public const int Devices = 100_000;
    public const int Customers = 60_000;
    public const int Cases = 50_000;
    public const int Open = Cases / 10;
    public const int Notices = 150_000;

    /// <summary>The outage that goes on.</summary>
    public const int Outages = 300;

    private const int AtOnce = 2000;
    private const int Touched = 2000;

    private static readonly string[] First = ["Ana", "Rui", "Marta", "João", "Inês", "Tiago", "Sofia", "Hugo", "Clara", "Nuno", "Lia", "Vera", "Ivo", "Eva", "Rita", "Luís"];
    private static readonly string[] Last = ["Ferreira", "Costa", "Lopes", "Pinto", "Rocha", "Alves", "Martins", "Reis", "Sousa", "Faria", "Gonçalves", "Ramos", "Teixeira"];
    private static readonly string[] Places = ["Bonfim, Porto", "Baixa, Porto", "Alfama, Lisboa", "Graça, Lisboa", "Sé, Braga", "Centro, Faro", "Baixa, Coimbra"];
    private static readonly string[] Titles = ["Pump blocked", "Compressor runs too hot", "Gas pressure out of range", "Boiler does not reach its temperature", "Filter clogged", "Router restarts"];
    private static readonly string[] Queues = ["heating", "coffee", "network", "charging", "service"];
    private static readonly string[] Said = ["The neighbour says it hums loudly", "Called back, nobody at home", "The technician replaced the impeller and bled the circuit",
        "Waiting for the spare part from the depot", "The owner wants to be called after six", "Restart answered, but the current stayed high"];

    /// <summary>Fills a folder and returns a key that may see everything.</summary>
    public static string Fill(string folder)
    {
        using var stores = Stores.Open(new StorageOptions { DataFolder = folder });
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var random = new Random(12);
        Each(stores.State, "customers", Customers, (db, i) => CustomerStore.Put(db, Customer(i, random), now));
        Each(stores.State, "devices", Devices, (db, i) => DeviceStore.Put(db, Device(i), now));
        Each(stores.State, "presence", Devices, (db, i) => LiveStore.Put(db, [new LiveRow { Device = DeviceOf(i), Online = i % 37 != 0, OnlineAt = now - Hours(i % 700), LastSeenAt = now - (i % 600_000) }]));
        Each(stores.State, "outages", Outages, (db, i) => OutageStore.TryOpen(db, Outage(i, now)));
        Each(stores.State, "touched", Touched, (db, i) => OutageStore.PutDevice(db,
            new OutageDeviceRow { OutageId = Outages, Device = DeviceOf(i), Customer = CustomerOf(i), FaultEpisode = "e" + i, DownAt = now - Hours(1) }));
        Each(stores.State, "cases", Cases, (db, i) => CaseOf(db, i, now, random));
        Each(stores.State, "faults", 80_000, (db, i) => FaultStore.Raise(db, Fault(i, now)));
        Each(stores.State, "notices", Notices, (db, i) => NoticeStore.Put(db, Notice(i, now)));
        Each(stores.State, "dues", 30_000, (db, i) => DueStore.TryOpen(db, Due(i, now)));
        Each(stores.State, "contacts", 30_000, (db, i) => ContactStore.Add(db, new ContactRow
        {
            At = now - Hours(i), Channel = i % 3 == 0 ? "chat" : "phone", Inbound = i % 5 != 0, Customer = CustomerOf(i), About = Said[i % Said.Length], Repeated = i % 9 == 0,
            CaseId = i % 2 == 0 ? (i % Cases) + 1 : 0, OutageId = i % 7 == 1 ? Outages : 0, Reason = "OnlyCase", Who = "ana",
        }));
        Each(stores.State, "commands", 30_000, (db, i) => CommandStore.Put(db, new CommandRow
        {
            Id = "m" + i, Device = DeviceOf(i), Name = "restart", State = i % 9 == 0 ? "NotVerified" : "Verified", RequestedBy = "B2D", Rule = "pump-blocked", Episode = "e" + i,
            CreatedAt = now - (i * 60_000L), ExpiresAt = now,
        }));
        Each(stores.State, "audit", 20_000, (db, i) => AuditStore.Append(db, now - Hours(20_000 - i), "ana", "case.Take", $"case:{(i % Cases) + 1}"));
        var read = 0;
        while (stores.State.Write(db => Words(db)) is > 0 and var words)
            read += words;
        Console.WriteLine($"{read,9:N0} words of customers and cases read");
        return stores.State.Write(db => Key(db, now));
    }

    public static string CustomerOf(int device) => string.Create(CultureInfo.InvariantCulture, $"c{device % Customers:00000}");

    public static string DeviceOf(int i) => string.Create(CultureInfo.InvariantCulture, $"{(i % 3 == 0 ? "HP" : "RT")}-{i:000000}");

    public static string PhoneOf(int customer) => string.Create(CultureInfo.InvariantCulture, $"+351 9{customer / 1000 % 100:00} {customer % 1000:000} {customer * 7 % 1000:000}");

    private static long Hours(long hours) => hours * 3_600_000;

    /// <summary>A key of an administrator.</summary>
    private static string Key(Db db, long now)
    {
        var clear = "b2d_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        KeyStore.Add(db, new KeyRow { Id = "k" + now.ToString(CultureInfo.InvariantCulture), Name = "lists", Hash = SHA256.HashData(Encoding.UTF8.GetBytes(clear)), Scope = "administrator", CreatedAt = now });
        return clear;
    }

    private static int Words(Db db)
    {
        var pending = SearchStore.Pending(db, 1000);
        foreach (var one in pending)
            SearchStore.Read(db, one);
        return pending.Count;
    }

    private static void Each(Database state, string what, int count, Action<Db, int> add)
    {
        for (var from = 0; from < count; from += AtOnce)
        {
            var first = from;
            state.Write(db =>
            {
                for (var i = first; i < Math.Min(count, first + AtOnce); i++)
                    add(db, i);
            });
        }
        Console.WriteLine($"{count,9:N0} {what}");
    }

    private static Customer Customer(int i, Random random) => new(CustomerOf(i))
    {
        Name = $"{First[i % First.Length]} {Last[i / First.Length % Last.Length]}",
        Email = $"c{i}@example.net",
        Phone = PhoneOf(i),
        Language = "pt",
        TimeZone = "Europe/Lisbon",
        PreferredChannel = i % 2 == 0 ? "sms" : "email",
        Address = $"Rua {Last[random.Next(Last.Length)]} {(i % 200) + 1}",
        Postcode = string.Create(CultureInfo.InvariantCulture, $"{4000 + (i % 900)}-{i / 900 % 999:000}"),
        Place = Places[i % Places.Length],
    };

    private static Device Device(int i) => new(DeviceId.Parse(DeviceOf(i)))
    {
        Model = i % 3 == 0 ? "HP-2" : "BR-500",
        Firmware = i % 11 == 0 ? "4.2.1" : "4.2.2",
        Serial = string.Create(CultureInfo.InvariantCulture, $"SN{i * 31:0000000}"),
        Segment = Segment.Parse($"north/n{i / 5000}/cab-{i / 50}"),
        Customer = CustomerOf(i),
    };

    private static OutageRow Outage(int i, long now) => new()
    {
        Rule = "access-network", Title = "Internet does not work", Segment = $"north/n{i % 20}/cab-{i}", Place = Places[i % Places.Length], Episode = "o" + i,
        State = i == Outages - 1 ? "Investigating" : "Resolved", Revision = 1, BeganAt = now - Hours(Outages - i), OpenedAt = now - Hours(Outages - i), ToldAt = now - Hours(Outages - i),
        ResolvedAt = i == Outages - 1 ? 0 : now - Hours(Outages - i - 1), Devices = Touched, Customers = Touched, NextUpdateAt = now + Hours(1),
    };

    private static void CaseOf(Db db, int i, long now, Random random)
    {
        // The newest tenth is open.
        var isOpen = i >= Cases - Open;
        var opened = now - ((Cases - i) * 600_000L);
        var title = Titles[i % Titles.Length];
        var id = CaseStore.TryOpen(db, new CaseRow
        {
            Device = DeviceOf(i * 2 % Devices), Family = "f" + (i % 7), Title = title, State = !isOpen ? i % 4 == 0 ? "Resolved" : "Closed" : i % 5 == 0 ? "Working" : i % 5 == 1 ? "Waiting" : "New",
            Priority = (i % 4) + 1, Queue = Queues[i % Queues.Length], Rule = title.ToLowerInvariant().Replace(' ', '-'), RuleVersion = "a1b2", Episode = "e" + i, Severity = (Severity)((i % 4) + 1),
            Class = i % 200 == 0 ? FaultClass.Safety : FaultClass.Ordinary, Segment = $"north/n{i % 20}/cab-{i % 2000}", Customer = CustomerOf(i * 2 % Devices), OpenedAt = opened, OnsetAt = opened - 60_000,
            LastSeenAt = opened, Assignee = isOpen && i % 5 == 0 ? "ana" : "", WaitingFor = isOpen && i % 5 == 1 ? "the part" : "", ResolvedAt = isOpen ? 0 : opened + Hours(3), ClosedAt = isOpen ? 0 : opened + Hours(4),
            Disposition = isOpen ? "" : "true-fault", Summary = $"{title} since {i % 24} o'clock, three times its normal current", NextStep = "Send a technician with pump kit P-88",
            Late = isOpen && i % 13 == 0, NextDueAt = isOpen && i % 2 == 0 ? now + Hours(i % 90) : 0, RepairMs = isOpen && i % 2 == 0 ? Hours(8) : 0, RepairDueAt = isOpen && i % 2 == 0 ? now + Hours(i % 90) : 0,
        });
        if (id is not { } number)
            return;
        for (var line = 0; line < 5; line++)
            TimelineStore.Add(db, new TimelineRow { Subject = $"case:{number}", At = opened + (line * 60_000), Kind = line == 0 ? "opened" : "note", Text = Said[random.Next(Said.Length)], Who = "ana" });
        for (var step = 0; step < 3; step++)
            StepStore.Add(db, new StepRow { CaseId = number, Position = step, Text = Said[(i + step) % Said.Length], Standard = true });
    }

    private static FaultRow Fault(int i, long now)
    {
        var raised = now - (i * 120_000L);
        return new FaultRow
        {
            Device = DeviceOf(i * 2 % Devices), Rule = "pump-blocked", Title = "Pump blocked", RuleVersion = "a1b2", Episode = "e" + i, Kind = "Condition", Family = "pump", Severity = Severity.High,
            RaisedAt = raised, OnsetAt = raised - 60_000, ClearedAt = i % 16 == 0 ? 0 : raised + 3_000_000, CaseId = i < Cases ? i + 1 : 0, Segment = "north/n1/cab-1", Customer = CustomerOf(i * 2 % Devices),
            Evidence = "[]",
        };
    }

    private static NoticeRow Notice(int i, long now) => new()
    {
        Id = "n" + i, Customer = CustomerOf(i), Subject = i < Touched ? $"outage:{Outages}" : $"case:{(i % Cases) + 1}", Episode = "e" + i, Status = i < Touched ? "opened" : "device-fault", Revision = 1,
        Channel = i % 2 == 0 ? "sms" : "email", Template = i < Touched ? "outage-opened" : "device-fault", Language = "pt", State = i % 50 == 0 ? "Failed" : "Sent", DueAt = now - (i * 60_000L),
        SentAt = now - (i * 60_000L), CreatedAt = now - (i * 60_000L), Facts = "{}",
    };

    private static DueRow Due(int i, long now) => new()
    {
        Device = DeviceOf(i), Customer = CustomerOf(i), Rule = "water-filter", Title = "Water filter", Cycle = 1, State = i % 6 == 0 ? "Told" : i % 6 == 1 ? "Overdue" : i % 6 == 2 ? "Forecast" : "Done", Used = i % 1200,
        Every = 1200, Unit = "litres", DueAt = now - Hours(i % 100), ChangedAt = now - Hours(i % 100),
    };
}
