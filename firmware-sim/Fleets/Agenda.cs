namespace B2D.FirmwareSim.Fleets;

/// <summary>What is to happen when: a queue by true time, and by order of entry where times are equal.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action<long>, (long AtMs, long Order)> _queue = new();
    private long _order;

    public long? NextMs => _queue.TryPeek(out _, out var key) ? key.AtMs : null;

    public void Add(long atMs, Action<long> what) => _queue.Enqueue(what, (atMs, _order++));

    /// <summary>Does everything due by then, each with its own time as now; what that adds is done too if it is due.</summary>
    public void RunTo(long nowMs)
    {
        while (_queue.TryPeek(out var what, out var key) && key.AtMs <= nowMs)
        {
            _queue.Dequeue();
            what(key.AtMs);
        }
    }
}
