using B2D.Mqtt.Topics;
using B2D.Mqtt.Transport;

namespace B2D.Mqtt.Server;

/// <summary>
/// The changes on their way to the store. They are collected in generations, one commit each: while one is being written the next one grows.
/// What a packet promises names the generation it depends on, and its outbox holds it until that one is durable. Thread-safe.
/// </summary>
/// <param name="store">Null: nothing is kept, and nothing may be added.</param>
/// <param name="maxBytes">Changes not yet durable, in bytes, from which on no more should be made.</param>
internal sealed class SessionJournal(ISessionStore? store, long maxBytes)
{
    private readonly Lock _gate = new();

    // Guards the two below: while somebody adds what belongs together no generation is closed, and who wants to close one waits only for those who began.
    private readonly object _wholeGate = new();
    private int _wholes;
    private bool _closing;
    private readonly List<(Outbox Outbox, long Generation)> _waiting = [];
    private List<SessionChange> _collected = [];
    private List<SessionChange> _committing = [];
    private long _bytes;
    private long _committingBytes;
    private long _generation = 1;
    private long _durable;
    private long _lastSession;
    private long _lastMessage;

    /// <summary>Whether there is a store.</summary>
    public bool IsKept => store != null;

    /// <summary>Called, on any thread and under locks, when there is something to pump; it must only signal.</summary>
    public Action? Changed { get; set; }

    /// <summary>Called after a commit that made room again.</summary>
    public Action? Eased { get; set; }

    /// <summary>The last generation that is on disk.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>Changes not yet durable, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The store is so far behind that no more changes should be made.</summary>
    public bool IsFull => Bytes > maxBytes;

    /// <summary>A number for a session that is to be kept.</summary>
    public long NewSession() => Interlocked.Increment(ref _lastSession);

    /// <summary>Numbers up to these are taken.</summary>
    public void Continue(long lastSession, long lastMessage) => (_lastSession, _lastMessage) = (lastSession, lastMessage);

    /// <summary>Adds a change; the generation in which it becomes durable. A message it refers to is added before it, or removed after it.</summary>
    public long Add(SessionChange change)
    {
        switch (change)
        {
            case SessionChange.Queued { Content: { } content } queued:
                return Hold(content, number => queued with { Message = number, Content = null });
            case SessionChange.Retained { Content: { } content } retained:
                return Hold(content, number => retained with { Message = number, Content = null });
            case SessionChange.RetainedRemoved { Content: { } content } removed:
                return Drop(content, removed with { Message = content.Number, Content = null });
            case SessionChange.Finished { Content: { } content } finished:
                return Drop(content, finished with { Content = null });
            case SessionChange.Ended { Contents.Count: > 0 } ended:
                var generation = Take(ended with { Contents = [] });
                foreach (var content in ended.Contents)
                    generation = Math.Max(generation, Drop(content, null));
                return generation;
            default:
                return Take(change);
        }
    }

    /// <summary>Until the result is disposed of, what this thread adds becomes durable in one commit, or not at all.</summary>
    public Whole Together()
    {
        lock (_wholeGate)
        {
            while (_closing)
                Monitor.Wait(_wholeGate);
            _wholes++;
        }
        return new Whole(this);
    }

    /// <summary>Has the outbox released when the generation is durable; at once where it is.</summary>
    public void Await(Outbox outbox, long generation)
    {
        lock (_gate)
        {
            if (generation > _durable)
            {
                _waiting.Add((outbox, generation));
                return;
            }
        }
        outbox.Release(generation);
    }

    /// <summary>Commits what has been collected. One call at a time; true when there is more by now.</summary>
    /// <exception cref="Exception">What the store throws; the next call tries again.</exception>
    public bool Pump()
    {
        if (_committing.Count == 0)
            Close();
        if (_committing.Count == 0)
            return false;
        store!.Commit(_committing);
        _committing.Clear();
        List<Outbox> released = [];
        bool more, eased;
        lock (_gate)
        {
            more = _collected.Count > 0;
            Volatile.Write(ref _durable, _generation - 1);
            for (var i = 0; i < _waiting.Count; i++)
                if (_waiting[i].Generation <= _durable)
                    released.Add(_waiting[i].Outbox);
            _waiting.RemoveAll(w => w.Generation <= _durable);
            var wasFull = _bytes > maxBytes;
            Volatile.Write(ref _bytes, _bytes - _committingBytes);
            eased = wasFull && _bytes <= maxBytes;
        }
        foreach (var outbox in released)
            outbox.Release(_durable);
        if (eased)
            Eased?.Invoke();
        return more;
    }

    private void Close()
    {
        lock (_wholeGate)
        {
            _closing = true;
            while (_wholes > 0)
                Monitor.Wait(_wholeGate);
            lock (_gate)
                if (_collected.Count > 0)
                {
                    (_collected, _committing) = (_committing, _collected);
                    _committingBytes = _bytes;
                    _generation++;
                }
            _closing = false;
            Monitor.PulseAll(_wholeGate);
        }
    }

    private void EndWhole()
    {
        lock (_wholeGate)
            if (--_wholes == 0)
                Monitor.PulseAll(_wholeGate);
    }

    private long Hold(StoredMessage content, Func<long, SessionChange> change)
    {
        // One after the other for one message: who refers first adds it, who refers last removes it.
        lock (content)
        {
            if (content.References++ == 0)
            {
                content.Number = Interlocked.Increment(ref _lastMessage);
                Take(new SessionChange.MessageAdded(content.Number, KeptMessage.Of(content)));
            }
            return content.Generation = Take(change(content.Number));
        }
    }

    private long Drop(StoredMessage content, SessionChange? change)
    {
        lock (content)
        {
            var generation = change == null ? 0 : Take(change);
            return --content.References == 0 ? Take(new SessionChange.MessageRemoved(content.Number)) : generation;
        }
    }

    private long Take(SessionChange change)
    {
        bool first;
        long generation;
        lock (_gate)
        {
            first = _collected.Count == 0;
            _collected.Add(change);
            Volatile.Write(ref _bytes, _bytes + change.Size);
            generation = _generation;
        }
        if (first)
            Changed?.Invoke();
        return generation;
    }

    /// <summary>Ends what <see cref="Together"/> began.</summary>
    internal readonly ref struct Whole(SessionJournal journal)
    {
        public void Dispose() => journal.EndWhole();
    }
}
