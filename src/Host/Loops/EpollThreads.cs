using System.Runtime.Versioning;
using B2D.Mqtt.Transport.Epoll;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace B2D.Host.Loops;

/// <summary>The threads on which devices' connections are served on Linux. Elsewhere there are none, and Kestrel's own transport serves them.</summary>
internal sealed class EpollThreads : IDisposable
{
    private readonly Action stop;
    private readonly Thread[] threads;

    [SupportedOSPlatform("linux")]
    private EpollThreads(EpollTransport transport)
    {
        threads = [.. transport.Loops.Select((loop, i) => new Thread(() => Run(loop)) { Name = $"b2d devices {i + 1}", IsBackground = true })];
        foreach (var thread in threads)
            thread.Start();
        stop = () =>
        {
            transport.Stop();
            foreach (var thread in threads!)
                thread.Join();
            transport.Dispose();
        };
    }

    /// <summary>Adds the transport to a web server and starts its threads, one for each processor. Disposed after the web server.</summary>
    public static EpollThreads? Start(IServiceCollection services, TimeProvider time, IAfterEvents? after = null)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var transport = new EpollTransport(Math.Min(Environment.ProcessorCount, 64), time, after);
        services.AddSingleton<IConnectionListenerFactory>(transport);
        return new EpollThreads(transport);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => stop();

    [SupportedOSPlatform("linux")]
    private static void Run(EpollLoop loop)
    {
        ThreadShare.BeQuick();
        loop.Run();
    }
}
