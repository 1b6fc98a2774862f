using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Running;

/// <summary>
/// Carries out one device's wishes in order over links that may break: connects, sends at most <see cref="LinkOptions.MaxInFlight"/> at once, keeps what is
/// not acknowledged, and after a loss connects again with back-off and sends that first. It has no thread: it goes on where a wish, an
/// acknowledgement, a loss or the end of a pause pushes it, and stops where it would have to wait.
/// </summary>
internal sealed class DeviceConnection(
    DeviceSession session, IDeviceNetwork network, LinkOptions options, TimeProvider time, Dice dice, LinkCounters counters,
    Action<string, ReadOnlyMemory<byte>> onMessage, Action<Exception> onFailure) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly WishQueue _queue = new(options, counters);
    private readonly CancellationTokenSource _stopped = new();
    private CancellationTokenSource? _attempt;
    private TaskCompletionSource? _idle;
    private IDeviceLink? _link;
    private bool _wanted;
    private bool _running;
    private bool _pushed;
    private int _failures;

    private bool IsIdle => !_running && _queue.IsIdle(_wanted);

    public void Offer(Wish wish)
    {
        CancellationTokenSource? attempt = null;
        lock (_gate)
        {
            if (_stopped.IsCancellationRequested) return;
            _queue.Add(wish);
            // An attempt to connect, or its pause, is pointless once the device has left.
            if (wish is Wish.Disconnect) attempt = _attempt;
        }

        Cancel(attempt);
        Push();
    }

    /// <summary>Completes when everything offered so far is acknowledged, or cannot be because the device is meant to be away.</summary>
    public Task IdleAsync()
    {
        lock (_gate)
        {
            if (IsIdle) return Task.CompletedTask;
            _idle ??= new TaskCompletionSource();
            return _idle.Task;
        }
    }

    /// <summary>Ends the link and everything else. What is not acknowledged stays so.</summary>
    /// <param name="clean">With DISCONNECT, so that no will is published.</param>
    public async Task StopAsync(bool clean)
    {
        lock (_gate)
        {
            _wanted = false;
            _queue.Clear();
        }

        await _stopped.CancelAsync().ConfigureAwait(false);
        await LeaveAsync(clean).ConfigureAwait(false);
    }

    public void Dispose() => _stopped.Dispose();

    private void Push()
    {
        lock (_gate)
        {
            _pushed = true;
            if (_running) return;
            _running = true;
        }

        _ = GoOnAsync();
    }

    private async Task GoOnAsync()
    {
        try
        {
            while (TakePush()) await StepAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            lock (_gate) _running = false;
        }
        catch (Exception failure)
        {
            // Anything unforeseen ends the run with its cause; it must not vanish in a task nobody looks at.
            onFailure(failure);
        }
    }

    private bool TakePush()
    {
        TaskCompletionSource? idle = null;
        bool pushed;
        lock (_gate)
        {
            pushed = _running = _pushed;
            _pushed = false;
            if (IsIdle) (idle, _idle) = (_idle, null);
        }

        idle?.TrySetResult();
        return pushed;
    }

    /// <summary>Does as much as is possible without waiting for acknowledgements.</summary>
    private async Task StepAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            if (_wanted && !await HasLinkAsync().ConfigureAwait(false) && !_queue.HasDisconnect) return;
            if (!_queue.TryNext(_link is not null, out var message, out var wish)) return;
            if (message is not null) Start(message);
            else if (wish is Wish.Connect) _wanted = true;
            else if (wish is Wish.Disconnect(var clean))
            {
                _wanted = false;
                await LeaveAsync(clean).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A link, if need be a new one after a pause; false if the wish for it was withdrawn.</summary>
    private async Task<bool> HasLinkAsync()
    {
        while (_link is null)
        {
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
            lock (_gate)
            {
                if (_queue.HasDisconnect) return false;
                _attempt = attempt;
            }

            try
            {
                if (_failures > 0) await PauseAsync(attempt.Token).ConfigureAwait(false);
                await ConnectAsync(attempt).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!_stopped.IsCancellationRequested)
            {
                if (_queue.HasDisconnect) return false;
                Failed("connecting took too long");
            }
            catch (LinkLostException lost)
            {
                Failed(lost.Message);
            }
            finally
            {
                lock (_gate) _attempt = null;
            }
        }

        return true;
    }

    /// <summary>A pause whose end, or whose being cut short, is noticed on the thread that brings it about: Task.Delay goes on elsewhere, and a run in virtual time has but one.</summary>
    private async Task PauseAsync(CancellationToken cutShort)
    {
        var over = new TaskCompletionSource();
        using var pause = new CancellationTokenSource(Pause(), time);
        using var ended = pause.Token.Register(() => over.TrySetResult());
        using var registered = cutShort.Register(() => over.TrySetCanceled(cutShort));
        await over.Task.ConfigureAwait(false);
    }

    private async Task ConnectAsync(CancellationTokenSource attempt)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var timed = timeout.Token.Register(attempt.Cancel);
        var link = await network.ConnectAsync(session, onMessage, attempt.Token).ConfigureAwait(false);
        counters.AddConnected(1);
        lock (_gate) _link = link;
        _ = WatchAsync(link);
        if (_stopped.IsCancellationRequested) await LeaveAsync(clean: false).ConfigureAwait(false);
    }

    private async Task WatchAsync(IDeviceLink link)
    {
        await link.Closed.ConfigureAwait(false);
        counters.AddConnected(-1);
        Lose(link);
        await link.DisposeAsync().ConfigureAwait(false);
        Push();
    }

    private async Task LeaveAsync(bool clean)
    {
        if (Interlocked.Exchange(ref _link, null) is not { } link) return;
        if (clean) await link.CloseAsync().ConfigureAwait(false);
        else link.Abort();
    }

    private void Lose(IDeviceLink link)
    {
        if (Interlocked.CompareExchange(ref _link, null, link) == link) Failed("the connection was lost");
    }

    private void Failed(string why)
    {
        Interlocked.Increment(ref _failures);
        if (!_stopped.IsCancellationRequested) counters.AddLost(why);
    }

    private void Start(Outbound message)
    {
        if (_link is not { } link) return;
        if (_queue.Start(message))
        {
            message.SentAgain();
            counters.AddResent();
        }

        _ = TrackAsync(link, message);
    }

    private async Task TrackAsync(IDeviceLink link, Outbound message)
    {
        var answered = false;
        try
        {
            var outcome = await link.PublishAsync(message.Topic, message.Payload, message.Retain).ConfigureAwait(false);
            answered = true;
            _failures = 0;
            if (outcome == PublishOutcome.Acknowledged) counters.AddAcknowledged();
            else counters.AddRefused();
            message.Answered(outcome, time.GetUtcNow().ToUnixTimeMilliseconds());
        }
        catch (LinkLostException)
        {
            // Kept; the next link sends it again. This one is not tried once more, even before it says itself that it is closed.
            Lose(link);
            link.Abort();
        }
        catch (Exception failure)
        {
            onFailure(failure);
        }

        _queue.Settle(message, answered);
        Push();
    }

    private static void Cancel(CancellationTokenSource? attempt)
    {
        try
        {
            attempt?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended by itself in this very moment.
        }
    }

    private TimeSpan Pause()
    {
        var doubled = options.BackOffFirst.TotalMilliseconds * Math.Pow(2, Math.Min(_failures - 1, 20));
        return TimeSpan.FromMilliseconds(Math.Min(options.BackOffMost.TotalMilliseconds, doubled) * dice.Between(0.5, 1));
    }
}
