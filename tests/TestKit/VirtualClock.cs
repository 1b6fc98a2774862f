namespace B2D.TestKit;

/// <summary>
/// A clock that stands until it is told to go on; timers fire on the thread that moves it, in order of their time, each with its own instant as now.
/// Its timestamps have an odd frequency and an odd beginning, so that code which takes them for ticks or for wall time does not get away with it.
/// </summary>
/// <param name="start">What time it is at first.</param>
public sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private const long Frequency = 8_191_003;
    private const long FirstTimestamp = 77_777_777;

    private readonly PriorityQueue<VirtualTimer, (DateTimeOffset At, long Order)> queue = new();
    private long order;
    private TimeSpan passed;

    /// <summary>The present instant.</summary>
    public DateTimeOffset Now => start + passed;

    public override long TimestampFrequency => Frequency;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => FirstTimestamp + (long)(passed.TotalSeconds * Frequency);

    /// <summary>Goes on to a later instant and fires what falls due on the way. One that has passed changes nothing.</summary>
    public void AdvanceTo(DateTimeOffset until)
    {
        while (queue.TryPeek(out var timer, out var place) && place.At <= until)
        {
            queue.Dequeue();
            if (!timer.IsPlacedAt(place))
                continue;
            GoTo(place.At);
            timer.Fire();
        }
        GoTo(until);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void GoTo(DateTimeOffset at) => passed = at > Now ? at - start : passed;

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private (DateTimeOffset At, long Order)? place;
        private TimeSpan every;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            every = period;
            Place(dueTime);
            return true;
        }

        public bool IsPlacedAt((DateTimeOffset At, long Order) taken) => place == taken;

        public void Fire()
        {
            Place(every > TimeSpan.Zero ? every : Timeout.InfiniteTimeSpan);
            callback(state);
        }

        public void Dispose() => place = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Place(TimeSpan after)
        {
            place = null;
            if (after == Timeout.InfiniteTimeSpan)
                return;
            var next = (clock.Now + after, clock.order++);
            place = next;
            clock.queue.Enqueue(this, next);
        }
    }
}
