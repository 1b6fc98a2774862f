using System.Diagnostics;
using static B2D.Benchmarks.Ingest.Numbers;

namespace B2D.Benchmarks.Ingest;

/// <summary>Whether throughput stays with 1,000, 10,000, 100,000 and 1,000,000 registered devices, with a large database, and latency while devices are imported.</summary>
internal static class GrowthRun
{
    private static readonly Shape Load = Shape.All[0];

    /// <param name="arguments"><c>--devices 1000,10000</c> (to 1,000,000), <c>--gb 1,10</c> (none: 0), <c>--total</c> messages of a run.</param>
    /// <returns>0 where nothing is more than 20 % down from the smallest and acknowledgements stay under 10 ms.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var total = Option(arguments, "--total") is { } given ? int.Parse(given, null) : Load.Total;
        var folder = Places.NewFolder();
        try
        {
            var template = await IngestRun.SetUpAsync(folder);
            var figures = new List<(string Name, double PerSecond)>();
            foreach (var devices in (Option(arguments, "--devices") ?? "1000,10000,100000,1000000").Split(',').Select(d => int.Parse(d, null)))
                figures.Add(await RegisteredAsync(folder, template, devices, total));
            var p99 = await WhileImportingAsync(folder, template, 100_000);
            foreach (var gb in (Option(arguments, "--gb") ?? "1,10").Split(',').Select(g => int.Parse(g, null)).Where(g => g > 0))
                figures.Add(await FilledAsync(folder, template, gb, total));
            Say($"\n{"",-28}{"messages/s",12}{"of the first",14}");
            foreach (var (name, perSecond) in figures)
                Say($"{name,-28}{perSecond,12:N0}{perSecond / figures[0].PerSecond,14:P0}");
            var reached = figures.All(f => f.PerSecond >= 0.8 * figures[0].PerSecond) && p99 < 10;
            Say($"wanted: none below 80 %, p99 under 10 ms while 100,000 are imported: {(reached ? "reached" : "MISSED")}");
            return reached ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(string, double)> RegisteredAsync(string folder, string template, int devices, int total)
    {
        var data = Fresh(folder, template);
        var took = devices > 1000 ? await LatencyRun.RegisterAsync(folder, data, Rows(1000, devices)) : 0;
        var begun = TimeProvider.System.GetTimestamp();
        await using var server = await Measured.B2dAsync(data, "1");
        var started = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        var figure = await MeasureAsync(server, total);
        Say($"{devices,9:N0} devices: imported in {took:0.0} s, start {started:0.0} s, {figure.PerSecond:N0}/s, p99 {figure.P99:0.00} ms, {server.MemoryMb:N0} MB of memory");
        return ($"{devices:N0} devices", figure.PerSecond);
    }

    private static async Task<(string, double)> FilledAsync(string folder, string template, int gb, int total)
    {
        var data = Fresh(folder, template);
        await using var server = await Measured.B2dAsync(data, null);
        var begun = TimeProvider.System.GetTimestamp();
        var most = TimeSpan.FromMinutes(30);
        while (BytesOf(data) < gb * 1_000_000_000L && TimeProvider.System.GetElapsedTime(begun) < most)
            await Loadgen.RunAsync(server, Load, 2_000_000, null);
        await server.EvaluatedAsync(most);
        var (bytes, took) = (BytesOf(data), TimeProvider.System.GetElapsedTime(begun));
        await server.StopAsync();
        await using var again = await Measured.B2dAsync(data, "1");
        var figure = await MeasureAsync(again, total);
        Say($"{bytes / 1e9,9:0.0} GB of data (filled in {took.TotalSeconds:0} s): {figure.PerSecond:N0}/s, p99 {figure.P99:0.00} ms");
        return ($"{bytes / 1e9:0.0} GB of data", figure.PerSecond);
    }

    private static async Task<double> WhileImportingAsync(string folder, string template, int devices)
    {
        var data = Fresh(folder, template);
        await using var server = await Measured.B2dAsync(data, "1");
        await MeasureAsync(server, 100_000);
        var before = await Loadgen.RunAsync(server, Load, 25_000, "0", "--rate", "5000");
        var file = Path.Combine(folder, "import.csv");
        await File.WriteAllLinesAsync(file, Rows(10_000, 10_000 + devices).Prepend("id,parent"));
        var begun = TimeProvider.System.GetTimestamp();
        using var import = Process.Start("taskset", ["-c", "0", Places.B2d, "devices", "import", file, "--data", data]);
        var latencies = new List<LoadgenResult>();
        while (!import.HasExited || latencies.Count == 0)
            latencies.Add(await Loadgen.RunAsync(server, Load, 10_000, "0", "--rate", "5000"));
        await import.WaitForExitAsync();
        var worst = latencies.Max(l => l.P99);
        Say($"while {devices:N0} devices are imported ({TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s, status {import.ExitCode}), at 5,000/s: p99 {worst:0.00} ms in the worst two seconds, max {latencies.Max(l => l.Max):0.0} ms; before p99 {before.P99:0.00} ms");
        return import.ExitCode == 0 ? worst : double.PositiveInfinity;
    }

    private static async Task<LoadgenResult> MeasureAsync(Measured server, int total)
    {
        await Loadgen.RunAsync(server, Load, total / 3, "0");
        await server.EvaluatedAsync(TimeSpan.FromMinutes(10));
        var result = await Loadgen.RunAsync(server, Load, total, "0");
        await server.EvaluatedAsync(TimeSpan.FromMinutes(10));
        return result;
    }

    private static string Fresh(string folder, string template)
    {
        var data = Path.Combine(folder, "data");
        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true);
        Copy(template, data);
        return data;
    }

    private static IEnumerable<string> Rows(int from, int until) => Enumerable.Range(from, until - from).Select(i => $"{i},{i % 50}");
}
