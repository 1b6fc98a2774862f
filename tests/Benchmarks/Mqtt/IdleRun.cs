using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using B2D.Mqtt;
using B2D.Mqtt.Transport.Epoll;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.Benchmarks.Mqtt;

/// <summary>
/// As many idle connections as asked for, and a thousand that publish once a second: memory of each connection, and what it is like when all the idle ones
/// are dropped and come back within ten seconds. The server is in this process, the clients are in another.
/// </summary>
internal static class IdleRun
{
    private const int Publishers = 1000;

    private static readonly TimeSpan Return = TimeSpan.FromSeconds(10);

    public static Task<int> RunAsync(string[] arguments) =>
        arguments is ["clients", var port, var count]
            ? ClientsAsync(int.Parse(port, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture))
            : ServerAsync(arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 19_000);

    private static async Task<int> ServerAsync(int connections)
    {
        var options = new MqttServerOptions
        {
            MaxConnections = 30_000, MaxConnectionsPerAddress = 30_000, MaxSessions = 100_000, MaxConnectRate = 0, MaxAwaitingConnect = 5000,
        };
        using var server = new MqttServer(new OpenApplication(), options, TimeProvider.System, NullLoggerFactory.Instance);
        using var transport = new EpollTransport(Environment.ProcessorCount, TimeProvider.System);
        foreach (var loop in transport.Loops)
            new Thread(loop.Run) { IsBackground = true }.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IConnectionListenerFactory>(transport);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(new EpollEndPoint(IPAddress.Loopback, 0), listen => listen.Run(new MqttConnectionHandler(server, "plain").OnConnectedAsync)));
        await using var web = builder.Build();
        await web.StartAsync();
        await using var ticking = new Timer(_ => server.Tick(TimeProvider.System.GetUtcNow()), null, 250, 250);
        var port = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        var before = Measure();
        using var clients = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["idle", "clients", $"{port}", $"{connections}"]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        while (await clients.StandardOutput.ReadLineAsync() is { } line)
        {
            Console.WriteLine(line);
            if (!line.StartsWith("connected", StringComparison.Ordinal))
                continue;
            var after = Measure();
            Console.WriteLine(FormattableString.Invariant($"memory of a connection: {(after.Managed - before.Managed) / (double)server.ConnectionCount:N0} bytes managed, {(after.Resident - before.Resident) / (double)server.ConnectionCount:N0} bytes resident ({server.ConnectionCount} connections)"));
            await clients.StandardInput.WriteLineAsync("go on");
        }
        await clients.WaitForExitAsync();
        await server.StopAsync();
        transport.Stop();
        return clients.ExitCode;
    }

    private static (long Managed, long Resident) Measure()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        using var self = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(true), self.WorkingSet64);
    }

    private static async Task<int> ClientsAsync(int port, int count)
    {
        var publishers = await Task.WhenAll(Enumerable.Range(0, Publishers).Select(i => ConnectAsync(port, $"pub-{i}")));
        var latencies = new List<double>();
        using var ending = new CancellationTokenSource();
        var publishing = publishers.Select((socket, i) => PublishAsync(socket, i, latencies, ending.Token)).ToArray();
        var begun = TimeProvider.System.GetTimestamp();
        var idle = await AllAsync(port, count - Publishers, TimeSpan.Zero);
        var taken = TimeProvider.System.GetElapsedTime(begun);
        Console.WriteLine(FormattableString.Invariant($"connected {count:N0}: {idle.Length / taken.TotalSeconds:N0} a second; PUBACK of {Publishers:N0} others meanwhile {Percentiles(latencies)}"));
        await Console.In.ReadLineAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        Percentiles(latencies);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        Console.WriteLine($"calm: PUBACK {Percentiles(latencies)}");
        foreach (var socket in idle)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        begun = TimeProvider.System.GetTimestamp();
        idle = await AllAsync(port, idle.Length, Return);
        Console.WriteLine(FormattableString.Invariant($"dropped and back within {Return.TotalSeconds:0} s: all {idle.Length:N0} after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s; PUBACK of the others meanwhile {Percentiles(latencies)}"));
        await ending.CancelAsync();
        await Task.WhenAll(publishing);
        return 0;
    }

    /// <summary>Connects them all, spread evenly over a time, at most 500 under way.</summary>
    private static async Task<Socket[]> AllAsync(int port, int count, TimeSpan over)
    {
        using var places = new SemaphoreSlim(500);
        return await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            await Task.Delay(over * i / count, TimeProvider.System);
            await places.WaitAsync();
            try
            {
                return await ConnectAsync(port, $"idle-{i}");
            }
            finally
            {
                places.Release();
            }
        }));
    }

    private static async Task<Socket> ConnectAsync(int port, string id)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var name = Encoding.ASCII.GetBytes(id);
        byte[] connect = [0x10, (byte)(12 + name.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, (byte)name.Length, .. name];
        await socket.SendAsync(connect);
        var answer = new byte[4];
        for (var at = 0; at < answer.Length;)
            at += await socket.ReceiveAsync(answer.AsMemory(at)) is > 0 and var got ? got : throw new IOException($"{id} was not let in");
        return answer[3] == 0 ? socket : throw new IOException($"{id} was refused with {answer[3]}");
    }

    private static async Task PublishAsync(Socket socket, int number, List<double> latencies, CancellationToken ending)
    {
        var payload = """{"ts":1760000000000,"temp_c":61.25,"flow_lpm":12.5,"pump_current_a":1.13,"on":true}"""u8.ToArray();
        var topic = Encoding.ASCII.GetBytes($"devices/pub-{number}/telemetry");
        byte[] publish = [0x32, (byte)(topic.Length + payload.Length + 4), 0, (byte)topic.Length, .. topic, 0, 1, .. payload];
        var answer = new byte[4];
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(number), TimeProvider.System, ending);
            while (!ending.IsCancellationRequested)
            {
                var begun = TimeProvider.System.GetTimestamp();
                await socket.SendAsync(publish, CancellationToken.None);
                for (var at = 0; at < answer.Length;)
                    at += await socket.ReceiveAsync(answer.AsMemory(at), CancellationToken.None) is > 0 and var got ? got : throw new IOException("a publisher was cut off");
                lock (latencies)
                    latencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, ending);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the run.
        }
    }

    private static string Percentiles(List<double> latencies)
    {
        lock (latencies)
        {
            latencies.Sort();
            var text = latencies.Count == 0 ? "none" : FormattableString.Invariant($"p50 {latencies[latencies.Count / 2]:0.00} ms, p99 {latencies[(int)(latencies.Count * 0.99)]:0.00} ms, most {latencies[^1]:0.0} ms ({latencies.Count:N0})");
            latencies.Clear();
            return text;
        }
    }
}
