namespace B2D.Console.Tests.Town;

/// <summary>A clock that stands still until it is told to go on; its timers fire in order while it moves.</summary>
public sealed class StillClock(DateTimeOffset now) : TimeProvider
{
    private readonly Lock turn = new();
    private readonly List<StillTimer> timers = [];
    private DateTimeOffset now = now;

    /// <summary>Completed whenever a timer is made, so that a test can wait for a loop to be at its wait.</summary>
    public TaskCompletionSource TimerMade { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (turn)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StillTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        List<StillTimer> due;
        lock (turn)
        {
            now += by;
            due = [.. timers.Where(t => t.Due <= now)];
            foreach (var timer in due)
                timer.Next(now);
        }
        foreach (var timer in due)
            timer.Fire();
    }

    private void Put(StillTimer timer, bool on)
    {
        lock (turn)
        {
            timers.Remove(timer);
            if (on)
                timers.Add(timer);
            TimerMade.TrySetResult();
            TimerMade = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class StillTimer(StillClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            this.period = period;
            Due = dueTime < TimeSpan.Zero ? DateTimeOffset.MaxValue : clock.GetUtcNow() + dueTime;
            clock.Put(this, dueTime >= TimeSpan.Zero);
            return true;
        }

        public void Next(DateTimeOffset now) => Due = period > TimeSpan.Zero ? now + period : DateTimeOffset.MaxValue;

        public void Fire() => callback(state);

        public void Dispose() => clock.Put(this, false);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
