using System.Numerics;

namespace B2D.Storage.Telemetry.Tails;

/// <summary>Arrays that are used again, so that readings make no garbage. Sizes are powers of two, from 64 integers on. From any thread.</summary>
internal sealed class SlabPool
{
    private const int Smallest = 6;

    /// <summary>Most that is kept for the next ones, in integers: 64 MiB.</summary>
    private const long MostKept = 8L << 20;

    private readonly Lock gate = new();
    private readonly Stack<long[]>[] kept = [.. Enumerable.Range(0, 31).Select(_ => new Stack<long[]>())];
    private long keptSize;
    private long used;

    /// <summary>Bytes that are lent out.</summary>
    public long UsedBytes => Interlocked.Read(ref used) * 8;

    /// <summary>An array of at least so many integers; what is in it is of no meaning.</summary>
    public long[] Rent(int size)
    {
        var power = Math.Max(Smallest, BitOperations.Log2((uint)Math.Max(1, size - 1)) + 1);
        Interlocked.Add(ref used, 1L << power);
        lock (gate)
        {
            if (kept[power].TryPop(out var slab))
            {
                keptSize -= slab.Length;
                return slab;
            }
        }
        // Pinned, they lie where collections do not move them: moving what grows by the second is most of what a collection would do.
        return GC.AllocateUninitializedArray<long>(1 << power, pinned: true);
    }

    public void Return(long[] slab)
    {
        Interlocked.Add(ref used, -slab.Length);
        lock (gate)
        {
            if (keptSize + slab.Length > MostKept)
                return;
            kept[BitOperations.Log2((uint)slab.Length)].Push(slab);
            keptSize += slab.Length;
        }
    }
}
