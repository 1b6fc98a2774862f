using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>One value of a column: kind and bits as in <see cref="ReadingColumns"/>, and the text where it is one.</summary>
internal readonly record struct Cell(int Row, byte Kind, long Bits, string? Text)
{
    public MetricValue Value() => Kind switch
    {
        (byte)ValueKind.Number => MetricValue.Of(BitConverter.Int64BitsToDouble(Bits)),
        (byte)ValueKind.Bool => MetricValue.Of(Bits != 0),
        (byte)ValueKind.Text => MetricValue.Of(Text!),
        _ => MetricValue.Missing,
    };
}

/// <summary>Goes through the values of a stored column.</summary>
internal ref struct ColumnReader
{
    public const byte TextKind = (byte)ValueKind.Text;

    private readonly ReadOnlySpan<byte> presence;
    private readonly Span<long> values;
    private readonly ColumnForm form;
    private readonly string[] texts = [];
    private readonly int rows;
    private ByteReader from;
    private int row = -1;
    private int index = -1;

    /// <param name="bytes">The column's.</param>
    /// <param name="form">As in the directory.</param>
    /// <param name="space">At least one integer for each row.</param>
    public ColumnReader(ReadOnlySpan<byte> bytes, byte form, int rows, Span<long> space)
    {
        from = new ByteReader(bytes);
        this.rows = rows;
        this.form = (ColumnForm)(form & 0x7F);
        var count = rows;
        if ((form & 0x80) != 0)
        {
            presence = from.Take((rows + 7) >> 3);
            count = 0;
            foreach (var eight in presence)
                count += System.Numerics.BitOperations.PopCount(eight);
            if (count == 0 || count > rows || (rows % 8 != 0 && presence[^1] >> (rows % 8) != 0))
                throw ByteReader.Damaged("its bitmap is not of its rows");
        }
        values = space[..count];
        switch (this.form)
        {
            case ColumnForm.Decimals or ColumnForm.OneNumber or ColumnForm.Xor or ColumnForm.Numbers:
                NumberColumn.Read(ref from, this.form, values);
                break;
            case ColumnForm.Bools:
                from.Unpack(values, 1, 0);
                break;
            case ColumnForm.AllFalse or ColumnForm.AllTrue:
                values.Fill(this.form == ColumnForm.AllTrue ? 1 : 0);
                break;
            case ColumnForm.Texts:
                texts = ReadTexts(ref from, values);
                break;
            case ColumnForm.Mixed:
                break;
            default:
                throw ByteReader.Damaged($"no column has the form {(byte)this.form}");
        }
    }

    public Cell Current { get; private set; }

    /// <summary>Every row has a number: then these are they; else empty.</summary>
    public readonly ReadOnlySpan<long> Numbers =>
        presence.IsEmpty && from.Left == 0 && form is (ColumnForm.Decimals or ColumnForm.OneNumber or ColumnForm.Xor or ColumnForm.Numbers) ? values : [];

    public readonly ColumnReader GetEnumerator() => this;

    public bool MoveNext()
    {
        do
        {
            if (++row >= rows)
                return from.Left == 0 ? false : throw ByteReader.Damaged("a column has more bytes than values");
        }
        while (!presence.IsEmpty && (presence[row >> 3] >> (row & 7) & 1) == 0);
        index++;
        Current = form switch
        {
            ColumnForm.Mixed => Mixed(),
            ColumnForm.Texts => new Cell(row, TextKind, 0, texts[values[index]]),
            ColumnForm.Bools or ColumnForm.AllFalse or ColumnForm.AllTrue => new Cell(row, (byte)ValueKind.Bool, values[index], null),
            _ => new Cell(row, (byte)ValueKind.Number, values[index], null),
        };
        return true;
    }

    private Cell Mixed()
    {
        var kind = from.Byte();
        return kind switch
        {
            (byte)ValueKind.Number => new Cell(row, kind, (long)from.UInt64(), null),
            (byte)ValueKind.Bool => new Cell(row, kind, from.Byte() is <= 1 and var bit ? bit : throw ByteReader.Damaged("a boolean is neither 0 nor 1"), null),
            TextKind => new Cell(row, kind, 0, from.Text()),
            ReadingColumns.MissingKind => new Cell(row, kind, 0, null),
            _ => throw ByteReader.Damaged($"no value has the kind {kind}"),
        };
    }

    private static string[] ReadTexts(ref ByteReader from, Span<long> places)
    {
        var texts = new string[from.Number(1, Math.Min(places.Length, from.Left))];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = from.Text();
        places.Clear();
        if (texts.Length == 1)
            return texts;
        IntegerColumn.Read(ref from, places);
        foreach (var place in places)
        {
            if ((ulong)place >= (ulong)texts.Length)
                throw ByteReader.Damaged("a text is not in its list");
        }
        return texts;
    }
}
