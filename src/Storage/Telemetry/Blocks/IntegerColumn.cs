using System.Numerics;
using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>
/// A row of integers in the shortest of several forms. The first byte has the form in its lower half and a tag of the caller's (0 to 15) in its upper.
/// Differences wrap around, so that any two integers have one.
/// </summary>
internal static class IntegerColumn
{
    private enum Form : byte
    {
        /// <summary>All the same.</summary>
        Constant = 0,

        /// <summary>The first and the step from each to the next.</summary>
        Steady = 1,

        /// <summary>The least, and what each has more, in bits of one width.</summary>
        Packed = 2,

        /// <summary>The same over differences.</summary>
        PackedDelta = 3,

        /// <summary>The same over differences of differences.</summary>
        PackedDeltaDelta = 4,

        /// <summary>Differences, in as many bytes as each needs: where few stand out.</summary>
        Delta = 5,

        /// <summary>Differences of differences, likewise.</summary>
        DeltaDelta = 6,
    }

    /// <summary>Writes at least one value.</summary>
    public static void Write(ByteWriter to, ReadOnlySpan<long> values, int tag)
    {
        var form = Shortest(values, out var range);
        to.Byte((byte)((byte)form | (tag << 4)));
        switch (form)
        {
            case Form.Constant:
                to.Signed(values[0]);
                break;
            case Form.Steady:
                to.Signed(values[0]);
                to.Signed(unchecked(values[1] - values[0]));
                break;
            case Form.Packed:
                to.Signed(range.Least);
                Pack(to, values, 0, range.Least, WidthOf(range.Least, range.Most));
                break;
            case Form.PackedDelta:
                to.Signed(values[0]);
                to.Signed(range.LeastDelta);
                Pack(to, values, 1, range.LeastDelta, WidthOf(range.LeastDelta, range.MostDelta));
                break;
            case Form.PackedDeltaDelta:
                to.Signed(values[0]);
                to.Signed(unchecked(values[1] - values[0]));
                to.Signed(range.LeastDeltaDelta);
                Pack(to, values, 2, range.LeastDeltaDelta, WidthOf(range.LeastDeltaDelta, range.MostDeltaDelta));
                break;
            case Form.Delta:
                to.Signed(values[0]);
                for (var i = 1; i < values.Length; i++)
                    to.Signed(Difference(values, i, 1));
                break;
            case Form.DeltaDelta:
                to.Signed(values[0]);
                to.Signed(unchecked(values[1] - values[0]));
                for (var i = 2; i < values.Length; i++)
                    to.Signed(Difference(values, i, 2));
                break;
        }
    }

    /// <summary>Reads as many values as <paramref name="into"/> has room for, at least one.</summary>
    /// <returns>The tag.</returns>
    public static int Read(ref ByteReader from, Span<long> into)
    {
        var head = from.Byte();
        var form = (Form)(head & 15);
        switch (form)
        {
            case Form.Constant:
                into.Fill(from.Signed());
                break;
            case Form.Packed:
                var least = from.Signed();
                from.Unpack(into, Width(ref from), least);
                break;
            case Form.Steady or Form.PackedDelta or Form.Delta:
                into[0] = from.Signed();
                var deltas = into[1..];
                if (form == Form.Steady)
                    deltas.Fill(from.Signed());
                else
                    Differences(ref from, deltas, form == Form.PackedDelta);
                Sum(into);
                break;
            case Form.PackedDeltaDelta or Form.DeltaDelta:
                if (into.Length < 2)
                    throw ByteReader.Damaged("it has fewer values than its form needs");
                into[0] = from.Signed();
                into[1] = from.Signed();
                Differences(ref from, into[2..], form == Form.PackedDeltaDelta);
                Sum(into[1..]);
                Sum(into);
                break;
            default:
                throw ByteReader.Damaged($"no integers have the form {(byte)form}");
        }
        return head >> 4;
    }

    private static void Differences(ref ByteReader from, Span<long> into, bool packed)
    {
        if (packed)
        {
            var least = from.Signed();
            from.Unpack(into, Width(ref from), least);
            return;
        }
        foreach (ref var value in into)
            value = from.Signed();
    }

    private static int Width(ref ByteReader from)
    {
        var width = from.Byte();
        return width <= 64 ? width : throw ByteReader.Damaged($"no integer has {width} bits");
    }

    private static void Sum(Span<long> values)
    {
        for (var i = 1; i < values.Length; i++)
            values[i] = unchecked(values[i] + values[i - 1]);
    }

    private static void Pack(ByteWriter to, ReadOnlySpan<long> values, int order, long least, int width)
    {
        to.Byte((byte)width);
        for (var i = order; i < values.Length && width > 0; i++)
            to.Bits(unchecked((ulong)(Difference(values, i, order) - least)), width);
        to.EndBits();
    }

    /// <summary>The value, its difference to the one before, or that difference's to the one before it.</summary>
    private static long Difference(ReadOnlySpan<long> values, int i, int order) => unchecked(order switch
    {
        0 => values[i],
        1 => values[i] - values[i - 1],
        _ => values[i] - values[i - 1] - (values[i - 1] - values[i - 2]),
    });

    private static Form Shortest(ReadOnlySpan<long> values, out Range range)
    {
        range = new Range(values);
        var n = values.Length;
        if (range.Least == range.Most)
            return Form.Constant;
        if (range.LeastDelta == range.MostDelta)
            return Form.Steady;
        var first = Size(values[0]);
        var (best, size) = (Form.Packed, Size(range.Least) + Packed(n, range.Least, range.Most));
        Better(Form.PackedDelta, first + Size(range.LeastDelta) + Packed(n - 1, range.LeastDelta, range.MostDelta), ref best, ref size);
        Better(Form.Delta, first + range.DeltaBytes, ref best, ref size);
        if (n > 2)
        {
            var second = first + Size(unchecked(values[1] - values[0]));
            Better(Form.PackedDeltaDelta, second + Size(range.LeastDeltaDelta) + Packed(n - 2, range.LeastDeltaDelta, range.MostDeltaDelta), ref best, ref size);
            Better(Form.DeltaDelta, second + range.DeltaDeltaBytes, ref best, ref size);
        }
        return best;
    }

    private static void Better(Form form, long size, ref Form best, ref long bestSize)
    {
        if (size < bestSize)
            (best, bestSize) = (form, size);
    }

    private static int Size(long value) => ByteWriter.SizeOf(Varint.ZigZag(value));

    private static long Packed(int count, long least, long most) => 1 + ((((long)count * WidthOf(least, most)) + 7) >> 3);

    private static int WidthOf(long least, long most) => 64 - BitOperations.LeadingZeroCount(unchecked((ulong)(most - least)));

    /// <summary>What decides the form: the bounds of values, differences and differences of differences, and what these take as varints.</summary>
    private readonly struct Range
    {
        public Range(ReadOnlySpan<long> values)
        {
            (Least, Most) = (values[0], values[0]);
            (LeastDelta, MostDelta, LeastDeltaDelta, MostDeltaDelta) = (long.MaxValue, long.MinValue, long.MaxValue, long.MinValue);
            long before = 0;
            for (var i = 1; i < values.Length; i++)
            {
                var value = values[i];
                Least = Math.Min(Least, value);
                Most = Math.Max(Most, value);
                var delta = unchecked(value - values[i - 1]);
                LeastDelta = Math.Min(LeastDelta, delta);
                MostDelta = Math.Max(MostDelta, delta);
                DeltaBytes += Size(delta);
                if (i > 1)
                {
                    var deltaDelta = unchecked(delta - before);
                    LeastDeltaDelta = Math.Min(LeastDeltaDelta, deltaDelta);
                    MostDeltaDelta = Math.Max(MostDeltaDelta, deltaDelta);
                    DeltaDeltaBytes += Size(deltaDelta);
                }
                before = delta;
            }
        }

        public long Least { get; }

        public long Most { get; }

        public long LeastDelta { get; }

        public long MostDelta { get; }

        public long LeastDeltaDelta { get; }

        public long MostDeltaDelta { get; }

        public long DeltaBytes { get; }

        public long DeltaDeltaBytes { get; }
    }
}
