using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace B2D.Mqtt.Transport.Epoll;

/// <summary>
/// Watches many sockets on one thread, that of whoever calls <see cref="Run"/>. What comes is handed to the connection on that thread, and as a rule answered
/// on it before the next: one wake-up serves many connections, and a message costs one receive and one send. What others want done on the thread
/// (<see cref="Schedule"/>) is done between the events.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class EpollLoop : PipeScheduler, IDisposable
{
    /// <summary>Events taken at once: enough to be one call for a busy fleet, few enough to be fair.</summary>
    internal const int Batch = 256;

    /// <summary>Full batches that are served before what follows.</summary>
    private const int MostBatches = 4;

    private const long WakeNumber = -1;

    private readonly IAfterEvents? _after;
    private readonly int _epoll = Native.Create();
    private readonly int _wake = Native.CreateWake();
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private EpollConnection?[] _connections = new EpollConnection?[64];
    private int _used;
    private uint _lastGeneration;
    private readonly PipeScheduler _afterwards = ThreadPool;
    private readonly Lock _workGate = new();
    private List<(Action<object?> Action, object? State)> _work = [];
    private List<(Action<object?> Action, object? State)> _inHand = [];
    private bool _asleep;
    private volatile bool _stopping;

    /// <summary>Makes a loop; it does nothing before <see cref="Run"/>.</summary>
    /// <param name="after">Done after each round of events; null for nothing.</param>
    /// <exception cref="IOException">The system gives no descriptors.</exception>
    public EpollLoop(IAfterEvents? after = null)
    {
        _after = after;
        if (_epoll < 0 || _wake < 0 || !Native.Watch(_epoll, Native.Add, _wake, Native.In, WakeNumber))
            throw new IOException($"epoll is not to be had: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Serves connections until <see cref="Stop"/>.</summary>
    public void Run()
    {
        Span<byte> events = stackalloc byte[Batch * Native.Event.Size];
        var isDone = true;
        while (!_stopping)
        {
            Serve(events, isDone && MaySleep());
            if (_after is null)
                continue;
            if (_after.Gather() is { Ticks: > 0 } time)
            {
                ShortSleep.For(time);
                Serve(events, maySleep: false);
            }
            isDone = !_after.Run();
            // Connections that were held back may go on in here with what they had received: that is followed by another run, not by sleep.
            isDone &= !Work();
        }
        Work();
    }

    /// <summary>Has something done on the thread of <see cref="Run"/>, in order. Any thread; once the loop is stopped, on the pool.</summary>
    public override void Schedule(Action<object?> action, object? state)
    {
        if (_stopping)
        {
            _afterwards.Schedule(action, state);
            return;
        }
        bool wake;
        lock (_workGate)
        {
            _work.Add((action, state));
            (wake, _asleep) = (_asleep, false);
        }
        if (wake)
            Native.Wake(_wake);
    }

    /// <summary>Ends <see cref="Run"/> after the events it has in hand. Any thread.</summary>
    public void Stop()
    {
        _stopping = true;
        Native.Wake(_wake);
    }

    /// <summary>Frees the descriptors; <see cref="Run"/> has returned.</summary>
    public void Dispose()
    {
        _ = Native.Close(_epoll);
        _ = Native.Close(_wake);
    }

    /// <summary>Begins to watch a connection's socket.</summary>
    /// <exception cref="IOException">The system does not take it.</exception>
    internal void Add(EpollConnection connection)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var slot))
                slot = _used++;
            if (slot == _connections.Length)
                Array.Resize(ref _connections, slot * 2);
            // The number says which life of the slot is meant: events of an earlier one may still be in hand.
            connection.Number = ((long)(++_lastGeneration & 0x7FFF_FFFF) << 32) | (uint)slot;
            Volatile.Write(ref _connections[slot], connection);
        }
        if (!Native.Watch(_epoll, Native.Add, connection.Socket, Native.In | Native.Out | Native.PeerEnded | Native.Edge, connection.Number))
        {
            var error = Marshal.GetLastPInvokeError();
            Forget(connection);
            throw new IOException($"epoll does not take a socket: error {error}");
        }
    }

    /// <summary>Ends watching, before the socket is closed.</summary>
    internal void Remove(EpollConnection connection)
    {
        Native.Watch(_epoll, Native.Delete, connection.Socket, 0, 0);
        Forget(connection);
    }

    private void Serve(Span<byte> events, bool maySleep)
    {
        // What follows is a transaction, and costs about as much for many as for few.
        for (var batches = 1; ServeBatch(events, maySleep) && batches < MostBatches; batches++)
            maySleep = false;
        Work();
    }

    /// <summary>True where there may be more events at once.</summary>
    private bool ServeBatch(Span<byte> events, bool maySleep)
    {
        var count = Native.Wait(_epoll, events, maySleep);
        // All is received before any of it is handled: the system's code and ours do not push each other out of the processor's caches for each connection anew.
        for (var i = 0; i < count; i++)
        {
            var (number, what) = EventAt(events, i);
            if (number == WakeNumber)
                Native.Drain(_wake);
            else
                Find(number)?.Fetch(what);
        }
        for (var i = 0; i < count; i++)
        {
            var (number, what) = EventAt(events, i);
            if (number != WakeNumber)
                Find(number)?.OnEvents(what);
        }
        return count == Batch;
    }

    private static (long Number, uint What) EventAt(ReadOnlySpan<byte> events, int index)
    {
        var entry = events.Slice(index * Native.Event.Size, Native.Event.Size);
        return (MemoryMarshal.Read<long>(entry[Native.Event.Data..]), MemoryMarshal.Read<uint>(entry));
    }

    private bool MaySleep()
    {
        lock (_workGate)
            return _asleep = _work.Count == 0;
    }

    /// <summary>True where there was something to do.</summary>
    private bool Work()
    {
        lock (_workGate)
        {
            _asleep = false;
            if (_work.Count == 0)
                return false;
            (_work, _inHand) = (_inHand, _work);
        }
        foreach (var (action, state) in _inHand)
            action(state);
        _inHand.Clear();
        return true;
    }

    private void Forget(EpollConnection connection)
    {
        lock (_gate)
        {
            var slot = (int)connection.Number;
            Volatile.Write(ref _connections[slot], null);
            _free.Push(slot);
        }
    }

    private EpollConnection? Find(long number)
    {
        var connections = Volatile.Read(ref _connections);
        var slot = (int)number;
        var connection = slot < connections.Length ? Volatile.Read(ref connections[slot]) : null;
        return connection?.Number == number ? connection : null;
    }
}
