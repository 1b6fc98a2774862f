using System.Collections.Concurrent;
using System.Text;
using B2D.Interop.Programs;
using B2D.Mqtt;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Backups;

/// <summary>Backups of the built program under load: killed in the middle, made again, restored, started.</summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
public sealed class BackupKillTests(ITestOutputHelper output)
{
    private const int Devices = 12;

    private const string Rule =
        """
        - fault: too-hot
          title: Too hot
          raise: temp_c > 90.0
          clear: temp_c < 80.0
          severity: high
          catalog: { cause: a dirty condenser, response: Look at the condenser }
          case: { family: heat, queue: devices, priority: P2, reopen_within: 24h, resolve_after: 1h }
        """;

    private readonly ConcurrentDictionary<string, int> acknowledged = new();
    private readonly long start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Kill_InTheMiddleOfABackup_TheNextOneRestoresEverythingAcknowledged()
    {
        await using var b2d = new B2dProgram { AsShipped = true };
        b2d.Rule("heat.yaml", Rule);
        await b2d.ImportAsync("devices", "id,model,password\n" + string.Concat(Enumerable.Range(1, Devices).Select(d => $"d{d},M-1,secret of d{d}\n")));
        await b2d.MakeKeyAsync();
        await b2d.StartAsync();
        var (killed, whole) = (Path.Combine(b2d.Folder, "killed"), Path.Combine(b2d.Folder, "whole"));
        using (var stop = new CancellationTokenSource())
        {
            var load = LoadAsync(b2d, stop.Token);
            await Wait.UntilAsync(() => acknowledged.Values.Sum() > 4000, TimeSpan.FromSeconds(60), "readings are acknowledged");
            await using var verb = ChildProgram.Start(Places.B2d, ["backup", killed, "--data", b2d.Data], b2d.Work);
            await Wait.UntilAsync(() => Directory.Exists(killed + ".part") && Directory.GetFiles(killed + ".part", "*.db").Length > 0,
                TimeSpan.FromSeconds(30), "the backup is under way", TimeSpan.FromMilliseconds(1));
            await b2d.KillAsync();
            Assert.NotEqual(0, (await verb.EndAsync(TimeSpan.FromSeconds(30))).Status);
            await stop.CancelAsync();
            await load;
        }
        Assert.False(Directory.Exists(killed));
        var check = await ChildProgram.RunAsync(Places.B2d, ["backup", "check", killed + ".part"], b2d.Work);
        output.WriteLine(check.Error);
        Assert.Equal(1, check.Status);
        Assert.Contains("holds no whole backup", check.Error, StringComparison.Ordinal);
        var refused = await RestoreAsync(b2d, killed + ".part", "nothing");
        Assert.Equal(1, refused.Status);
        Assert.False(Directory.Exists(Path.Combine(b2d.Folder, "nothing")));

        await b2d.StartAsync();
        Dictionary<string, int> before;
        using (var stop = new CancellationTokenSource())
        {
            var load = LoadAsync(b2d, stop.Token);
            var then = acknowledged.Values.Sum();
            await Wait.UntilAsync(() => acknowledged.Values.Sum() > then + 1000, TimeSpan.FromSeconds(60), "readings are acknowledged");
            before = new Dictionary<string, int>(acknowledged);
            output.WriteLine(await b2d.MustAsync("backup", whole));
            output.WriteLine($"{acknowledged.Values.Sum() - before.Values.Sum()} readings were acknowledged while the backup was made, {before.Values.Sum()} before");
            Assert.True(acknowledged.Values.Sum() > before.Values.Sum(), "nothing was acknowledged while the backup was made");
            Assert.NotEqual(0, (await b2d.VerbAsync("restore", whole)).Status);
            await stop.CancelAsync();
            await load;
        }
        await b2d.EvaluatedAsync();
        var cases = await CasesAsync(b2d);
        Assert.Equal(Devices, cases.Count);
        await b2d.StopAsync();

        Assert.Equal(0, (await ChildProgram.RunAsync(Places.B2d, ["backup", "check", whole], b2d.Work)).Status);
        var restored = await RestoreAsync(b2d, whole, "restored");
        Assert.True(restored.Status == 0, restored.Error);
        Directory.Move(b2d.Data, b2d.Data + ".old");
        Directory.Move(Path.Combine(b2d.Folder, "restored"), b2d.Data);
        await b2d.StartAsync();
        await b2d.EvaluatedAsync();
        Assert.Equal(cases, await CasesAsync(b2d));
        foreach (var (device, count) in before)
        {
            HashSet<int> stored = [];
            for (var from = 0; from <= count; from += 5000)
            {
                var series = await b2d.Api.GetAsync($"/api/devices/{device}/series?metric=n&points=10000&from={start + from}&until={start + from + 5000}");
                stored.UnionWith(series.Items("points").Select(p => (int)p.Double("value")));
            }
            Assert.Equal(count, Enumerable.Range(1, count).Count(stored.Contains));
        }
        Assert.Equal(0, (await b2d.StopAsync()).Status);

        // And once more while nobody runs it.
        Assert.Equal(0, (await b2d.VerbAsync("backup", whole + "2")).Status);
        Assert.Equal(0, (await ChildProgram.RunAsync(Places.B2d, ["backup", "check", whole + "2"], b2d.Work)).Status);
    }

    private static Task<Ended> RestoreAsync(B2dProgram b2d, string backup, string folder) =>
        ChildProgram.RunAsync(Places.B2d, ["restore", backup, "--data", Path.Combine(b2d.Folder, folder)], b2d.Work);

    private static async Task<List<string>> CasesAsync(B2dProgram b2d) =>
        [.. (await b2d.Api.ListAsync("/api/cases")).Select(c => $"{c.Long("id")} {c.Text("device")} {c.Text("rule")} {c.Text("episode")}").Order()];

    /// <summary>Each device counts on, a millisecond of its own time a message, at most 20 under way; one of its first is too hot.</summary>
    private Task LoadAsync(B2dProgram b2d, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(1, Devices).Select(d => LoadAsync(b2d, $"d{d}", stop)));

    private async Task LoadAsync(B2dProgram b2d, string device, CancellationToken stop)
    {
        var options = new MqttClientOptions("127.0.0.1", b2d.MqttPort)
        {
            ClientId = device, UserName = device, Password = Encoding.UTF8.GetBytes($"secret of {device}"), CleanStart = true,
        };
        try
        {
            await using var client = await MqttClient.ConnectAsync(options, TimeProvider.System, CancellationToken.None);
            while (!stop.IsCancellationRequested)
            {
                var from = acknowledged.GetValueOrDefault(device) + 1;
                var sent = Enumerable.Range(from, 20).Select(n => client.PublishAsync(new MqttMessage(
                    $"devices/{device}/telemetry", Encoding.UTF8.GetBytes($$"""{"ts":{{start + n}},"n":{{n}},"temp_c":{{(n is > 5 and < 30 ? 95 : 85)}}}"""), QoS.AtLeastOnce))).ToArray();
                foreach (var one in sent)
                {
                    Assert.False((await one).IsFailure());
                    acknowledged.AddOrUpdate(device, 1, (_, n) => n + 1);
                }
            }
        }
        catch (Exception e) when (e is MqttConnectException or MqttClosedException)
        {
            // Killed meanwhile; what was not acknowledged goes again under the same number.
        }
    }
}
