using System.Diagnostics;
using System.Text.Json;

namespace B2D.Benchmarks.Ingest;

/// <summary>A shape of load.</summary>
/// <param name="Total">Messages of a measured run at one core's usual pace.</param>
internal sealed record Shape(string Name, int Connections, int InFlight, int Total)
{
    public static readonly IReadOnlyList<Shape> All = [new("50c i20", 50, 20, 600_000), new("1000c i10", 1000, 10, 600_000), new("1000c i1", 1000, 1, 300_000)];
}

/// <summary>What loadgen said. Times in ms.</summary>
internal sealed record LoadgenResult(double PerSecond, double P50, double P99, double P999, double Max, double CpuPerMillion, double Connecting, long Acknowledged)
{
    private static double Of(JsonElement json, string name) => json.GetProperty(name).GetDouble();

    public static LoadgenResult Read(string line)
    {
        var json = JsonElement.Parse(line);
        return new LoadgenResult(
            Of(json, "msgs_per_s"), Of(json, "p50_us") / 1000, Of(json, "p99_us") / 1000, Of(json, "p999_us") / 1000, Of(json, "max_us") / 1000,
            Of(json, "server_cpu_s_per_million"), Of(json, "connect_s"), json.GetProperty("acked").GetInt64());
    }
}

/// <summary>The neutral load generator.</summary>
internal static class Loadgen
{
    /// <summary>Runs a load to its end.</summary>
    /// <param name="cores">Where loadgen runs; null for anywhere.</param>
    /// <exception cref="InvalidOperationException">Not everything was acknowledged.</exception>
    public static async Task<LoadgenResult> RunAsync(Measured server, Shape shape, int total, string? cores, params string[] more)
    {
        string[] arguments =
        [
            "--port", $"{server.Port}", "--devices", "1000", "--qos", "1", "--connections", $"{shape.Connections}", "--inflight", $"{shape.InFlight}", "--total", $"{total}",
            "--server-pid", $"{server.Id}", "--max-seconds", "600", "--json", .. server.IsB2d ? (string[])["--user", "{dev}", "--pass", "bench"] : [], .. more,
        ];
        string[] line = cores is null ? [Places.Loadgen, .. arguments] : ["taskset", "-c", cores, Places.Loadgen, .. arguments];
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException(line[0]);
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? LoadgenResult.Read(text.Trim().Split('\n')[^1]) : throw new InvalidOperationException($"loadgen ended with {process.ExitCode}: {text}");
    }
}
