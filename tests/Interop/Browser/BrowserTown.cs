using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>A small town behind the built program, with a customer in each house of one street, a heat pump, and a mail server; shared by the tests of a class.</summary>
public sealed class BrowserTown : IAsyncLifetime
{
    /// <summary>Routers of the street's cabinet.</summary>
    public const int Routers = 12;

    public const string Cabinet = "north/n4/cab-7";

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

        - fault: descaling-skipped
          title: Descaling was skipped
          codes: [ E31 ]
          severity: low
          catalog: { cause: the program was stopped in the middle, response: Explain the program on the telephone }
          case: { family: care, queue: heating, priority: P4, resolve_after: 1h }
        """;

    private readonly Dictionary<string, string> passwords = [];
    private Peer? mail;

    internal B2dProgram B2d { get; } = new();

    public async Task InitializeAsync()
    {
        var port = Places.FreePorts(1)[0];
        mail = await Peer.MailboxAsync(Path.Combine(B2d.Folder, "mail"), port);
        B2d.Set.AddRange(
        [
            "Notices:QuietHours=none", "Notices:Sender=Acme", "Notices:Contact=+351 210 000 000", "Notices:Email:Host=127.0.0.1", $"Notices:Email:Port={port}",
            "Notices:Email:Tls=false", "Notices:Email:From=service@acme.example.org",
        ]);
        // A person works on it: it does not resolve while the tests look away.
        B2d.Rule("pump.yaml", Pump.Rule.Replace("resolve_after: 1s", "resolve_after: 1h", StringComparison.Ordinal));
        B2d.Rule("street.yaml", Rules);
        await B2d.ImportAsync("customers", "id,name,email,phone,language,address,postcode,place,preferred_channel\n"
            + $"ana,Ana Lima,ana@example.org,+351 910 000 001,en,Rua da Fonte 1,{Postcode},Gaia,email\n"
            + string.Concat(Enumerable.Range(1, Routers).Select(i => $"c{i},Customer {i},c{i}@example.org,+351 920 000 {i:000},en,Rua do Monte {i},4400-13{i % 10},Gaia,email\n")));
        await B2d.ImportAsync("devices", "id,model,serial,customer,segment,password\n" + $"{Pump.Id},HP-9,SN-7781,ana,{Cabinet},{Pump.Password}\n"
            + string.Concat(Enumerable.Range(1, Routers).Select(i => $"R-{i},RT-2,SN-{i},c{i},{Cabinet},{Pump.Password}\n")));
        await B2d.MakeKeyAsync();
        await B2d.StartAsync();
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
