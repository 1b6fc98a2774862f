using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using B2D.Mqtt.Tests.Interop;
using B2D.Mqtt.Tests.Server;
using B2D.Mqtt.Transport.Epoll;
using Microsoft.AspNetCore.Connections;

namespace B2D.Mqtt.Tests.Transport;

/// <summary>Our transport against the system's sockets: whatever comes in whatever pieces, ends of every kind, and peers that do not read.</summary>
public sealed class EpollTests
{
    /// <summary>Five megabytes there and back through a consumer that takes bytes as it likes: some, none, or all it has seen.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Echo_AnyPieces_EveryByteInOrder(int seed)
    {
        await using var pair = await Pair.MakeAsync();
        var sent = new byte[5_000_000];
        new Random(seed).NextBytes(sent);
        var echo = EchoAsync(pair.Connection.Transport, new Random(seed + 1));
        var writing = Task.Run(async () =>
        {
            var dice = new Random(seed + 2);
            for (var at = 0; at < sent.Length;)
            {
                var size = Math.Min(sent.Length - at, dice.Next(4) == 0 ? dice.Next(1, 100) : dice.Next(1, 200_000));
                await pair.Peer.SendAsync(sent.AsMemory(at, size));
                at += size;
            }
            pair.Peer.Shutdown(SocketShutdown.Send);
        });
        var got = new byte[sent.Length];
        for (var at = 0; at < got.Length;)
        {
            var count = await pair.Peer.ReceiveAsync(got.AsMemory(at)).AsTask().WaitAsync(Rig.Patience);
            Assert.NotEqual(0, count);
            at += count;
        }
        await writing.WaitAsync(Rig.Patience);
        await echo.WaitAsync(Rig.Patience);
        Assert.True(sent.AsSpan().SequenceEqual(got));
    }

    /// <summary>What follows the events lets a held-back connection go on, which brings more: that is followed as well, before the thread sleeps.</summary>
    [Fact]
    public async Task Run_WhatFollowsBringsMore_IsFollowedAgain()
    {
        using var followed = new Followed();
        await followed.BringAsync(5).WaitAsync(Rig.Patience);
    }

    [Fact]
    public async Task Read_NothingThere_WaitsForTheNextByte()
    {
        await using var pair = await Pair.MakeAsync();
        for (byte i = 0; i < 100; i++)
        {
            var reading = pair.Connection.Transport.Input.ReadAsync();
            await pair.Peer.SendAsync(new[] { i });
            var result = await reading.AsTask().WaitAsync(Rig.Patience);
            Assert.Equal([i], result.Buffer.ToArray());
            pair.Connection.Transport.Input.AdvanceTo(result.Buffer.End);
        }
    }

    [Fact]
    public async Task Read_PeerEndsInTheMiddle_GivesTheRestAndTheEnd()
    {
        await using var pair = await Pair.MakeAsync();
        var input = pair.Connection.Transport.Input;
        await pair.Peer.SendAsync(new byte[] { 1, 2, 3 });
        pair.Peer.Shutdown(SocketShutdown.Send);
        ReadResult result;
        while (!(result = await input.ReadAsync().AsTask().WaitAsync(Rig.Patience)).IsCompleted)
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        Assert.Equal([1, 2, 3], result.Buffer.ToArray());
        input.AdvanceTo(result.Buffer.End);
        Assert.True((await input.ReadAsync()).IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_PeerResets_FailsOrEnds(bool waiting)
    {
        await using var pair = await Pair.MakeAsync();
        var reading = waiting ? pair.Connection.Transport.Input.ReadAsync().AsTask() : null;
        pair.Peer.LingerState = new LingerOption(true, 0);
        pair.Peer.Dispose();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            var result = await (reading ?? pair.Connection.Transport.Input.ReadAsync().AsTask()).WaitAsync(Rig.Patience);
            Assert.True(result.IsCompleted);
            throw new IOException("the end is as good as a failure");
        });
    }

    [Fact]
    public async Task Read_Cancelled_ReturnsWithWhatThereIs_AndGoesOn()
    {
        await using var pair = await Pair.MakeAsync();
        var input = pair.Connection.Transport.Input;
        var reading = input.ReadAsync();
        input.CancelPendingRead();
        var result = await reading.AsTask().WaitAsync(Rig.Patience);
        Assert.True(result is { IsCanceled: true, IsCompleted: false, Buffer.IsEmpty: true });
        input.AdvanceTo(result.Buffer.Start);
        await pair.Peer.SendAsync(new byte[] { 7 });
        result = await input.ReadAsync().AsTask().WaitAsync(Rig.Patience);
        Assert.Equal([7], result.Buffer.ToArray());
        input.AdvanceTo(result.Buffer.End);
        input.CancelPendingRead();
        Assert.True((await input.ReadAsync()).IsCanceled);
    }

    [Fact]
    public async Task Flush_PeerDoesNotRead_WaitsUntilItDoes()
    {
        await using var pair = await Pair.MakeAsync();
        var output = pair.Connection.Transport.Output;
        var bytes = new byte[8_000_000];
        new Random(1).NextBytes(bytes);
        output.Write(bytes);
        var flushing = output.FlushAsync();
        Assert.False(flushing.IsCompleted);
        var got = new byte[bytes.Length];
        for (var at = 0; at < got.Length;)
            at += await pair.Peer.ReceiveAsync(got.AsMemory(at)).AsTask().WaitAsync(Rig.Patience);
        Assert.False((await flushing.AsTask().WaitAsync(Rig.Patience)).IsCompleted);
        Assert.True(bytes.AsSpan().SequenceEqual(got));
    }

    [Fact]
    public async Task Flush_PeerIsGone_IsCompleted()
    {
        await using var pair = await Pair.MakeAsync();
        pair.Peer.LingerState = new LingerOption(true, 0);
        pair.Peer.Dispose();
        var output = pair.Connection.Transport.Output;
        FlushResult result;
        do
        {
            output.Write(new byte[100_000]);
            result = await output.FlushAsync().AsTask().WaitAsync(Rig.Patience);
        }
        while (!result.IsCompleted);
    }

    [Fact]
    public async Task Abort_EndsAWaitingReadAndFlush_AndThePeer()
    {
        await using var pair = await Pair.MakeAsync();
        var reading = pair.Connection.Transport.Input.ReadAsync().AsTask();
        pair.Connection.Transport.Output.Write(new byte[8_000_000]);
        var flushing = pair.Connection.Transport.Output.FlushAsync().AsTask();
        pair.Connection.Abort(new ConnectionAbortedException("enough"));
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(Rig.Patience));
        Assert.True((await flushing.WaitAsync(Rig.Patience)).IsCompleted);
    }

    /// <summary>Places are used again, and news of an earlier connection on the same place reaches nobody.</summary>
    [Fact]
    public async Task Connections_ComeAndGo_EachHearsItsOwn()
    {
        await using var runs = new EpollRuns();
        await using var listener = await runs.Transport.BindAsync(new EpollEndPoint(IPAddress.Loopback, 0));
        for (var i = 0; i < 300; i++)
        {
            using var peer = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await peer.ConnectAsync(listener.EndPoint);
            var connection = (await listener.AcceptAsync())!;
            var reading = connection.Transport.Input.ReadAsync();
            await peer.SendAsync(BitConverter.GetBytes(i));
            var result = await reading.AsTask().WaitAsync(Rig.Patience);
            Assert.Equal(i, BitConverter.ToInt32(result.Buffer.ToArray()));
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            if (i % 2 == 0)
                peer.Dispose();
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task Accept_AfterUnbind_IsNull()
    {
        await using var runs = new EpollRuns();
        var listener = await runs.Transport.BindAsync(new EpollEndPoint(IPAddress.Loopback, 0));
        var accepting = listener.AcceptAsync();
        await listener.UnbindAsync();
        Assert.Null(await accepting.AsTask().WaitAsync(Rig.Patience));
    }

    [Fact]
    public async Task Bind_PortInUse_SaysSo()
    {
        await using var runs = new EpollRuns();
        await using var first = await runs.Transport.BindAsync(new EpollEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)first.EndPoint).Port;
        await Assert.ThrowsAsync<AddressInUseException>(async () => await runs.Transport.BindAsync(new EpollEndPoint(IPAddress.Loopback, port)));
    }

    private static async Task EchoAsync(IDuplexPipe pipe, Random dice)
    {
        while (true)
        {
            var result = await pipe.Input.ReadAsync();
            var length = result.Buffer.Length;
            var take = result.IsCompleted || dice.Next(3) == 0 ? length : dice.NextInt64(0, length + 1);
            foreach (var segment in result.Buffer.Slice(0, take))
                pipe.Output.Write(segment.Span);
            var taken = result.Buffer.GetPosition(take);
            pipe.Input.AdvanceTo(taken, dice.Next(2) == 0 ? taken : result.Buffer.End);
            await pipe.Output.FlushAsync();
            if (result.IsCompleted)
                return;
        }
    }

    private sealed class Pair(EpollRuns runs, IConnectionListener listener, Socket peer, ConnectionContext connection) : IAsyncDisposable
    {
        public Socket Peer => peer;

        public ConnectionContext Connection => connection;

        public static async Task<Pair> MakeAsync()
        {
            var runs = new EpollRuns();
            var listener = await runs.Transport.BindAsync(new EpollEndPoint(IPAddress.Loopback, 0));
            var peer = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await peer.ConnectAsync(listener.EndPoint);
            return new Pair(runs, listener, peer, (await listener.AcceptAsync())!);
        }

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            peer.Dispose();
            await listener.DisposeAsync();
            await runs.DisposeAsync();
        }
    }

    /// <summary>Each run but the last lets the loop bring one more.</summary>
    private sealed class Followed : IAfterEvents, IDisposable
    {
        private readonly EpollLoop _loop;
        private readonly Thread _thread;
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _brought;
        private int _left;

        public Followed()
        {
            _loop = new EpollLoop(this);
            _thread = new Thread(_loop.Run) { IsBackground = true };
            _thread.Start();
        }

        public Task BringAsync(int times)
        {
            _left = times;
            _loop.Schedule(_ => _brought++, null);
            return _done.Task;
        }

        public TimeSpan Gather() => TimeSpan.Zero;

        public bool Run()
        {
            if (_brought == 0)
                return false;
            _brought = 0;
            if (--_left > 0)
                _loop.Schedule(_ => _brought++, null);
            else
                _done.TrySetResult();
            return false;
        }

        public void Dispose()
        {
            _loop.Stop();
            _thread.Join();
            _loop.Dispose();
        }
    }
}
