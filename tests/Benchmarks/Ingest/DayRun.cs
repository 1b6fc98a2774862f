using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using static B2D.Benchmarks.Ingest.Numbers;

namespace B2D.Benchmarks.Ingest;

/// <summary>
/// A day of 10,000 devices at one message a minute, as fast as it is acknowledged. Devices' times begin an hour ago and run ahead of the server's clock, up to 23
/// hours: a clock that is a day ahead at most is believed, so that readings count as live. Then what people look at.
/// </summary>
internal static class DayRun
{
    private const int Devices = 10_000, Gateways = 50;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1), Month = TimeSpan.FromDays(30), Year = TimeSpan.FromDays(365);

    /// <param name="arguments">Minutes of the day (1,440); <c>--queries</c> (500), <c>--seed</c> (1).</param>
    /// <returns>0 where the figures wanted are reached.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var minutes = First(arguments, 1440);
        var queries = Option(arguments, "--queries") is { } some ? int.Parse(some, null) : 500;
        var seed = Option(arguments, "--seed") is { } number ? int.Parse(number, null) : 1;
        var folder = Places.NewFolder();
        try
        {
            var data = Path.Combine(folder, "data");
            Copy(await IngestRun.SetUpAsync(folder), data);
            await LatencyRun.RegisterAsync(folder, data, Enumerable.Range(1000, Devices - 1000).Select(i => $"{i},{i % Gateways}"));
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await KeyAsync(data));
            await using var server = await Measured.B2dAsync(data, null);
            http.BaseAddress = new Uri(server.Url);
            var begin = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()) - Hour;

            var first = Math.Min(60, minutes / 2);
            await LoadAsync(server, begin, 0, first);
            await server.EvaluatedAsync(TimeSpan.FromMinutes(30));
            var early = server.MemoryMb;
            var (p999, max) = await LoadAsync(server, begin, first, minutes - first);
            var evaluated = await server.EvaluatedAsync(TimeSpan.FromHours(2));
            var late = server.MemoryMb;
            Say($"memory {early:N0} MB after the first {first} min of the day, {late:N0} MB at the end; evaluated {evaluated?.TotalSeconds:0.0} s after the last acknowledgement");

            var charts = await ChartsAsync(http, new Random(seed), begin, TimeSpan.FromMinutes(minutes), queries);
            var latest = await LatestAsync(http, new Random(seed), queries);
            await server.StopAsync();
            var (bytes, readings) = (BytesOf(data), 5.0 * Devices * minutes);
            foreach (var file in new DirectoryInfo(data).EnumerateFiles("*.db*").Where(f => f.Length > 100_000))
                Say($"{file.Name,-20} {file.Length / 1e6,10:N1} MB  {file.Length / readings,6:0.0} bytes each reading");
            Say($"{"all",-20} {bytes / 1e6,10:N1} MB  {bytes / readings,6:0.0} bytes each of {readings:N0} readings");
            var reached = charts < 50 && latest < 2 && late <= early * 1.1 && max < 100 && evaluated is not null;
            Say($"wanted: charts p95 under 50 ms, latest under 2 ms, memory within 10 %, no acknowledgement over 100 ms (p99.9 {p999:0.0}, max {max:0.0}): {(reached ? "reached" : "MISSED")}");
            return reached ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> KeyAsync(string data)
    {
        using var make = Process.Start(new ProcessStartInfo(Places.B2d, ["keys", "create", "bench", "--scope", "read", "--data", data]) { RedirectStandardOutput = true })!;
        var key = await make.StandardOutput.ReadToEndAsync();
        await make.WaitForExitAsync();
        return key.Trim();
    }

    private static async Task<(double P999, double Max)> LoadAsync(Measured server, DateTimeOffset begin, int fromMinute, int minutes)
    {
        // A small window: acknowledgements wait for the disk, not for their turn.
        string[] arguments =
        [
            "load", "--port", $"{server.Port}", "--password", "bench", "--connections", $"{Gateways}", "--devices", $"{Devices}", "--in-flight", "4", "--total", $"{(long)Devices * minutes}",
            "--payload", """{"ts":{at},"temp":{num:20.0:99.9},"rpm":{num:1000:1999},"vib":{num:0.10:0.99},"fault":0,"hours":{num:1000.0:9999.9}}""",
            "--at", (begin + TimeSpan.FromMinutes(fromMinute)).ToString("O"), "--at-step", "1m", "--json",
        ];
        using var load = Process.Start(new ProcessStartInfo(Places.FirmwareSim, arguments) { RedirectStandardOutput = true })!;
        var text = await load.StandardOutput.ReadToEndAsync();
        await load.WaitForExitAsync();
        var json = JsonElement.Parse(text.Trim());
        double Of(string name) => json.GetProperty(name).GetDouble();
        Say($"minutes {fromMinute} to {fromMinute + minutes}: {Of("acknowledged"):N0} messages at {Of("msgs_per_s"):N0}/s, acknowledged p50 {Of("p50_ms"):0.00} p99 {Of("p99_ms"):0.00} p99.9 {Of("p999_ms"):0.00} max {Of("max_ms"):0.0} ms");
        return load.ExitCode == 0 ? (Of("p999_ms"), Of("max_ms")) : throw new InvalidOperationException($"firmware-sim load ended with {load.ExitCode}: {text}");
    }

    private static async Task<double> ChartsAsync(HttpClient http, Random dice, DateTimeOffset begin, TimeSpan length, int queries)
    {
        string[] metrics = ["temp", "rpm", "vib", "hours"];
        var worst = 0.0;
        foreach (var (name, range) in new[] { ("hour", Hour), ("day", Day), ("month", Month), ("year", Year) })
        {
            var times = new List<double>();
            var points = 0;
            for (var i = 0; i < queries; i++)
            {
                var until = (begin + (length * dice.NextDouble())).ToUnixTimeMilliseconds();
                var path = $"/api/devices/{dice.Next(Devices)}/series?metric={metrics[dice.Next(metrics.Length)]}&points=500&from={until - (long)range.TotalMilliseconds}&until={until}";
                var (took, json) = await TimeAsync(http, path);
                times.Add(took);
                points += json.GetProperty("points").GetArrayLength();
            }
            Say($"chart of a {name,-6} p50 {Percentile(times, 50):0.00} p95 {Percentile(times, 95):0.00} max {times.Max():0.0} ms, {points / queries} points each");
            worst = Math.Max(worst, Percentile(times, 95));
        }
        return worst;
    }

    private static async Task<double> LatestAsync(HttpClient http, Random dice, int queries)
    {
        var times = new List<double>();
        for (var i = 0; i < queries; i++)
        {
            var (took, json) = await TimeAsync(http, $"/api/devices/{dice.Next(Devices)}");
            if (json.GetProperty("latest").GetArrayLength() == 0)
                throw new InvalidOperationException("a device has no latest values");
            times.Add(took);
        }
        Say($"latest values    p50 {Percentile(times, 50):0.00} p95 {Percentile(times, 95):0.00} max {times.Max():0.0} ms, with the request and the device's page");
        return Percentile(times, 95);
    }

    private static async Task<(double Ms, JsonElement Json)> TimeAsync(HttpClient http, string path)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var text = await http.GetStringAsync(new Uri(path, UriKind.Relative));
        return (TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds, JsonElement.Parse(text));
    }
}
