using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt.Tests.Packets;
using B2D.Mqtt.Transport;
using Microsoft.AspNetCore.Connections;

namespace B2D.Mqtt.Tests.Server;

/// <summary>
/// Goal: a connection whose transport has a thread of its own is served there and nowhere else, also where one takes over the session of another. Method: the thread is a
/// queue of work that the test does by hand; whatever went on elsewhere would not be done when the queue is empty, or would be put into it by another thread.
/// </summary>
public sealed class ScheduledTransportTests
{
    private const string Connect = "10 0D 0004 'MQTT' 04 02 0000 0001 'p'";

    private readonly Turns _turns = new();

    [Fact]
    public async Task TakeOver_TransportsWithTheirThread_GoesOnThere()
    {
        await using var rig = new Rig();
        var (older, newer) = (new Wired(_turns), new Wired(_turns));
        var first = rig.Server.RunConnectionAsync(older, "hand");
        Assert.Equal("20020000", Answer(older, Connect));

        var second = rig.Server.RunConnectionAsync(newer, "hand");

        Assert.Equal("20020000", Answer(newer, Connect));
        Assert.True(first.IsCompleted);
        Assert.Equal(EndReason.TakenOver, await first);
        newer.ToServer.Writer.Complete();
        _turns.Run();
        Assert.True(second.IsCompleted);
        Assert.Equal(EndReason.ConnectionLost, await second);
    }

    [Fact]
    public async Task TakeOver_ThreeAtOnce_LastOneHasTheSession()
    {
        await using var rig = new Rig();
        var wires = Enumerable.Range(0, 4).Select(_ => new Wired(_turns)).ToArray();
        var runs = wires.Select(w => rig.Server.RunConnectionAsync(w, "hand")).ToArray();

        foreach (var wire in wires)
            await wire.ToServer.Writer.WriteAsync(Wire.Bytes(Connect));
        _turns.Run();

        Assert.Equal(1, runs.Count(r => !r.IsCompleted));
        Assert.Equal(1, rig.Server.ConnectionCount);
        foreach (var wire in wires)
            wire.ToServer.Writer.Complete();
        _turns.Run();
        Assert.All(runs, r => Assert.True(r.IsCompleted));
    }

    private string Answer(Wired wire, string packet)
    {
        var written = wire.ToServer.Writer.WriteAsync(Wire.Bytes(packet));
        Assert.True(written.IsCompleted);
        _turns.Run();
        Assert.True(wire.ToPeer.Reader.TryRead(out var result));
        var answer = Convert.ToHexString(result.Buffer.ToArray());
        wire.ToPeer.Reader.AdvanceTo(result.Buffer.End);
        return answer;
    }

    private sealed class Turns : PipeScheduler
    {
        private readonly Queue<(Action<object?> Work, object? State)> _queue = new();
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public override void Schedule(Action<object?> action, object? state)
        {
            Assert.Equal(_thread, Environment.CurrentManagedThreadId);
            _queue.Enqueue((action, state));
        }

        public void Run()
        {
            // xunit's context would have continuations go to its own threads.
            var before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            while (_queue.TryDequeue(out var next))
                next.Work(next.State);
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private sealed class Wired : DefaultConnectionContext, IScheduledTransport
    {
        private readonly Turns _turns;

        public Wired(Turns turns)
            : base("wired")
        {
            _turns = turns;
            var options = new PipeOptions(readerScheduler: turns, writerScheduler: turns, useSynchronizationContext: false);
            (ToServer, ToPeer) = (new Pipe(options), new Pipe(options));
            Transport = new Ends(ToServer.Reader, ToPeer.Writer);
        }

        public Pipe ToServer { get; }

        public Pipe ToPeer { get; }

        PipeScheduler IScheduledTransport.Scheduler => _turns;

        private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
        {
            public PipeReader Input { get; } = input;

            public PipeWriter Output { get; } = output;
        }
    }
}
