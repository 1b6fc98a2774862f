using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using B2D.Mqtt;

namespace B2D.Benchmarks.Mqtt;

/// <summary>
/// <c>b2d mqtt</c> and Debian's mosquitto in turn, each on the second processor, the load on the first: publishes a second, and the ratio of each round.
/// QoS 0 and 1 by loadgen (its path in LOADGEN), QoS 2 by our own client.
/// </summary>
internal static class LoadRun
{
    private const int MosquittoPort = 18_901, B2dPort = 18_902;

    private static readonly (int Connections, int InFlight, int QoS, int Total)[] Shapes =
    [
        (50, 20, 0, 1_000_000), (1000, 10, 0, 1_000_000), (1000, 1, 0, 1_000_000), (50, 20, 1, 400_000), (1000, 10, 1, 300_000), (1000, 1, 1, 200_000), (50, 20, 2, 60_000),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        var loadgen = Environment.GetEnvironmentVariable("LOADGEN") ?? throw new InvalidOperationException("name loadgen's program in LOADGEN");
        var b2d = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/Host/bin/Release/net10.0/b2d"));
        var folder = Directory.CreateTempSubdirectory("b2d-load-").FullName;
        var configuration = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(configuration, $"listener {MosquittoPort} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_inflight_messages 0\nmax_queued_messages 0\nlog_type none\n");
        using var peer = Start("taskset", "-c", "1", "mosquitto", "-c", configuration);
        using var ours = Start("taskset", "-c", "1", b2d, "mqtt", "--port", B2dPort.ToString(CultureInfo.InvariantCulture));
        try
        {
            await WaitAsync(MosquittoPort);
            await WaitAsync(B2dPort);
            foreach (var shape in Shapes)
                await ShapeAsync(shape, rounds, loadgen);
            return 0;
        }
        finally
        {
            peer.Kill();
            ours.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ShapeAsync((int Connections, int InFlight, int QoS, int Total) shape, int rounds, string loadgen)
    {
        // The first turn is for caches and compilers on both sides.
        var ratios = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var theirs = await RateAsync(MosquittoPort, shape, loadgen);
            var ours = await RateAsync(B2dPort, shape, loadgen);
            if (round > 0)
                ratios.Add(ours / theirs);
            Console.WriteLine(FormattableString.Invariant($"QoS {shape.QoS}  {shape.Connections,4} x {shape.InFlight,-2}  mosquitto {theirs,10:N0}/s  b2d {ours,10:N0}/s  ratio {ours / theirs:0.00}{(round == 0 ? "  (to warm up)" : "")}"));
        }
        ratios.Sort();
        Console.WriteLine(FormattableString.Invariant($"QoS {shape.QoS}  {shape.Connections,4} x {shape.InFlight,-2}  median ratio {ratios[ratios.Count / 2]:0.00}, {ratios[0]:0.00} to {ratios[^1]:0.00}\n"));
    }

    private static async Task<double> RateAsync(int port, (int Connections, int InFlight, int QoS, int Total) shape, string loadgen)
    {
        if (shape.QoS == 2)
            return await ExactlyOnceAsync(port, shape.Connections, shape.InFlight, shape.Total);
        using var run = Start("taskset", "-c", "0", loadgen, "--port", $"{port}", "--connections", $"{shape.Connections}", "--devices", "1000", "--qos", $"{shape.QoS}", "--inflight", $"{shape.InFlight}", "--total", $"{shape.Total}", "--json");
        var text = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        return run.ExitCode == 0 ? JsonElement.Parse(text.Trim().Split('\n')[^1]).GetProperty("msgs_per_s").GetDouble() : throw new InvalidOperationException($"loadgen ended with {run.ExitCode}: {text}");
    }

    private static async Task<double> ExactlyOnceAsync(int port, int connections, int inFlight, int total)
    {
        var clients = new List<MqttClient>();
        for (var i = 0; i < connections; i++)
            clients.Add(await MqttClient.ConnectAsync(new MqttClientOptions("127.0.0.1", port) { ClientId = $"qos2-{i}" }, TimeProvider.System));
        var payload = new byte[79];
        var begun = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(clients.SelectMany((client, c) => Enumerable.Range(0, inFlight).Select(async _ =>
        {
            for (var i = 0; i < total / connections / inFlight; i++)
                await client.PublishAsync(new MqttMessage($"devices/{c}/telemetry", payload, QoS.ExactlyOnce, false));
        })));
        var taken = TimeProvider.System.GetElapsedTime(begun);
        foreach (var client in clients)
            await client.DisposeAsync();
        return total / taken.TotalSeconds;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException(program);

    private static async Task WaitAsync(int port)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                using var probe = new System.Net.Sockets.TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (System.Net.Sockets.SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
        throw new InvalidOperationException($"nobody listens on {port}");
    }
}
