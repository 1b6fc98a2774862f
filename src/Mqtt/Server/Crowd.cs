using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace B2D.Mqtt.Server;

/// <summary>Who may come in at all, before anything is known but an address: counts connections per address, and those that have not sent CONNECT.</summary>
internal sealed class Crowd(MqttServerOptions options)
{
    private readonly ConcurrentDictionary<UInt128, int> _addresses = new();
    private readonly ConcurrentQueue<MqttConnection> _awaiting = new();
    private int _count;

    /// <summary>Connections that have not sent a whole CONNECT.</summary>
    public int Awaiting => Volatile.Read(ref _count);

    /// <summary>A connection comes. None: it may; else why not. In either case <see cref="Leave"/> follows at its end.</summary>
    public EndReason Enter(MqttConnection connection)
    {
        var fromThere = KeyOf(connection.Transport.RemoteEndPoint) is { } key ? _addresses.AddOrUpdate(key, 1, static (_, count) => count + 1) : 1;
        connection.AwaitsConnect = true;
        _awaiting.Enqueue(connection);
        if (Interlocked.Increment(ref _count) > options.MaxAwaitingConnect)
            CrowdOut();
        return fromThere > options.MaxConnectionsPerAddress ? EndReason.TooManyFromAddress : EndReason.None;
    }

    /// <summary>Its CONNECT is complete, or it has ended: it waits no more. Once is enough, twice is the same.</summary>
    public void Identify(MqttConnection connection)
    {
        if (!connection.AwaitsConnect)
            return;
        connection.AwaitsConnect = false;
        Interlocked.Decrement(ref _count);
        while (_awaiting.TryPeek(out var first) && !first.AwaitsConnect && _awaiting.TryDequeue(out first))
            if (first.AwaitsConnect)
                _awaiting.Enqueue(first); // another thread had taken the one that was looked at
    }

    /// <summary>It has ended.</summary>
    public void Leave(MqttConnection connection)
    {
        Identify(connection);
        if (KeyOf(connection.Transport.RemoteEndPoint) is not { } key)
            return;
        while (_addresses.TryGetValue(key, out var count))
            if (count > 1 ? _addresses.TryUpdate(key, count - 1, count) : _addresses.TryRemove(KeyValuePair.Create(key, count)))
                return;
    }

    private void CrowdOut()
    {
        while (_awaiting.TryDequeue(out var oldest))
            if (oldest is { AwaitsConnect: true, IsClosing: false })
            {
                oldest.Close(EndReason.CrowdedOut, null);
                return;
            }
    }

    /// <summary>One subscriber of a provider has at least a whole /64 of IPv6.</summary>
    private static UInt128? KeyOf(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: var address })
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            bytes[8..].Clear();
        var key = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return length == 4 ? key >> 96 : key;
    }
}
