using System.Numerics;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>Numbers (as bits of doubles), exact to the bit: as decimals, as differences by exclusive or, or as they are.</summary>
internal static class NumberColumn
{
    /// <summary>Beyond this a product with a power of ten may round to the wrong integer.</summary>
    private const double MostScaled = 1L << 51;

    private const int MostDigits = 12;

    private static readonly double[] Tens = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

    /// <summary>Writes at least one number in the shortest form.</summary>
    /// <param name="scratch">As long as the numbers.</param>
    public static ColumnForm Write(ByteWriter to, ReadOnlySpan<long> numbers, Span<long> scratch)
    {
        if (TryScale(numbers, scratch, out var digits))
        {
            IntegerColumn.Write(to, scratch, digits);
            return ColumnForm.Decimals;
        }
        if (!numbers.ContainsAnyExcept(numbers[0]))
        {
            to.UInt64((ulong)numbers[0]);
            return ColumnForm.OneNumber;
        }
        var begin = to.Length;
        WriteXor(to, numbers);
        if (to.Length - begin < numbers.Length * 8)
            return ColumnForm.Xor;
        to.CutTo(begin);
        foreach (var number in numbers)
            to.UInt64((ulong)number);
        return ColumnForm.Numbers;
    }

    public static void Read(ref ByteReader from, ColumnForm form, Span<long> into)
    {
        switch (form)
        {
            case ColumnForm.Decimals:
                var digits = IntegerColumn.Read(ref from, into);
                if (digits > MostDigits)
                    throw ByteReader.Damaged($"no number has {digits} digits behind the point");
                var ten = Tens[digits];
                foreach (ref var value in into)
                    value = BitConverter.DoubleToInt64Bits(value / ten);
                break;
            case ColumnForm.OneNumber:
                into.Fill((long)from.UInt64());
                break;
            case ColumnForm.Xor:
                ReadXor(ref from, into);
                break;
            default:
                foreach (ref var value in into)
                    value = (long)from.UInt64();
                break;
        }
    }

    /// <summary>
    /// 21.37 is 2137 / 100: numbers of few digits are small integers, and dividing gives back the very same double, since both parts are exact and a division is
    /// rounded once, as reading the decimal was. Every number is tried; one that does not come back makes it false.
    /// </summary>
    private static bool TryScale(ReadOnlySpan<long> numbers, Span<long> scaled, out int digits)
    {
        digits = 0;
        foreach (var bits in numbers)
        {
            var number = BitConverter.Int64BitsToDouble(bits);
            while (!IsScaled(number, bits, Tens[digits], out _))
            {
                if (digits == MostDigits || !(Math.Abs(number) < MostScaled))
                    return false;
                digits++;
            }
        }
        var ten = Tens[digits];
        for (var i = 0; i < numbers.Length; i++)
        {
            // Also those that were looked at with fewer digits.
            if (!IsScaled(BitConverter.Int64BitsToDouble(numbers[i]), numbers[i], ten, out scaled[i]))
                return false;
        }
        return true;
    }

    private static bool IsScaled(double number, long bits, double ten, out long scaled)
    {
        var product = Math.Round(number * ten);
        if (!(Math.Abs(product) < MostScaled)) // also where it is no number
        {
            scaled = 0;
            return false;
        }
        scaled = (long)product;
        return BitConverter.DoubleToInt64Bits(scaled / ten) == bits;
    }

    /// <summary>Each is compared with the one before: 0 for the same; 10 and the bits within the last window that differed; 11, a new window and its bits.</summary>
    private static void WriteXor(ByteWriter to, ReadOnlySpan<long> numbers)
    {
        to.UInt64((ulong)numbers[0]);
        var (low, width) = (0, 0);
        for (var i = 1; i < numbers.Length; i++)
        {
            var xor = (ulong)(numbers[i] ^ numbers[i - 1]);
            if (xor == 0)
            {
                to.Bits(0, 1);
                continue;
            }
            var (trailing, leading) = (BitOperations.TrailingZeroCount(xor), BitOperations.LeadingZeroCount(xor));
            if (width > 0 && trailing >= low && leading >= 64 - low - width)
            {
                to.Bits(0b01, 2);
                to.Bits(xor >> low, width);
                continue;
            }
            (low, width) = (trailing, 64 - trailing - leading);
            to.Bits(0b11, 2);
            to.Bits((ulong)low, 6);
            to.Bits((ulong)(width - 1), 6);
            to.Bits(xor >> low, width);
        }
        to.EndBits();
    }

    private static void ReadXor(ref ByteReader from, Span<long> into)
    {
        into[0] = (long)from.UInt64();
        var (low, width) = (0, 0);
        for (var i = 1; i < into.Length; i++)
        {
            var xor = 0UL;
            if (from.Bits(1) != 0)
            {
                if (from.Bits(1) != 0)
                    (low, width) = ((int)from.Bits(6), (int)from.Bits(6) + 1);
                if (width == 0 || low + width > 64)
                    throw ByteReader.Damaged("a difference is wider than a number");
                xor = from.Bits(width) << low;
            }
            into[i] = into[i - 1] ^ (long)xor;
        }
        from.EndBits();
    }
}
