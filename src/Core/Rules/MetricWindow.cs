namespace B2D.Core.Rules;

/// <summary>
/// One metric's numbers of one device over the last so much device time, in steps of a sixtieth of it. It stands at a step; of older steps it holds
/// those that are less than sixty back, so that a number stays in for more than 59/60 of the length and never for all of it.
/// <para>Only steps with a number take memory. The steps are a queue of which the older part holds suffix totals (a step and all later ones of that part)
/// and the newer part one running total: adding and reading cost the same however full it is, and nothing is ever subtracted, so that a huge number
/// that has left leaves no error behind.</para>
/// </summary>
/// <param name="length">1 s to 30 days.</param>
/// <param name="content">What it keeps of its numbers.</param>
internal sealed class MetricWindow(TimeSpan length, WindowContent content = WindowContent.Totals)
{
    /// <summary>Steps of a window.</summary>
    public const int Steps = 60;

    private readonly long lengthMs = (long)length.TotalMilliseconds;
    private WindowContent content = content;
    private StepRing<Step> ring = new();

    /// <summary>The step at which the window stands.</summary>
    public long Head { get; private set; } = long.MinValue;

    /// <summary>Steps with a number.</summary>
    public int Count => ring.Count;

    /// <summary>How many of them, from the oldest on, hold suffix totals.</summary>
    public int Settled { get; private set; }

    /// <summary>All numbers of the steps that are not settled.</summary>
    public WindowTotal Recent { get; private set; } = WindowTotal.None;

    /// <summary>All numbers in the window where it stands.</summary>
    public WindowTotal Total => Settled > 0 ? ring[0].Total.With(Recent) : Recent;

    /// <summary>The numbers in the order in which they came; null where nothing looks at it.</summary>
    public SeriesWindow? Series { get; private set; } = (content & WindowContent.Order) != 0 ? new SeriesWindow() : null;

    /// <summary>A step with a number, oldest first.</summary>
    public ref readonly Step this[int index] => ref ring[index];

    /// <summary>Goes on under rules that look at it for something else: what is new begins empty, what nobody looks at is forgotten.</summary>
    public void Keep(WindowContent next)
    {
        content = next;
        if ((next & WindowContent.Totals) == 0)
            EmptyTotals();
        Series = (next & WindowContent.Order) != 0 ? Series ?? new SeriesWindow() : null;
    }

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
        Series?.MoveTo(Head);
        if (Count > 0 && ring[Count - 1].At <= Head - Steps)
            EmptyTotals();
        while (Count > 0 && ring[0].At <= Head - Steps)
            DropOldest();
    }

    /// <summary>A finite number at a device time, which the window moves to.</summary>
    public void Add(DeviceTime at, double value)
    {
        MoveTo(at);
        var step = StepOf(at);
        Series?.Add(step, at, value);
        if ((content & WindowContent.Totals) == 0)
            return;
        if (Count > Settled && ring[Count - 1].At == step)
        {
            ref var newest = ref ring[Count - 1];
            newest = newest with { Total = newest.Total.With(value) };
            Recent = Recent.With(value);
        }
        else if (Count == 0 || ring[Count - 1].At < step)
        {
            ring.Insert(Count, new Step(step, WindowTotal.None.With(value)));
            Recent = Recent.With(value);
        }
        else
            AddEarlier(step, value);
    }

    /// <summary>The device's clock was set back: nothing in here has a place on it.</summary>
    public void Clear()
    {
        EmptyTotals();
        Series?.Clear();
        Head = long.MinValue;
    }

    /// <summary>Puts back what <see cref="Head"/>, <see cref="Settled"/>, <see cref="Recent"/> and the steps were, and those of <see cref="Series"/>.</summary>
    public void Restore(long head, int settled, WindowTotal recent, ReadOnlySpan<Step> steps, ReadOnlySpan<SeriesWindow.Step> series)
    {
        Clear();
        Head = head;
        Series?.Restore(series);
        if ((content & WindowContent.Totals) == 0)
            return;
        foreach (var step in steps)
            ring.Insert(Count, step);
        (Settled, Recent) = (settled, recent);
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
        while (place > 0 && ring[place - 1].At >= step)
            place--;
        var settled = place < Settled;
        if (ring[place].At != step)
        {
            ring.Insert(place, new Step(step, settled ? ring[place].Total : WindowTotal.None));
            Settled += settled ? 1 : 0;
        }
        // A settled step's number is in its own total and in that of every one before it.
        for (var i = settled ? 0 : place; i <= place; i++)
            ring[i] = ring[i] with { Total = ring[i].Total.With(value) };
        if (!settled)
            Recent = Recent.With(value);
    }

    private void DropOldest()
    {
        if (Settled == 0)
        {
            for (var i = Count - 2; i >= 0; i--)
                ring[i] = ring[i] with { Total = ring[i].Total.With(ring[i + 1].Total) };
            (Settled, Recent) = (Count, WindowTotal.None);
        }
        ring.DropOldest();
        Settled--;
    }

    private void EmptyTotals()
    {
        ring.Clear();
        (Settled, Recent) = (0, WindowTotal.None);
    }

    /// <summary>A step and its numbers; a settled one's with those of all later settled ones.</summary>
    internal readonly record struct Step(long At, WindowTotal Total);
}
