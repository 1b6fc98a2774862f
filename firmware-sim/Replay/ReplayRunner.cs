using System.Collections.Concurrent;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;

namespace B2D.FirmwareSim.Replay;

/// <summary>How a recording is sent.</summary>
public sealed record ReplayOptions
{
    /// <summary>Recorded seconds per second of the clock; infinity (the default) is as fast as the server takes it. Above 0.</summary>
    public double Speed { get; init; } = double.PositiveInfinity;

    /// <summary>Unacknowledged messages of all devices together. Default 256, range 1 to 1,000.</summary>
    public int MaxInFlight { get; init; } = 256;

    /// <summary>How long a server may be away, or acknowledge nothing, before the replay gives up. Default 10 minutes, range 1 s to 1 day.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How connections behave; pauses between attempts are kept short, since somebody is waiting.</summary>
    public LinkOptions Links { get; init; } = new() { BackOffMost = TimeSpan.FromSeconds(2) };

    internal void Check()
    {
        if (!(Speed > 0)) throw new ArgumentOutOfRangeException(nameof(Speed), Speed, "Speed must be above 0.");
        if (MaxInFlight is < 1 or > 1000) throw new ArgumentOutOfRangeException(nameof(MaxInFlight), MaxInFlight, "MaxInFlight must be from 1 to 1000.");
        if (GiveUpAfter < TimeSpan.FromSeconds(1) || GiveUpAfter > TimeSpan.FromDays(1))
        {
            throw new ArgumentOutOfRangeException(nameof(GiveUpAfter), GiveUpAfter, "GiveUpAfter must be from 1 s to 1 day.");
        }

        Links.Check();
    }
}

/// <summary>How a replay ended.</summary>
/// <param name="Total">Messages of the recording.</param>
/// <param name="Acknowledged">Acknowledged in this run.</param>
/// <param name="Refused">Refused by the server in this run; they are not sent again.</param>
/// <param name="Skipped">Done in an earlier run.</param>
public sealed record ReplayResult(long Total, long Acknowledged, long Refused, long Skipped);

/// <summary>
/// Sends a recording: one connection per device, QoS 1, in order per device. A server that goes away is waited for; nothing is skipped,
/// and what had no PUBACK is sent again.
/// </summary>
public sealed class ReplayRunner : IAsyncDisposable
{
    private readonly Recording _recording;
    private readonly ReplayProgress _progress;
    private readonly TimeProvider _time;
    private readonly ReplayOptions _options;
    private readonly Dictionary<string, DeviceConnection> _connections = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _open;
    private long _refused;
    private long _acknowledged;

    /// <summary>Makes a runner; nothing is sent yet.</summary>
    /// <param name="recording">What to send.</param>
    /// <param name="progress">What is done already; brought up to date while sending.</param>
    /// <param name="passwordOf">The password of a device.</param>
    /// <param name="network">Makes the links.</param>
    /// <param name="time">The clock, for the speed and for pauses.</param>
    /// <param name="options">How it is sent; null is the defaults.</param>
    public ReplayRunner(
        Recording recording, ReplayProgress progress, Func<string, string> passwordOf, IDeviceNetwork network, TimeProvider time, ReplayOptions? options = null)
    {
        _recording = recording;
        _progress = progress;
        _time = time;
        _options = options ?? new ReplayOptions();
        _options.Check();
        foreach (var device in recording.Devices)
        {
            // No will and no status: a recorded device is neither online nor offline today.
            var session = new DeviceSession(device, passwordOf(device), null, default, []);
            _connections.Add(device, new DeviceConnection(
                session, network, _options.Links, time, new Dice(0, device), Counters, (_, _) => { }, failure =>
                {
                    _failures.Enqueue(failure);
                    Changed();
                }));
        }
    }

    /// <summary>What the connections did so far.</summary>
    public LinkCounters Counters { get; } = new();

    /// <summary>Messages done, in this run and before.</summary>
    public long Done => _progress.Count;

    /// <summary>Sends everything that is not done and waits for its acknowledgements.</summary>
    /// <exception cref="ReplayException">The server stayed away longer than <see cref="ReplayOptions.GiveUpAfter"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the progress holds what was acknowledged.</exception>
    public async Task<ReplayResult> RunAsync(CancellationToken cancellation)
    {
        var skipped = _progress.Count;
        var clock = _time.GetTimestamp();
        long? firstMs = null;
        HashSet<string> connected = new(StringComparer.Ordinal);
        foreach (var message in _recording.Messages)
        {
            if (_progress.IsDone(message.Number)) continue;
            firstMs ??= message.DeviceTimeMs;
            await PaceAsync(message.DeviceTimeMs - firstMs.Value, clock, cancellation).ConfigureAwait(false);
            await UntilAsync(() => Interlocked.Read(ref _open) < _options.MaxInFlight && message.Number < _progress.Done + ReplayProgress.Span,
                cancellation).ConfigureAwait(false);
            Interlocked.Increment(ref _open);
            var connection = _connections[message.Device];
            if (connected.Add(message.Device)) connection.Offer(new Wish.Connect());
            connection.Offer(new Wish.Send(new ReplayOutbound(this, message)));
        }

        await UntilAsync(() => Interlocked.Read(ref _open) == 0, cancellation).ConfigureAwait(false);
        await Task.WhenAll(_connections.Values.Select(c => c.StopAsync(clean: true))).ConfigureAwait(false);
        return new ReplayResult(_recording.Messages.Count, Interlocked.Read(ref _acknowledged), Interlocked.Read(ref _refused), skipped);
    }

    /// <summary>Ends what still stands, with DISCONNECT.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_connections.Values.Select(c => c.StopAsync(clean: true))).ConfigureAwait(false);
        foreach (var connection in _connections.Values) connection.Dispose();
    }

    private async Task PaceAsync(long recordedMs, long clock, CancellationToken cancellation)
    {
        if (double.IsPositiveInfinity(_options.Speed)) return;
        var ahead = TimeSpan.FromMilliseconds(recordedMs / _options.Speed) - _time.GetElapsedTime(clock);
        if (ahead > TimeSpan.FromMilliseconds(1)) await Task.Delay(ahead, _time, cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits until a condition over acknowledgements holds; every acknowledgement starts the patience anew.</summary>
    private async Task UntilAsync(Func<bool> holds, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            cancellation.ThrowIfCancellationRequested();
            if (!_failures.IsEmpty) throw new AggregateException(_failures);
            if (holds()) return;
            try
            {
                await changed.WaitAsync(_options.GiveUpAfter, _time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw new ReplayException($"The server has acknowledged nothing for {_options.GiveUpAfter}: {Counters.LastTrouble ?? "no answer"}.")
                    { IsServerAway = true };
            }
        }
    }

    private void Answered(ReplayMessage message, PublishOutcome outcome)
    {
        if (outcome == PublishOutcome.Acknowledged) Interlocked.Increment(ref _acknowledged);
        else Interlocked.Increment(ref _refused);
        _progress.MarkDone(message.Number);
        Interlocked.Decrement(ref _open);
        Changed();
    }

    private void Changed()
    {
        lock (_gate)
        {
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class ReplayOutbound(ReplayRunner runner, ReplayMessage message) : Outbound(message.Topic, message.Payload(), false)
    {
        public override void Answered(PublishOutcome outcome, long nowMs) => runner.Answered(message, outcome);
    }
}
