using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Tests.Packets;

namespace B2D.Mqtt.Tests.Server;

/// <summary>A peer that speaks in bytes written by hand and reads whole packets.</summary>
internal sealed class WireClient
{
    private readonly MemoryTransport _transport;

    public WireClient(MqttServer server, MemoryTransport transport)
    {
        _transport = transport;
        Run = RunAsync(server, transport);
    }

    /// <summary>The server's side of the connection.</summary>
    public Task<EndReason> Run { get; }

    /// <summary>The peer's end, for a client under test.</summary>
    public IDuplexPipe Duplex => _transport.Peer;

    public PipeReader Input => _transport.Peer.Input;

    public async Task SendAsync(params string[] packets)
    {
        foreach (var packet in packets)
            await _transport.Peer.Output.WriteAsync(Wire.Bytes(packet)).AsTask().WaitAsync(Rig.Patience);
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes) => await _transport.Peer.Output.WriteAsync(bytes).AsTask().WaitAsync(Rig.Patience);

    /// <summary>False when the server has let go of the connection.</summary>
    public async Task<bool> TrySendRawAsync(ReadOnlyMemory<byte> bytes) => !(await _transport.Peer.Output.WriteAsync(bytes).AsTask().WaitAsync(Rig.Patience)).IsCompleted;

    /// <summary>Reads to the end of the connection, whatever comes.</summary>
    public async Task DiscardAsync()
    {
        for (var more = true; more;)
        {
            var result = await Input.ReadAsync().AsTask().WaitAsync(Rig.Patience);
            Input.AdvanceTo(result.Buffer.End);
            more = !result.IsCompleted;
        }
    }

    /// <summary>All packets in one write.</summary>
    public async Task SendTogetherAsync(params string[] packets) =>
        await _transport.Peer.Output.WriteAsync(packets.SelectMany(Wire.Bytes).ToArray()).AsTask().WaitAsync(Rig.Patience);

    public void CloseWriting() => _transport.Peer.Output.Complete();

    public void Break() => _transport.Peer.Output.Complete(new IOException("connection reset"));

    public async Task ExpectAsync(params string[] packets)
    {
        foreach (var packet in packets)
            Assert.Equal(Wire.Hex(Wire.Bytes(packet)), await ReadAsync());
    }

    /// <summary>An accepting 5.0 CONNACK, whatever its properties.</summary>
    public async Task<string> ExpectConnackAsync(bool present = false)
    {
        var packet = await ReadAsync();
        Assert.StartsWith("20", packet, StringComparison.Ordinal);
        Assert.Equal(present ? "0100" : "0000", packet.Substring(4, 4));
        return packet;
    }

    /// <summary>The server has handled everything sent before and answers a ping next.</summary>
    public async Task ExpectNothingElseAsync()
    {
        await SendAsync("C0 00");
        await ExpectAsync("D0 00");
    }

    /// <summary>The connection ends for this reason, after these packets and no others.</summary>
    public async Task ExpectEndAsync(EndReason reason, params string[] last)
    {
        await ExpectAsync(last);
        Assert.Equal("", await ReadAsync());
        Assert.Equal(reason, await Run.WaitAsync(Rig.Patience));
    }

    /// <summary>Next packet as hex; empty at the end of the connection.</summary>
    public Task<string> ReadAsync() => ReadAsync(Input);

    public static async Task<string> ReadAsync(PipeReader input)
    {
        while (true)
        {
            var result = await input.ReadAsync().AsTask().WaitAsync(Rig.Patience);
            var rest = result.Buffer;
            if (FrameReader.TryRead(ref rest, int.MaxValue, out _, out var error))
            {
                var packet = result.Buffer.Slice(0, rest.Start).ToArray();
                input.AdvanceTo(rest.Start);
                return Wire.Hex(packet);
            }
            Assert.Equal(ProtocolError.None, error);
            input.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
            {
                Assert.True(rest.IsEmpty, "The peer cut a packet.");
                return "";
            }
        }
    }

    private static async Task<EndReason> RunAsync(MqttServer server, MemoryTransport transport)
    {
        var end = await server.RunConnectionAsync(transport, "memory");
        // What Kestrel does when a connection handler returns.
        await transport.Transport.Output.CompleteAsync();
        await transport.Transport.Input.CompleteAsync();
        return end;
    }
}
