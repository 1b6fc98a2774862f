using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace B2D.Mqtt.Transport.Epoll;

/// <summary>One connection over a socket that an <see cref="EpollLoop"/> watches. While it is idle it holds no buffer.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollConnection : ConnectionContext, IDuplexPipe, IScheduledTransport
{
    private const uint Readable = Native.In | Native.Error | Native.HangUp | Native.PeerEnded;

    private readonly Socket _socket;
    private readonly EpollLoop _loop;
    private readonly EpollReader _reader;
    private readonly EpollWriter _writer;
    private IDictionary<object, object?>? _items;
    private int _disposed;

    public EpollConnection(Socket socket, EpollLoop loop, string id)
    {
        (_socket, _loop, ConnectionId) = (socket, loop, id);
        Socket = (int)socket.SafeHandle.DangerousGetHandle();
        RemoteEndPoint = socket.RemoteEndPoint;
        LocalEndPoint = socket.LocalEndPoint;
        (_reader, _writer) = (new EpollReader(Socket), new EpollWriter(Socket));
        Transport = this;
        loop.Add(this);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    PipeReader IDuplexPipe.Input => _reader;

    PipeWriter IDuplexPipe.Output => _writer;

    PipeScheduler IScheduledTransport.Scheduler => _loop;

    /// <summary>The socket's descriptor.</summary>
    internal int Socket { get; }

    /// <summary>The loop's name for it.</summary>
    internal long Number { get; set; }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _reader.Abort(abortReason);
        _writer.Abort();
        Shut();
    }

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _loop.Remove(this);
            _reader.Close();
            _writer.Close();
            Shut();
            _socket.Dispose();
        }
        return base.DisposeAsync();
    }

    /// <summary>The loop's news of the socket, on the loop's thread: what there is to read is received, and not handled yet.</summary>
    internal void Fetch(uint events)
    {
        if ((events & Readable) != 0)
            _reader.Fetch((events & (Native.Error | Native.HangUp | Native.PeerEnded)) != 0);
    }

    /// <summary>The same news again: what was fetched is handled.</summary>
    internal void OnEvents(uint events)
    {
        if ((events & (Native.Out | Native.Error | Native.HangUp)) != 0)
            _writer.OnWritable();
        if ((events & Readable) != 0)
            _reader.OnReadable();
    }

    private void Shut()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer was first.
        }
    }
}
