using System.Globalization;
using System.Reflection;
using B2D.FirmwareSim.Load;
using B2D.FirmwareSim.Verbs;
using B2D.Storage.Devices;
using Spectre.Console;

namespace B2D.Host.Bench;

/// <summary>Measures one figure after the other and prints a table of each part.</summary>
internal sealed class BenchRun : IAsyncDisposable
{
    private const int Probes = 500;
    private static readonly double[] Rates = [5_000, 20_000];

    private readonly BenchSetting setting;
    private readonly IAnsiConsole console;
    private readonly ProgressDisplay progress;
    private readonly string folder;
    private readonly string data;
    private readonly string secret = DeviceSecrets.Make();
    private readonly BenchServer server;

    public BenchRun(BenchSetting setting, IAnsiConsole console)
    {
        (this.setting, this.console) = (setting, console);
        progress = new ProgressDisplay(console, TimeProvider.System);
        folder = Path.Combine(setting.Folder, $"b2d-bench-{Guid.NewGuid():N}");
        data = Path.Combine(folder, "data");
        var rules = Directory.CreateDirectory(Path.Combine(folder, "rules")).FullName;
        using var from = Assembly.GetExecutingAssembly().GetManifestResourceStream("bench.yaml")!;
        using var to = File.Create(Path.Combine(rules, "bench.yaml"));
        from.CopyTo(to);
        server = BenchServer.B2d(data, rules);
    }

    /// <summary>Half of the measured time, at least a second: caches and compilers.</summary>
    private TimeSpan WarmUp => setting.Each / 2 > TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(Math.Min(5, setting.Each.TotalSeconds / 2)) : TimeSpan.FromSeconds(1);

    /// <summary>Runs all parts.</summary>
    /// <exception cref="IOException">A program cannot be started, or broke connections off.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        BenchServer.Prepare(data, secret, Probes);
        var started = await server.StartAsync(cancellation);
        Terminal.WriteLine($"B2D started in {N(started.TotalSeconds, "0.0")} s. {Environment.ProcessorCount} processors for it and the load. Data: {folder}");
        if (setting.Parts.Contains("throughput"))
            await ThroughputAsync(cancellation);
        if (setting.Parts.Contains("latency"))
            await LatencyAsync(cancellation);
        if (setting.Parts.Contains("recovery"))
            await RecoveryAsync(cancellation);
        if (setting.Parts.Contains("storage"))
            await StorageAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string Ms(LatencyHistogram latency, double percent) => latency.Percentile(percent).TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static string N(double value, string format = "N0") => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Numbers stand to the right, and nothing is broken into lines but headings.</summary>
    private static Table NewTable(string title, params string[] columns)
    {
        Terminal.WriteLine($"\n{title}");
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var (column, i) in columns.Select((c, i) => (c, i)))
            table.AddColumn(new TableColumn(column) { Alignment = i == 0 || column == "until" ? Justify.Left : Justify.Right, NoWrap = column == "until" });
        return table;
    }

    private async Task ThroughputAsync(CancellationToken cancellation)
    {
        var table = setting.Peer is null
            ? NewTable("Throughput, QoS 1, on disk and evaluated", "shape", "messages/s", "p50 ms", "p99 ms", "µs CPU each", "evaluated after")
            : NewTable("Throughput, QoS 1, on disk and evaluated, beside mosquitto", "shape", "messages/s", "p50 ms", "p99 ms", "µs CPU each", "evaluated after", "mosquitto/s", "ratio");
        foreach (var shape in LoadShape.All)
        {
            await LoadAsync(server, $"{shape.Name} to warm up", shape, WarmUp, 0, cancellation);
            await server.EvaluatedAsync(TimeSpan.FromMinutes(5), cancellation);
            var before = server.ProcessorTime;
            var result = await LoadAsync(server, shape.Name, shape, setting.Each, 0, cancellation);
            var cost = (server.ProcessorTime - before).TotalMicroseconds / result.Acknowledged;
            var evaluated = await server.EvaluatedAsync(TimeSpan.FromMinutes(5), cancellation);
            List<string> row =
            [
                shape.Name, N(result.PerSecond), Ms(result.Latency, 50), Ms(result.Latency, 99), N(cost, "0.0"),
                evaluated is { } after ? $"{N(after.TotalMilliseconds)} ms" : "not in 5 min",
            ];
            if (setting.Peer is not null)
            {
                await using var mosquitto = BenchServer.Mosquitto(setting.Peer, folder);
                await mosquitto.StartAsync(cancellation);
                await LoadAsync(mosquitto, $"mosquitto {shape.Name} to warm up", shape, WarmUp, 0, cancellation);
                var theirs = await LoadAsync(mosquitto, $"mosquitto {shape.Name}", shape, setting.Each, 0, cancellation);
                row.AddRange([N(theirs.PerSecond), N(result.PerSecond / theirs.PerSecond, "0.00")]);
            }
            table.AddRow([.. row]);
        }
        console.Write(table);
    }

    private async Task LatencyAsync(CancellationToken cancellation)
    {
        var table = NewTable("Latency from publish, 1,000 connections, in ms", "rate/s", "until", "p50", "p99", "p99.9", "max", "CPU");
        var shape = new LoadShape("", 1000, 100);
        await LoadAsync(server, "latency, to warm up", shape, WarmUp, Rates[0], cancellation);
        await using var probe = await CaseProbe.ConnectAsync(server.Port, secret, data, cancellation);
        var next = 0;
        foreach (var rate in Rates)
        {
            await server.EvaluatedAsync(TimeSpan.FromMinutes(5), cancellation);
            var (before, begun) = (server.ProcessorTime, TimeProvider.System.GetTimestamp());
            var probing = probe.MeasureAsync(next, Probes / Rates.Length, setting.Each, cancellation);
            var result = await LoadAsync(server, $"latency at {N(rate)}/s", shape, setting.Each, rate, cancellation);
            var cores = (server.ProcessorTime - before) / TimeProvider.System.GetElapsedTime(begun);
            var (cases, missing) = await probing;
            next += Probes / Rates.Length;
            table.AddRow([N(result.PerSecond), "acknowledged", .. Percentiles(result.Latency), N(100 * cores) + " %"]);
            table.AddRow(["", missing == 0 ? "case committed" : $"case, {missing} not in 10 s", .. Percentiles(cases), ""]);
        }
        console.Write(table);

        static IEnumerable<string> Percentiles(LatencyHistogram latency) =>
            [Ms(latency, 50), Ms(latency, 99), Ms(latency, 99.9), N(latency.Max.TotalMilliseconds, "0.00")];
    }

    private async Task RecoveryAsync(CancellationToken cancellation)
    {
        var offset = await server.MetricAsync("b2d_log_offset", cancellation);
        using var load = new LoadRun(Options(server, LoadShape.All[0], setting.Each, 0) with { Reconnect = true }, TimeProvider.System);
        var running = load.RunAsync(cancellation);
        while (load.Share < 0.5 && !running.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellation);
        await server.KillAsync();
        var serves = await server.StartAsync(cancellation);
        var result = await running;
        var evaluated = await server.EvaluatedAsync(TimeSpan.FromMinutes(10), cancellation);
        var table = NewTable("Recovery: kill -9 in the middle of 50c i20", "log entries", "serves again", "evaluated after the load", "sent again", "lost");
        table.AddRow(
            N(Math.Max(offset, await server.MetricAsync("b2d_log_offset", cancellation))), $"{N(serves.TotalSeconds, "0.00")} s", evaluated is { } all ? $"{N(all.TotalSeconds, "0.00")} s" : "not in 10 min", N(result.Resent),
            N(result.Sent - result.Acknowledged));
        console.Write(table);
    }

    private async Task StorageAsync(CancellationToken cancellation)
    {
        await server.EvaluatedAsync(TimeSpan.FromMinutes(5), cancellation);
        // From the first start to now; the counter itself begins again with each start.
        var readings = 5 * await server.MetricAsync("b2d_log_offset", cancellation);
        await server.StopAsync();
        var table = NewTable("Storage", "file", "MB", "bytes each reading");
        var files = new DirectoryInfo(data).EnumerateFiles().Where(f => f.Length > 0 && f.Name.Contains(".db", StringComparison.Ordinal)).OrderByDescending(f => f.Length).ToList();
        foreach (var file in files)
            table.AddRow(file.Name, N(file.Length / 1e6, "N1"), N(file.Length / readings, "0.0"));
        var all = files.Sum(f => f.Length);
        table.AddRow($"all, {N(readings)} readings", N(all / 1e6, "N1"), N(all / readings, "0.0"));
        console.Write(table);
    }

    private LoadOptions Options(BenchServer to, LoadShape shape, TimeSpan length, double rate) => new()
    {
        Port = to.Port, Connections = shape.Connections, InFlight = shape.InFlight, Length = length, Rate = rate, Password = ReferenceEquals(to, server) ? secret : null,
        User = ReferenceEquals(to, server) ? "{dev}" : "",
    };

    private async Task<LoadResult> LoadAsync(BenchServer to, string title, LoadShape shape, TimeSpan length, double rate, CancellationToken cancellation)
    {
        using var load = new LoadRun(Options(to, shape, length, rate), TimeProvider.System);
        var run = load.RunAsync(cancellation);
        await progress.WatchAsync(title, () => (load.Share, 1, $"· {N(load.Acknowledged)} acknowledged"), run);
        var result = await run;
        return result.IsComplete ? result : throw new IOException($"{title}: {N(result.Sent - result.Acknowledged)} messages were not acknowledged. {result.Trouble}");
    }
}
