using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace B2D.Benchmarks.Ingest;

/// <summary>A server that lives while it is measured.</summary>
internal sealed class Measured : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private readonly Process process;
    private readonly Task<string> said;
    private readonly Task<string> complained;

    private Measured(Process process, int port, bool isB2d)
    {
        (this.process, Port, IsB2d) = (process, port, isB2d);
        // Read to the end, so that it never waits for us.
        (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public int Port { get; }

    public int Id => process.Id;

    public bool IsB2d { get; }

    public string Url => $"http://127.0.0.1:{Port + 10_000}";

    /// <summary>Resident memory, in MB.</summary>
    public double MemoryMb
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>What it took of the processors.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>B2D by the example's script.</summary>
    /// <param name="cores">As taskset takes them; null for all.</param>
    public static async Task<Measured> B2dAsync(string data, string? cores, params string[] more)
    {
        var server = Start(isB2d: true, cores, port => [Places.Serve, Places.B2d, $"{port}", data, .. more]);
        await server.WaitAsync(async () =>
        {
            using var answer = await Http.GetAsync(new Uri(server.Url + "/readyz"));
            return answer.StatusCode == HttpStatusCode.OK;
        });
        return server;
    }

    /// <summary>Debian's mosquitto, which stores nothing and asks nobody for a password.</summary>
    public static async Task<Measured> MosquittoAsync(string folder, string? cores)
    {
        var server = Start(isB2d: false, cores, port =>
        {
            var file = Path.Combine(folder, "mosquitto.conf");
            File.WriteAllText(file, $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_inflight_messages 0\nmax_queued_messages 0\nlog_type none\n");
            return ["mosquitto", "-c", file];
        });
        await server.WaitAsync(async () =>
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(IPAddress.Loopback, server.Port);
            return true;
        });
        return server;
    }

    /// <summary>The numbers of /metrics without labels.</summary>
    public async Task<Dictionary<string, double>> MetricsAsync()
    {
        var text = await Http.GetStringAsync(new Uri(Url + "/metrics"));
        return text.Split('\n').Where(l => l.Length > 0 && l[0] != '#' && !l.Contains('{', StringComparison.Ordinal)).Select(l => l.Split(' '))
            .ToDictionary(w => w[0], w => w[1] == "+Inf" ? double.PositiveInfinity : double.Parse(w[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    /// <summary>Waits until everything that was acknowledged is evaluated.</summary>
    /// <returns>How long that took; null where it is not done in time.</returns>
    public async Task<TimeSpan?> EvaluatedAsync(TimeSpan most)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < most)
        {
            if ((await MetricsAsync()).GetValueOrDefault("b2d_evaluation_lag_seconds") == 0)
                return TimeProvider.System.GetElapsedTime(begun);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
        return null;
    }

    /// <summary>Ends it: kill -9 for mosquitto, which has nothing to keep, and for B2D where that is asked for.</summary>
    public async Task<TimeSpan> StopAsync(bool kill = false)
    {
        var begun = TimeProvider.System.GetTimestamp();
        if (!process.HasExited)
        {
            if (IsB2d && !kill)
                using (Process.Start("kill", ["-TERM", $"{process.Id}"])) { }
            else
                process.Kill();
        }
        await process.WaitForExitAsync();
        return TimeProvider.System.GetElapsedTime(begun);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(kill: true);
        await said;
        await complained;
        process.Dispose();
    }

    private static Measured Start(bool isB2d, string? cores, Func<int, string[]> command)
    {
        var port = FreePort();
        string[] line = cores is null ? command(port) : ["taskset", "-c", cores, .. command(port)];
        var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException(line[0]);
        return new Measured(process, port, isB2d);
    }

    /// <summary>A port whose companion, 10,000 above, is free as well.</summary>
    private static int FreePort()
    {
        for (var port = 18_831; port < 20_000; port++)
        {
            try
            {
                foreach (var candidate in new[] { port, port + 10_000 })
                {
                    using var listener = new TcpListener(IPAddress.Loopback, candidate);
                    listener.Start();
                }
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
        throw new InvalidOperationException("no free port from 18831 to 19999");
    }

    private async Task WaitAsync(Func<Task<bool>> listens)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(5))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"the server ended with {process.ExitCode}: {await said}\n{await complained}");
            try
            {
                if (await listens())
                    return;
            }
            catch (Exception e) when (e is SocketException or HttpRequestException)
            {
                // Not yet.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
        throw new InvalidOperationException("the server does not listen after 5 min");
    }
}
