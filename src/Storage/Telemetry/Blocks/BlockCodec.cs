using System.Numerics;
using System.Runtime.InteropServices;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>
/// Readings of one device as the body of a stored block:
/// <code>
/// format     byte, 1
/// rows       varint, 1 to 65,536
/// columns    varint, 0 to 4,096
/// times      integers, tag = zeros that were cut off
/// directory  for each column: metric varint, form byte (0x80: a bitmap of rows that have a value comes first), bytes varint
/// columns    in the order of the directory
/// check      CRC-32C of all before, 4 bytes
/// </code>
/// Numbers come back exact to the bit. Varints and bits begin with the lowest.
/// </summary>
internal static class BlockCodec
{
    /// <summary>Version of the form written here.</summary>
    public const byte Format = 1;

    public const int MostRows = 65_536;
    public const int MostColumns = 4096;

    private const int Partial = 0x80;
    private const int CheckBytes = 4;
    private const int MostZeros = 6;

    private static readonly long[] Tens = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

    /// <summary>Encodes at least one row. The bytes are valid until the writer is used again.</summary>
    public static ReadOnlySpan<byte> Encode(ReadingColumns readings, ByteWriter to, ByteWriter scratch)
    {
        var rows = readings.Rows;
        using var space = new Rented((rows * 2) + (rows / 8) + 1);
        var kinds = MemoryMarshal.AsBytes(space.Longs[(rows * 2)..])[..rows];
        to.Clear();
        scratch.Clear();
        to.Byte(Format);
        to.Whole((ulong)rows);
        var columns = 0;
        for (var column = 0; column < readings.Columns; column++)
            columns += readings.IsUsed(column) ? 1 : 0;
        to.Whole((ulong)columns);
        readings.CopyTimes(space.Longs);
        WriteTimes(to, space.Longs[..rows], space.Longs.Slice(rows, rows));
        for (var column = 0; column < readings.Columns; column++)
        {
            var count = readings.CopyColumn(column, kinds, space.Longs);
            if (count == 0)
                continue;
            var begin = scratch.Length;
            var form = WriteColumn(scratch, readings, kinds, space.Longs[..count], space.Longs.Slice(rows, count));
            to.Whole((ulong)readings.Metrics[column]);
            to.Byte(form);
            to.Whole((ulong)(scratch.Length - begin));
        }
        to.Bytes(scratch.Written);
        to.UInt32(Check(to.Written));
        return to.Written;
    }

    /// <summary>All of a block.</summary>
    /// <exception cref="StorageException">It is damaged, or a newer program wrote it.</exception>
    public static ReadingColumns Decode(ReadOnlySpan<byte> body, SlabPool pool)
    {
        var from = Open(body, out var rows, out var columns);
        var readings = new ReadingColumns(pool);
        readings.Reserve(rows, columns);
        using var space = new Rented(rows);
        ReadTimes(ref from, space.Longs[..rows]);
        foreach (var at in space.Longs[..rows])
            readings.AddRow(at, 0, 0);
        var directory = ReadDirectory(ref from, columns);
        foreach (var part in directory)
        {
            var column = readings.AddColumn(part.Metric);
            var decoded = new ColumnReader(from.Take(part.Size), part.Form, rows, space.Longs);
            foreach (var cell in decoded)
                readings.Set(cell.Row, column, cell.Kind, cell.Kind == ColumnReader.TextKind ? readings.NumberOf(cell.Text!) : cell.Bits);
        }
        return readings;
    }

    /// <summary>The readings of one metric of a block, without those of the others; in order of arrival. Empty where it has none.</summary>
    /// <exception cref="StorageException">It is damaged, or a newer program wrote it.</exception>
    public static void DecodeOne(ReadOnlySpan<byte> body, int metric, ISeriesSink into)
    {
        var from = Open(body, out var rows, out var columns);
        using var space = new Rented(rows * 2);
        var times = space.Longs[..rows];
        ReadTimes(ref from, times);
        var before = 0;
        foreach (var part in ReadDirectory(ref from, columns))
        {
            if (part.Metric != metric)
            {
                before += part.Size;
                continue;
            }
            from.Take(before);
            var decoded = new ColumnReader(from.Take(part.Size), part.Form, rows, space.Longs[rows..]);
            if (!decoded.Numbers.IsEmpty)
            {
                into.AddNumbers(times, decoded.Numbers);
                return;
            }
            foreach (var cell in decoded)
                into.Add(times[cell.Row], cell.Row, cell.Value());
            return;
        }
    }

    private static ByteReader Open(ReadOnlySpan<byte> body, out int rows, out int columns)
    {
        if (body.Length < CheckBytes + 1)
            throw ByteReader.Damaged($"it has {body.Length} bytes");
        if (body[0] != Format)
        {
            throw body[0] > Format
                ? new StorageException(StorageProblem.NewerData, $"A block of telemetry has format {body[0]}; this program knows formats up to {Format}.")
                : ByteReader.Damaged($"no block has format {body[0]}");
        }
        var content = body[..^CheckBytes];
        if (Check(content) != System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(body[^CheckBytes..]))
            throw ByteReader.Damaged("its check sum is another");
        var from = new ByteReader(content);
        from.Byte();
        rows = from.Number(1, MostRows);
        columns = from.Number(0, MostColumns);
        return from;
    }

    private static Part[] ReadDirectory(ref ByteReader from, int columns)
    {
        var parts = new Part[columns];
        for (var i = 0; i < columns; i++)
            parts[i] = new Part(from.Number(0, int.MaxValue), from.Byte(), from.Number(0, from.Left));
        return parts;
    }

    private static void WriteTimes(ByteWriter to, ReadOnlySpan<long> times, Span<long> scratch)
    {
        // Devices that count seconds send zeros behind them.
        var zeros = MostZeros;
        foreach (var at in times)
        {
            while (at % Tens[zeros] != 0)
                zeros--;
        }
        for (var i = 0; i < times.Length; i++)
            scratch[i] = times[i] / Tens[zeros];
        IntegerColumn.Write(to, scratch, zeros);
    }

    private static void ReadTimes(ref ByteReader from, Span<long> into)
    {
        var zeros = IntegerColumn.Read(ref from, into);
        if (zeros > MostZeros)
            throw ByteReader.Damaged($"no times have {zeros} zeros");
        if (zeros == 0)
            return;
        foreach (ref var at in into)
            at = unchecked(at * Tens[zeros]);
    }

    private static byte WriteColumn(ByteWriter to, ReadingColumns readings, ReadOnlySpan<byte> kinds, ReadOnlySpan<long> values, Span<long> scratch)
    {
        var flag = 0;
        if (values.Length < kinds.Length)
        {
            flag = Partial;
            foreach (var kind in kinds)
                to.Bits(kind != 0 ? 1UL : 0, 1);
            to.EndBits();
        }
        return (byte)((int)ColumnWriter.Write(to, readings, kinds, values, scratch) | flag);
    }

    /// <summary>CRC-32C, eight bytes at a time.</summary>
    private static uint Check(ReadOnlySpan<byte> bytes)
    {
        var check = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            check = BitOperations.Crc32C(check, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        foreach (var rest in bytes[(words.Length * 8)..])
            check = BitOperations.Crc32C(check, rest);
        return ~check;
    }

    private readonly record struct Part(int Metric, byte Form, int Size);

    /// <summary>Space for a while.</summary>
    private readonly ref struct Rented(int size)
    {
        private readonly long[] array = System.Buffers.ArrayPool<long>.Shared.Rent(size);

        public Span<long> Longs => array;

        public void Dispose() => System.Buffers.ArrayPool<long>.Shared.Return(array);
    }
}
