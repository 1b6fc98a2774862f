namespace B2D.Core.Rules;

/// <summary>The steps of a window, oldest first: a ring that grows by doubling and never shrinks. To be kept in a field, never copied.</summary>
internal struct StepRing<T>()
    where T : struct
{
    // Its size is a power of two.
    private T[] items = [];
    private int first;

    public int Count { get; private set; }

    public readonly ref T this[int index] => ref items[(first + index) & (items.Length - 1)];

    public void Insert(int place, T item)
    {
        if (Count == items.Length)
        {
            var grown = new T[Math.Max(4, items.Length * 2)];
            for (var i = 0; i < Count; i++)
                grown[i] = this[i];
            (items, first) = (grown, 0);
        }
        Count++;
        for (var i = Count - 1; i > place; i--)
            this[i] = this[i - 1];
        this[place] = item;
    }

    public void DropOldest()
    {
        first = (first + 1) & (items.Length - 1);
        Count--;
    }

    public void Clear() => (first, Count) = (0, 0);
}
