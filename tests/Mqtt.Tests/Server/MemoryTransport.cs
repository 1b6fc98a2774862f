using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace B2D.Mqtt.Tests.Server;

/// <summary>
/// A connection in memory: what the peer writes the server reads on the peer's stack, so that a test needs no waiting to know that it was seen.
/// </summary>
internal sealed class MemoryTransport : DefaultConnectionContext
{
    private readonly Pipe _toServer = new(Inline(1024 * 1024));
    private readonly Pipe _toPeer;

    /// <param name="window">Bytes the server can write before the peer must read.</param>
    /// <param name="from">The peer's address; null is loopback.</param>
    public MemoryTransport(int window = 64 * 1024, IPAddress? from = null)
        : base("memory")
    {
        _toPeer = new Pipe(Inline(window));
        Transport = new Duplex(_toServer.Reader, _toPeer.Writer);
        Peer = new Duplex(_toPeer.Reader, _toServer.Writer);
        RemoteEndPoint = new IPEndPoint(from ?? IPAddress.Loopback, 1);
    }

    public IDuplexPipe Peer { get; }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _toServer.Writer.Complete(abortReason);
        _toPeer.Reader.CancelPendingRead();
        _toPeer.Reader.Complete();
    }

    private static PipeOptions Inline(int pause) =>
        new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: pause, resumeWriterThreshold: pause / 2,
            useSynchronizationContext: false);
}

/// <summary>The ends of two pipes.</summary>
internal sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
