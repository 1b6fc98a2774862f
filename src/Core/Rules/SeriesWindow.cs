namespace B2D.Core.Rules;

/// <summary>
/// The part of a window that knows in which order its numbers came. Every step keeps its own oldest and newest number; the steps before the newest are
/// added up once when one begins or leaves, so that what a window gives is made of its steps alone and a restart cannot change it.
/// </summary>
internal sealed class SeriesWindow
{
    private StepRing<Step> ring = new();
    private SeriesTotal before;

    /// <summary>Steps with a number.</summary>
    public int Count => ring.Count;

    /// <summary>All numbers in the window.</summary>
    public SeriesTotal Total => Count == 0 ? SeriesTotal.None : before.Then(ring[Count - 1].Total);

    /// <summary>A step with a number, oldest first.</summary>
    public ref readonly Step this[int index] => ref ring[index];

    /// <summary>What is from longer before leaves.</summary>
    public void MoveTo(long head)
    {
        var had = Count;
        while (Count > 0 && ring[0].At <= head - MetricWindow.Steps)
            ring.DropOldest();
        if (Count != had)
            AddUp();
    }

    /// <summary>A finite number in a step that the window holds.</summary>
    public void Add(long step, DeviceTime at, double value)
    {
        var place = Count;
        while (place > 0 && ring[place - 1].At > step)
            place--;
        if (place > 0 && ring[place - 1].At == step)
        {
            ref var known = ref ring[place - 1];
            known = known with { Total = known.Total.With(at, value) };
            if (place == Count)
                return;
        }
        else
            ring.Insert(place, new Step(step, SeriesTotal.Of(at, value)));
        AddUp();
    }

    public void Clear()
    {
        ring.Clear();
        before = SeriesTotal.None;
    }

    /// <summary>Puts back what the steps were.</summary>
    public void Restore(ReadOnlySpan<Step> steps)
    {
        Clear();
        foreach (var step in steps)
            ring.Insert(Count, step);
        AddUp();
    }

    private void AddUp()
    {
        before = SeriesTotal.None;
        for (var i = 0; i < Count - 1; i++)
            before = before.Then(ring[i].Total);
    }

    /// <summary>A step and its own numbers.</summary>
    internal readonly record struct Step(long At, SeriesTotal Total);
}
