namespace B2D.Core.Rules;

/// <summary>
/// One metric's numbers of one device over the last so much device time, in steps of a sixtieth of it. It stands at a step; of older steps it holds
/// those that are less than sixty back, so that a number stays in for more than 59/60 of the length and never for all of it.
/// <para>Only steps with a number take memory, and of each only what is asked for. The steps are a queue of which the older part holds suffix totals (a step and all later ones of that part)
/// and the newer part one running total: adding and reading cost the same however full it is, and nothing is ever subtracted, so that a huge number
/// that has left leaves no error behind.</para>
/// </summary>
/// <param name="length">1 s to 30 days.</param>
/// <param name="content">What it keeps of its numbers.</param>
internal sealed class MetricWindow(TimeSpan length, WindowContent content = WindowContent.Totals)
{
    /// <summary>Steps of a window.</summary>
    public const int Steps = 60;

    private readonly uint lengthMs = (uint)Milliseconds.Of(length);
    private TotalRing ring = new(WindowLayout.Of(content));
    private byte settled;

    /// <summary>The step at which the window stands.</summary>
    public long Head { get; private set; } = long.MinValue;

    /// <summary>Steps with a number.</summary>
    public int Count => ring.Count;

    /// <summary>How many of them, from the oldest on, hold suffix totals.</summary>
    public int Settled => settled;

    /// <summary>All numbers of the steps that are not settled.</summary>
    public WindowTotal Recent => ring.Read(ring.Recent);

    /// <summary>All numbers in the window where it stands; NaN for what is not kept of them.</summary>
    public WindowTotal Total => settled > 0 ? ring.Read(ring[0]).With(Recent) : Recent;

    /// <summary>How many numbers there are, as <see cref="Total"/> has it; the others likewise, each without working out all.</summary>
    public int Numbers => settled > 0 ? TotalRing.Numbers(ring[0]) + TotalRing.Numbers(ring.Recent) : TotalRing.Numbers(ring.Recent);

    /// <summary>NaN where it is not kept.</summary>
    public double Sum
    {
        get
        {
            var (old, recent) = Part(ring.Layout.Sum);
            return old + recent;
        }
    }

    public double Min
    {
        get
        {
            var (old, recent) = Part(ring.Layout.Min, double.PositiveInfinity);
            return Math.Min(old, recent);
        }
    }

    public double Max
    {
        get
        {
            var (old, recent) = Part(ring.Layout.Max, double.NegativeInfinity);
            return Math.Max(old, recent);
        }
    }

    /// <summary>The standard deviation of all numbers; NaN where it is not known.</summary>
    public double Deviation
    {
        get
        {
            if (ring.Layout.Squares == 0)
                return Total.Deviation;
            var count = Numbers;
            var (oldSquares, squares) = Part(ring.Layout.Squares);
            if (settled == 0 || TotalRing.Numbers(ring.Recent) is not (var recent and > 0))
                return Math.Sqrt((oldSquares + squares) / count);
            var (oldSum, sum) = Part(ring.Layout.Sum);
            return Math.Sqrt((oldSquares + squares + WindowTotal.Between(count - recent, oldSum, recent, sum)) / count);
        }
    }

    /// <summary>The numbers in the order in which they came; null where nothing looks at it.</summary>
    public SeriesWindow? Series { get; private set; } = WindowLayout.Of(content).HasOrder ? new SeriesWindow() : null;

    /// <summary>A step with a number, oldest first.</summary>
    public Step this[int index] => new(Head - AgeOf(index), ring.Read(ring[index]));

    /// <summary>Goes on under rules that look at it for something else: of its totals, what is new is unknown until all numbers from before have left; the order of
    /// its numbers begins empty. What nobody looks at is forgotten.</summary>
    public void Keep(WindowContent next)
    {
        var layout = WindowLayout.Of(next);
        Series = layout.HasOrder ? Series ?? new SeriesWindow() : null;
        if (layout == ring.Layout)
            return;
        var (was, wasSettled) = (ring, settled);
        (ring, settled) = (new TotalRing(layout), 0);
        if (!layout.HasTotals || !was.Layout.HasTotals)
            return;
        for (var i = 0; i < was.Count; i++)
            ring.Insert(i, was.PlaceOf(i), was.Read(was[i]));
        ring.Restore(was.Read(was.Recent));
        settled = wasSettled;
    }

    /// <summary>Brings the window to a device time. What is from longer before leaves; a time from before all that it can hold begins it anew.</summary>
    public void MoveTo(DeviceTime at) => Reach(at);

    /// <summary>Brings the window to a device time, and tells the step of it.</summary>
    private long Reach(DeviceTime at)
    {
        // Mostly the step at which it stands, which multiplying tells sooner than dividing.
        if (Head != long.MinValue && (ulong)((at.EpochMs * Steps) - (Head * lengthMs)) < lengthMs)
            return Head;
        return ReachAnother(StepOf(at));
    }

    private long ReachAnother(long step)
    {
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
        if (!ring.Layout.HasTotals)
            return;
        var age = Head - step;
        if (Count == 0 || AgeOf(Count - 1) > age)
            ring.Append(unchecked((uint)step), value);
        else if (Count > settled && AgeOf(Count - 1) == age)
        {
            ring.Add(Count - 1, value);
            ring.AddRecent(value);
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
        if (!ring.Layout.HasTotals || steps.IsEmpty)
            return;
        foreach (var step in steps)
            ring.Insert(Count, unchecked((uint)step.At), step.Total);
        ring.Restore(recent);
        this.settled = (byte)settled;
    }

    /// <summary>The step of a time, on a scale of its own for every length.</summary>
    private long StepOf(DeviceTime at)
    {
        var scaled = at.EpochMs * Steps;
        return scaled >= 0 ? (long)((ulong)scaled / lengthMs) : -((lengthMs - 1 - scaled) / lengthMs);
    }

    /// <summary>How many steps back one of the steps is; under 60 once the window was moved.</summary>
    private uint AgeOf(int index) => unchecked((uint)Head - ring.PlaceOf(index));

    /// <summary>A part of the settled steps' total and of the recent ones', <paramref name="none"/> where there is no number in one.</summary>
    private (double Settled, double Recent) Part(int word, double none = 0)
    {
        if (word == 0)
            return Unkept(none);
        var recent = ring.Recent;
        return (settled > 0 ? TotalRing.Part(ring[0], word) : none, TotalRing.Numbers(recent) > 0 ? TotalRing.Part(recent, word) : none);
    }

    private (double Settled, double Recent) Unkept(double none) => (Numbers > 0 ? double.NaN : none, none);

    /// <summary>A number that came after later ones.</summary>
    private void AddEarlier(long step, double value)
    {
        var place = Count;
        while (place > 0 && AgeOf(place - 1) <= Head - step)
            place--;
        var isSettled = place < settled;
        if (AgeOf(place) != Head - step)
        {
            ring.Insert(place, unchecked((uint)step), isSettled ? ring.Read(ring[place]) : WindowTotal.None);
            settled += (byte)(isSettled ? 1 : 0);
        }
        // A settled step's number is in its own total and in that of every one before it.
        for (var i = isSettled ? 0 : place; i <= place; i++)
            ring.Add(i, value);
        if (!isSettled)
            ring.AddRecent(value);
    }

    private void DropOldest()
    {
        if (settled == 0)
        {
            ring.AddUp();
            settled = (byte)Count;
        }
        ring.DropOldest();
        settled--;
    }

    private void EmptyTotals()
    {
        ring.Clear();
        settled = 0;
    }

    /// <summary>A step and its numbers; a settled one's with those of all later settled ones.</summary>
    internal readonly record struct Step(long At, WindowTotal Total);
}
