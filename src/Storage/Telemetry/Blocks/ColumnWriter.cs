using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>Chooses the form of a column.</summary>
internal static class ColumnWriter
{
    /// <summary>Writes what is there of a metric.</summary>
    /// <param name="kinds">For each row, 0 where it has no reading.</param>
    /// <param name="values">Those that have one, without gaps.</param>
    /// <param name="scratch">As long as the values.</param>
    public static ColumnForm Write(ByteWriter to, ReadingColumns readings, ReadOnlySpan<byte> kinds, ReadOnlySpan<long> values, Span<long> scratch)
    {
        var kind = kinds[kinds.IndexOfAnyExcept((byte)0)];
        if (kinds.ContainsAnyExcept((byte)0, kind) || kind == ReadingColumns.MissingKind)
        {
            WriteMixed(to, readings, kinds, values);
            return ColumnForm.Mixed;
        }
        switch ((ValueKind)kind)
        {
            case ValueKind.Number:
                return NumberColumn.Write(to, values, scratch);
            case ValueKind.Bool:
                if (!values.ContainsAnyExcept(values[0]))
                    return values[0] == 0 ? ColumnForm.AllFalse : ColumnForm.AllTrue;
                foreach (var value in values)
                    to.Bits((ulong)value, 1);
                to.EndBits();
                return ColumnForm.Bools;
            default:
                WriteTexts(to, readings, values, scratch);
                return ColumnForm.Texts;
        }
    }

    private static void WriteMixed(ByteWriter to, ReadingColumns readings, ReadOnlySpan<byte> kinds, ReadOnlySpan<long> values)
    {
        var next = 0;
        foreach (var kind in kinds)
        {
            if (kind == 0)
                continue;
            to.Byte(kind);
            var value = values[next++];
            switch (kind)
            {
                case (byte)ValueKind.Number:
                    to.UInt64((ulong)value);
                    break;
                case (byte)ValueKind.Bool:
                    to.Byte((byte)value);
                    break;
                case (byte)ValueKind.Text:
                    to.Text(readings.TextOf(value));
                    break;
            }
        }
    }

    /// <summary>Each text once, in the order in which they come; then the place of each.</summary>
    private static void WriteTexts(ByteWriter to, ReadingColumns readings, ReadOnlySpan<long> values, Span<long> scratch)
    {
        var places = new OrderedDictionary<string, long>(StringComparer.Ordinal);
        var before = -1L;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] == before)
            {
                scratch[i] = scratch[i - 1];
                continue;
            }
            before = values[i];
            if (!places.TryGetValue(readings.TextOf(before), out scratch[i]))
                places.Add(readings.TextOf(before), scratch[i] = places.Count);
        }
        to.Whole((ulong)places.Count);
        foreach (var text in places.Keys)
            to.Text(text);
        if (places.Count > 1)
            IntegerColumn.Write(to, scratch, 0);
    }
}
