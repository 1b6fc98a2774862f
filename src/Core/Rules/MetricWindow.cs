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
    private StepRing<Kept> ring = new();
    private WindowTotal recent = WindowTotal.None;

    /// <summary>The step at which the window stands.</summary>
    public long Head { get; private set; } = long.MinValue;

    /// <summary>Steps with a number.</summary>
    public int Count => ring.Count;

    /// <summary>How many of them, from the oldest on, hold suffix totals.</summary>
    public int Settled { get; private set; }

    /// <summary>All numbers of the steps that are not settled.</summary>
    public WindowTotal Recent => recent;

    /// <summary>All numbers in the window where it stands.</summary>
    public WindowTotal Total => Settled > 0 ? ring[0].Total.With(recent) : recent;

    /// <summary>How many numbers there are, as <see cref="Total"/> has it; the others likewise, each without working out all.</summary>
    public int Numbers => Settled > 0 ? ring[0].Count + recent.Count : recent.Count;

    public double Sum => Settled > 0 ? ring[0].Sum + recent.Sum : recent.Sum;

    public double Min => Settled > 0 ? Math.Min(ring[0].Min, recent.Min) : recent.Min;

    public double Max => Settled > 0 ? Math.Max(ring[0].Max, recent.Max) : recent.Max;

    /// <summary>The numbers in the order in which they came; null where nothing looks at it.</summary>
    public SeriesWindow? Series { get; private set; } = (content & WindowContent.Order) != 0 ? new SeriesWindow() : null;

    /// <summary>A step with a number, oldest first.</summary>
    public Step this[int index] => new(Head - AgeOf(index), ring[index].Total);

    /// <summary>Goes on under rules that look at it for something else: what is new begins empty, what nobody looks at is forgotten.</summary>
    public void Keep(WindowContent next)
    {
        content = next;
        if ((next & WindowContent.Totals) == 0)
            EmptyTotals();
        Series = (next & WindowContent.Order) != 0 ? Series ?? new SeriesWindow() : null;
    }

    /// <summary>Brings the window to a device time. What is from longer before leaves; a time from before all that it can hold begins it anew.</summary>
    public void MoveTo(DeviceTime at) => Reach(at);

    /// <summary>Brings the window to a device time, and tells the step of it.</summary>
    private long Reach(DeviceTime at)
    {
        // Mostly the step at which it stands, which multiplying tells sooner than dividing.
        if (Head != long.MinValue && (ulong)((at.EpochMs * Steps) - (Head * lengthMs)) < (ulong)lengthMs)
            return Head;
        var step = StepOf(at);
        if (step <= Head)
        {
            if (step > Head - Steps)
                return step;
            Clear();
        }
        if (step - Head >= Steps || Head == long.MinValue)
            EmptyTotals();
        Head = step;
        Series?.MoveTo(Head);
        if (Count > 0 && AgeOf(Count - 1) >= Steps)
            EmptyTotals();
        while (Count > 0 && AgeOf(0) >= Steps)
            DropOldest();
        return step;
    }

    /// <summary>A finite number at a device time, which the window moves to.</summary>
    public void Add(DeviceTime at, double value)
    {
        var step = Reach(at);
        Series?.Add(step, at, value);
        if ((content & WindowContent.Totals) == 0)
            return;
        var age = Head - step;
        if (Count > Settled && AgeOf(Count - 1) == age)
        {
            ref var newest = ref ring[Count - 1];
            newest = new Kept(step, newest.Total.With(value));
            recent = recent.With(value);
        }
        else if (Count == 0 || AgeOf(Count - 1) > age)
        {
            ring.Insert(Count, new Kept(step, WindowTotal.None.With(value)));
            recent = recent.With(value);
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
            ring.Insert(Count, new Kept(step.At, step.Total));
        (Settled, this.recent) = (settled, recent);
    }

    /// <summary>The step of a time, on a scale of its own for every length.</summary>
    private long StepOf(DeviceTime at)
    {
        var scaled = at.EpochMs * Steps;
        return scaled >= 0 ? scaled / lengthMs : -((lengthMs - 1 - scaled) / lengthMs);
    }

    /// <summary>How many steps back one of the steps is; under 60 once the window was moved.</summary>
    private uint AgeOf(int index) => unchecked((uint)Head - ring[index].At);

    /// <summary>A number that came after later ones.</summary>
    private void AddEarlier(long step, double value)
    {
        var place = Count;
        while (place > 0 && AgeOf(place - 1) <= Head - step)
            place--;
        var settled = place < Settled;
        if (AgeOf(place) != Head - step)
        {
            ring.Insert(place, new Kept(step, settled ? ring[place].Total : WindowTotal.None));
            Settled += settled ? 1 : 0;
        }
        // A settled step's number is in its own total and in that of every one before it.
        for (var i = settled ? 0 : place; i <= place; i++)
            ring[i] = ring[i].With(ring[i].Total.With(value));
        if (!settled)
            recent = recent.With(value);
    }

    private void DropOldest()
    {
        if (Settled == 0)
        {
            for (var i = Count - 2; i >= 0; i--)
                ring[i] = ring[i].With(ring[i].Total.With(ring[i + 1].Total));
            (Settled, recent) = (Count, WindowTotal.None);
        }
        ring.DropOldest();
        Settled--;
    }

    private void EmptyTotals()
    {
        ring.Clear();
        (Settled, recent) = (0, WindowTotal.None);
    }

    /// <summary>A step and its numbers; a settled one's with those of all later settled ones.</summary>
    internal readonly record struct Step(long At, WindowTotal Total);

    /// <summary>A step as it is remembered, in 40 bytes: of its place the lower half, which tells how many steps back it is.</summary>
    private readonly struct Kept(uint at, in WindowTotal total)
    {
        public readonly uint At = at;
        public readonly int Count = total.Count;
        public readonly double Sum = total.Sum;
        public readonly double Min = total.Min;
        public readonly double Max = total.Max;
        private readonly double squares = total.Squares;

        public Kept(long step, in WindowTotal total)
            : this(unchecked((uint)step), in total)
        {
        }

        public WindowTotal Total => new(Count, Sum, Min, Max, squares);

        public Kept With(in WindowTotal total) => new(At, in total);
    }
}
