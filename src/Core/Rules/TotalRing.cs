namespace B2D.Core.Rules;

/// <summary>
/// The totals of a window's steps, oldest first, and one more total that belongs to none of them, all in one array: a device has many of them. It grows by a quarter
/// and never shrinks. To be kept in a field, never copied.
/// </summary>
internal struct TotalRing(WindowLayout layout)
{
    private const int Least = 4;

    private readonly WindowLayout layout = layout;
    private long[] words = [];
    private byte capacity;
    private byte first;
    private byte count;

    /// <summary>Steps with a number.</summary>
    public readonly int Count => count;

    public readonly WindowLayout Layout => layout;

    /// <summary>The total that belongs to no step.</summary>
    public readonly ReadOnlySpan<long> Recent => words.Length == 0 ? default : words.AsSpan(0, layout.Words);

    /// <summary>The place of a step as it was given.</summary>
    public readonly uint PlaceOf(int index) => (uint)words[WordOf(index)];

    /// <summary>What a step has.</summary>
    public readonly ReadOnlySpan<long> this[int index] => words.AsSpan(WordOf(index), layout.Words);

    /// <summary>How many numbers a total has.</summary>
    public static int Numbers(ReadOnlySpan<long> total) => total.IsEmpty ? 0 : (int)(total[0] >> 32);

    /// <summary>A part of a total that is kept.</summary>
    public static double Part(ReadOnlySpan<long> total, int word) => BitConverter.Int64BitsToDouble(total[word]);

    /// <summary>A total as a whole; NaN for parts that are not kept, unless there is one number that tells them.</summary>
    public readonly WindowTotal Read(ReadOnlySpan<long> total)
    {
        var numbers = Numbers(total);
        if (numbers == 0)
            return WindowTotal.None;
        var (sum, min, max) = (PartOrNaN(total, layout.Sum), PartOrNaN(total, layout.Min), PartOrNaN(total, layout.Max));
        if (numbers > 1)
            return new WindowTotal(numbers, sum, min, max, PartOrNaN(total, layout.Squares));
        var only = !double.IsNaN(max) ? max : !double.IsNaN(min) ? min : sum;
        return double.IsNaN(only) ? new WindowTotal(1, only, only, only, only) : WindowTotal.None.With(only);
    }

    /// <summary>A step begins, at its place among the others, with a total.</summary>
    public void Insert(int index, uint place, in WindowTotal total)
    {
        MakeRoom(index);
        Write(Step(index), in total);
        Place(index, place);
    }

    /// <summary>The newest step of all begins with one number, which enters the total of no step, too.</summary>
    public void Append(uint place, double value)
    {
        MakeRoom(count);
        var step = Step(count - 1);
        step[0] = (1L << 32) | place;
        Begin(step, value);
        Add(words.AsSpan(0, layout.Words), value);
    }

    /// <summary>One more number in a step.</summary>
    public readonly void Add(int index, double value) => Add(Step(index), value);

    /// <summary>One more number in the total of no step.</summary>
    public readonly void AddRecent(double value) => Add(words.AsSpan(0, layout.Words), value);

    /// <summary>Of every step but the newest: its numbers together with those of all later ones. The total of no step is empty from there on.</summary>
    public readonly void AddUp()
    {
        for (var i = count - 2; i >= 0; i--)
            Join(Step(i), Step(i + 1));
        words[0] = 0;
    }

    public void DropOldest()
    {
        first = (byte)(first + 1 == capacity ? 0 : first + 1);
        count--;
    }

    public void Clear()
    {
        (first, count) = (0, 0);
        if (words.Length > 0)
            words[0] = 0;
    }

    /// <summary>Puts back what the total of no step was.</summary>
    public void Restore(in WindowTotal recent)
    {
        if (words.Length == 0)
            Grow();
        Write(words.AsSpan(0, layout.Words), in recent);
    }

    private static double Double(long word) => BitConverter.Int64BitsToDouble(word);

    private static long Word(double value) => BitConverter.DoubleToInt64Bits(value);

    private static double PartOrNaN(ReadOnlySpan<long> total, int word) => word == 0 ? double.NaN : Double(total[word]);

    private readonly Span<long> Step(int index) => words.AsSpan(WordOf(index), layout.Words);

    private readonly int WordOf(int index)
    {
        var slot = first + index;
        return (1 + (slot >= capacity ? slot - capacity : slot)) * layout.Words;
    }

    private readonly void Place(int index, uint place)
    {
        ref var head = ref words[WordOf(index)];
        head = (head & ~(long)uint.MaxValue) | place;
    }

    private readonly void Write(Span<long> to, in WindowTotal total)
    {
        to[0] = (long)total.Count << 32;
        Put(to, layout.Sum, total.Sum);
        Put(to, layout.Squares, total.Squares);
        Put(to, layout.Min, total.Min);
        Put(to, layout.Max, total.Max);

        static void Put(Span<long> to, int word, double value)
        {
            if (word > 0)
                to[word] = Word(value);
        }
    }

    /// <summary>The same as <see cref="WindowTotal.With(double)"/>, of what is kept.</summary>
    private readonly void Add(Span<long> to, double value)
    {
        var (known, l) = ((int)(to[0] >> 32), layout);
        to[0] += 1L << 32;
        if (known == 0)
        {
            Begin(to, value);
            return;
        }
        if (l.Sum > 0)
        {
            var sum = Double(to[l.Sum]);
            if (l.Squares > 0)
            {
                var apart = value - (sum / known);
                to[l.Squares] = Word(Double(to[l.Squares]) + (apart * apart * known / (known + 1)));
            }
            to[l.Sum] = Word(sum + value);
        }
        if (l.Min > 0)
            to[l.Min] = Word(Math.Min(Double(to[l.Min]), value));
        if (l.Max > 0)
            to[l.Max] = Word(Math.Max(Double(to[l.Max]), value));
    }

    private readonly void Begin(Span<long> to, double value)
    {
        if (layout.Sum > 0)
            to[layout.Sum] = Word(0 + value);
        if (layout.Squares > 0)
            to[layout.Squares] = 0;
        if (layout.Min > 0)
            to[layout.Min] = Word(value);
        if (layout.Max > 0)
            to[layout.Max] = Word(value);
    }

    /// <summary>The same as <see cref="WindowTotal.With(in WindowTotal)"/>, of what is kept; both have numbers.</summary>
    private readonly void Join(Span<long> to, ReadOnlySpan<long> later)
    {
        var (mine, theirs, l) = ((int)(to[0] >> 32), (int)(later[0] >> 32), layout);
        to[0] += (long)theirs << 32;
        if (l.Sum > 0)
        {
            var (sum, other) = (Double(to[l.Sum]), Double(later[l.Sum]));
            if (l.Squares > 0)
                to[l.Squares] = Word(Double(to[l.Squares]) + Double(later[l.Squares]) + WindowTotal.Between(mine, sum, theirs, other));
            to[l.Sum] = Word(sum + other);
        }
        if (l.Min > 0)
            to[l.Min] = Word(Math.Min(Double(to[l.Min]), Double(later[l.Min])));
        if (l.Max > 0)
            to[l.Max] = Word(Math.Max(Double(to[l.Max]), Double(later[l.Max])));
    }

    private void MakeRoom(int index)
    {
        if (count == capacity)
            Grow();
        count++;
        for (var i = count - 1; i > index; i--)
            Step(i - 1).CopyTo(Step(i));
    }

    private void Grow()
    {
        var larger = capacity == 0 ? Least : Math.Min(MetricWindow.Steps, capacity + Math.Max(2, capacity / 4));
        var grown = new long[(1 + larger) * layout.Words];
        words.AsSpan(0, Math.Min(words.Length, layout.Words)).CopyTo(grown);
        for (var i = 0; i < count; i++)
            this[i].CopyTo(grown.AsSpan((1 + i) * layout.Words));
        (words, capacity, first) = (grown, (byte)larger, 0);
    }
}
