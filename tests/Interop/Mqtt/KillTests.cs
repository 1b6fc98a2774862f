using System.Globalization;
using System.Text.Json;
using B2D.Interop.Programs;
using B2D.Mqtt;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Mqtt;

/// <summary>The real program killed (-9) in the middle of everything, and everything counted end to end.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private static readonly string[] Devices = ["one", "two"];

    // Of each device.
    private readonly Dictionary<string, Counts> counts = Devices.ToDictionary(d => d, _ => new Counts());
    private readonly List<string> commands = [];

    private int Published => counts.Values.Sum(c => c.AtLeastOnce + c.ExactlyOnce + c.Timeless + c.Status);

    private sealed class Counts
    {
        public int AtLeastOnce { get; set; }
        public int ExactlyOnce { get; set; }
        public int Timeless { get; set; }
        public int Status { get; set; }
    }

    [Fact]
    public async Task Kill_TwentyTimes_QoS2ExactlyOnceAndQoS1AtLeastOnce()
    {
        await using var b2d = new B2dProgram();
        await b2d.ImportAsync("devices", "id,password\none,ones secret\ntwo,twos secret\n");
        await b2d.MakeKeyAsync();
        await b2d.StartAsync();
        var mains = Devices.ToDictionary(d => d, d => new KeptDevice(b2d.MqttPort, d, d, $"{d}s secret")
        {
            Subscriptions = { ($"devices/{d}/status", QoS.ExactlyOnce), ($"devices/{d}/commands/+", QoS.AtLeastOnce) },
        });
        // A second connection of each device: what it says on the status topic is passed on to the first.
        var seconds = Devices.ToDictionary(d => d, d => new KeptDevice(b2d.MqttPort, d, $"{d}/second", $"{d}s secret"));
        KeptDevice[] all = [.. mains.Values, .. seconds.Values];

        for (var kill = 1; kill <= Kills; kill++)
        {
            var publishedBefore = Published;
            await CommandAsync(b2d);
            var traffic = ExchangeAsync(mains, seconds, 60);
            await Wait.UntilAsync(() => Published >= publishedBefore + 40 + (37 * kill % 200), TimeSpan.FromSeconds(30), "they publish", TimeSpan.FromMilliseconds(1));
            await b2d.KillAsync();
            await b2d.StartAsync();
            await traffic;
        }
        await ExchangeAsync(mains, seconds, 20);
        foreach (var device in all)
            await device.SettledAsync();
        await Wait.UntilAsync(
            () => Devices.All(d => Distinct(mains[d], "status") >= counts[d].Status && Distinct(mains[d], "commands") >= commands.Count),
            TimeSpan.FromSeconds(60), "every message is with its device");
        await b2d.EvaluatedAsync(TimeSpan.FromSeconds(120));

        foreach (var device in Devices)
            await AssertCountedAsync(b2d, device, mains[device]);
        Assert.All(all, device => Assert.Equal(1, device.Begun));
        Assert.All(all, device => Assert.InRange(device.Resumed, Kills, int.MaxValue));
        foreach (var device in all)
            await device.CloseAsync();
        Assert.Equal(0, (await b2d.StopAsync()).Status);
    }

    private static int Distinct(KeptDevice device, string leaf) => device.Received.Keys.Count(k => k.Split(' ')[1] == leaf);

    /// <summary>Traffic of all kinds, in so many rounds; in a round in which there is no connection nothing is published.</summary>
    private async Task ExchangeAsync(Dictionary<string, KeptDevice> mains, Dictionary<string, KeptDevice> seconds, int rounds)
    {
        for (var round = 0; round < rounds; round++)
            foreach (var device in Devices)
            {
                await mains[device].ConnectAsync();
                await seconds[device].ConnectAsync();
                var (of, at) = (counts[device], TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
                if (mains[device].TryPublish("telemetry", $$"""{"ts":{{at}},"q1":{{of.AtLeastOnce + 1}}}""", QoS.AtLeastOnce))
                    of.AtLeastOnce++;
                if (mains[device].TryPublish("telemetry", $$"""{"ts":{{at}},"q2":{{of.ExactlyOnce + 1}}}""", QoS.ExactlyOnce))
                    of.ExactlyOnce++;
                if (mains[device].TryPublish("telemetry", $$"""{"timeless":{{of.Timeless + 1}}}""", QoS.ExactlyOnce))
                    of.Timeless++;
                var qos = (QoS)(1 + (of.Status % 2));
                if (seconds[device].TryPublish("status", $$"""{"state":"online","n":{{of.Status + 1}}}""", qos))
                    of.Status++;
                await Wait.ForAsync(TimeSpan.FromMilliseconds(5));
            }
    }

    private async Task CommandAsync(B2dProgram b2d)
    {
        var number = commands.Count + 1;
        foreach (var device in Devices)
        {
            var (status, body) = await b2d.Api.PostAsync("/api/commands", new { device, name = "check", args = new { number } });
            Assert.True((int)status == 202, $"{status}: {body}");
        }
        commands.Add(string.Create(CultureInfo.InvariantCulture, $"{number}"));
    }

    private async Task AssertCountedAsync(B2dProgram b2d, string device, KeptDevice main)
    {
        var of = counts[device];
        foreach (var (metric, expected) in new[] { ("q1", of.AtLeastOnce), ("q2", of.ExactlyOnce), ("timeless", of.Timeless) })
        {
            var series = await b2d.Api.GetAsync($"/api/devices/{device}/series?metric={metric}&points=10000");
            Assert.Equal(Enumerable.Range(1, expected), series.Items("points").Select(p => (int)p.Double("value")).Order());
        }
        var down = main.Received.Where(r => r.Key.Split(' ')[1] == "status").ToList();
        Assert.Equal(Enumerable.Range(1, of.Status), down.Select(r => (int)JsonElement.Parse(r.Key.Split(' ', 3)[2]).Long("n")).Order());
        Assert.All(down.Where(r => r.Key[0] == '2'), r => Assert.Equal((r.Key, 1), (r.Key, r.Value)));
        var numbers = main.Received.Keys.Where(k => k.Split(' ')[1] == "commands")
            .Select(k => JsonElement.Parse(k.Split(' ', 3)[2]).GetProperty("args").GetProperty("number").GetRawText());
        Assert.Equal(commands.Order(), numbers.Order());
        output.WriteLine($"{device}: up {of.AtLeastOnce} at QoS 1, {of.ExactlyOnce + of.Timeless} at QoS 2; down {of.Status} status messages, "
            + $"{down.Where(r => r.Key[0] == '1').Sum(r => r.Value - 1)} of those at QoS 1 repeated; {commands.Count} commands; resumed {main.Resumed} times");
    }
}
