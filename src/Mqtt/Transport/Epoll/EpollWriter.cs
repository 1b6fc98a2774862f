using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Threading.Tasks.Sources;

namespace B2D.Mqtt.Transport.Epoll;

/// <summary>Writes a socket as a pipe: a flush sends on the caller's stack; what the socket does not take waits for the loop, and the flush with it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollWriter(int socket) : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int FirstBuffer = 4096;

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<FlushResult> _waiter;
    private byte[]? _buffer;
    private int _sent, _length;
    private bool _broken, _cancelled;
    private volatile bool _waits;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _length - _sent;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_length);
    }

    public override void Advance(int bytes) => _length += bytes;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (TrySend(out var result))
                return new ValueTask<FlushResult>(result);
            if (_waits)
                throw new InvalidOperationException("A flush is under way.");
            _waiter.Reset();
            _waits = true;
            // The loop looks without the lock whether a flush waits. Room that it heard of before it could see this one is used now.
            Interlocked.MemoryBarrier();
            if (TrySend(out result))
            {
                _waits = false;
                return new ValueTask<FlushResult>(result);
            }
            return new ValueTask<FlushResult>(this, _waiter.Version);
        }
    }

    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            _cancelled = true;
            if (!_waits)
                return;
            _waits = _cancelled = false;
        }
        _waiter.SetResult(new FlushResult(true, false));
    }

    public override void Complete(Exception? exception = null) => Close();

    /// <summary>Nothing more is sent: the buffer goes back, a flush that waits ends.</summary>
    public void Close()
    {
        Break();
        lock (_gate)
            GiveBack();
    }

    /// <summary>The socket takes no more.</summary>
    public void Abort() => Break();

    /// <summary>There is room again, or an error. On the loop's thread.</summary>
    public void OnWritable()
    {
        // Each event says that there is room, whatever it is about; nearly always nobody waits for it.
        if (!_waits)
            return;
        FlushResult result;
        lock (_gate)
        {
            if (!_waits || !TrySend(out result))
                return;
            _waits = false;
        }
        _waiter.SetResult(result);
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    /// <summary>True when nothing is left to wait for.</summary>
    private bool TrySend(out FlushResult result)
    {
        result = new FlushResult(_cancelled, _broken);
        if (_broken || _cancelled)
        {
            _cancelled = false;
            return true;
        }
        while (_sent < _length)
        {
            var count = Native.Send(socket, _buffer.AsSpan(_sent, _length - _sent));
            if (count > 0)
            {
                _sent += count;
                continue;
            }
            var error = Marshal.GetLastPInvokeError();
            if (error == Native.Interrupted)
                continue;
            if (error == Native.Again)
                return false;
            _broken = true;
            result = new FlushResult(false, true);
            return true;
        }
        GiveBack();
        return true;
    }

    private void Break()
    {
        lock (_gate)
        {
            _broken = true;
            if (!_waits)
                return;
            _waits = false;
        }
        _waiter.SetResult(new FlushResult(false, true));
    }

    private void MakeRoom(int sizeHint)
    {
        var needed = _length + Math.Max(1, sizeHint);
        if (_buffer?.Length >= needed)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, FirstBuffer));
        if (_buffer != null)
        {
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        _buffer = larger;
    }

    private void GiveBack()
    {
        if (_buffer != null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _sent = _length = 0;
    }
}
