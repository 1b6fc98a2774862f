using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.Benchmarks.Mqtt;

/// <summary>A hundred QoS 1 PUBLISHes of one connection on their way in, to the last PUBACK: what each costs and allocates in the server.</summary>
[MemoryDiagnoser]
public class PublishInBenchmarks : IDisposable
{
    private const int Batch = 100;

    private readonly Pipe toServer = new(Options), toClient = new(Options);
    private MqttServer? server;
    private Task? running;
    private byte[] packets = [];

    private static PipeOptions Options { get; } = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);

    [GlobalSetup]
    public async Task Prepare()
    {
        server = new MqttServer(new OpenApplication(), new MqttServerOptions { MaxPublishRate = 0 }, TimeProvider.System, NullLoggerFactory.Instance);
        running = server.RunConnectionAsync(new Connection(toServer.Reader, toClient.Writer), "memory");
        await SayAsync([0x10, 0x0D, 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, 1, (byte)'p']);
        Hear(4);
        var topic = "devices/sensor-0001/telemetry"u8;
        var payload = """{"ts":1760000000000,"temp_c":61.25,"flow_lpm":12.5,"pump_current_a":1.13,"on":true}"""u8;
        var one = new List<byte>();
        for (ushort id = 1; id <= Batch; id++)
            one.AddRange([0x32, (byte)(topic.Length + payload.Length + 4), 0, (byte)topic.Length, .. topic, (byte)(id >> 8), (byte)id, .. payload]);
        packets = [.. one];
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public async ValueTask PublishQoS1()
    {
        await SayAsync(packets);
        Hear(4 * Batch);
    }

    [GlobalCleanup]
    public void End()
    {
        toServer.Writer.Complete();
        running!.GetAwaiter().GetResult();
        Dispose();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => server?.Dispose();

    private async ValueTask SayAsync(byte[] bytes)
    {
        toServer.Writer.Write(bytes);
        await toServer.Writer.FlushAsync();
    }

    private void Hear(int bytes)
    {
        while (bytes > 0)
        {
            if (!toClient.Reader.TryRead(out var result))
                throw new InvalidOperationException("the server does not answer on the caller's stack");
            bytes -= (int)result.Buffer.Length;
            toClient.Reader.AdvanceTo(result.Buffer.End);
        }
    }

    private sealed class Connection(PipeReader input, PipeWriter output) : DefaultConnectionContext("memory", new Duplex(input, output), new Duplex(input, output));

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output { get; } = output;
    }
}
