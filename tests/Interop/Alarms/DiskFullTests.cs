using System.Net;
using B2D.Interop.Mqtt;
using B2D.Interop.Programs;
using B2D.Mqtt;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Alarms;

/// <summary>The built program on a disk that somebody else fills: first to the reserve, then to the last byte.</summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    [SmallDiskFact]
    public Task Disk_FilledAndMadeRoomOn_IngestStopsSaysSoAndResumesByItselfWhileCasesGoOn() => FillAsync(reserve: 40);

    /// <summary>Here the databases themselves find out that there is no room.</summary>
    [SmallDiskFact]
    public Task Disk_FilledWithoutAReserve_IngestStopsSaysSoAndResumesByItself() => FillAsync(reserve: 0);

    private async Task FillAsync(int reserve)
    {
        using var disk = SmallDisk.TryMount(out _, 160)!;
        await using var b2d = await Pump.InstallAsync();
        // The installation moves to the small disk.
        foreach (var file in Directory.GetFiles(b2d.Data))
            File.Copy(file, Path.Combine(disk.Folder, Path.GetFileName(file)));
        Directory.Delete(b2d.Data, recursive: true);
        Directory.CreateSymbolicLink(b2d.Data, disk.Folder);
        var ports = Places.FreePorts(2);
        b2d.Set.AddRange(
        [
            "Care:DiskWarnMegabytes=100", "Care:DiskCriticalMegabytes=60", $"Care:DiskReserveMegabytes={reserve}",
            "Care:MailTo=ops@example.org", "Care:Mail:Host=127.0.0.1", $"Care:Mail:Port={ports[0]}", "Care:Mail:Tls=false", "Care:Mail:From=b2d@example.org",
            $"Care:Webhook:Url=http://127.0.0.1:{ports[1]}/hook", $"Care:Webhook:Secret={Secret}",
        ]);
        await using var mail = await Peer.MailboxAsync(Path.Combine(b2d.Folder, "mail"), ports[0]);
        await using var hooks = await Peer.WebhookAsync(Path.Combine(b2d.Folder, "hooks"), ports[1], Secret);
        await b2d.StartAsync();
        await b2d.SayAsync(Pump.Set);
        await Wait.UntilAsync(async () => (await b2d.CasesAsync()).Count == 1, Soon, "a case is open");
        var device = new KeptDevice(b2d.MqttPort, Pump.Id, "kept", Pump.Password);
        await SayAsync(device, 1);
        await b2d.EvaluatedAsync();
        Assert.Equal("healthy", await StatusAsync(b2d));

        if (reserve > 0)
            await ToTheReserveAsync(b2d, disk, device, mail, hooks);
        await ToTheLastByteAsync(b2d, disk, device, mail);
        await device.CloseAsync();
        foreach (var subject in Subjects(mail))
            output.WriteLine(subject);
        Assert.Equal(0, (await b2d.StopAsync()).Status);
    }

    /// <summary>The log takes nothing, and the work on cases has what is left.</summary>
    private async Task ToTheReserveAsync(B2dProgram b2d, SmallDisk disk, KeptDevice device, Peer mail, Peer hooks)
    {
        disk.FillUpTo(30 << 20);
        await StoppedAsync(b2d);
        Publish(device, 2);
        var version = (await b2d.Api.GetAsync("/api/cases/1")).GetProperty("version").GetInt32();
        var (acted, said) = await b2d.Api.PostAsync("/api/cases/1/acts", new { act = "take", version });
        Assert.True(acted == HttpStatusCode.OK, said);
        Assert.True((await b2d.Api.PostAsync("/api/cases/1/acts", new { act = "note", text = "called the owner", version = version + 1 })).Status == HttpStatusCode.OK);
        await Wait.UntilAsync(async () => (await PageAsync(b2d)).Contains("B2D itself: Ingest stopped", StringComparison.Ordinal), Soon, "the start page says it");
        await Wait.UntilAsync(() => Subjects(mail).Any(s => s.Contains("Ingest stopped, critical", StringComparison.Ordinal)), Soon, "operators have a mail");
        await Wait.UntilAsync(() => hooks.Got.Any(h => h.GetProperty("body").Text("type") == "alarm.raised"), Soon, "operators have a webhook");
        Assert.All(hooks.Got, h => Assert.True(h.GetProperty("signed").GetBoolean()));
        Assert.NotEqual(0, device.Unacknowledged);
        await ResumedAsync(b2d, disk, device, 2);
        await Wait.UntilAsync(() => Subjects(mail).Any(s => s.Contains("Ingest stopped, over", StringComparison.Ordinal)), Soon, "operators have the all-clear");
    }

    /// <summary>Nothing can be written, and what is there can still be read.</summary>
    private async Task ToTheLastByteAsync(B2dProgram b2d, SmallDisk disk, KeptDevice device, Peer mail)
    {
        var (told, said) = (Critical(mail), (int)(await SeriesAsync(b2d))[^1]);
        disk.FillUpTo(0);
        Assert.InRange(disk.Free, 0, 4096);
        await StoppedAsync(b2d);
        Publish(device, said + 1);
        Assert.Contains("B2D itself:", await PageAsync(b2d), StringComparison.Ordinal);
        Assert.Contains((await b2d.CasesAsync())[0].Text("state"), (string[])["New", "Working"]);
        Assert.Contains("b2d_ingest_up 0\n", (await b2d.Open.TryGetAsync("/metrics")).Body, StringComparison.Ordinal);
        await Wait.UntilAsync(() => Critical(mail) == told + 1, Soon, "operators have a mail again");
        Assert.NotEqual(0, device.Unacknowledged);
        await ResumedAsync(b2d, disk, device, said + 1);
    }

    private static int Critical(Peer mail) => Subjects(mail).Count(s => s.Contains("Ingest stopped, critical", StringComparison.Ordinal));

    private static async Task<List<double>> SeriesAsync(B2dProgram b2d) =>
        [.. (await b2d.Api.GetAsync($"/api/devices/{Pump.Id}/series?metric=n&points=1000")).Items("points").Select(p => p.Double("value"))];

    private static IEnumerable<string> Subjects(Peer mail) =>
        mail.Got.Select(m => m.GetProperty("headers").Text("subject"));

    private static async Task<string> PageAsync(B2dProgram b2d)
    {
        var (status, page) = await b2d.Api.TryGetAsync("/");
        Assert.True(status == HttpStatusCode.OK, page);
        return page;
    }

    private static async Task<string> StatusAsync(B2dProgram b2d) => System.Text.Json.JsonElement.Parse((await b2d.Open.TryGetAsync("/health")).Body).Text("status");

    private static void Publish(KeptDevice device, int number) =>
        Assert.True(device.TryPublish("telemetry", $$"""{"ts":{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}},"n":{{number}}}""", QoS.AtLeastOnce));

    private static async Task SayAsync(KeptDevice device, int number)
    {
        await device.ConnectAsync();
        Publish(device, number);
        await device.SettledAsync();
    }

    private async Task StoppedAsync(B2dProgram b2d)
    {
        var took = await Wait.UntilAsync(async () =>
        {
            var (status, body) = await b2d.Open.TryGetAsync("/health");
            return status == HttpStatusCode.ServiceUnavailable && body.Contains("Ingest stopped", StringComparison.Ordinal);
        }, Soon, "it says that ingest stopped");
        output.WriteLine($"unhealthy after {took.TotalSeconds:0.0} s: {(await b2d.Open.TryGetAsync("/health")).Body}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await b2d.Open.TryGetAsync("/readyz")).Status);
    }

    private async Task ResumedAsync(B2dProgram b2d, SmallDisk disk, KeptDevice device, int newest)
    {
        disk.MakeRoom();
        await device.SettledAsync();
        var took = await Wait.UntilAsync(async () => await StatusAsync(b2d) == "healthy", Soon, "it is healthy again");
        output.WriteLine($"healthy again after {took.TotalSeconds:0.0} s");
        await b2d.EvaluatedAsync();
        Assert.Equal(Enumerable.Range(1, newest).Select(n => (double)n), await SeriesAsync(b2d));
    }
}
