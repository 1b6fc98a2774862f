using B2D.Core;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;
using Xunit;

namespace B2D.Storage.Tests.Telemetry.Blocks;

/// <summary>Vectors made by hand first, then that everything comes back as it was, exact to the bit, and that nothing damaged is taken for data.</summary>
public sealed class BlockCodecTests
{
    private readonly SlabPool pool = new();

    /// <summary>Bodies without their check sum. Signed numbers are zigzag: 1000 is D0 0F, 21 is 2A.</summary>
    public static TheoryData<string, string, (long At, (int Metric, MetricValue Value)[] Values)[]> Vectors => new()
    {
        // 01 format, 01 row, 01 column; times: form 0, three zeros cut off, 1; metric 7, decimals, 3 bytes; form 0 and two digits: 2137 = F2... as 0B2 21
        { "one reading", "01 01 01 30 02 07 01 03 20 B2 21", [(1000, [(7, MetricValue.Of(21.37))])] },
        // Times 1000, 2000, 3000: steady (1) with three zeros, from 1 by 1. Numbers 5, 7, 6: packed (2) from 5 in two bits: 0, 2, 1 from the lowest: 00 10 01 = 18.
        { "steady and packed", "01 03 01 31 02 02 01 01 04 02 0A 02 18", [(1000, [(1, MetricValue.Of(5.0))]), (2000, [(1, MetricValue.Of(7.0))]), (3000, [(1, MetricValue.Of(6.0))])] },
        // A boolean each, true false true: 101 = 05; the second metric only in the first row: bitmap 001, always true.
        { "booleans", "01 03 02 01 02 02 02 05 01 03 87 01 05 01",
            [(1, [(2, MetricValue.Of(true)), (3, MetricValue.Of(true))]), (2, [(2, MetricValue.Of(false))]), (3, [(2, MetricValue.Of(true))])] },
        // Texts on, off, off: two of them, then their places 0, 1, 1 packed from 0 in one bit: 110.
        { "texts", "01 03 01 01 02 02 09 08 0C 02 02 6F6E 03 6F6666 02 00 01 06",
            [(1, [(9, MetricValue.Of("on"))]), (2, [(9, MetricValue.Of("off"))]), (3, [(9, MetricValue.Of("off"))])] },
        // A number that is no short decimal, twice: one for all.
        { "one number", "01 02 01 01 02 02 04 02 08 555555555555D53F", [(1, [(4, MetricValue.Of(1.0 / 3))]), (2, [(4, MetricValue.Of(1.0 / 3))])] },
        // 1/3 and its negative: only the sign differs. 11, low 63, width 1, the bit: 11 111111 000000 1 = FF 40 from the lowest.
        { "xor", "01 02 01 01 02 02 04 03 0A 555555555555D53F FF40", [(1, [(4, MetricValue.Of(1.0 / 3))]), (2, [(4, MetricValue.Of(-1.0 / 3))])] },
        // A number, then the text a, then no value: each with its kind.
        { "mixed", "01 03 01 01 02 02 05 09 0D 01 000000000000F83F 03 01 61 04", [(1, [(5, MetricValue.Of(1.5))]), (2, [(5, MetricValue.Of("a"))]), (3, [(5, MetricValue.Missing)])] },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Encode_Vector_IsExactlyThis(string name, string hex, (long At, (int Metric, MetricValue Value)[] Values)[] rows)
    {
        var body = Encode(Columns(rows));
        Assert.True(Convert.ToHexString(body[..^4]) == hex.Replace(" ", "", StringComparison.Ordinal), $"{name}: {Convert.ToHexString(body)}");
        Assert.Equal(Cells(rows), Cells(BlockCodec.Decode(body, pool)));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Decode_CutAnywhereOrChanged_SaysDamaged(string name, string hex, (long At, (int Metric, MetricValue Value)[] Values)[] rows)
    {
        Assert.NotEmpty(hex);
        var body = Encode(Columns(rows));
        for (var length = 0; length < body.Length; length++)
            AssertDamaged(body[..length], $"{name} cut at {length}");
        for (var bit = 0; bit < body.Length * 8; bit++)
        {
            var changed = (byte[])body.Clone();
            changed[bit >> 3] ^= (byte)(1 << (bit & 7));
            AssertDamaged(changed, $"{name} with bit {bit} changed");
        }
    }

    /// <summary>The check sum is not what keeps garbage from being read beyond the end or for ever.</summary>
    [Fact]
    public void Decode_GarbageWithTheRightCheckSum_NeverFailsOtherwise()
    {
        const int seed = 4711;
        var random = new Random(seed);
        var body = Encode(Columns([.. Enumerable.Range(0, 40).Select(i => ((long)i * i, new[] { (1, MetricValue.Of(i * 0.1)), (2, MetricValue.Of(i % 3 == 0)), (3, MetricValue.Of("t" + (i % 5))), (4, MetricValue.Of(Math.Sqrt(i))), (5, i % 7 == 0 ? MetricValue.Missing : MetricValue.Of(1.0)) }))]));
        for (var round = 0; round < 20_000; round++)
        {
            var content = body[..^4];
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                content[random.Next(1, content.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                content = content[..random.Next(1, content.Length)];
            try
            {
                BlockCodec.Decode(Checked(content), pool).Release();
            }
            catch (StorageException e)
            {
                Assert.True(e.Problem == StorageProblem.Damaged, $"seed {seed}, round {round}");
            }
        }
    }

    [Fact]
    public void Decode_NewerFormat_IsNewerData()
    {
        var body = Encode(Columns([(1, [(1, MetricValue.Of(1.0))])]));
        body[0]++;
        Assert.Equal(StorageProblem.NewerData, Assert.Throws<StorageException>(() => BlockCodec.Decode(body, pool)).Problem);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(-0.0)]
    [InlineData(0.1 + 0.2)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    [InlineData(4503599627370497.0)]
    [InlineData(9007199254740993.0)]
    [InlineData(123456.789012)]
    [InlineData(1e-12)]
    [InlineData(1e300)]
    public void Encode_AnyNumber_ComesBackToTheBit(double number)
    {
        (long, (int, MetricValue)[])[] rows = [(1, [(1, MetricValue.Of(21.5))]), (2, [(1, MetricValue.Of(number))]), (3, [(1, MetricValue.Of(-number))]), (4, [(1, MetricValue.Of(number))])];
        Assert.Equal(Cells(rows), Cells(BlockCodec.Decode(Encode(Columns(rows)), pool)));
    }

    [Fact]
    public void Encode_NaNWithAPayload_KeepsIt()
    {
        var number = BitConverter.Int64BitsToDouble(0x7FF8_0000_DEAD_BEEF);
        var decoded = BlockCodec.Decode(Encode(Columns([(1, [(1, MetricValue.Of(number))]), (2, [(1, MetricValue.Of(2.0))])])), pool);
        Assert.Equal(0x7FF8_0000_DEAD_BEEF, BitConverter.DoubleToInt64Bits(decoded.ValueAt(0, 0).Number));
    }

    [Theory]
    [InlineData(long.MinValue, long.MaxValue)]
    [InlineData(long.MaxValue, long.MinValue, 0L)]
    [InlineData(-1L, 0L, 5L, 5L, 4L)]
    [InlineData(1_700_000_000_000L, 1_700_000_060_000L, 1_700_000_120_000L, 1_700_000_180_017L, 1_600_000_000_000L)]
    public void Encode_AnyTimes_ComeBack(params long[] times)
    {
        (long, (int, MetricValue)[])[] rows = [.. times.Select(t => (t, new[] { (1, MetricValue.Of(1.0)) }))];
        Assert.Equal(Cells(rows), Cells(BlockCodec.Decode(Encode(Columns(rows)), pool)));
    }

    [Fact]
    public void Encode_RandomRows_ComeBackAndOneColumnIsTheSame()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        for (var round = 0; round < 400; round++)
        {
            var shapes = Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(12)).ToArray();
            long at = random.Next(2) == 0 ? 1_700_000_000_000 : random.NextInt64();
            var step = random.Next(3) switch { 0 => 1000, 1 => 60_000, _ => random.Next(1, 100_000) };
            var rows = Enumerable.Range(0, random.Next(1, random.Next(3) == 0 ? 1500 : 40)).Select(i =>
            {
                at += random.Next(20) == 0 ? random.Next(-50_000, 50_000) : step + (random.Next(2) == 0 ? 0 : random.Next(-20, 20));
                var values = shapes.Select((s, m) => (Metric: m, Value: Value(s, i, random))).Where(v => v.Value is not null);
                return (at, values.Select(v => (v.Metric, v.Value!.Value)).ToArray());
            }).ToArray();
            var body = Encode(Columns(rows));
            Assert.True(Cells(rows).SequenceEqual(Cells(BlockCodec.Decode(body, pool))), $"seed {seed}, round {round}");
            for (var metric = 0; metric < shapes.Length; metric++)
            {
                var one = new Sink();
                BlockCodec.DecodeOne(body, metric, one);
                Assert.True(one.Cells.SequenceEqual(Cells(rows).Where(c => c.Metric == metric).Select(c => (c.At, c.Row, c.Value))), $"seed {seed}, round {round}, metric {metric}");
            }
        }
    }

    private static MetricValue? Value(int shape, int i, Random random) => shape switch
    {
        0 => MetricValue.Of(random.Next(200, 300) / 10.0),
        1 => MetricValue.Of(i * 5.0),
        2 => MetricValue.Of(230.0),
        3 => MetricValue.Of(random.NextDouble()),
        4 => MetricValue.Of(random.Next(2) == 0),
        5 => MetricValue.Of(true),
        6 => MetricValue.Of("state " + random.Next(3)),
        7 => MetricValue.Of(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))),
        8 => random.Next(3) == 0 ? null : MetricValue.Of(random.Next(100) / 100.0),
        9 => random.Next(4) switch { 0 => MetricValue.Of("ä€😀"), 1 => MetricValue.Of(false), 2 => MetricValue.Missing, _ => MetricValue.Of(-1.5) },
        10 => random.Next(10) == 0 ? MetricValue.Of(Guid.NewGuid().ToString()) : null,
        _ => MetricValue.Of(Math.Round(Math.Sin(i / 10.0) * 100, 3)),
    };

    private static void AssertDamaged(byte[] body, string what)
    {
        try
        {
            BlockCodec.Decode(body, new SlabPool());
        }
        catch (StorageException e)
        {
            Assert.Contains("block of telemetry", e.Message, StringComparison.Ordinal);
            return;
        }
        Assert.Fail(what);
    }

    private ReadingColumns Columns((long At, (int Metric, MetricValue Value)[] Values)[] rows)
    {
        var columns = new ReadingColumns(pool);
        foreach (var (at, values) in rows)
        {
            var row = columns.AddRow(at, 1, 1);
            foreach (var (metric, value) in values)
                columns.Set(row, columns.ColumnOf(metric) is >= 0 and var known ? known : columns.AddColumn(metric), value);
        }
        return columns;
    }

    private static byte[] Encode(ReadingColumns columns) => BlockCodec.Encode(columns, new ByteWriter(), new ByteWriter()).ToArray();

    private static byte[] Checked(byte[] content)
    {
        var check = uint.MaxValue;
        foreach (var one in content)
            check = System.Numerics.BitOperations.Crc32C(check, one);
        return [.. content, .. BitConverter.GetBytes(~check)];
    }

    private static List<(long At, int Row, int Metric, MetricValue Value)> Cells((long At, (int Metric, MetricValue Value)[] Values)[] rows) =>
        [.. rows.SelectMany((r, i) => r.Values.OrderBy(v => v.Metric).Select(v => (r.At, i, v.Metric, v.Value)))];

    private static List<(long At, int Row, int Metric, MetricValue Value)> Cells(ReadingColumns columns)
    {
        var cells = new List<(long, int, int, MetricValue)>();
        for (var row = 0; row < columns.Rows; row++)
        {
            foreach (var metric in columns.Metrics.ToArray().Order())
            {
                if (columns.Has(row, columns.ColumnOf(metric)))
                    cells.Add((columns.TimeOf(row), row, metric, columns.ValueAt(row, columns.ColumnOf(metric))));
            }
        }
        return cells;
    }

    private sealed class Sink : ISeriesSink
    {
        public List<(long At, int Row, MetricValue Value)> Cells { get; } = [];

        public void Add(long at, int row, MetricValue value) => Cells.Add((at, row, value));

        public void AddNumbers(ReadOnlySpan<long> times, ReadOnlySpan<long> numbers)
        {
            for (var row = 0; row < times.Length; row++)
                Add(times[row], row, MetricValue.Of(BitConverter.Int64BitsToDouble(numbers[row])));
        }
    }
}
