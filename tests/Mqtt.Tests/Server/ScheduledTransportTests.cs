using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt.Tests.Packets;
using B2D.Mqtt.Transport;
using B2D.TestKit;
using Microsoft.AspNetCore.Connections;

namespace B2D.Mqtt.Tests.Server;

/// <summary>
/// Goal: a connection whose transport has a thread of its own is served there and nowhere else, also where one takes over the session of another. Method: the thread is a
/// queue of work that the test does by hand; whatever went on elsewhere would not be done when the queue is empty, or would be put into it by another thread.
/// </summary>
public sealed class ScheduledTransportTests
{
    private const string Connect = "10 0D 0004 'MQTT' 04 02 0000 0001 'p'";

    private readonly OneThread _turns = new();

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

        Assert.Equal([true, true, true, false], runs.Select(r => r.IsCompleted));
        Assert.Equal(1, rig.Server.ConnectionCount);
        wires[3].ToServer.Writer.Complete();
        _turns.Run();
        Assert.All(runs, r => Assert.True(r.IsCompletedSuccessfully));
        Assert.Equal([EndReason.TakenOver, EndReason.TakenOver, EndReason.TakenOver, EndReason.ConnectionLost], await Task.WhenAll(runs));
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

    private sealed class Wired : DefaultConnectionContext, IScheduledTransport
    {
        private readonly OneThread _turns;

        public Wired(OneThread turns)
            : base("wired")
        {
            _turns = turns;
            var options = new PipeOptions(readerScheduler: turns, writerScheduler: turns, useSynchronizationContext: false);
            (ToServer, ToPeer) = (new Pipe(options), new Pipe(options));
            Transport = new Duplex(ToServer.Reader, ToPeer.Writer);
        }

        public Pipe ToServer { get; }

        public Pipe ToPeer { get; }

        PipeScheduler IScheduledTransport.Scheduler => _turns;
    }
}
