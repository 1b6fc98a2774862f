namespace B2D.FirmwareSim.Load;

/// <summary>Publishes as many devices over as many connections, and measures how long acknowledgements take.</summary>
public sealed class LoadRun : IDisposable
{
    private readonly LoadOptions _options;
    private readonly LoadClock _clock;
    private readonly AckedLog? _log;
    private readonly List<LoadConnection> _connections = [];
    private long _begun;

    /// <param name="options">Without a problem.</param>
    public LoadRun(LoadOptions options, TimeProvider time)
    {
        if (options.Validate() is [var problem, ..]) throw new ArgumentOutOfRangeException(nameof(options), problem);
        _options = options;
        _clock = new LoadClock(time, options.Rate);
        _log = options.AckedLog is { } path ? new AckedLog(path) : null;
        var template = new PayloadTemplate(options.Payload, options.Seed);
        for (var c = 0; c < options.Connections; c++)
        {
            List<LoadDevice> devices = [];
            for (var n = c; n < options.Devices; n += options.Connections) devices.Add(new LoadDevice(options.FirstDevice + n, c, template, options));
            var quota = options.Total == 0 ? long.MaxValue : (options.Total / options.Connections) + (c < options.Total % options.Connections ? 1 : 0);
            _connections.Add(new LoadConnection(c, [.. devices], quota, options, _clock, _log));
        }
    }

    /// <summary>Connections that are let in so far.</summary>
    public int Connected { get; private set; }

    /// <summary>Messages acknowledged so far.</summary>
    public long Acknowledged => _connections.Sum(c => c.Acknowledged);

    /// <summary>How far it is, 0 to 1.</summary>
    public double Share => _begun == 0 ? 0
        : Math.Min(1, _options.Total > 0 ? (double)Acknowledged / _options.Total : TimeSpan.FromTicks(_clock.Now - _begun) / _options.Length);

    /// <summary>Connects all, one after the other, as devices do not crowd a server that measures itself; then publishes.</summary>
    /// <exception cref="IOException">Nobody listens, or a connection was refused.</exception>
    public async Task<LoadResult> RunAsync(CancellationToken cancellation)
    {
        var connecting = _clock.Now;
        foreach (var connection in _connections)
        {
            await connection.ConnectAsync(cancellation).ConfigureAwait(false);
            Connected++;
        }

        _begun = _clock.Now;
        _clock.Begin();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var runs = Task.WhenAll(_connections.Select(c => c.RunAsync(cancellation)));
        var pacing = PaceAsync(over.Token);
        await runs.ConfigureAwait(false);
        var taken = _clock.Now - _begun;
        await over.CancelAsync().ConfigureAwait(false);
        await pacing.ConfigureAwait(false);
        var latency = new LatencyHistogram();
        foreach (var connection in _connections) latency.Add(connection.Latency);
        return new LoadResult(
            _connections.Sum(c => c.Sent), Acknowledged, _connections.Sum(c => c.Resent), _connections.Sum(c => c.Reconnects), _connections.Sum(c => c.Unexpected),
            TimeSpan.FromTicks(_begun - connecting), TimeSpan.FromTicks(taken), latency, _connections.FirstOrDefault(c => c.Trouble.Length > 0)?.Trouble ?? "");
    }

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
        _log?.Dispose();
    }

    /// <summary>Releases messages when they are due, and ends a load that goes by time.</summary>
    private async Task PaceAsync(CancellationToken over)
    {
        var end = _options.Total > 0 ? long.MaxValue : _begun + _options.Length.Ticks;
        try
        {
            while (_clock.Now < end)
            {
                if (_options.Rate > 0) Release();
                // A timer is too coarse between messages that are less than this apart; other work gets its turns all the same.
                if (_options.Rate > 500) await Task.Yield();
                else await Task.Delay(TimeSpan.FromMilliseconds(1), _clock.Time, over).ConfigureAwait(false);
                over.ThrowIfCancellationRequested();
            }

            foreach (var connection in _connections) connection.Stop();
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Everything is acknowledged, or somebody pressed Ctrl+C.
        }
    }

    private long _released;

    private void Release()
    {
        var (due, count) = (_clock.Due, _options.Connections);
        if (_options.Total > 0) due = Math.Min(due, _options.Total);
        if (due - _released >= count)
        {
            for (var c = 0; c < count; c++) _connections[c].Due(((due - 1 - c) / count) + 1);
        }
        else
        {
            for (var n = _released; n < due; n++) _connections[(int)(n % count)].Due((n / count) + 1);
        }

        _released = due;
    }
}
