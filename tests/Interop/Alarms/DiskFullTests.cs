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
    public async Task Disk_FilledAndMadeRoomOn_IngestStopsSaysSoAndResumesByItselfWhileCasesGoOn()
    {
        using var disk = SmallDisk.TryMount(out _, 160)!;
        await using var b2d = await Pump.InstallAsync();
        // The installation moves to the small disk.
        foreach (var file in Directory.GetFiles(b2d.Data))
            File.Copy(file, Path.Combine(disk.Folder, Path.GetFileName(file)));
        var ports = Places.FreePorts(2);
        b2d.Set.AddRange(
        [
            $"Data={disk.Folder}", "Care:DiskWarnMegabytes=100", "Care:DiskCriticalMegabytes=60", "Care:DiskReserveMegabytes=40",
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
        Assert.Equal("healthy", await StatusAsync(b2d));

        // To the reserve: the log takes nothing, and the work on cases has what is left.
        disk.FillUpTo(30 << 20);
        await StoppedAsync(b2d);
        Publish(device, 2);
        var (acted, said) = await b2d.Api.PostAsync("/api/cases/1/acts", new { act = "take" });
        Assert.True(acted == HttpStatusCode.OK, said);
        Assert.True((await b2d.Api.PostAsync("/api/cases/1/acts", new { act = "note", text = "called the owner" })).Status == HttpStatusCode.OK);
        await Wait.UntilAsync(async () => (await PageAsync(b2d)).Contains("B2D itself: Ingest stopped", StringComparison.Ordinal), Soon, "the start page says it");
        await Wait.UntilAsync(() => Subjects(mail).Any(s => s.Contains("Ingest stopped, critical", StringComparison.Ordinal)), Soon, "operators have a mail");
        await Wait.UntilAsync(() => hooks.Got.Any(h => h.GetProperty("body").Text("type") == "alarm.raised"), Soon, "operators have a webhook");
        Assert.All(hooks.Got, h => Assert.True(h.GetProperty("signed").GetBoolean()));
        Assert.NotEqual(0, device.Unacknowledged);
        await ResumedAsync(b2d, disk, device, 2);
        await Wait.UntilAsync(() => Subjects(mail).Any(s => s.Contains("Ingest stopped, over", StringComparison.Ordinal)), Soon, "operators have the all-clear");

        // To the last byte: nothing can be written, and what is there can still be read.
        disk.FillUpTo(0);
        Assert.InRange(disk.Free, 0, 4096);
        await StoppedAsync(b2d);
        Publish(device, 3);
        Assert.Contains("B2D itself:", await PageAsync(b2d), StringComparison.Ordinal);
        Assert.Equal("Working", (await b2d.CasesAsync())[0].Text("state"));
        Assert.Contains("b2d_ingest_up 0\n", (await b2d.Open.TryGetAsync("/metrics")).Body, StringComparison.Ordinal);
        await Wait.UntilAsync(() => Subjects(mail).Count(s => s.Contains("Ingest stopped, critical", StringComparison.Ordinal)) == 2, Soon, "operators have a mail again");
        Assert.NotEqual(0, device.Unacknowledged);
        await ResumedAsync(b2d, disk, device, 3);
        await device.CloseAsync();
        foreach (var subject in Subjects(mail))
            output.WriteLine(subject);
        Assert.Equal(0, (await b2d.StopAsync()).Status);
    }

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
        var series = await b2d.Api.GetAsync($"/api/devices/{Pump.Id}/series?metric=n&points=1000");
        Assert.Equal(Enumerable.Range(1, newest), series.Items("points").Select(p => (int)p.Double("value")));
    }
}
