using B2D.Host.Bench;
using static B2D.Benchmarks.Ingest.Numbers;

namespace B2D.Benchmarks.Ingest;

/// <summary>
/// Publish to committed case: loadgen publishes at 5,000 and 20,000 messages a second over 1,000 connections whatever the server does, and meanwhile 500 other
/// devices each publish one fault, at instants we know; its case is seen in state.db by a loop that does nothing but look (one look is some 20 µs, so that is how
/// exact it is). The server has the second processor; loadgen and the loop share the first. Beside it mosquitto's acknowledgements in the same minutes.
/// </summary>
internal static class LatencyRun
{
    private const int Probes = 500;

    /// <summary>Faults before the first figure, so that what opens a case is compiled as well as it will ever be.</summary>
    private const int Warming = 300;

    /// <summary>In which the load's connections are made, and devices that were offline are found to be back.</summary>
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(4);

    private static readonly (int Rate, double P50, double P99, double Cores)[] Wanted = [(5_000, double.PositiveInfinity, 2, 1), (20_000, 1, 5, 0.5)];

    /// <param name="arguments">Seconds of each rate (20).</param>
    /// <returns>0 where the figures wanted are reached.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var seconds = First(arguments, 20);
        var folder = Places.NewFolder();
        try
        {
            var data = Path.Combine(folder, "data");
            Copy(await IngestRun.SetUpAsync(folder), data);
            await RegisterAsync(folder, data, Enumerable.Range(0, Warming + (Probes * Wanted.Length)).Select(i => $"probe-{i},0"));
            await using var server = await Measured.B2dAsync(data, "1");
            await KeepOffAsync();
            var shape = new Shape("", 1000, 100, 0);
            var first = await Loadgen.RunAsync(server, shape, 50_000, "0", "--rate", "10000");
            Say($"1,000 devices let in for the first time in {first.Connecting:0.0} s");
            await using var probe = await CaseProbe.ConnectAsync(server.Port, "bench", data, CancellationToken.None);
            var warming = probe.MeasureAsync(0, Warming, TimeSpan.FromSeconds(14), CancellationToken.None);
            await Loadgen.RunAsync(server, shape, 150_000, "0", "--rate", "10000");
            await warming;
            var reached = true;
            for (var i = 0; i < Wanted.Length; i++)
                reached &= await RateAsync(server, shape, probe, i, seconds);
            await server.StopAsync();
            foreach (var (rate, _, _, _) in Wanted)
                await PeerAsync(folder, shape, rate, seconds);
            return reached ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The loop that looks is never idle: on the server's processor it would measure itself.</summary>
    private static async Task KeepOffAsync()
    {
        using var pin = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("taskset", ["-a", "-c", "-p", "0", $"{Environment.ProcessId}"]) { RedirectStandardOutput = true })!;
        await pin.WaitForExitAsync();
        if (pin.ExitCode != 0)
            throw new InvalidOperationException($"taskset ended with {pin.ExitCode}");
    }

    /// <summary>Imports more devices into a folder that nobody runs over; seconds that it took.</summary>
    /// <param name="rows"><c>id,parent</c></param>
    internal static async Task<double> RegisterAsync(string folder, string data, IEnumerable<string> rows)
    {
        var file = Path.Combine(folder, "more.csv");
        await File.WriteAllLinesAsync(file, rows.Prepend("id,parent"));
        var begun = TimeProvider.System.GetTimestamp();
        using var import = System.Diagnostics.Process.Start(Places.B2d, ["devices", "import", file, "--data", data]);
        await import.WaitForExitAsync();
        return import.ExitCode == 0 ? TimeProvider.System.GetElapsedTime(begun).TotalSeconds : throw new InvalidOperationException($"b2d devices import ended with {import.ExitCode}");
    }

    /// <summary>The same load on a broker that only acknowledges: what the machine itself adds in these minutes.</summary>
    private static async Task PeerAsync(string folder, Shape shape, int rate, int seconds)
    {
        await using var peer = await Measured.MosquittoAsync(folder, "1");
        var acknowledged = await Loadgen.RunAsync(peer, shape, rate * seconds, "0", "--rate", $"{rate}");
        Say($"{rate,6:N0}/s  mosquitto, acknowledged p50 {acknowledged.P50:0.00} p99 {acknowledged.P99:0.00} p99.9 {acknowledged.P999:0.00} max {acknowledged.Max:0.00} ms");
    }

    private static async Task<bool> RateAsync(Measured server, Shape shape, CaseProbe probe, int index, int seconds)
    {
        var (rate, p50, p99, cores) = Wanted[index];
        await server.EvaluatedAsync(TimeSpan.FromMinutes(5));
        var (before, begun) = (server.ProcessorTime, TimeProvider.System.GetTimestamp());
        // It starts when the load's 1,000 connections are there, and ends earlier.
        var probing = Task.Run(async () =>
        {
            await Task.Delay(Connecting, TimeProvider.System);
            return await probe.MeasureAsync(Warming + (index * Probes), Probes, TimeSpan.FromSeconds(seconds) - Connecting, CancellationToken.None);
        });
        var acknowledged = await Loadgen.RunAsync(server, shape, rate * seconds, "0", "--rate", $"{rate}");
        var used = (server.ProcessorTime - before) / TimeProvider.System.GetElapsedTime(begun);
        var (cases, missing) = await probing;
        double Of(double percent) => cases.Percentile(percent).TotalMilliseconds;
        Say($"{rate,6:N0}/s  acknowledged p50 {acknowledged.P50:0.00} p99 {acknowledged.P99:0.00} p99.9 {acknowledged.P999:0.00} max {acknowledged.Max:0.00} ms at {acknowledged.PerSecond:N0}/s, {used:0.00} cores");
        Say($"          case committed p50 {Of(50):0.00} p90 {Of(90):0.00} p99 {Of(99):0.00} max {cases.Max.TotalMilliseconds:0.00} ms of {cases.Count}{(missing > 0 ? $"; {missing} NOT SEEN" : "")}");
        var reached = missing == 0 && Of(50) <= p50 && Of(99) <= p99 && used <= cores;
        Say($"          wanted: p50 {p50} p99 {p99} ms, {cores} cores: {(reached ? "reached" : "MISSED")}");
        return reached;
    }
}
