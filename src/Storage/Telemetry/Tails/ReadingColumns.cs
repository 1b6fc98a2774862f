using System.Runtime.InteropServices;
using System.Text;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry.Tails;

/// <summary>
/// Readings of one device: a row for each message with its time, a column for each metric, in order of arrival. All lies in one array of the pool, row behind
/// row, so that a message touches one place in memory: the time, each metric's value (bits of a double, 0 or 1, or the number of a text), each metric's kind (a
/// byte each, 0 where the message had none).
/// </summary>
internal sealed class ReadingColumns(SlabPool pool)
{
    /// <summary>Kind of a reading that says that there is no value; 0 stands for no reading.</summary>
    public const byte MissingKind = 4;

    /// <summary>So many of the last texts are looked at for the same.</summary>
    private const int TextsLookedAt = 16;

    private long[] slab = [];
    private int capacity;
    private int room;
    private int stride;
    private int[] metrics = [];
    private string[] texts = [];
    private int textCount;

    public int Rows { get; private set; }

    /// <summary>Metrics of which there is a column.</summary>
    public int Columns { get; private set; }

    /// <summary>Readings: values that are there.</summary>
    public int Readings { get; private set; }

    public long FirstAt { get; private set; } = long.MaxValue;

    public long LastAt { get; private set; } = long.MinValue;

    public long FirstServerAt { get; private set; }

    public long LastServerAt { get; private set; }

    public long FirstOffset { get; private set; }

    public long LastOffset { get; private set; }

    /// <summary>No time is before the one above it.</summary>
    public bool IsSorted { get; private set; } = true;

    /// <summary>The metrics' numbers, in order of column.</summary>
    public ReadOnlySpan<int> Metrics => metrics.AsSpan(0, Columns);

    public long TimeOf(int row) => slab[row * stride];

    public string TextOf(long number) => texts[number];

    /// <summary>The column of a metric, -1 where it has none.</summary>
    public int ColumnOf(int metric) => Metrics.IndexOf(metric);

    /// <summary>Makes room; called once before the first row where more is known than that there will be one.</summary>
    public void Reserve(int rows, int columns)
    {
        if (rows > capacity || columns > room)
            Layout(Math.Max(rows, capacity), Math.Max(columns, room));
    }

    /// <summary>Copies the times of all rows.</summary>
    public void CopyTimes(Span<long> into)
    {
        for (var row = 0; row < Rows; row++)
            into[row] = slab[row * stride];
    }

    /// <summary>Copies a column: the kind of each row, and the values that are there, without gaps.</summary>
    /// <returns>How many are there.</returns>
    public int CopyColumn(int column, Span<byte> kinds, Span<long> values)
    {
        var count = 0;
        for (var row = 0; row < Rows; row++)
        {
            kinds[row] = KindAt(row, column);
            if (kinds[row] != 0)
                values[count++] = slab[(row * stride) + 1 + column];
        }
        return count;
    }

    /// <summary>True where some row has a reading in this column.</summary>
    public bool IsUsed(int column)
    {
        for (var row = 0; row < Rows; row++)
        {
            if (KindAt(row, column) != 0)
                return true;
        }
        return false;
    }

    public int AddColumn(int metric)
    {
        if (Columns == room)
            Layout(capacity, Math.Max(4, room + (room / 2)));
        metrics[Columns] = metric;
        return Columns++;
    }

    /// <summary>The next row, as yet without values.</summary>
    public int AddRow(long at, long offset, long serverAt)
    {
        if (Rows == capacity)
            Layout(Math.Max(8, capacity * 2), Math.Max(1, room));
        if (Rows == 0)
            (FirstOffset, FirstServerAt) = (offset, serverAt);
        else if (at < LastAt) // As long as they are sorted this is the time of the row above, which may be out of reach of the processor's caches.
            IsSorted = false;
        var row = slab.AsSpan(Rows * stride, stride);
        row[0] = at;
        row[(1 + room)..].Clear();
        if (at < FirstAt)
            FirstAt = at;
        if (at > LastAt)
            LastAt = at;
        (LastOffset, LastServerAt) = (offset, serverAt);
        return Rows++;
    }

    /// <summary>Looks at the next row, so that it is at hand when it is written.</summary>
    public long FetchRow() => Rows * stride is var at && at < slab.Length ? slab[at] : 0;

    /// <summary>The next row, with these values, numbers and truths only, in its first columns.</summary>
    public void AddRow(long at, long offset, long serverAt, ReadOnlySpan<Reading> readings)
    {
        var number = AddRow(at, offset, serverAt); // before the array is looked at, which may become another one
        var row = slab.AsSpan(number * stride, stride);
        var values = row.Slice(1, readings.Length);
        var kinds = MemoryMarshal.AsBytes(row[(1 + room)..])[..readings.Length];
        for (var i = 0; i < readings.Length; i++)
        {
            ref readonly var reading = ref readings[i];
            var kind = reading.Value.Kind;
            kinds[i] = (byte)kind;
            values[i] = kind == ValueKind.Number ? BitConverter.DoubleToInt64Bits(reading.Value.Number) : reading.Value.IsTrue ? 1L : 0L;
        }
        Readings += readings.Length;
    }

    public void Set(int row, int column, MetricValue value)
    {
        var (kind, bits) = value.Kind switch
        {
            ValueKind.Number => ((byte)ValueKind.Number, BitConverter.DoubleToInt64Bits(value.Number)),
            ValueKind.Bool => ((byte)ValueKind.Bool, value.IsTrue ? 1L : 0L),
            ValueKind.Text => ((byte)ValueKind.Text, NumberOf(value.Text)),
            _ => (MissingKind, 0L),
        };
        Set(row, column, kind, bits);
    }

    /// <summary>As <see cref="Set(int, int, MetricValue)"/> for what comes out of other columns.</summary>
    public void Set(int row, int column, byte kind, long bits)
    {
        slab[(row * stride) + 1 + column] = bits;
        KindAt(row, column) = kind;
        Readings++;
    }

    /// <summary>True where the row has a reading in this column.</summary>
    public bool Has(int row, int column) => KindAt(row, column) != 0;

    /// <summary>The value; only where there is one.</summary>
    public MetricValue ValueAt(int row, int column)
    {
        var bits = slab[(row * stride) + 1 + column];
        return KindAt(row, column) switch
        {
            (byte)ValueKind.Number => MetricValue.Of(BitConverter.Int64BitsToDouble(bits)),
            (byte)ValueKind.Bool => MetricValue.Of(bits != 0),
            (byte)ValueKind.Text => MetricValue.Of(texts[bits]),
            _ => MetricValue.Missing,
        };
    }

    /// <summary>The number of a text in these columns; equal ones mostly share one.</summary>
    public long NumberOf(string text)
    {
        for (var i = textCount - 1; i >= Math.Max(0, textCount - TextsLookedAt); i--)
        {
            if (texts[i] == text)
                return i;
        }
        if (textCount == texts.Length)
            Array.Resize(ref texts, Math.Max(4, textCount * 2));
        texts[textCount] = text;
        return textCount++;
    }

    /// <summary>True where this time has this value.</summary>
    public bool Contains(int metric, long at, MetricValue value)
    {
        if (at < FirstAt || at > LastAt || ColumnOf(metric) is not (>= 0 and var column))
            return false;
        for (var row = IsSorted ? LowerBound(at) : 0; row < Rows; row++)
        {
            if (TimeOf(row) == at)
            {
                if (Has(row, column) && ValueAt(row, column) == value)
                    return true;
            }
            else if (IsSorted)
            {
                return false;
            }
        }
        return false;
    }

    /// <summary>Puts all rows of another device's block behind these.</summary>
    public void Append(ReadingColumns other)
    {
        Reserve(Rows + other.Rows, other.Columns);
        Span<int> columns = other.Columns <= 256 ? stackalloc int[other.Columns] : new int[other.Columns];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = ColumnOf(other.metrics[i]) is >= 0 and var known ? known : AddColumn(other.metrics[i]);
        for (var row = 0; row < other.Rows; row++)
            CopyRow(other, row, columns);
    }

    /// <summary>Copies one row; <paramref name="columns"/> has, for each column there, the column here, or -1 for one that is left out.</summary>
    public void CopyRow(ReadingColumns other, int row, ReadOnlySpan<int> columns)
    {
        var to = AddRow(other.TimeOf(row), other.LastOffset, other.LastServerAt);
        for (var i = 0; i < columns.Length; i++)
        {
            var kind = other.KindAt(row, i);
            if (kind == 0 || columns[i] < 0)
                continue;
            var bits = other.slab[(row * other.stride) + 1 + i];
            Set(to, columns[i], kind, kind == (byte)ValueKind.Text ? NumberOf(other.texts[bits]) : bits);
        }
    }

    /// <summary>Says where these came from, where that is known better than by their rows.</summary>
    public void Stamp(long firstOffset, long lastOffset, long firstServerAt, long lastServerAt) =>
        (FirstOffset, LastOffset, FirstServerAt, LastServerAt) = (firstOffset, lastOffset, firstServerAt, lastServerAt);

    /// <summary>Gives the array back; nothing here may be used any more.</summary>
    public void Release()
    {
        if (slab.Length > 0)
            pool.Return(slab);
        (slab, capacity, room, stride, Rows, Columns, Readings, texts, textCount) = ([], 0, 0, 0, 0, 0, 0, [], 0);
    }

    /// <summary>A text as UTF-8 can keep it: half of a surrogate pair becomes U+FFFD.</summary>
    public static MetricValue Keepable(MetricValue value)
    {
        if (value.Kind != ValueKind.Text || !value.Text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
            return value;
        return MetricValue.Of(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value.Text)));
    }

    /// <summary>The first row whose time is not before <paramref name="at"/>; of sorted ones.</summary>
    private int LowerBound(long at)
    {
        var (low, high) = (0, Rows);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (TimeOf(middle) < at)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private ref byte KindAt(int row, int column) => ref MemoryMarshal.AsBytes(slab.AsSpan((row * stride) + 1 + room, stride - 1 - room))[column];

    private void Layout(int rows, int columns)
    {
        columns = Math.Max(1, columns);
        var wide = 1 + columns + ((columns + 7) >> 3);
        var next = pool.Rent(checked(Math.Max(8, rows) * wide));
        if (columns == room)
        {
            slab.AsSpan(0, Rows * stride).CopyTo(next);
        }
        else
        {
            for (var row = 0; row < Rows; row++)
                Widen(slab.AsSpan(row * stride, stride), next.AsSpan(row * wide, wide), columns);
        }
        Array.Resize(ref metrics, columns);
        if (slab.Length > 0)
            pool.Return(slab);
        // The whole of the array is used: as many rows as go into it.
        (slab, capacity, room, stride) = (next, next.Length / wide, columns, wide);
    }

    private void Widen(ReadOnlySpan<long> row, Span<long> into, int columns)
    {
        row[..(1 + room)].CopyTo(into);
        into[(1 + columns)..].Clear();
        MemoryMarshal.AsBytes(row[(1 + room)..])[..room].CopyTo(MemoryMarshal.AsBytes(into[(1 + columns)..]));
    }
}
