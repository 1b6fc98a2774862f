namespace B2D.Core.Rules;

/// <summary>The steps of a window, oldest first: a ring that grows by a quarter and never shrinks: a device has many of them. To be kept in a field, never copied.</summary>
internal struct StepRing<T>()
    where T : struct
{
    private T[] items = [];
    private int first;

    public int Count { get; private set; }

    public readonly ref T this[int index] => ref items[Place(first + index)];

    public void Insert(int place, T item)
    {
        if (Count == items.Length)
        {
            var grown = new T[items.Length + Math.Max(4, items.Length / 16 * 4)];
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
        first = Place(first + 1);
        Count--;
    }

    public void Clear() => (first, Count) = (0, 0);

    private readonly int Place(int index) => index >= items.Length ? index - items.Length : index;
}
