using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt;
using Microsoft.AspNetCore.Connections;

namespace B2D.DeviceGateway.Tests.Sessions;

/// <summary>A connection between a client and a server that breaks when so many bytes have crossed it, both ways together.</summary>
internal sealed class CutPipe : IDuplexPipe, IAsyncDisposable
{
    private readonly Pipe clientOut = new();
    private readonly Pipe serverIn = new();
    private readonly Pipe serverOut = new();
    private readonly Pipe clientIn = new();
    private readonly Task relays;
    private long budget;

    public CutPipe(MqttServer server, long budget)
    {
        this.budget = budget;
        relays = Task.WhenAll(RelayAsync(clientOut.Reader, serverIn.Writer), RelayAsync(serverOut.Reader, clientIn.Writer));
        Served = ServeAsync(server, new DefaultConnectionContext { Transport = new Duplex(serverIn.Reader, serverOut.Writer) });
    }

    public PipeReader Input => clientIn.Reader;

    public PipeWriter Output => clientOut.Writer;

    /// <summary>Completes when the server is done with the connection.</summary>
    public Task Served { get; }

    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref budget, 0);
        await clientOut.Writer.CompleteAsync();
        await clientIn.Reader.CompleteAsync();
        await relays;
        await Served;
    }

    private async Task RelayAsync(PipeReader from, PipeWriter to)
    {
        while (true)
        {
            var result = await from.ReadAsync();
            var left = Interlocked.Add(ref budget, -result.Buffer.Length);
            var crossing = Math.Clamp(result.Buffer.Length + Math.Min(0, left), 0, result.Buffer.Length);
            to.Write(result.Buffer.Slice(0, crossing).ToArray());
            var flushed = await to.FlushAsync();
            from.AdvanceTo(result.Buffer.End);
            if (left <= 0 || result.IsCompleted || flushed.IsCompleted)
                break;
        }
        // All four ends: a broken connection is broken for both sides.
        await to.CompleteAsync();
        await from.CompleteAsync();
        clientOut.Reader.CancelPendingRead();
        serverOut.Reader.CancelPendingRead();
        Interlocked.Exchange(ref budget, 0);
    }

    private static async Task ServeAsync(MqttServer server, DefaultConnectionContext connection)
    {
        await server.RunConnectionAsync(connection, "pipe");
        await connection.Transport.Output.CompleteAsync();
        await connection.Transport.Input.CompleteAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
