using B2D.Core.Devices;
using B2D.DeviceGateway;
using B2D.DeviceGateway.Devices;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;

namespace B2D.Simulation.World;

/// <summary>
/// Puts a gateway directly behind simulated devices: no sockets, no threads. While nobody listens, connects fail; what a killed gateway would still say
/// does not reach anybody.
/// </summary>
internal sealed class VirtualNetwork : IDeviceNetwork
{
    private readonly List<Link> links = [];
    private Gateway? gateway;

    /// <summary>True from the moment on at which the process was killed: nothing it does is seen outside any more.</summary>
    public Func<bool> IsDead { get; set; } = () => false;

    /// <summary>A gateway listens from now on.</summary>
    public void Listen(Gateway listening) => gateway = listening;

    /// <summary>Nobody listens any more. Every connection breaks without a word from the gateway.</summary>
    public void HangUp()
    {
        gateway = null;
        var broken = links.ToArray();
        links.Clear();
        foreach (var link in broken)
            link.Break();
    }

    public Task<IDeviceLink> ConnectAsync(DeviceSession session, Action<string, ReadOnlyMemory<byte>> onMessage, CancellationToken cancellation)
    {
        if (gateway is null || IsDead())
            return Task.FromException<IDeviceLink>(new LinkLostException("nobody listens"));
        if (Connected(gateway, session) is not { } direct)
            return Task.FromException<IDeviceLink>(new LinkLostException("refused: nobody has registered the device yet"));
        var link = new Link(this, direct);
        links.Add(link);
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

    private sealed class Link(VirtualNetwork network, DirectLink direct) : IDeviceLink
    {
        private readonly TaskCompletionSource closed = new();
        private readonly List<TaskCompletionSource<PublishOutcome>> waiting = [];
        private ushort packetId;

        public Task Closed => closed.Task;

        public Task<PublishOutcome> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain)
        {
            if (closed.Task.IsCompleted || !direct.IsOpen)
                return Task.FromException<PublishOutcome>(new LinkLostException("the link is closed"));
            var answer = new TaskCompletionSource<PublishOutcome>();
            waiting.Add(answer);
            packetId = (ushort)(packetId == ushort.MaxValue ? 1 : packetId + 1);
            direct.Publish(topic, payload, acknowledged => Answer(answer, acknowledged), packetId);
            return answer.Task;
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
