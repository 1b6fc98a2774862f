using B2D.Core.Devices;
using B2D.DeviceGateway;
using B2D.DeviceGateway.Devices;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;

namespace B2D.Simulation.World;

/// <summary>
/// Puts a gateway behind simulated devices, directly or with MQTT between them: no sockets, no threads. While nobody listens, connects fail; what a killed gateway would still say
/// does not reach anybody.
/// </summary>
internal sealed class VirtualNetwork : IDeviceNetwork
{
    private readonly List<Link> links = [];
    private readonly int thread = Environment.CurrentManagedThreadId;
    private Gateway? gateway;

    /// <summary>True from the moment on at which the process was killed: nothing it does is seen outside any more.</summary>
    public Func<bool> IsDead { get; set; } = () => false;

    /// <summary>What goes wrong on the way; null for nothing.</summary>
    public NetworkTroubles? Troubles { get; set; }

    /// <summary>The town's devices speak MQTT; null: they are put directly behind the gateway.</summary>
    public VirtualMqtt? Mqtt { get; set; }

    /// <summary>Messages that have left and not arrived.</summary>
    public int OnTheWay => links.Sum(l => l.OnTheWay) + (Mqtt?.OnTheWay ?? 0);

    /// <summary>Whatever has been on its way for long enough arrives.</summary>
    public void Step()
    {
        Mqtt?.Step();
        if (Troubles is null)
            return;
        foreach (var link in links.ToArray())
            link.Step(Troubles);
    }

    /// <summary>What has arrived by now is taken and answered; false where there was nothing.</summary>
    public bool Pump() => Mqtt?.Pump(IsDead) is true;

    /// <summary>What no gateway does that keeps to MQTT; one line each.</summary>
    public IEnumerable<string> Broken() => Mqtt?.Broken() ?? [];

    /// <summary>A gateway listens from now on.</summary>
    public void Listen(Gateway listening)
    {
        gateway = listening;
        Mqtt?.Listen(listening);
    }

    /// <summary>Nobody listens any more. Every connection breaks without a word from the gateway.</summary>
    public void HangUp()
    {
        gateway = null;
        Mqtt?.HangUp();
        var broken = links.ToArray();
        links.Clear();
        foreach (var link in broken)
            link.Break();
    }

    public Task<IDeviceLink> ConnectAsync(DeviceSession session, Action<string, ReadOnlyMemory<byte>> onMessage, CancellationToken cancellation)
    {
        AssertOneThread();
        if (gateway is null || IsDead())
            return Task.FromException<IDeviceLink>(new LinkLostException("nobody listens"));
        if (Mqtt is not null)
            return Mqtt.ConnectAsync(session, onMessage, cancellation);
        if (Connected(gateway, session) is not { } direct)
            return Task.FromException<IDeviceLink>(new LinkLostException("refused: nobody has registered the device yet"));
        var link = new Link(this, direct, session.Device);
        links.Add(link);
        Troubles?.Connected(session.Device);
        direct.HungUp = () => Forget(link);
        direct.Receive = (to, payload) =>
        {
            if (IsDead())
                return false;
            onMessage(to, payload);
            return true;
        };
        foreach (var filter in session.Subscriptions)
        {
            // Direct links know no single-level wildcard; below a device's commands there is but one level.
            if (!direct.Subscribe(filter.EndsWith("/+", StringComparison.Ordinal) ? filter[..^1] + "#" : filter))
                throw new InvalidOperationException($"{session.Device} may not subscribe to {filter}");
        }
        return Task.FromResult<IDeviceLink>(link);
    }

    /// <summary>What runs on another thread runs whenever it likes, and no seed repeats it.</summary>
    private void AssertOneThread()
    {
        if (Environment.CurrentManagedThreadId != thread)
            throw new InvalidOperationException("this world has one thread, and something was continued on another");
    }

    private static DirectLink? Connected(Gateway gateway, DeviceSession session)
    {
        try
        {
            return gateway.Connect(DeviceId.Parse(session.Device), session.WillTopic is { } topic ? (topic, session.WillPayload) : null);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private void Forget(Link link)
    {
        if (links.Remove(link))
            link.Break();
    }

    private sealed class Link(VirtualNetwork network, DirectLink direct, string device) : IDeviceLink
    {
        private readonly Queue<(DateTimeOffset At, Action What)> upward = new();
        private readonly Queue<(DateTimeOffset At, Action What)> downward = new();
        private readonly TaskCompletionSource closed = new();
        private readonly List<TaskCompletionSource<PublishOutcome>> waiting = [];
        private ushort packetId;

        public Task Closed => closed.Task;

        public int OnTheWay => upward.Count;

        private bool IsClosed => closed.Task.IsCompleted || !direct.IsOpen;

        public Task<PublishOutcome> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain)
        {
            network.AssertOneThread();
            if (IsClosed)
                return Task.FromException<PublishOutcome>(new LinkLostException("the link is closed"));
            var answer = new TaskCompletionSource<PublishOutcome>();
            waiting.Add(answer);
            packetId = (ushort)(packetId == ushort.MaxValue ? 1 : packetId + 1);
            var id = packetId;
            if (network.Troubles is { } troubles)
                upward.Enqueue((troubles.ArrivesAt(device), () => direct.Publish(topic, payload, acknowledged => Return(troubles, answer, acknowledged), id)));
            else
                direct.Publish(topic, payload, acknowledged => Answer(answer, acknowledged), id);
            return answer.Task;
        }

        /// <summary>In both directions in order, as over TCP; where something is lost, the connection is, for there is no hole in a stream.</summary>
        public void Step(NetworkTroubles troubles)
        {
            while (!IsClosed && upward.TryPeek(out var sent) && troubles.HasArrived(device, sent.At))
            {
                upward.Dequeue();
                var fate = troubles.FateOf(device);
                if (fate != MessageFate.Lost)
                    sent.What();
                if (fate != MessageFate.Arrives)
                    Tear(troubles);
            }
            while (!IsClosed && downward.TryPeek(out var answered) && troubles.HasArrived(device, answered.At))
                downward.Dequeue().What();
        }

        public Task CloseAsync()
        {
            direct.Disconnect();
            network.links.Remove(this);
            Break();
            return Task.CompletedTask;
        }

        public void Abort()
        {
            direct.Drop();
            network.links.Remove(this);
            Break();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        /// <summary>The device notices that the connection is gone; what was not acknowledged stays its own.</summary>
        public void Break()
        {
            if (!closed.TrySetResult())
                return;
            var lost = waiting.ToArray();
            waiting.Clear();
            foreach (var answer in lost)
                answer.TrySetException(new LinkLostException("the connection broke before the acknowledgement"));
        }

        private void Tear(NetworkTroubles troubles)
        {
            troubles.Torn(device);
            Abort();
        }

        private void Return(NetworkTroubles troubles, TaskCompletionSource<PublishOutcome> answer, bool acknowledged)
        {
            if (acknowledged)
                downward.Enqueue((troubles.ArrivesAt(device), () => Answer(answer, true)));
            else
                Answer(answer, false);
        }

        private void Answer(TaskCompletionSource<PublishOutcome> answer, bool acknowledged)
        {
            if (network.IsDead() || !waiting.Remove(answer))
                return;
            if (acknowledged)
                answer.TrySetResult(PublishOutcome.Acknowledged);
            else if (direct.IsOpen)
                answer.TrySetResult(PublishOutcome.Refused);
            else
                answer.TrySetException(new LinkLostException("the connection broke before the acknowledgement"));
        }
    }
}
