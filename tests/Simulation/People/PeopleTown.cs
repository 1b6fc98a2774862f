using System.Globalization;
using B2D.Core.Devices;
using B2D.DeviceGateway.Devices;
using B2D.Host.Demo;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using B2D.Storage;
using B2D.TestKit;

namespace B2D.Simulation.People;

/// <summary>A try to reach somebody, whatever came of it.</summary>
/// <param name="Token">Of the link that it carried; empty: none.</param>
internal sealed record Try(long At, string Id, string Recipient, string Channel, string About, string Status, string Class, string Token, ChannelMood Mood)
{
    /// <summary>The phone got it.</summary>
    public bool Arrived => Mood is ChannelMood.Delivers or ChannelMood.DeliversUnheard;
}

/// <summary>
/// A small town for a day and a night in virtual time, from one seed: routers in cabinets, heat pumps, their owners, and the people of the service team, who act on whatever
/// there is through the real desks. Gateway, log, worker and sender are the real ones. Everything that people did is kept in <see cref="Book"/>, everything that left in
/// <see cref="Tries"/>: what the checkers judge by.
/// </summary>
internal sealed class PeopleTown : IDisposable
{
    public const string Night = "22:00-07:30";
    public const int Routers = 20, Pumps = 12, Customers = 24, RoutersInACabinet = 5;

    /// <summary>How long a link is good after the last notice that carried it.</summary>
    public static readonly TimeSpan LinkLasts = TimeSpan.FromHours(5);

    private static readonly string Rules = TownRules.AccessNetwork.Replace("devices: 5", "devices: 3", StringComparison.Ordinal) + TownRules.Filter + """
        - fault: router-silent
          title: Router does not answer
          applies_to: device.model.startsWith("RT-")
          silent: 3h
          start_grace: 1m
          explained_by: outage
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          catalog: { response: "Restart it; replace the pump" }
          case: { family: pump, priority: P3, reopen_within: 24h, resolve_after: 30m }
          notice: { template: device-fault, to: owner, hold_back: 5m }
        - fault: fan-stuck
          title: Fan stuck
          codes: [ E7 ]
          catalog: { response: "Free the fan" }
          case: { family: fan, priority: P3, reopen_within: 2h, resolve_after: 20m }
          notice: { template: device-fault, to: owner }
        - fault: gas-smell
          title: Gas
          class: safety
          codes: [ E99 ]
          case: { family: gas, priority: P1, resolve_after: 30m }
          notice: { template: device-fault, to: owner }
        """;

    private readonly Dictionary<string, DirectLink> links = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset At, Action Do)> agenda = [];
    private readonly List<Try> tries = [];
    private readonly Dictionary<string, string> owners = new(StringComparer.Ordinal);
    private readonly Random channelDice;
    private readonly HashSet<string> dead = new(StringComparer.Ordinal);
    private readonly List<IActor> actors;
    private DateTimeOffset nextReport;
    private ushort packet;

    public PeopleTown(PeopleSetting setting)
    {
        Setting = setting;
        SynchronizationContext.SetSynchronizationContext(null);
        Start = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero).AddHours(setting.Seed * 7 % 24).AddDays(setting.Seed % 6);
        Clock = new VirtualClock(Start);
        channelDice = new Random(setting.Seed);
        Phones = new VirtualPhones(Clock) { Mood = MoodOf };
        Installation = new VirtualInstallation(Clock, Stores.InMemory(), Phones, setting.Worker, wiring: setting.Wiring, notices: setting.Tampers(setting.Notices), gateway: VirtualInstallation.LongSteps);
        Book = new DeedBook(this);
        Watch = new PeopleWatch(this);
        var dice = new Random(setting.Seed + 1);
        Installation.Start();
        var people = string.Concat(Enumerable.Range(1, Customers).Select(i => Customer(i, dice)));
        Good(Installation.Imports.Customers("id,name,email,phone,language,time_zone,preferred_channel,address,place\n" + people, "test"));
        Good(Installation.Imports.Devices("id,model,segment,customer,password\n" + string.Concat(Devices().Select(d => $"{d.Id},{d.Model},{d.Segment},{d.Customer},\n")), "test", Storage.Devices.SecretHashing.Sha256));
        foreach (var device in Devices())
            owners[device.Id] = device.Customer;
        if (!Installation.Offer(Rules))
            throw new InvalidOperationException(string.Join("; ", Installation.Worker.Activation.Problems));
        actors = [new Agents(this), new Callers(this), new Operators(this)];
        Troubles.Plan(this, new Random(setting.Seed + 2));
        foreach (var device in owners.Keys)
            Connect(device);
        Installation.Pump();
    }

    public PeopleSetting Setting { get; }

    public DateTimeOffset Start { get; }

    public VirtualClock Clock { get; }

    public VirtualPhones Phones { get; }

    public VirtualInstallation Installation { get; }

    /// <summary>What people did.</summary>
    public DeedBook Book { get; }

    /// <summary>What became of cases meanwhile.</summary>
    public PeopleWatch Watch { get; }

    /// <summary>What left for somebody, in order.</summary>
    public IReadOnlyList<Try> Tries => tries;

    /// <summary>What devices did, in words.</summary>
    public List<(long At, string Text)> Happened { get; } = [];

    /// <summary>Whose each device is now; empty: nobody's.</summary>
    public IReadOnlyDictionary<string, string> Owners => owners;

    public Database State => Installation.Stores.State;

    public DateTimeOffset LifeEnds => Start + Setting.Life;

    /// <summary>Epoch ms.</summary>
    public long Now => Clock.Now.ToUnixTimeMilliseconds();

    /// <summary>The segment of a router's cabinet; heat pumps are in none.</summary>
    public static string Cabinet(int router) => ((router - 1) / RoutersInACabinet) switch { 0 => "north/n1/cab-1", 1 => "north/n1/cab-2", 2 => "north/n2/cab-3", _ => "south/s1/cab-4" };

    /// <summary>The number of a customer, the same whenever it is asked for.</summary>
    public static string PhoneOf(string customer) => "+35191" + customer[2..].PadLeft(7, '0');

    /// <summary>The zone on whose wall a customer's clock hangs.</summary>
    public static string ZoneOf(int customer) => customer % 7 == 3 ? "Asia/Tokyo" : "Europe/Lisbon";

    /// <summary>Every eleventh has no number, every fifth no address.</summary>
    public static bool HasPhone(string customer) => Number(customer) % 11 != 5;

    public static bool HasEmail(string customer) => Number(customer) % 5 != 2;

    public static int Number(string id) => int.Parse(id.AsSpan(id.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);

    /// <summary>Whatever goes wrong, and what people do about it, until all rests.</summary>
    public void Run()
    {
        var dice = new Random(Setting.Seed + 3);
        while (Clock.Now < LifeEnds)
        {
            Go(Setting.Step);
            if (dice.NextDouble() < Setting.ActsAnHour * Setting.Step.TotalHours)
                actors[dice.Next(actors.Count)].Act(dice);
            if (Setting.Restarts && dice.Next(300) == 0)
            {
                Installation.KillWorker();
                Installation.StartWorker();
            }
            Turn();
        }
        Troubles.End(this);
        for (var until = Clock.Now + Setting.Rest; Clock.Now < until || IsAwaited(until);)
        {
            Go(Setting.RestStep);
            Turn();
        }
    }

    /// <summary>At a time, or as soon after it as there is a step.</summary>
    public void Later(DateTimeOffset at, Action what) => agenda.Add((at, what));

    public void Connect(string device)
    {
        if (links.TryGetValue(device, out var known) && known.IsOpen)
            return;
        var link = Installation.Gateway.Connect(DeviceId.Parse(device), ($"devices/{device}/status", "offline"u8.ToArray()));
        links[device] = link;
        Happened.Add((Now, $"{device} connects"));
    }

    public void Drop(string device)
    {
        links[device].Drop();
        Happened.Add((Now, $"{device} is lost"));
    }

    public void Publish(string device, string kind, string json)
    {
        Connect(device);
        links[device].Publish($"devices/{device}/{kind}", System.Text.Encoding.UTF8.GetBytes(json), null, ++packet == 0 ? ++packet : packet);
    }

    /// <summary>A device says that it has an error, or has it no more.</summary>
    public void Code(string device, string code, bool set)
    {
        Happened.Add((Now, $"{device} {(set ? "has" : "has no")} {code}"));
        Publish(device, "events", $$"""{"code":"{{code}}","state":"{{(set ? "set" : "clear")}}","ts":{{Now.ToString(CultureInfo.InvariantCulture)}}}""");
    }

    /// <summary>The registry learns whose a device is; empty: nobody's.</summary>
    public void OwnerIs(string device, string customer) => owners[device] = customer;

    public void Dispose() => Installation.Dispose();

    internal static IEnumerable<(string Id, string Model, string Segment, string Customer)> Devices() =>
        Enumerable.Range(1, Routers).Select(i => ($"RT-{i}", "RT-AX3", Cabinet(i), $"C-{i}")).Concat(Enumerable.Range(1, Pumps).Select(i => ($"HP-{i}", "HP-2", "", $"C-{(i * 2) - 1}")));

    internal static void Good(Host.ImportResult result)
    {
        if (result.Problems.Count > 0)
            throw new InvalidOperationException(string.Join("; ", result.Problems));
    }

    private void Go(TimeSpan step)
    {
        Clock.AdvanceTo(Clock.Now + step);
        agenda.Sort((a, b) => a.At.CompareTo(b.At));
        while (agenda is [var (at, what), ..] && at <= Clock.Now)
        {
            agenda.RemoveAt(0);
            what();
        }
        if (Clock.Now < nextReport)
            return;
        nextReport = Clock.Now + TimeSpan.FromHours(1);
        foreach (var link in links.Values.Where(l => l.IsOpen))
            link.Publish($"devices/{link.Device}/telemetry", "{\"alive\":1}"u8.ToArray(), null, ++packet == 0 ? ++packet : packet);
    }

    /// <summary>Somebody's own night may end late. That there is no news on a case is said again and again.</summary>
    private bool IsAwaited(DateTimeOffset until) =>
        Clock.Now < until.AddHours(10) && State.Read(db => db.Scalar<long>("SELECT count(*) FROM notices WHERE state IN ('Due', 'Retrying', 'Sending') AND status <> 'no-news'")) > 0;

    private void Turn()
    {
        Setting.Spoils?.Invoke(this);
        Installation.Pump();
        Watch.Look();
    }

    private string Customer(int i, Random dice)
    {
        var id = $"C-{i}";
        if (Setting.Failing && dice.Next(8) == 0)
            dead.Add($"{id} {(dice.Next(2) == 0 ? "sms" : "email")}");
        var prefers = dice.Next(3) switch { 0 => "email", 1 => "sms", _ => "" };
        return $"{id},Person {i},{(HasEmail(id) ? $"p{i}@example.org" : "")},{(HasPhone(id) ? PhoneOf(id) : "")},en,{ZoneOf(i)},{prefers},,\"{(i > 10 ? "Cedofeita" : "Bonfim")}, Porto\"\n";
    }

    private ChannelMood MoodOf(Outgoing notice)
    {
        var mood = !Setting.Failing ? ChannelMood.Delivers
            : dead.Contains($"{notice.Customer} {notice.Channel}") ? ChannelMood.RefusesForGood
            : channelDice.Next(100) switch { < 25 => ChannelMood.Refuses, < 33 => ChannelMood.DeliversUnheard, _ => ChannelMood.Delivers };
        tries.Add(new Try(Now, notice.Id, notice.Customer, notice.Channel, notice.About, notice.Status, notice.Class, TokenIn(notice.Text), mood));
        Book.Saw(tries[^1]);
        return mood;
    }

    private static string TokenIn(string text)
    {
        const string Before = "https://b2d.example/l/";
        var from = text.IndexOf(Before, StringComparison.Ordinal);
        if (from < 0)
            return "";
        var until = text.AsSpan(from + Before.Length).IndexOfAny([' ', '\n', ')']);
        return until < 0 ? text[(from + Before.Length)..] : text.Substring(from + Before.Length, until);
    }
}
