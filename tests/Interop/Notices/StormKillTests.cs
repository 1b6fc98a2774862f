using System.Globalization;
using System.Text.Json;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;
using B2D.FirmwareSim.Truth;
using B2D.Host;
using B2D.Interop.Programs;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Notices;

/// <summary>
/// <c>kill -9</c> at random moments of a storm, while a mail server and a provider of texts take no more than two thirds of what they are sent: everybody whom an outage
/// touched is told, nobody under two ids, everybody who was told gets the all-clear, and each single fault is one case. B2D_STORM_KILLS says how many (5),
/// B2D_STORM_DEVICES of how many devices the town is (1,000), B2D_SEED which town and when the kills come.
/// </summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
public sealed class StormKillTests(ITestOutputHelper output)
{
    /// <summary>Kills of one storm: it is too short for more, so more kills are more storms.</summary>
    private const int KillsAStorm = 25;

    private static readonly int Kills = Setting("B2D_STORM_KILLS", 5);
    private static readonly int Devices = Setting("B2D_STORM_DEVICES", 1000);
    private static readonly int Seed = Setting("B2D_SEED", Environment.ProcessId);

    /// <summary>Between two kills: half of them come while it still starts.</summary>
    private static readonly TimeSpan MostBetween = TimeSpan.FromSeconds(4);

    /// <summary>The storm of `b2d demo`, so much shorter that a test can wait for it.</summary>
    private const string Rules =
        """
        - fault: controller-hung
          title: Controller hangs
          codes: [ E17 ]
          severity: medium
          case: { family: controller, queue: devices, priority: P3, reopen_within: 10m, resolve_after: 1s }
          notice: { template: device-fault, to: owner, hold_back: 1s }

        - fault: router-silent
          title: Router does not answer
          silent: 6s
          start_grace: 1s
          explained_by: [ outage, parent ]

        - outage: access-network
          title: The internet does not work
          takes_down: [ email, app ]
          of: [ router-silent ]
          over: segment
          when: { devices: 10, share: 50 %, within: 20s }
          hold_back: 1s
          monitoring_at: 80 % recovered
          resolved_after: 3s
        """;

    [Fact]
    public async Task Kill_AtRandomMomentsOfAStorm_EverybodyIsToldOnceAndOfItsEnd()
    {
        output.WriteLine($"B2D_STORM_KILLS={Kills} B2D_STORM_DEVICES={Devices} B2D_SEED={Seed}");
        for (var (storm, left) = (0, Kills); left > 0; storm++, left -= KillsAStorm)
            await StormAsync(Seed + storm, Math.Min(left, KillsAStorm), grows: storm % 3 == 2);
    }

    private async Task StormAsync(int seed, int kills, bool grows)
    {
        var dice = new Random(seed);
        await using var b2d = new B2dProgram();
        var (smtp, http) = Places.FreePorts(2) is [var a, var b] ? (a, b) : default;
        var taken = Path.Combine(b2d.Folder, "taken");
        await Peer.RequireAsync("aiosmtpd", "python3-aiosmtpd");
        await using var moody = ChildProgram.Start(Places.Python, [Places.Peer("moody.py"), $"{smtp}", $"{http}", taken, $"{seed}"], b2d.Folder);
        await Wait.UntilAsync(() => moody.Output.Contains("listening", StringComparison.Ordinal), TimeSpan.FromSeconds(30), $"moody.py listens: {moody.Error}");
        b2d.Set.AddRange(
        [
            "LogLevel=Warning", "Notices:Sender=Acme", "Notices:Contact=+351 210 000 000", "Notices:QuietHours=none", "Notices:RetryMost=00:00:10", "Worker:ApprovalAbove=1000000",
            "Notices:Email:Host=127.0.0.1", $"Notices:Email:Port={smtp}", "Notices:Email:Tls=false", "Notices:Email:From=service@acme.example.org",
            $"Notices:Sms:Url=http://127.0.0.1:{http}/texts",
        ]);
        b2d.Rule("storm.yaml", Rules);

        // The storm of the demo takes a minute; this one as long as its kills.
        var pace = Math.Max(0.4, kills * MostBetween.TotalSeconds / 2 / 60);
        var options = FleetOptions.Demo with { TelemetryInterval = TimeSpan.FromSeconds(1.5), ConnectOver = TimeSpan.FromSeconds(2), KeepReadings = false };
        var town = Town.Houses(seed, Devices, TimeProvider.System.GetUtcNow());
        Register(b2d, town);
        await b2d.StartAsync();
        var plan = InjectionPlan.Storm(town, grows).Injections.Select(i => i with { At = i.At * pace, Until = i.Until is { } until ? until * pace : null }).ToList();
        var fleet = new Fleet(town, options, new InjectionPlan(plan));
        await using var runner = new FleetRunner(fleet, new MqttDeviceNetwork("127.0.0.1", b2d.MqttPort, TimeProvider.System), TimeProvider.System, new LinkOptions { BackOffMost = TimeSpan.FromSeconds(1) });
        using var ending = new CancellationTokenSource();
        var living = runner.RunAsync(ending.Token, stayConnected: true);
        await Wait.ForAsync(TimeSpan.FromSeconds(15) * pace);
        for (var kill = 0; kill < kills; kill++)
        {
            await Wait.ForAsync(MostBetween * dice.NextDouble());
            await b2d.KillAsync();
            b2d.Launch();
        }
        await b2d.ReadyAsync();
        await Wait.UntilAsync(
            () => runner.Do((f, _) => f.Truth.Outages.Count == plan.Count(i => i.Segment is not null) && f.Truth.Outages.All(o => o.ToMs is not null)
                && f.Truth.Faults.Count == plan.Count(i => i.Device is not null) && f.Truth.Faults.All(x => x.ToMs is not null)),
            TimeSpan.FromSeconds(120) * pace, "the storm is over", TimeSpan.FromSeconds(1));
        try
        {
            await Wait.UntilAsync(() => Unrest(b2d).Length == 0, TimeSpan.FromMinutes(4), "everything has come to its end", TimeSpan.FromSeconds(1));
        }
        catch (Xunit.Sdk.XunitException)
        {
            output.WriteLine(Unrest(b2d));
            throw;
        }
        await ending.CancelAsync();
        await living;
        await b2d.StopAsync();
        Check(b2d, fleet, File.ReadAllLines(taken), seed, kills);
    }

    private static void Register(B2dProgram b2d, Town town)
    {
        Directory.CreateDirectory(b2d.Data);
        using var stores = Stores.Open(new StorageOptions { DataFolder = b2d.Data });
        var imports = new Imports(stores.State, TimeProvider.System, new SecretSeal(Path.Combine(b2d.Folder, "keys-of-devices")));
        Assert.Empty(imports.Customers(ImportFiles.Customers(town), "storm").Problems);
        Assert.Empty(imports.Devices(ImportFiles.Devices(town), "storm", SecretHashing.Sha256).Problems);
    }

    /// <summary>What has not come to its end yet; empty where everything has.</summary>
    private static string Unrest(B2dProgram b2d)
    {
        using var stores = Stores.OpenToRead(b2d.Data);
        return stores.State.Read(db => string.Join("; ",
        [
            .. OutageStore.Open(db).Select(o => $"outage {o.Id} on {o.Segment} is {o.State}, {o.Recovered} of {o.Devices} are back"),
            .. db.Query<string>("SELECT 'notice ' || id || ' about ' || subject || ' is ' || state || ' after ' || attempts || ': ' || last_error FROM notices WHERE state IN ('Due', 'Sending', 'Retrying', 'Held') LIMIT 10"),
            .. db.Query<string>("SELECT 'case ' || id || ' of ' || device || ' is ' || state FROM cases WHERE state NOT IN ('Resolved', 'Closed') LIMIT 10"),
        ]));
    }

    private void Check(B2dProgram b2d, Fleet fleet, IReadOnlyList<string> lines, int seed, int kills)
    {
        using var stores = Stores.OpenToRead(b2d.Data);
        var ledger = stores.State.Read(db => db.Query<NoticeRow>("SELECT * FROM notices")).ToDictionary(n => n.Id);
        var deliveries = lines.Select(l => JsonElement.Parse(l)).ToList();
        var got = deliveries.Select(d => d.GetProperty("id").GetString()!).ToList();
        var told = got.Distinct().Select(id => ledger[id]).ToList();
        var outages = stores.State.Read(db => OutageStore.List(db, [], Page.MaxRows, null)).Where(o => o.ToldAt > 0).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {kills} kills, {outages.Count} outages, {told.Count} notices taken in {got.Count} deliveries, {deliveries.Count(d => d.GetProperty("cut").GetBoolean())} of them without an answer"));

        // Whatever was sent has arrived, but where the link broke and it was over before another try: then it may have, and has its all-clear. Nothing arrived under two ids.
        var missing = ledger.Values.Where(n => n.State == "Sent" && !told.Contains(n) && !n.Reason.StartsWith(NoticeRow.MayHaveArrived, StringComparison.Ordinal)).Select(n => $"{n.Channel} {n.Id} to {n.Customer} about {n.Subject} {n.Status}/{n.Revision}").ToList();
        missing.ForEach(output.WriteLine);
        Assert.Empty(missing);
        Assert.Empty(told.GroupBy(n => (n.Customer, n.Subject, n.Episode, n.Status, n.Revision)).Where(g => g.Count() > 1).Select(g => g.Key));

        Assert.NotEmpty(outages);
        var cuts = fleet.Truth.WholeOutages;
        foreach (var outage in outages)
        {
            var cut = Assert.Single(cuts, c => c.Segment == outage.Segment);
            var touched = stores.State.Read(db => OutageStore.Customers(db, outage.Id)).Where(c => c.Length > 0).ToList();
            Assert.Empty(touched.Except(cut.Customers));
            var rows = ledger.Values.Where(n => n.Subject == $"outage:{outage.Id}").ToList();
            var opened = rows.Where(n => n.Status == "opened").ToLookup(n => n.Customer);
            Assert.All(touched, c => Assert.True(opened.Contains(c), $"outage {outage.Id} on {outage.Segment}: nothing in the ledger for {c}"));
            // What it was over before, or theirs worked again before, is in the ledger as such, and needs no all-clear.
            Assert.All(opened.Where(g => !g.Any(n => n.WasTold)), g => Assert.Contains(g, n =>
                n.State == "Suppressed" && (n.Reason.Contains("over before it", StringComparison.Ordinal) || n.Reason.StartsWith(NoticeRow.WorkedAgain, StringComparison.Ordinal))));
            Assert.Equal(WasTold("opened"), WasTold("all-clear"));

            List<string> WasTold(string status) => [.. rows.Where(n => n.Status == status && n.WasTold).Select(n => n.Customer).Distinct().Order(StringComparer.Ordinal)];
        }
        // Each single fault is one case, however often the program died over it.
        var hung = fleet.Truth.Faults.Where(f => f.Kind == InjectionKind.ControllerHung).Select(f => f.Device).Order(StringComparer.Ordinal);
        Assert.Equal(hung, stores.State.Read(db => db.Query<string>("SELECT device FROM cases")).Order(StringComparer.Ordinal));
    }

    private static int Setting(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var set) ? set : usual;
}
