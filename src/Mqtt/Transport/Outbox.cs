using System.Buffers;
using System.IO.Pipelines;

namespace B2D.Mqtt.Transport;

/// <summary>
/// What one connection still has to send. Packets are encoded into a buffer under <see cref="Gate"/>, and one flush carries all that has come
/// together: while one is under way the next batch grows. At most one flush at a time, by whoever comes first: the read loop at the end
/// of a batch (<see cref="FlushInline"/>), or the write loop when another thread has something to send (<see cref="RequestFlush"/>). What promises
/// something that is not on disk yet is held (<see cref="Hold"/>), with all that is written behind it.
/// </summary>
/// <param name="writer">The transport. Not used by two flushes at once, so any kind of pipe will do.</param>
/// <param name="failed">Called once when the transport takes no more; with the exception if there was one.</param>
/// <param name="woken">Called by the write loop before it sends, to add what has become due.</param>
/// <param name="drained">Called after each batch that the transport took.</param>
/// <param name="scheduler">Where the write loop runs; null for the pool.</param>
internal sealed class Outbox(PipeWriter writer, Action<Exception?> failed, Action woken, Action drained, PipeScheduler? scheduler = null)
{
    // Progress of a slow peer is seen slice by slice, in bytes.
    private const int Slice = 32 * 1024;

    private readonly AsyncSignal _signal = new(scheduler);
    private PooledBuffer _pending = new();
    private PooledBuffer _flight = new();
    private Task _drain = Task.CompletedTask;
    private int _inFlight;
    private bool _flushing;
    private bool _completed;
    private bool _broken;
    private bool _abandoned;

    // Where held bytes begin, counted from the first byte ever written, and the generation they wait for. Rising in both; two or three at most.
    private readonly Queue<(long Position, long Generation)> _holds = new(0);
    private long _taken;
    private long _held;

    /// <summary>Guards <see cref="Buffer"/>. Innermost lock: nothing else is locked while it is held.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Where encoders write; only under <see cref="Gate"/>.</summary>
    public IBufferWriter<byte> Buffer => _pending;

    /// <summary>Bytes not yet taken by the transport; exact only under <see cref="Gate"/>.</summary>
    public int PendingBytes => _pending.Length + Volatile.Read(ref _inFlight);

    /// <summary>Grows by one with every slice the transport takes; standing still with bytes pending means the peer does not read.</summary>
    public long Progress { get; private set; }

    /// <summary>Whether something waits for <see cref="Release"/> and not for the peer.</summary>
    public bool IsHolding
    {
        get
        {
            lock (Gate)
                return _holds.Count > 0;
        }
    }

    /// <summary>
    /// What is written from here on waits until a generation is released. Only under <see cref="Gate"/>. True when the caller has to see to that;
    /// false when it waits for this or a later one already.
    /// </summary>
    public bool Hold(long generation)
    {
        if (_holds.Count > 0 && _held >= generation)
            return false;
        _held = generation;
        _holds.Enqueue((_taken + _pending.Length, generation));
        return true;
    }

    /// <summary>What waits for this generation, or for an earlier one, may leave. Any thread; returns at once.</summary>
    public void Release(long generation)
    {
        lock (Gate)
            while (_holds.TryPeek(out var hold) && hold.Generation <= generation)
                _holds.Dequeue();
        _signal.Set();
    }

    /// <summary>The time for the last bytes is over: what is still held is not waited for.</summary>
    public void Abandon()
    {
        lock (Gate)
            _abandoned = true;
        _signal.Set();
    }

    /// <summary>Sends what is pending from the write loop. Any thread; returns at once.</summary>
    public void RequestFlush()
    {
        lock (Gate)
            if (_flushing || Sendable == 0)
                return;
        _signal.Set();
    }

    /// <summary>Lets the write loop ask for what is due and send it. Any thread; returns at once.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Sends what is pending on the caller's stack, as far as the transport takes it without waiting. Only the read loop calls this.</summary>
    public void FlushInline()
    {
        if (TryBegin())
            _drain = DrainAsync();
    }

    /// <summary>The write loop; ends after <see cref="CompleteAsync"/>.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            await _signal.WaitAsync().ConfigureAwait(false);
            lock (Gate)
                if (_completed)
                    return;
            woken();
            if (TryBegin())
                await DrainAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends the rest and ends the write loop. Waits as long as the peer makes it wait; whoever cannot wait aborts the transport.</summary>
    public async Task CompleteAsync(Task writeLoop)
    {
        lock (Gate)
            _completed = true;
        _signal.Set();
        await writeLoop.ConfigureAwait(false);
        await _drain.ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
        while (WaitsForRelease())
        {
            await _signal.WaitAsync().ConfigureAwait(false);
            await DrainAsync().ConfigureAwait(false);
        }
        Break();
    }

    private int Sendable => _holds.TryPeek(out var hold) ? (int)(hold.Position - _taken) : _pending.Length;

    private bool WaitsForRelease()
    {
        lock (Gate)
            return _holds.Count > 0 && _pending.Length > 0 && !_broken && !_abandoned;
    }

    private bool TryBegin()
    {
        lock (Gate)
        {
            if (_broken)
                _pending.Clear();
            if (_flushing || _completed || Sendable == 0)
                return false;
            return _flushing = true;
        }
    }

    private async Task DrainAsync()
    {
        Exception? error = null;
        try
        {
            while (TakeBatch())
            {
                if (!await WriteBatchAsync().ConfigureAwait(false))
                {
                    Break();
                    failed(null);
                    return;
                }
                drained();
            }
            return;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            error = e;
        }
        Break();
        failed(error);
    }

    private async ValueTask<bool> WriteBatchAsync()
    {
        for (var sent = 0; sent < _flight.Length;)
        {
            var slice = Math.Min(Slice, _flight.Length - sent);
            writer.Write(_flight.Written.Slice(sent, slice));
            sent += slice;
            var result = await writer.FlushAsync().ConfigureAwait(false);
            Progress++;
            Volatile.Write(ref _inFlight, _flight.Length - sent);
            if (result.IsCompleted)
                return false;
        }
        _flight.Clear();
        return true;
    }

    private bool TakeBatch()
    {
        lock (Gate)
        {
            var size = Sendable;
            if (size == 0 || _broken)
            {
                _flushing = false;
                return false;
            }
            if (size == _pending.Length)
                (_pending, _flight) = (_flight, _pending);
            else
                _pending.MoveFront(size, _flight);
            _taken += size;
            _inFlight = size;
            return true;
        }
    }

    /// <summary>Throws away what is unsent; nothing more is sent.</summary>
    public void Discard() => Break();

    private void Break()
    {
        lock (Gate)
        {
            _broken = true;
            _flushing = false;
            _inFlight = 0;
            _pending.Clear();
            _flight.Clear();
            _holds.Clear();
        }
    }
}
