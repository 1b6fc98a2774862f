using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;

namespace B2D.FirmwareSim.Tests;

/// <summary>A server in the same process, without sockets: it keeps what arrives and acknowledges at once, or when the test says so.</summary>
internal sealed class LoopNetwork : IDeviceNetwork
{
    // Several devices' connections come on threads of their own.
    private readonly Lock _gate = new();
    private readonly List<Link> _links = [];

    public bool IsUp { get; set; } = true;

    /// <summary>Acknowledge at once; else <see cref="Acknowledge"/> does.</summary>
    public bool Acknowledges { get; set; } = true;

    public PublishOutcome Outcome { get; set; } = PublishOutcome.Acknowledged;

    public int Attempts { get; private set; }

    public List<(string Device, string Topic, byte[] Payload)> Received { get; } = [];

    public List<(string Device, bool Clean)> Ends { get; } = [];

    public Queue<TaskCompletionSource<PublishOutcome>> Waiting { get; } = new();

    public IEnumerable<string> Connected => _links.Where(l => !l.Closed.IsCompleted).Select(l => l.Device);

    public Task<IDeviceLink> ConnectAsync(DeviceSession session, Action<string, ReadOnlyMemory<byte>> onMessage, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Attempts++;
            if (!IsUp) return Task.FromException<IDeviceLink>(new LinkLostException("nobody listens"));
            var link = new Link(this, session.Device, onMessage);
            _links.Add(link);
            return Task.FromResult<IDeviceLink>(link);
        }
    }

    public void Send(string device, string topic, byte[] payload)
    {
        using var inline = new Inline();
        _links.Last(l => l.Device == device).OnMessage(topic, payload);
    }

    public void Acknowledge()
    {
        using var inline = new Inline();
        Waiting.Dequeue().SetResult(Outcome);
    }

    /// <summary>The server dies: every link breaks, what waits for a PUBACK never gets one.</summary>
    public void Die()
    {
        using var inline = new Inline();
        IsUp = false;
        var waiting = Waiting.ToList();
        Waiting.Clear();
        foreach (var link in _links.ToList()) link.Break();
        foreach (var one in waiting) one.SetException(new LinkLostException("the server died"));
    }

    private sealed class Link(LoopNetwork network, string device, Action<string, ReadOnlyMemory<byte>> onMessage) : IDeviceLink
    {
        private readonly TaskCompletionSource _closed = new();

        public string Device => device;

        public Action<string, ReadOnlyMemory<byte>> OnMessage => onMessage;

        public Task Closed => _closed.Task;

        public Task<PublishOutcome> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain)
        {
            if (_closed.Task.IsCompleted) return Task.FromException<PublishOutcome>(new LinkLostException("closed"));
            lock (network._gate)
            {
                network.Received.Add((device, topic, payload.ToArray()));
                if (network.Acknowledges) return Task.FromResult(network.Outcome);
                var waiting = new TaskCompletionSource<PublishOutcome>();
                network.Waiting.Enqueue(waiting);
                return waiting.Task;
            }
        }

        public Task CloseAsync()
        {
            End(clean: true);
            return Task.CompletedTask;
        }

        public void Abort() => End(clean: false);

        public void Break() => _closed.TrySetResult();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void End(bool clean)
        {
            using var inline = new Inline();
            if (!_closed.TrySetResult()) return;
            lock (network._gate) network.Ends.Add((device, clean));
        }
    }
}
