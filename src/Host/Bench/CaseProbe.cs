using System.Text;
using B2D.FirmwareSim.Load;
using B2D.Mqtt;
using B2D.Mqtt.Transport;

namespace B2D.Host.Bench;

/// <summary>
/// Publishes faults of devices <c>probe-0</c> and on, as their gateway <c>0</c>, and sees when their cases are committed, by the same clock.
/// </summary>
public sealed class CaseProbe : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMicroseconds(50);

    private readonly MqttClient client;
    private readonly CaseWatch watch;

    private CaseProbe(MqttClient client, CaseWatch watch) => (this.client, this.watch) = (client, watch);

    /// <param name="password">Of device <c>0</c>.</param>
    /// <param name="data">The program's data folder.</param>
    public static async Task<CaseProbe> ConnectAsync(int port, string password, string data, CancellationToken cancellation)
    {
        var options = new MqttClientOptions("127.0.0.1", port) { ClientId = "probe", UserName = "0", Password = Encoding.UTF8.GetBytes(password) };
        return new CaseProbe(await MqttClient.ConnectAsync(options, TimeProvider.System, cancellation), new CaseWatch(data));
    }

    /// <summary>Publishes a fault of each device once, evenly over a time.</summary>
    /// <param name="first">Number of the first device; each gives one case only.</param>
    /// <param name="count">1 or more.</param>
    /// <returns>How long it took until each case was committed, and how many were not seen within 10 s after the last.</returns>
    public async Task<(LatencyHistogram Latency, int Missing)> MeasureAsync(int first, int count, TimeSpan over, CancellationToken cancellation)
    {
        var latency = new LatencyHistogram();
        var waiting = new Dictionary<string, long>(StringComparer.Ordinal);
        var (begun, published) = (TimeProvider.System.GetTimestamp(), 0);
        List<Task> publishing = [];
        while (published < count || (waiting.Count > 0 && TimeProvider.System.GetElapsedTime(begun) < over + Patience))
        {
            if (published < count && TimeProvider.System.GetElapsedTime(begun) >= over * ((double)published / count))
            {
                var device = $"probe-{first + published++}";
                var payload = Encoding.UTF8.GetBytes($$"""{"ts":{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}},"temp":50.0,"fault":1}""");
                waiting[device] = TimeProvider.System.GetTimestamp();
                publishing.Add(client.PublishAsync(new MqttMessage($"devices/{device}/telemetry", payload, QoS.AtLeastOnce, false), cancellation));
            }
            foreach (var device in watch.Look())
            {
                if (waiting.Remove(device, out var at))
                    latency.Add(TimeProvider.System.GetElapsedTime(at));
            }
            // A timer is coarser than what is measured, and a loop without any pause takes the processor from whoever makes the load.
            if (waiting.Count > 0)
                ShortSleep.For(BetweenLooks);
            else
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
        if (waiting.Count == 0)
            await Task.WhenAll(publishing);
        return (latency, waiting.Count);
    }

    public async ValueTask DisposeAsync()
    {
        watch.Dispose();
        await client.DisposeAsync();
    }
}
