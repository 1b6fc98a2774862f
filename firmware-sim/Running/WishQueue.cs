namespace B2D.FirmwareSim.Running;

/// <summary>
/// What one connection still has to do: wishes in order, messages without an acknowledgement before them, and how many of those are in flight.
/// Safe on any thread.
/// </summary>
internal sealed class WishQueue(LinkOptions options, LinkCounters counters)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Wish> _wishes = new();
    private readonly List<Outbound> _unacknowledged = [];
    private int _inFlight;
    private int _queued;

    /// <summary>The device is to leave sooner or later: no use in connecting before that.</summary>
    public bool HasDisconnect
    {
        get
        {
            lock (_gate) return _wishes.Any(w => w is Wish.Disconnect);
        }
    }

    /// <summary>Nothing is left to do; unacknowledged messages count only while a connection is wanted, because else nothing can be done for them.</summary>
    public bool IsIdle(bool wanted)
    {
        lock (_gate) return _inFlight == 0 && _wishes.Count == 0 && (!wanted || _unacknowledged.Count == 0);
    }

    public void Add(Wish wish)
    {
        lock (_gate)
        {
            _wishes.AddLast(wish);
            if (wish is Wish.Send && ++_queued > options.MaxQueued) DropOldest();
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _wishes.Clear();
            _queued = 0;
        }
    }

    /// <summary>
    /// What to do next: first what an earlier link has not delivered, then the oldest wish; false where there is nothing or the window is full.
    /// </summary>
    public bool TryNext(bool hasLink, out Outbound? message, out Wish? wish)
    {
        wish = null;
        lock (_gate)
        {
            message = hasLink ? _unacknowledged.Find(m => !m.InFlight) : null;
            var full = _inFlight >= options.MaxInFlight;
            if (message is not null) return !full;
            if (_wishes.First is not { } first) return false;
            if (first.Value is Wish.Send && full) return false;
            if (first.Value is Wish.Disconnect { Clean: true } && _inFlight > 0) return false;
            wish = first.Value;
            _wishes.RemoveFirst();
            if (wish is not Wish.Send(var next)) return true;
            _queued--;
            _unacknowledged.Add(next);
            return true;
        }
    }

    /// <summary>The message goes out; true if it went out before.</summary>
    public bool Start(Outbound message)
    {
        lock (_gate)
        {
            message.InFlight = true;
            _inFlight++;
            (var tried, message.Tried) = (message.Tried, true);
            return tried;
        }
    }

    /// <summary>The message is no longer in flight; it is kept unless the server has answered.</summary>
    public void Settle(Outbound message, bool answered)
    {
        lock (_gate)
        {
            message.InFlight = false;
            _inFlight--;
            if (answered) _unacknowledged.Remove(message);
        }
    }

    private void DropOldest()
    {
        for (var node = _wishes.First; node is not null; node = node.Next)
        {
            if (node.Value is not Wish.Send) continue;
            _wishes.Remove(node);
            _queued--;
            counters.AddDropped();
            return;
        }
    }
}
