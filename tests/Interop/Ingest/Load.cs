using System.Globalization;
using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Ingest;

/// <summary>An installation of gateways and their children, and loads on it by <c>firmware-sim load</c>.</summary>
internal static class Load
{
    public const string Password = "choose-a-long-one";

    /// <summary>A fault from message to message, and rules that read each message and never raise.</summary>
    private const string Rules = """
        - fault: reported
          raise: fault > 0.0
          clear: fault == 0.0
          case: { family: reported, reopen_within: 24h, resolve_after: 6h }
        - fault: counted-too-far
          raise: n > 9000000000.0
          case: {}
        - fault: pump-error
          codes: [ E42 ]
          case: {}
        """;

    /// <summary>Makes gateways 0 to <paramref name="gateways"/> − 1 and the other devices their children, and a key; does not start.</summary>
    /// <param name="alone">Devices behind those, each with a connection of its own.</param>
    public static async Task InstallAsync(B2dProgram b2d, int gateways, int devices, int alone = 0)
    {
        b2d.Rule("load.yaml", Rules);
        var rows = Enumerable.Range(0, devices + alone).Select(i => i < gateways || i >= devices ? $"{i},,{Password}" : $"{i},{i % gateways},");
        await b2d.ImportAsync("devices", $"id,parent,password\n{string.Join('\n', rows)}\n");
        await b2d.MakeKeyAsync();
    }

    /// <summary>Starts a load without waiting for its end.</summary>
    public static ChildProgram Start(B2dProgram b2d, params string[] options) => ChildProgram.Start(
        Places.FirmwareSim, ["load", "--port", $"{b2d.MqttPort}", "--password", Password, "--json", .. options], b2d.Folder);

    /// <summary>Waits for the end of a load in which everything was acknowledged.</summary>
    public static async Task<JsonElement> ResultAsync(this ChildProgram load, TimeSpan most)
    {
        var ended = await load.EndAsync(most);
        Assert.True(ended.Status == 0, $"firmware-sim load ended with {ended.Status}: {ended.Output}\n{ended.Error}");
        return JsonElement.Parse(ended.Output.Trim());
    }

    /// <summary>A number of /metrics.</summary>
    public static async Task<double> MetricAsync(this B2dProgram b2d, string name)
    {
        var (_, text) = await b2d.Open.TryGetAsync("/metrics");
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        Assert.True(line is not null, $"{name} is not in /metrics");
        return double.Parse(line!.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Every message that was acknowledged is stored once and no other, by the API: metric <c>n</c> of each device, one device time for each message.
    /// </summary>
    /// <param name="acked">Lines <c>device,seq</c> of <c>--acked-log</c>.</param>
    /// <param name="window">Milliseconds asked for at once, in which there must be fewer readings than are drawn at most (10,000): by default of 20 a second.</param>
    public static async Task AssertStoredOnceAsync(B2dProgram b2d, IEnumerable<string> acked, long from, long until, long window = 400_000)
    {
        var missing = 0;
        var twice = 0;
        var others = 0;
        foreach (var device in acked.Select(l => l.Split(',')).GroupBy(w => w[0], w => long.Parse(w[1], CultureInfo.InvariantCulture)))
        {
            var stored = new List<long>();
            for (var at = from; at < until; at += window)
            {
                var series = await b2d.Api.GetAsync($"/api/devices/{device.Key}/series?metric=n&points=10000&from={at}&until={Math.Min(until, at + window)}");
                stored.AddRange(series.Items("points").Select(p => (long)p.Double("value")));
            }
            HashSet<long> wanted = [.. device], found = [.. stored];
            twice += stored.Count - found.Count;
            missing += wanted.Except(found).Count();
            others += found.Except(wanted).Count();
        }
        Assert.Equal((0, 0, 0), (missing, twice, others));
    }
}
