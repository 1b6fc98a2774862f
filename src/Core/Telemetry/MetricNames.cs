using System.Runtime.CompilerServices;
using System.Text;

namespace B2D.Core.Telemetry;

/// <summary>
/// Names of metrics by number, so that a stored reading holds a number and not its name. A name gets the next number when it is first seen and keeps it for
/// ever. Any thread may ask and add at any time; asking takes no lock and allocates nothing.
/// </summary>
public sealed class MetricNames
{
    /// <summary>Most names that get a number; what comes after them is written out in each reading.</summary>
    public const int Max = 65_536;

    private readonly Lock gate = new();
    private volatile Table table = new(256);

    /// <summary>How many names have a number.</summary>
    public int Count => table.Count;

    /// <summary>The name of a number, always the same string.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No name has it.</exception>
    public string this[int number]
    {
        get
        {
            var now = table;
            ArgumentOutOfRangeException.ThrowIfNegative(number);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, now.Count);
            return now.Names[number];
        }
    }

    /// <summary>The names that have a number now, by number.</summary>
    internal ReadOnlySpan<string> Known
    {
        get
        {
            var now = table;
            return now.Names.AsSpan(0, now.Count);
        }
    }

    /// <summary>The number of a name given as valid UTF-8, or -1 where all numbers are given away.</summary>
    public int Of(ReadOnlySpan<byte> utf8)
    {
        var found = table.Find(utf8, HashOf(utf8));
        return found >= 0 ? found : Add(utf8.ToArray());
    }

    /// <summary>The number of a name, or -1 where all numbers are given away.</summary>
    public int Of(string name)
    {
        var most = Encoding.UTF8.GetMaxByteCount(name.Length);
        Span<byte> utf8 = most <= 512 ? stackalloc byte[most] : new byte[most];
        return Of(utf8[..Encoding.UTF8.GetBytes(name, utf8)]);
    }

    /// <summary>Whether this number stands for this name, without a search.</summary>
    public bool Is(int number, ReadOnlySpan<byte> utf8)
    {
        var now = table;
        return (uint)number < (uint)now.Count && utf8.SequenceEqual(now.Utf8[number]);
    }

    private int Add(byte[] utf8)
    {
        lock (gate)
        {
            var now = table;
            var hash = HashOf(utf8);
            if (now.Find(utf8, hash) is var found and >= 0)
                return found;
            if (now.Count == Max)
                return -1;
            if (now.IsFull)
                now = now.Grown();
            var number = now.Add(utf8, Encoding.UTF8.GetString(utf8), hash);
            table = now;
            return number;
        }
    }

    private static uint HashOf(ReadOnlySpan<byte> utf8)
    {
        var hash = 2166136261u;
        foreach (var b in utf8)
            hash = (hash ^ b) * 16777619u;
        return hash ^ (hash >> 15);
    }

    /// <summary>Open addressing. A place is filled before its number shows, so that a reader sees a whole name or none.</summary>
    private sealed class Table(int capacity)
    {
        private readonly int[] places = new int[capacity * 2];
        private readonly uint[] hashes = new uint[capacity];
        private int count;

        public string[] Names { get; } = new string[capacity];

        public byte[][] Utf8 { get; } = new byte[capacity][];

        public int Count => Volatile.Read(ref count);

        public bool IsFull => count == Names.Length;

        public int Find(ReadOnlySpan<byte> utf8, uint hash)
        {
            var mask = places.Length - 1;
            for (var i = (int)hash & mask; ; i = (i + 1) & mask)
            {
                var number = Volatile.Read(ref places[i]) - 1;
                if (number < 0)
                    return -1;
                if (hashes[number] == hash && utf8.SequenceEqual(Utf8[number]))
                    return number;
            }
        }

        public int Add(byte[] utf8, string name, uint hash)
        {
            var number = count;
            (Utf8[number], Names[number], hashes[number]) = (utf8, name, hash);
            var mask = places.Length - 1;
            var i = (int)hash & mask;
            while (places[i] != 0)
                i = (i + 1) & mask;
            Volatile.Write(ref count, number + 1);
            Volatile.Write(ref places[i], number + 1);
            return number;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public Table Grown()
        {
            var larger = new Table(Math.Min(Max, Names.Length * 4));
            for (var i = 0; i < count; i++)
                larger.Add(Utf8[i], Names[i], hashes[i]);
            return larger;
        }
    }
}
