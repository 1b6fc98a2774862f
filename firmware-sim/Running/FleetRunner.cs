using System.Collections.Concurrent;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Truth;

namespace B2D.FirmwareSim.Running;

/// <summary>
/// Lets a fleet live on a network: one connection per device (children share their gateway's), QoS 1, acknowledgements marked in the truth.
/// <see cref="RunAsync"/> follows a clock; <see cref="Step"/> serves callers that have their own time. Safe for use by any thread.
/// </summary>
public sealed class FleetRunner : IAsyncDisposable
{
    /// <summary>Finest step of <see cref="RunAsync"/>: what falls due within it is done together.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly Fleet _fleet;
    private readonly LinkOptions _options;
    private readonly TimeProvider _time;
    private readonly double _speed;
    private readonly Dictionary<string, DeviceConnection> _connections = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly DateTimeOffset _wallStart;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes a runner; nothing is sent yet.</summary>
    /// <param name="fleet">The fleet; from now on only to be used through <see cref="Do{T}"/>.</param>
    /// <param name="network">Makes the links.</param>
    /// <param name="time">The clock to follow, also for pauses between connects.</param>
    /// <param name="options">How connections behave; null is the defaults.</param>
    /// <param name="speed">Fleet seconds per second of the clock. Default 1: device times are the clock's. Range 0.01 to 10,000.</param>
    public FleetRunner(Fleet fleet, IDeviceNetwork network, TimeProvider time, LinkOptions? options = null, double speed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(speed, 0.01);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(speed, 10_000);
        _fleet = fleet;
        _time = time;
        _speed = speed;
        _options = options ?? new LinkOptions();
        _options.Check();
        _wallStart = time.GetUtcNow();
        foreach (var device in fleet.Town.Devices.Where(d => d.Parent is null))
        {
            var session = Uplink.SessionOf(fleet.State(device.Id));
            _connections.Add(device.Id, new DeviceConnection(
                session, network, _options, time, new Dice(fleet.Town.Seed, device.Id + " link"), Counters, OnMessage, Fail));
        }
    }

    /// <summary>What the connections did so far.</summary>
    public LinkCounters Counters { get; } = new();

    /// <summary>Runs until cancelled, then waits for missing acknowledgements (<see cref="LinkOptions.DrainFor"/>) and disconnects everybody.</summary>
    /// <param name="cancellation">Ends the run.</param>
    /// <param name="stayConnected">Leaves the connections as they are at the end, so that the server sees no fleet go away; disposing drops them.</param>
    /// <exception cref="AggregateException">Something unforeseen broke in a connection.</exception>
    public async Task RunAsync(CancellationToken cancellation, bool stayConnected = false)
    {
        while (!cancellation.IsCancellationRequested && _failures.IsEmpty)
        {
            Task changed;
            TimeSpan pause;
            lock (_gate)
            {
                var now = FleetNow();
                Apply(_fleet.Advance(now));
                pause = (_fleet.NextWake - FleetNow()) / _speed;
                changed = _changed.Task;
            }

            if (pause < Tick) pause = Tick;
            else if (pause > TimeSpan.FromHours(1)) pause = TimeSpan.FromHours(1);
            using var waking = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(Task.Delay(pause, _time, waking.Token), changed, _failed.Task).ConfigureAwait(false);
            await waking.CancelAsync().ConfigureAwait(false);
        }

        await DrainAsync().ConfigureAwait(false);
        if (!stayConnected) await StopAsync(clean: true).ConfigureAwait(false);
        if (!_failures.IsEmpty) throw new AggregateException(_failures);
    }

    /// <summary>Advances the fleet to a moment and hands out what it does, in order. Does not wait for acknowledgements.</summary>
    /// <returns>When to step next.</returns>
    /// <exception cref="AggregateException">Something unforeseen broke in a connection.</exception>
    public DateTimeOffset Step(DateTimeOffset now)
    {
        lock (_gate)
        {
            Apply(_fleet.Advance(now));
            if (!_failures.IsEmpty) throw new AggregateException(_failures);
            return _fleet.NextWake;
        }
    }

    /// <summary>Does something with the fleet between two steps: a button, a look at the truth.</summary>
    /// <param name="what">Gets the fleet and its present time. Must not block.</param>
    public T Do<T>(Func<Fleet, DateTimeOffset, T> what)
    {
        lock (_gate)
        {
            var result = what(_fleet, FleetNow());
            Wake();
            return result;
        }
    }

    /// <summary>
    /// Completes when everything handed out is acknowledged, at the latest after <see cref="LinkOptions.DrainFor"/> on the clock. False if something is
    /// missing.
    /// </summary>
    public async Task<bool> DrainAsync()
    {
        var idle = Task.WhenAll(_connections.Values.Select(c => c.IdleAsync()));
        using var waiting = new CancellationTokenSource();
        await Task.WhenAny(idle, Task.Delay(_options.DrainFor, _time, waiting.Token)).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        return idle.IsCompletedSuccessfully;
    }

    /// <summary>Ends all connections, cleanly or by dropping them.</summary>
    public Task StopAsync(bool clean) => Task.WhenAll(_connections.Values.Select(c => c.StopAsync(clean)));

    /// <summary>Drops what still stands.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(clean: false).ConfigureAwait(false);
        foreach (var connection in _connections.Values) connection.Dispose();
    }

    private DateTimeOffset FleetNow()
    {
        var now = _time.GetUtcNow();
        // At the clock's own speed device times are the clock's; else they run ahead from the town's start.
        return _speed == 1 ? now : _fleet.Town.Start + ((now - _wallStart) * _speed);
    }

    private void Apply(IReadOnlyList<FleetOutput> outputs)
    {
        foreach (var output in outputs)
        {
            _connections[output.Connection].Offer(output switch
            {
                FleetOutput.Connect => new Wish.Connect(),
                FleetOutput.Disconnect disconnect => new Wish.Disconnect(disconnect.Clean),
                FleetOutput.Publish publish => new Wish.Send(new FleetMessage(publish)),
                _ => throw new InvalidOperationException($"{output.GetType().Name} is not an output."),
            });
        }
    }

    /// <summary><c>devices/{id}/commands/{commandId}</c>; anything else a device is not interested in.</summary>
    private void OnMessage(string topic, ReadOnlyMemory<byte> payload)
    {
        if (topic.Split('/') is not ["devices", var device, "commands", var commandId]) return;
        lock (_gate)
        {
            Apply(_fleet.OnCommand(device, commandId, payload, FleetNow()));
            Wake();
        }
    }

    /// <summary>Lets the loop look at once at what there is to do.</summary>
    private void Wake()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Fail(Exception failure)
    {
        _failures.Enqueue(failure);
        _failed.TrySetResult();
    }

    private sealed class FleetMessage(FleetOutput.Publish publish) : Outbound(publish.Topic, publish.Payload, publish.Retain)
    {
        public override void Answered(PublishOutcome outcome, long nowMs)
        {
            if (outcome == PublishOutcome.Acknowledged) publish.Message.MarkAcknowledged(nowMs);
        }

        public override void SentAgain() => publish.Message.MarkResent();
    }
}
