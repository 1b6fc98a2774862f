using System.Globalization;
using System.Text.Json;
using B2D.Interop.Programs;

namespace B2D.Interop.Recorded;

/// <summary>A reading or a code as the recorded files have it; the time is epoch milliseconds.</summary>
internal readonly record struct Recorded(string Device, string Name, long AtMs, double Value);

/// <summary>What makes a case the same case in another run.</summary>
internal readonly record struct CaseKey(string Device, string Family, string Rule);

/// <summary>The recorded machines, read here without any code of the product.</summary>
internal static class Machines
{
    public static readonly string[] Metrics = ["volt", "rotate", "pressure", "vibration"];

    /// <summary>Every value of telemetry.csv.</summary>
    public static HashSet<Recorded> Readings() =>
    [
        .. Lines("telemetry.csv").SelectMany(cells => Metrics.Select((metric, i) =>
            new Recorded($"machine-{cells[1]}", metric, AtMs(cells[0]), double.Parse(cells[i + 2], CultureInfo.InvariantCulture)))),
    ];

    /// <summary>Every row of errors.csv.</summary>
    public static List<Recorded> Codes() => [.. Lines("errors.csv").Select(c => new Recorded($"machine-{c[1]}", c[2], AtMs(c[0]), 0))];

    /// <summary>The parts of a machine as the rules of the example have them: family, codes, signal, and what its mean over a day must pass.</summary>
    private static readonly (string Family, string[] Codes, string Metric, double Limit, bool Above)[] Parts =
    [
        ("supply", ["error1"], "volt", 180, true), ("drive", ["error2", "error3"], "rotate", 410, false),
        ("pressure", ["error4"], "pressure", 110, true), ("bearing", ["error5"], "vibration", 45, true),
    ];

    /// <summary>The machines and families of which a code and a signal's mean over the same 24 hours speak together at any time.</summary>
    public static HashSet<(string Device, string Family)> FailingParts()
    {
        const long dayMs = 86_400_000;
        var codes = Codes();
        var readings = Readings().GroupBy(r => (r.Device, r.Name)).ToDictionary(g => g.Key, g => g.OrderBy(r => r.AtMs).ToList());
        var failing = new HashSet<(string, string)>();
        foreach (var (family, names, metric, limit, above) in Parts)
        {
            foreach (var code in codes.Where(c => names.Contains(c.Name)))
            {
                // The mean moves with each reading, for as long as the code counts.
                var day = readings[(code.Device, metric)].Where(r => r.AtMs > code.AtMs - dayMs && r.AtMs < code.AtMs + dayMs).ToList();
                var means = day.Where(r => r.AtMs >= code.AtMs).Select(now => day.Where(r => r.AtMs <= now.AtMs && r.AtMs > now.AtMs - dayMs).Average(r => r.Value));
                if (means.Any(mean => above ? mean > limit : mean < limit))
                    failing.Add((code.Device, family));
            }
        }
        return failing;
    }

    /// <summary>An installation with the example's customers, devices and rules.</summary>
    public static async Task<B2dProgram> InstallAsync()
    {
        var b2d = new B2dProgram { AsShipped = true, Rules = Path.Combine(Places.Examples, "machines", "rules") };
        await b2d.MustAsync("customers", "import", Path.Combine(Places.Examples, "machines", "customers.csv"));
        await b2d.MustAsync("devices", "import", Path.Combine(Places.Examples, "machines", "devices.csv"));
        await b2d.MakeKeyAsync();
        return b2d;
    }

    /// <summary>Starts the replay.</summary>
    public static ChildProgram Replay(B2dProgram b2d, params string[] more) => ChildProgram.Start(
        Places.FirmwareSim,
        [
            "replay", Path.Combine(Places.Examples, "machines", "replay.yaml"), "--data", Path.Combine(Places.SharedData!, "machines"), "--speed", "max",
            "--port", $"{b2d.MqttPort}", .. more,
        ],
        b2d.Work);

    /// <summary>All that the API shows of readings.</summary>
    public static async Task<List<Recorded>> StoredReadingsAsync(B2dProgram b2d)
    {
        var stored = new List<Recorded>();
        foreach (var device in await b2d.Api.ListAsync("/api/devices"))
        {
            var id = device.Text("id");
            foreach (var metric in Metrics)
            {
                var series = await b2d.Api.GetAsync($"/api/devices/{id}/series?metric={metric}&from=2014-01-01&until=2017-01-01&points=10000");
                stored.AddRange(series.Items("points").Select(p => new Recorded(id, metric, p.Long("atMs"), p.Double("value"))));
            }
        }
        return stored;
    }

    /// <summary>All that the API shows of fault codes.</summary>
    public static async Task<List<Recorded>> StoredCodesAsync(B2dProgram b2d)
    {
        var stored = new List<Recorded>();
        foreach (var device in await b2d.Api.ListAsync("/api/devices"))
        {
            var id = device.Text("id");
            var events = await b2d.Api.GetAsync($"/api/devices/{id}/events");
            stored.AddRange(events.Items("items")
                .Where(e => e.Text("state") == "set")
                .Select(e => new Recorded(id, e.Text("code"), e.Long("atMs"), 0)));
        }
        return stored;
    }

    public static async Task<List<CaseKey>> CasesAsync(B2dProgram b2d) =>
        [.. (await b2d.Api.ListAsync("/api/cases")).Select(KeyOf).Order(Comparer<CaseKey>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString())))];

    private static CaseKey KeyOf(JsonElement item) => new(item.Text("device"), item.Text("family"), item.Text("rule"));

    private static IEnumerable<string[]> Lines(string file) =>
        File.ReadLines(Path.Combine(Places.SharedData!, "machines", file)).Skip(1).Select(l => l.Split(','));

    private static long AtMs(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
}
