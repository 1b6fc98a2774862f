using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace B2D.Mqtt.Transport;

/// <summary>A text frame came where MQTT allows only binary ones [MQTT-6.0.0-1].</summary>
internal sealed class NotBinaryException() : IOException("A WebSocket frame was not binary.");

/// <summary>
/// A WebSocket as a transport. What comes in goes through a pipe, because a read that is cancelled would abort the WebSocket, its last bytes and all; what goes out is one binary
/// frame for each slice that is flushed.
/// </summary>
internal sealed class WebSocketConnection : ConnectionContext
{
    // As much as a Kestrel connection reads ahead of its application at most is 1 MiB; MQTT holds back by itself long before.
    private const int ReadAhead = 64 * 1024;
    private const int ReadSize = 4096;

    private readonly WebSocket socket;
    private readonly HttpContext http;
    private readonly Pipe input = new(new PipeOptions(
        pauseWriterThreshold: ReadAhead, resumeWriterThreshold: ReadAhead / 2, useSynchronizationContext: false));
    private WebSocketCloseStatus closeStatus = WebSocketCloseStatus.NormalClosure;

    public WebSocketConnection(WebSocket socket, HttpContext http)
    {
        (this.socket, this.http) = (socket, http);
        Transport = new Duplex(input.Reader, PipeWriter.Create(new FrameStream(socket), new StreamPipeWriterOptions(leaveOpen: true)));
        ConnectionId = http.Connection.Id;
        RemoteEndPoint = http.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, http.Connection.RemotePort) : null;
        if (http.Features.Get<ITlsConnectionFeature>() is { } tls)
            Features.Set(tls);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public override void Abort(ConnectionAbortedException abortReason) => http.Abort();

    public override void Abort() => http.Abort();

    /// <summary>
    /// Takes frames until the WebSocket ends; what comes when nobody reads any more is thrown away. Never throws for what the peer does.
    /// </summary>
    public async Task ReceiveAsync()
    {
        Exception? error = null;
        var discard = false;
        byte[]? scrap = null;
        try
        {
            while (true)
            {
                // Nothing is set aside for a peer that is silent.
                var waited = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
                if (waited.MessageType == WebSocketMessageType.Close)
                    break;
                var into = discard ? scrap ??= new byte[ReadSize] : input.Writer.GetMemory(ReadSize);
                var got = await socket.ReceiveAsync(into, CancellationToken.None).ConfigureAwait(false);
                if (got.MessageType == WebSocketMessageType.Close)
                    break;
                if (discard || got.Count == 0)
                    continue;
                if (got.MessageType == WebSocketMessageType.Text)
                {
                    closeStatus = WebSocketCloseStatus.InvalidMessageType;
                    await input.Writer.CompleteAsync(new NotBinaryException()).ConfigureAwait(false);
                    discard = true;
                    continue;
                }
                input.Writer.Advance(got.Count);
                discard = (await input.Writer.FlushAsync(CancellationToken.None).ConfigureAwait(false)).IsCompleted;
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            error = e is IOException ? e : new IOException("The WebSocket broke off.", e);
        }
        await input.Writer.CompleteAsync(error).ConfigureAwait(false);
    }

    /// <summary>Says that this side is done. <see cref="ReceiveAsync"/> ends when the peer says so too, or goes.</summary>
    public async Task CloseAsync()
    {
        await input.Reader.CompleteAsync().ConfigureAwait(false);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(closeStatus, null, http.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It broke meanwhile; why the connection ended is known already.
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Where the pipe's slices become frames.</summary>
    private sealed class FrameStream(WebSocket socket) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
            }
            catch (WebSocketException e)
            {
                throw new IOException("The WebSocket broke off.", e);
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
