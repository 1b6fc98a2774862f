using System.Text.Json;
using System.Text.RegularExpressions;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>
/// A small town behind the built program: three streets with a customer and a router in each house, houses with heat pumps whose customers get mail with links, and a mail
/// server; shared by the tests of the collection, each of which has a street or houses of its own.
/// </summary>
public sealed partial class BrowserTown : IAsyncLifetime
{
    /// <summary>Routers of a street's cabinet.</summary>
    public const int Routers = 12;

    public const string Cabinet = "north/n4/cab-7";

    /// <summary>Houses with a heat pump of their own: <c>P-1</c> of <c>h1</c> and so on.</summary>
    public const int Houses = 12;

    /// <summary>Where the town is.</summary>
    public const string Zone = "Europe/Lisbon";

    /// <summary>Where visits can be made: the place of those houses.</summary>
    public const string Visited = "Porto";

    /// <summary>Whom no channel and no call reaches, and who can only be called; with pumps of their own.</summary>
    public const string Unreached = "lia", Called = "pia";

    /// <summary>Customers of each quarter where work is planned.</summary>
    public const int Planned = 4;

    private const string Links = "https://b2d.example";

    public const string Postcode = "4400-129";

    public const string Password = "a sentence to sign in with";

    private const string Rules =
        """
        - fault: line-lost
          title: No signal on the line
          codes: [ E10 ]
          severity: high
          case: { family: line, queue: network, priority: P2, resolve_after: 1s }
          explained_by: [ outage ]

        - outage: access-network
          title: The internet does not work
          takes_down: [ app ]
          of: [ line-lost ]
          over: segment
          when: { devices: 5, share: 50 %, within: 2m }
          hold_back: 0s
          monitoring_at: 80 % recovered
          resolved_after: 1s

        - fault: fan-noise
          title: Fan too loud
          codes: [ E51 ]
          severity: low

        - fault: descaling-skipped
          title: Descaling was skipped
          codes: [ E31 ]
          severity: low
          catalog: { cause: the program was stopped in the middle, response: Explain the program on the telephone }
          case: { family: care, queue: heating, priority: P4, resolve_after: 1h }
        """;

    /// <summary>By the town's clock.</summary>
    public static DateTimeOffset Now => TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(Zone));

    private readonly Dictionary<string, string> passwords = [];
    private Peer? mail;
    private static readonly string[] Quarters = ["ea", "eb", "ec", "ed", "ee"];

    private int houses;
    private int quarters;

    /// <summary>The routers of a street: R, S or T.</summary>
    public static IReadOnlyList<string> Street(string letter) => [.. Enumerable.Range(1, Routers).Select(i => $"{letter}-{i}")];

    internal B2dProgram B2d { get; } = new();

    public async Task InitializeAsync()
    {
        var port = Places.FreePorts(1)[0];
        mail = await Peer.MailboxAsync(Path.Combine(B2d.Folder, "mail"), port);
        B2d.Set.AddRange(
        [
            "Console:Organisation=Acme", $"Console:TimeZone={Zone}", $"Notices:TimeZone={Zone}", "Notices:QuietHours=none", "Notices:Sender=Acme", "Notices:Contact=+351 210 000 000", "Notices:Email:Host=127.0.0.1", $"Notices:Email:Port={port}",
            "Notices:Email:Tls=false", "Notices:Email:From=service@acme.example.org",
            "Notices:Links:Pages=true", $"Notices:Links:Url={Links}", $"Notices:Links:Secret=whsec_{Convert.ToBase64String(new byte[32])}", "Notices:Letters=true",
            // What twenty hear at once is offered to a person first; one street is not.
            "Worker:ApprovalAbove=20",
        ]);
        // A person works on it: it does not resolve while the tests look away.
        B2d.Rule("pump.yaml", Pump.Rule.Replace("resolve_after: 1s", "resolve_after: 1h", StringComparison.Ordinal));
        B2d.Rule("street.yaml", Rules);
        await B2d.ImportAsync("customers", "id,name,email,phone,language,address,postcode,place,preferred_channel\n"
            + $"ana,Ana Lima,ana@example.org,+351 910 000 001,en,Rua da Fonte 1,{Postcode},Gaia,email\n"
            + string.Concat(Enumerable.Range(1, Routers).Select(i => $"c{i},Customer {i},c{i}@example.org,+351 920 000 {i:000},en,Rua do Monte {i},4400-13{i % 10},Gaia,email\n"))
            + string.Concat(Enumerable.Range(1, Routers).Select(i => $"d{i},Dora {i},d{i}@example.org,+351 930 000 {i:000},en,Rua do Sol {i},4700-20{i % 10},Braga,email\n"
                + $"t{i},Tina {i},t{i}@example.org,+351 960 000 {i:000},en,Rua da Lua {i},4700-30{i % 10},Braga,email\n"))
            + string.Concat(Enumerable.Range(1, Houses).Select(i => $"h{i},Hugo {i},h{i}@example.org,+351 940 000 {i:000},en,Rua das Flores {i},4000-12{i % 10},{Visited},email\n"))
            + string.Concat(Quarters.Select(q => string.Concat(Enumerable.Range(1, Planned).Select(i => $"{q}{i},Eva {q} {i},{q}{i}@example.org,,en,Rua Nova {i},4100-12{i},Maia,email\n"))))
            + $"{Unreached},Lia Nunes,,,en,Rua do Fim 9,4990-001,Ponte de Lima,email\n{Called},Pia Reis,,+351 950 000 001,en,Rua do Fim 11,4990-001,Ponte de Lima,sms\n");
        await B2d.ImportAsync("devices", "id,model,serial,customer,segment,firmware,password\n" + $"{Pump.Id},HP-9,SN-7781,ana,{Cabinet},,{Pump.Password}\n"
            + string.Concat(Enumerable.Range(1, Routers).Select(i => $"R-{i},RT-2,SN-{i},c{i},{Cabinet},,{Pump.Password}\nS-{i},RT-2,SS-{i},d{i},south/s2/cab-3,,{Pump.Password}\nT-{i},RT-2,ST-{i},t{i},far/f1/cab-1,,{Pump.Password}\n"))
            + string.Concat(Enumerable.Range(1, Houses).Select(i => $"P-{i},HP-9,SP-{i},h{i},west/w1/cab-1,,{Pump.Password}\n"))
            + string.Concat(Quarters.Select(q => string.Concat(Enumerable.Range(1, Planned).Select(i => $"{q.ToUpperInvariant()}-{i},RT-4,SE-{q}{i},{q}{i},east/{q},,{Pump.Password}\n"))))
            + string.Concat(Enumerable.Range(1, 20).Select(i => $"F-{i},RT-3,SF-{i},,west/w2,{(i <= 10 ? "2.0" : "1.9")},{Pump.Password}\n"))
            + $"P-lia,HP-9,SP-lia,{Unreached},west/w1/cab-2,,{Pump.Password}\nP-pia,HP-9,SP-pia,{Called},west/w1/cab-2,,{Pump.Password}\n");
        await B2d.MakeKeyAsync();
        await B2d.StartAsync();
        var morning = new DateTimeOffset(Now.Date.AddHours(9), Now.Offset);
        foreach (var hours in (int[])[48, 53, 72, 77])
            await MakeAsync("/api/slots", new { place = Visited, start = morning.AddHours(hours), end = morning.AddHours(hours + 2), capacity = Houses });
    }

    public async Task DisposeAsync()
    {
        await B2d.DisposeAsync();
        if (mail is not null)
            await mail.DisposeAsync();
    }

    /// <summary>A user of that role with a password; made once.</summary>
    internal async Task<(string Name, string Password)> UserAsync(string name, string role)
    {
        if (!passwords.TryGetValue(name, out var password))
        {
            var made = await B2d.Api.PostAsync("/api/users", new { name, role, password = true });
            Assert.True(made.Status == System.Net.HttpStatusCode.Created, made.Body);
            passwords[name] = password = JsonElement.Parse(made.Body).Text("password");
        }
        return (name, password);
    }

    /// <summary>Makes something by the API; the answer.</summary>
    internal async Task<JsonElement> MakeAsync(string path, object body)
    {
        var (status, answer) = await B2d.Api.PostAsync(path, body);
        Assert.True((int)status is >= 200 and < 300, $"POST {path} answered {(int)status}: {answer}");
        return answer.Length > 0 ? JsonElement.Parse(answer) : default;
    }

    /// <summary>A house that no other test has: its pump and its customer.</summary>
    internal (string Pump, string Customer) NextHouse()
    {
        var house = Interlocked.Increment(ref houses);
        Assert.InRange(house, 1, Houses);
        return ($"P-{house}", $"h{house}");
    }

    /// <summary>A quarter that no other test plans work in: its segment and its first customer.</summary>
    internal (string Segment, string Customer) NextQuarter()
    {
        var quarter = Quarters[Interlocked.Increment(ref quarters) - 1];
        return ($"east/{quarter}", $"{quarter}1");
    }

    /// <summary>The text of the last mail to a customer that says something, once there is one.</summary>
    internal async Task<JsonElement> MailAsync(string customer, string says)
    {
        JsonElement? found = null;
        await Wait.UntilAsync(() => (found = mail!.Got.Where(m => m.Items("to").Any(t => t.GetString() == $"{customer}@example.org")
            && (m.Text("text") + m.GetProperty("headers").Text("subject")).Contains(says, StringComparison.OrdinalIgnoreCase)).Cast<JsonElement?>().LastOrDefault()) is not null,
            TimeSpan.FromSeconds(20), $"{customer} has a mail that says {says}");
        return found!.Value;
    }

    /// <summary>The way to the page and the code to type of the mail that says something.</summary>
    internal async Task<(string Path, string Code)> LinkAsync(string customer, string says)
    {
        var link = LinkInMail().Match((await MailAsync(customer, says)).Text("text"));
        Assert.True(link.Success, $"the mail to {customer} has no link");
        return (link.Groups["path"].Value, link.Groups["code"].Value);
    }

    [GeneratedRegex(@"https://b2d\.example(?<path>/l/\S+) \(or type b2d\.example/k/(?<code>\w+)\)")]
    private static partial Regex LinkInMail();

    /// <summary>Publishes an event as a device, QoS 1.</summary>
    internal Task<Ended> SayAsync(string device, string code, string state) =>
        B2d.PublishAsync(device, Pump.Password, $"devices/{device}/events", JsonSerializer.Serialize(new { code, state }));

    /// <summary>The open case of a device, once there is one.</summary>
    internal async Task<long> CaseAsync(string device)
    {
        IReadOnlyList<JsonElement> cases = [];
        await Wait.UntilAsync(async () => (cases = await B2d.Api.ListAsync($"/api/cases?device={device}")).Count > 0, TimeSpan.FromSeconds(20), $"{device} has a case");
        return cases[0].Long("id");
    }
}
