namespace B2D.Core.Rules;

/// <summary>
/// One metric's numbers of one device over the last so much device time, in steps of a sixtieth of it. It stands at a step; of older steps it holds
/// those that are less than sixty back, so that a number stays in for more than 59/60 of the length and never for all of it.
/// <para>Only steps with a number take memory. The steps are a queue of which the older part holds suffix totals (a step and all later ones of that part)
/// and the newer part one running total: adding and reading cost the same however full it is, and nothing is ever subtracted, so that a huge number
/// that has left leaves no error behind.</para>
/// </summary>
/// <param name="length">1 s to 30 days.</param>
internal sealed class MetricWindow(TimeSpan length)
{
    /// <summary>Steps of a window.</summary>
    public const int Steps = 60;

    private readonly long lengthMs = (long)length.TotalMilliseconds;

    // A ring; its size is a power of two.
    private Step[] ring = [];
    private int first;

    /// <summary>The step at which the window stands.</summary>
    public long Head { get; private set; } = long.MinValue;

    /// <summary>Steps with a number.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them, from the oldest on, hold suffix totals.</summary>
    public int Settled { get; private set; }

    /// <summary>All numbers of the steps that are not settled.</summary>
    public WindowTotal Recent { get; private set; } = WindowTotal.None;

    /// <summary>All numbers in the window where it stands.</summary>
    public WindowTotal Total => Settled > 0 ? ring[first].Total.With(Recent) : Recent;

    /// <summary>A step with a number, oldest first.</summary>
    public ref readonly Step this[int index] => ref At(index);

    /// <summary>Brings the window to a device time. What is from longer before leaves; a time from before all that it can hold begins it anew.</summary>
    public void MoveTo(DeviceTime at)
    {
        var step = StepOf(at);
        if (step <= Head)
        {
            if (step > Head - Steps)
                return;
            Clear();
        }
        Head = step;
        if (Count > 0 && At(Count - 1).At <= Head - Steps)
            Empty();
        while (Count > 0 && ring[first].At <= Head - Steps)
            DropOldest();
    }

    /// <summary>A finite number at a device time, which the window moves to.</summary>
    public void Add(DeviceTime at, double value)
    {
        MoveTo(at);
        var step = StepOf(at);
        if (Count > Settled && At(Count - 1).At == step)
        {
            ref var newest = ref At(Count - 1);
            newest = newest with { Total = newest.Total.With(value) };
            Recent = Recent.With(value);
        }
        else if (Count == 0 || At(Count - 1).At < step)
        {
            Insert(Count, new Step(step, WindowTotal.None.With(value)));
            Recent = Recent.With(value);
        }
        else
            AddEarlier(step, value);
    }

    /// <summary>The device's clock was set back: nothing in here has a place on it.</summary>
    public void Clear()
    {
        Empty();
        Head = long.MinValue;
    }

    /// <summary>Puts back what <see cref="Head"/>, <see cref="Settled"/>, <see cref="Recent"/> and the steps were.</summary>
    public void Restore(long head, int settled, WindowTotal recent, ReadOnlySpan<Step> steps)
    {
        Clear();
        foreach (var step in steps)
            Insert(Count, step);
        (Head, Settled, Recent) = (head, settled, recent);
    }

    /// <summary>The step of a time, on a scale of its own for every length.</summary>
    private long StepOf(DeviceTime at)
    {
        var scaled = at.EpochMs * Steps;
        return scaled >= 0 ? scaled / lengthMs : -((lengthMs - 1 - scaled) / lengthMs);
    }

    /// <summary>A number that came after later ones.</summary>
    private void AddEarlier(long step, double value)
    {
        var place = Count;
        while (place > 0 && At(place - 1).At >= step)
            place--;
        var settled = place < Settled;
        if (At(place).At != step)
        {
            Insert(place, new Step(step, settled ? At(place).Total : WindowTotal.None));
            Settled += settled ? 1 : 0;
        }
        // A settled step's number is in its own total and in that of every one before it.
        for (var i = settled ? 0 : place; i <= place; i++)
            At(i) = At(i) with { Total = At(i).Total.With(value) };
        if (!settled)
            Recent = Recent.With(value);
    }

    private void DropOldest()
    {
        if (Settled == 0)
        {
            for (var i = Count - 2; i >= 0; i--)
                At(i) = At(i) with { Total = At(i).Total.With(At(i + 1).Total) };
            (Settled, Recent) = (Count, WindowTotal.None);
        }
        first = (first + 1) & (ring.Length - 1);
        Count--;
        Settled--;
    }

    private void Empty() => (first, Count, Settled, Recent) = (0, 0, 0, WindowTotal.None);

    private void Insert(int place, Step step)
    {
        if (Count == ring.Length)
        {
            var grown = new Step[Math.Max(4, ring.Length * 2)];
            for (var i = 0; i < Count; i++)
                grown[i] = At(i);
            (ring, first) = (grown, 0);
        }
        Count++;
        for (var i = Count - 1; i > place; i--)
            At(i) = At(i - 1);
        At(place) = step;
    }

    private ref Step At(int index) => ref ring[(first + index) & (ring.Length - 1)];

    /// <summary>A step and its numbers; a settled one's with those of all later settled ones.</summary>
    internal readonly record struct Step(long At, WindowTotal Total);
}
