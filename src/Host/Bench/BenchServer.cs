using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using B2D.Host.Verbs;
using B2D.Storage;
using B2D.Storage.Devices;

namespace B2D.Host.Bench;

/// <summary>A program that is measured: a B2D with an installation of its own, or another server beside it. A process for itself, so that its costs are its own.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(2);

    private readonly string[] command;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly string? url;
    private Process? process;

    private BenchServer(string[] command, int port, string? url) => (this.command, Port, this.url) = (command, port, url);

    /// <summary>Its MQTT port.</summary>
    public int Port { get; }

    /// <summary>Processor time since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process!.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>A B2D over a data folder, not started.</summary>
    public static BenchServer B2d(string data, string rules)
    {
        var (port, web) = (FreePort(), FreePort());
        var url = $"http://127.0.0.1:{web}";
        // Under `dotnet b2d.dll` the process is dotnet's.
        var own = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(own) == "dotnet" ? [own, Path.Combine(AppContext.BaseDirectory, "b2d.dll")] : [own];
        return new BenchServer(
            [.. program, "run", "--data", data, "--rules", rules, "--url", url, "--mqtt-port", $"{port}", "--set", "LogLevel=Warning", "--set", "Gateway:Mqtt:MaxPublishRate=1000000"], port, url);
    }

    /// <summary>A mosquitto that stores nothing, not started.</summary>
    public static BenchServer Mosquitto(string program, string folder)
    {
        var port = FreePort();
        var file = Path.Combine(folder, "mosquitto.conf");
        File.WriteAllText(file, $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_inflight_messages 0\nmax_queued_messages 0\nlog_type none\n");
        return new BenchServer([program, "-c", file], port, null);
    }

    /// <summary>Registers devices 0 to 999 with one secret, and <paramref name="probes"/> children of device 0 that may report faults.</summary>
    public static void Prepare(string data, string secret, int probes)
    {
        using var stores = Stores.Open(new StorageOptions { DataFolder = data });
        var rows = Enumerable.Range(0, 1000).Select(i => $"{i},{(i < 50 ? "" : $"{i % 50}")},{secret}").Concat(Enumerable.Range(0, probes).Select(i => $"probe-{i},0,"));
        var imports = new Imports(stores.State, TimeProvider.System, new SecretSeal(Path.Combine(Path.GetDirectoryName(data)!, "bench.key")));
        var result = imports.Devices($"id,parent,password\n{string.Join('\n', rows)}\n", "bench", SecretHashing.Sha256);
        if (result.Problems is [var problem, ..])
            throw new InvalidOperationException(problem.Message);
    }

    /// <summary>Starts it and waits until it serves; evaluation may be behind then.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="IOException">It ended, or does not serve in time.</exception>
    public async Task<TimeSpan> StartAsync(CancellationToken cancellation)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        process = Process.Start(start) ?? throw new IOException($"{command[0]} cannot be started.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!await ServesAsync(cancellation))
        {
            if (process.HasExited)
                throw new IOException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
            if (TimeProvider.System.GetElapsedTime(begun) > StartsWithin)
                throw new IOException($"{command[0]} does not serve after {StartsWithin.TotalSeconds:0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
        return TimeProvider.System.GetElapsedTime(begun);
    }

    /// <summary>A number of /metrics; 0 where there is none.</summary>
    public async Task<double> MetricAsync(string name, CancellationToken cancellation)
    {
        var text = await http.GetStringAsync(new Uri(url + "/metrics"), cancellation);
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until everything that was acknowledged is evaluated.</summary>
    /// <returns>How long that took; null where it took longer than that.</returns>
    public async Task<TimeSpan?> EvaluatedAsync(TimeSpan most, CancellationToken cancellation)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (await MetricAsync("b2d_evaluation_lag_seconds", cancellation) > 0)
        {
            if (TimeProvider.System.GetElapsedTime(begun) > most)
                return null;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellation);
        }
        return TimeProvider.System.GetElapsedTime(begun);
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        process = null;
    }

    /// <summary>Asks it to end, so that it leaves its files in order.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process!.Id}"]))
            await kill.WaitForExitAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        http.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> ServesAsync(CancellationToken cancellation)
    {
        try
        {
            if (url is not null)
            {
                using var answer = await http.GetAsync(new Uri(url + "/healthz"), cancellation);
                return answer.StatusCode == HttpStatusCode.OK;
            }
            using var probe = new TcpClient();
            await probe.ConnectAsync(IPAddress.Loopback, Port, cancellation);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return false;
        }
    }
}
