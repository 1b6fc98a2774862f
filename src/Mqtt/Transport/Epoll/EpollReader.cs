using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace B2D.Mqtt.Transport.Epoll;

/// <summary>
/// Reads a socket as a pipe. A read takes what is there at once; else it is completed by the loop, and what follows it runs on the loop's thread. Bytes stand
/// in one rented array that grows with what the consumer leaves in it, and is given back when nothing is left.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollReader(int socket) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int FirstBuffer = ReceiveBuffers.Smallest, LargestRead = 64 * 1024;

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<ReadResult> _waiter;
    private byte[]? _buffer;
    private int _start, _end, _examined, _wanted = FirstBuffer;
    private Exception? _error;
    private bool _readable = true, _peerEnded, _ended, _cancelled, _waits, _closed;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (TryTake(out var result))
                return new ValueTask<ReadResult>(result);
            if (_error != null)
                return ValueTask.FromException<ReadResult>(_error);
            if (_waits)
                throw new InvalidOperationException("A read is under way.");
            _waiter.Reset();
            _waits = true;
            return new ValueTask<ReadResult>(this, _waiter.Version);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
            return TryTake(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_gate)
        {
            if (_buffer == null)
                return;
            (_start, _examined) = (consumed.GetInteger(), Math.Max(consumed.GetInteger(), examined.GetInteger()));
            if (_start == _end)
                GiveBack();
        }
    }

    public override void CancelPendingRead()
    {
        ReadResult result;
        lock (_gate)
        {
            _cancelled = true;
            if (!_waits)
                return;
            _waits = false;
            TryTake(out result);
        }
        _waiter.SetResult(result);
    }

    public override void Complete(Exception? exception = null) => Close();

    /// <summary>Nothing more is read: the buffer goes back, a read that waits ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = _ended = true;
            GiveBack();
            if (!_waits)
                return;
            _waits = false;
        }
        _waiter.SetResult(new ReadResult(ReadOnlySequence<byte>.Empty, false, true));
    }

    /// <summary>Reads fail from now on.</summary>
    public void Abort(Exception why)
    {
        lock (_gate)
        {
            _error ??= why;
            if (!_waits)
                return;
            _waits = false;
        }
        _waiter.SetException(why);
    }

    /// <summary>There may be bytes, or the end: where a read waits for them they are received. On the loop's thread.</summary>
    public void Fetch(bool peerEnded)
    {
        lock (_gate)
        {
            _readable = true;
            _peerEnded |= peerEnded;
            if (_waits && NeedsBytes)
                Receive();
        }
    }

    /// <summary>A read that waits for what was fetched goes on. On the loop's thread.</summary>
    public void OnReadable()
    {
        ReadResult result;
        Exception? error;
        lock (_gate)
        {
            if (!_waits)
                return;
            var taken = TryTake(out result);
            error = _error;
            if (!taken && error == null)
                return;
            _waits = false;
            if (taken)
                error = null;
        }
        if (error != null)
            _waiter.SetException(error);
        else
            _waiter.SetResult(result);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private bool NeedsBytes => _examined == _end && !_ended && !_cancelled && _readable && _error == null;

    private bool TryTake(out ReadResult result)
    {
        if (NeedsBytes)
            Receive();
        var cancelled = _cancelled;
        if (!cancelled && _examined == _end && !_ended)
        {
            result = default;
            return false;
        }
        _cancelled = false;
        var bytes = _buffer == null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start);
        result = new ReadResult(bytes, cancelled, _ended);
        return true;
    }

    private void Receive()
    {
        if (_closed)
            return;
        var room = MakeRoom();
        int count;
        do
            count = Native.Receive(socket, room);
        while (count < 0 && Marshal.GetLastPInvokeError() == Native.Interrupted);
        if (count > 0)
        {
            _end += count;
            // Less than there was room for is all there was (epoll(7), question 9), unless the end is what comes next.
            _readable = count == room.Length || _peerEnded;
            // Room for twice what came last: much comes in bursts, little comes alone. What came before is forgotten by and by.
            _wanted = Math.Clamp(count == room.Length ? _wanted * 4 : Math.Max(count * 2, _wanted / 2), FirstBuffer, LargestRead);
            return;
        }
        var error = Marshal.GetLastPInvokeError();
        _readable = false;
        if (count == 0)
            _ended = true;
        else if (error != Native.Again)
            _error = new ConnectionResetException($"The connection broke: error {error}.");
        if (_start == _end)
            GiveBack();
    }

    private Span<byte> MakeRoom()
    {
        _buffer ??= ReceiveBuffers.Rent(_wanted);
        if (_buffer.Length - _end >= Math.Max(1, _wanted / 4))
            return _buffer.AsSpan(_end);
        // What is left of the packets before is moved to the front, of a larger array where this one is too small for what comes.
        var left = _end - _start;
        var target = _buffer.Length - left < Math.Max(1, _wanted / 2) ? ReceiveBuffers.Rent(Math.Max(_wanted, left * 2)) : _buffer;
        _buffer.AsSpan(_start, left).CopyTo(target);
        if (target != _buffer)
            ReceiveBuffers.Return(_buffer);
        (_buffer, _start, _end, _examined) = (target, 0, left, _examined - _start);
        return _buffer.AsSpan(_end);
    }

    private void GiveBack()
    {
        if (_buffer != null)
            ReceiveBuffers.Return(_buffer);
        _buffer = null;
        _start = _end = _examined = 0;
    }
}
