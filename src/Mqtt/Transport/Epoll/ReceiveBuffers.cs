using System.Buffers;
using System.Numerics;
using System.Runtime.Versioning;

namespace B2D.Mqtt.Transport.Epoll;

/// <summary>
/// Arrays to receive into. A loop receives for many connections before it handles what came, which is more arrays at once than the shared pool keeps of a size;
/// so each thread keeps the small ones that it gave back itself.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class ReceiveBuffers
{
    /// <summary>Bytes of the smallest array; each kind is twice the one before.</summary>
    public const int Smallest = 512;

    private const int Kinds = 5;

    /// <summary>Larger arrays are the shared pool's.</summary>
    private const int Largest = Smallest << (Kinds - 1);

    /// <summary>Kept of each kind, as many as a loop fills at once: 4 MiB in all at most.</summary>
    private const int MaxSpare = EpollLoop.Batch;

    [ThreadStatic]
    private static Stack<byte[]>?[]? t_spare;

    /// <summary>An array of at least so many bytes.</summary>
    public static byte[] Rent(int wanted)
    {
        if (wanted > Largest)
            return ArrayPool<byte>.Shared.Rent(wanted);
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(wanted, Smallest));
        return t_spare?[KindOf(size)] is { } spare && spare.TryPop(out var buffer) ? buffer : new byte[size];
    }

    /// <summary>Takes one back. Any thread.</summary>
    public static void Return(byte[] buffer)
    {
        if (buffer.Length > Largest)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return;
        }
        var spare = (t_spare ??= new Stack<byte[]>?[Kinds])[KindOf(buffer.Length)] ??= new Stack<byte[]>();
        if (spare.Count < MaxSpare)
            spare.Push(buffer);
    }

    private static int KindOf(int size) => BitOperations.Log2((uint)size) - BitOperations.Log2(Smallest);
}
