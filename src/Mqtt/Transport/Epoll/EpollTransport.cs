using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Connections;

namespace B2D.Mqtt.Transport.Epoll;

/// <summary>An address that a web server which has an <see cref="EpollTransport"/> serves by that; without one by its own.</summary>
/// <param name="address">IP address.</param>
/// <param name="port">0 to 65,535; 0 takes a free one.</param>
public sealed class EpollEndPoint(IPAddress address, int port) : IPEndPoint(address, port);

/// <summary>
/// Connections over <see cref="EpollLoop"/>s, as a transport of Kestrel: register it as an <see cref="IConnectionListenerFactory"/>, and run each of
/// <see cref="Loops"/> on a thread of its own before the server starts. It serves <see cref="EpollEndPoint"/>s and leaves others to Kestrel's own transport.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class EpollTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private int _next;

    /// <summary>Makes a transport.</summary>
    /// <param name="loops">Threads that serve connections. 1 to 64; one for each processor is a good number.</param>
    /// <param name="time">For pauses while the process has no descriptors left.</param>
    /// <param name="after">Done by each loop after a round of events; null for nothing.</param>
    public EpollTransport(int loops, TimeProvider time, IAfterEvents? after = null)
    {
        Time = time;
        ArgumentOutOfRangeException.ThrowIfLessThan(loops, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(loops, 64);
        Loops = [.. Enumerable.Range(0, loops).Select(_ => new EpollLoop(after))];
    }

    /// <summary>To be run, each on its own thread.</summary>
    public IReadOnlyList<EpollLoop> Loops { get; }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is EpollEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new EpollListener(this, (IPEndPoint)endpoint));

    /// <summary>Ends the loops' runs. Their descriptors are freed when they have returned.</summary>
    public void Stop()
    {
        foreach (var loop in Loops)
            loop.Stop();
    }

    /// <summary>Frees the loops' descriptors; all runs have returned.</summary>
    public void Dispose()
    {
        foreach (var loop in Loops)
            loop.Dispose();
    }

    internal TimeProvider Time { get; }

    internal EpollLoop Next() => Loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)Loops.Count)];
}

/// <summary>One listening socket.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollListener : IConnectionListener
{
    /// <summary>Connections that may wait to be accepted, as many as Linux allows by default: a fleet comes back at once.</summary>
    private const int Backlog = 4096;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(50);

    private readonly EpollTransport _transport;
    private readonly Socket _socket;
    private long _last;

    public EpollListener(EpollTransport transport, IPEndPoint endPoint)
    {
        _transport = transport;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
                _socket.DualMode = true;
            _socket.Bind(endPoint);
            _socket.Listen(Backlog);
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            if (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
                throw new AddressInUseException(e.Message, e);
            throw;
        }
        EndPoint = _socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                accepted.NoDelay = true;
                return new EpollConnection(accepted, _transport.Next(), $"{EndPoint}-{Interlocked.Increment(ref _last)}");
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                accepted?.Dispose();
                // Where there is no descriptor left for it, it waits in the system's queue until others have ended. What was gone before it was taken needs no wait.
                if (accepted is null && e is not SocketException { SocketErrorCode: SocketError.ConnectionAborted or SocketError.ConnectionReset })
                    await Task.Delay(AfterFailure, _transport.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
