using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using B2D.Mqtt.Transport;
using B2D.TestKit;
using Microsoft.AspNetCore.Connections;

namespace B2D.Simulation.World;

/// <summary>How a connection breaks.</summary>
internal enum Breakage : byte
{
    /// <summary>Both ends hear of it at once, the gateway as of a reset.</summary>
    Reset = 0,

    /// <summary>Both ends hear of it at once, the gateway as of an end like any other.</summary>
    Closed = 1,

    /// <summary>The device hears of it; to the gateway the connection stands on.</summary>
    GatewayUnaware = 2,

    /// <summary>The gateway hears of it; to the device the connection stands on.</summary>
    DeviceUnaware = 3,
}

/// <summary>
/// One connection between a device and the gateway: bytes in their order in both directions, in any pieces, as late as the network likes. The gateway's end is what Kestrel
/// gives the real connection code.
/// </summary>
internal sealed class VirtualWire : DefaultConnectionContext, IScheduledTransport
{
    private readonly Pipe toGateway;
    private readonly Pipe toDevice;
    private readonly Queue<(DateTimeOffset At, byte[] Bytes)> upward = new();
    private readonly Queue<(DateTimeOffset At, byte[] Bytes)> downward = new();
    private readonly OneThread scheduler;
    private readonly NetworkTroubles? troubles;
    private readonly DateTimeOffset begun;
    private readonly Random dice;
    private readonly NetworkTally tally;
    private readonly string device;
    private bool deviceEnded;
    private bool gatewayEnded;
    private bool isReleased;

    public VirtualWire(string device, int number, OneThread scheduler, NetworkTroubles? troubles, DateTimeOffset now, Random dice, NetworkTally tally)
        : base(device)
    {
        (this.device, this.scheduler, this.troubles, this.dice, this.tally, begun) = (device, scheduler, troubles, dice, tally, now);
        // As many bytes as there are: the network holds them, not the pipe.
        var options = new PipeOptions(readerScheduler: scheduler, writerScheduler: scheduler, pauseWriterThreshold: 0, useSynchronizationContext: false);
        (toGateway, toDevice) = (new Pipe(options), new Pipe(options));
        Transport = new Ends(toGateway.Reader, toDevice.Writer);
        RemoteEndPoint = new IPEndPoint(new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]), 1883);
    }

    PipeScheduler IScheduledTransport.Scheduler => scheduler;

    /// <summary>The gateway's work on this connection.</summary>
    public Task Served { get; set; } = Task.CompletedTask;

    /// <summary>Takes what arrives at the device; nothing for the end.</summary>
    public Action<byte[]> Receive { get; set; } = _ => { };

    /// <summary>The network breaks the connection, and the device does not know why.</summary>
    public Action Torn { get; set; } = () => { };

    /// <summary>Told how the network breaks it.</summary>
    public Action<Breakage> Broken { get; set; } = _ => { };

    /// <summary>The device has all its answers. Before, it waits for one, and does not wait long.</summary>
    public bool IsEstablished { get; set; }

    /// <summary>Bytes that the device has sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Bytes that have reached the gateway's end.</summary>
    public long Arrived { get; private set; }

    /// <summary>Pieces that are on their way to the gateway.</summary>
    public int OnTheWay => gatewayEnded || IsLost ? 0 : upward.Count;

    /// <summary>The network has broken it: nothing sent arrives any more.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Nothing will happen on it any more.</summary>
    public bool IsOver => isReleased && (deviceEnded || downward.Count == 0);

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (deviceEnded || bytes.IsEmpty)
            return;
        Sent += bytes.Length;
        if (IsLost)
            return;
        if (bytes.Length > 1 && dice.Next(troubles is null ? 12 : 4) == 0)
        {
            var at = dice.Next(1, bytes.Length);
            tally.Splits++;
            upward.Enqueue((ArrivesAt(), bytes[..at].ToArray()));
            bytes = bytes[at..];
        }
        upward.Enqueue((ArrivesAt(), bytes.ToArray()));
    }

    /// <summary>The device's end is closed: what it has sent still arrives, then the end of it.</summary>
    public void End()
    {
        if (!deviceEnded && !IsLost)
            upward.Enqueue((ArrivesAt(), []));
        deviceEnded = true;
    }

    /// <summary>The device is gone without a word: what it has sent still arrives, and never an end.</summary>
    public void Vanish()
    {
        tally.HalfOpen += deviceEnded ? 0 : 1;
        deviceEnded = true;
    }

    /// <summary>The network breaks the connection now, in some way.</summary>
    public void Tear()
    {
        if (!IsLost)
            Break(troubles!.BreakageOf(device));
    }

    /// <summary>The gateway's process is gone: what it had sent still arrives, what was sent to it does not.</summary>
    public void LoseGateway()
    {
        upward.Clear();
        if (!gatewayEnded)
            downward.Enqueue((ArrivesAt(), []));
        gatewayEnded = isReleased = true;
    }

    /// <summary>Moves what the gateway has written onto the wire, and one piece in each direction off it. False where there was nothing to move.</summary>
    public bool Pump() => Served.IsFaulted ? throw Served.Exception! : TakeFromGateway() | Deliver() | Return();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (gatewayEnded)
            return;
        EndGateway();
        toGateway.Writer.Complete(abortReason);
        toDevice.Reader.Complete();
    }

    private DateTimeOffset ArrivesAt() => troubles?.ArrivesAt(device) ?? begun;

    private bool HasArrived(DateTimeOffset at) => troubles?.HasArrived(device, at) ?? true;

    private bool TakeFromGateway()
    {
        if (isReleased)
            return false;
        if (!gatewayEnded && toDevice.Reader.TryRead(out var result))
        {
            if (!result.Buffer.IsEmpty && !IsLost && !deviceEnded)
            {
                var bytes = result.Buffer.ToArray();
                tally.Hash(device, bytes);
                downward.Enqueue((ArrivesAt(), bytes));
            }
            toDevice.Reader.AdvanceTo(result.Buffer.End);
            if (!result.IsCompleted)
                return true;
        }
        if (!Served.IsCompleted)
            return false;
        if (!gatewayEnded)
        {
            EndGateway();
            toGateway.Writer.Complete();
            toDevice.Reader.Complete();
        }
        toGateway.Reader.Complete();
        toDevice.Writer.Complete();
        isReleased = true;
        return true;
    }

    private void EndGateway()
    {
        gatewayEnded = true;
        upward.Clear();
        if (!IsLost)
            downward.Enqueue((ArrivesAt(), []));
    }

    private bool Deliver()
    {
        if (gatewayEnded || !upward.TryPeek(out var piece) || !HasArrived(piece.At))
            return false;
        upward.Dequeue();
        var fate = piece.Bytes.Length == 0 ? MessageFate.Arrives : troubles?.FateOf(device) ?? MessageFate.Arrives;
        var through = fate == MessageFate.Lost ? dice.Next(piece.Bytes.Length) : piece.Bytes.Length;
        Arrived += through;
        if (piece.Bytes.Length == 0)
            toGateway.Writer.Complete();
        else if (through > 0)
            Write(piece.Bytes.AsSpan(0, through));
        if (fate != MessageFate.Arrives)
            Break(troubles!.BreakageOf(device));
        return true;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        tally.Hash(device, bytes);
        toGateway.Writer.Write(bytes);
        var flushed = toGateway.Writer.FlushAsync();
        if (!flushed.IsCompleted)
            throw new InvalidOperationException("a pipe without a limit makes somebody wait");
        _ = flushed.Result;
    }

    private void Break(Breakage how)
    {
        if (how == Breakage.DeviceUnaware && !IsEstablished)
            how = Breakage.Closed;
        Broken(how);
        IsLost = true;
        upward.Clear();
        downward.Clear();
        if (how is Breakage.GatewayUnaware or Breakage.DeviceUnaware)
            tally.HalfOpen++;
        if (how != Breakage.GatewayUnaware)
            toGateway.Writer.Complete(how == Breakage.Reset ? new ConnectionResetException("the simulated network broke") : null);
        if (how == Breakage.DeviceUnaware || deviceEnded)
            return;
        deviceEnded = true;
        Torn();
    }

    private bool Return()
    {
        if (deviceEnded || IsLost || !downward.TryPeek(out var piece) || !HasArrived(piece.At))
            return false;
        downward.Dequeue();
        deviceEnded |= piece.Bytes.Length == 0;
        Receive(piece.Bytes);
        return true;
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output { get; } = output;
    }
}
