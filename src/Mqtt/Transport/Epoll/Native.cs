using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace B2D.Mqtt.Transport.Epoll;

/// <summary>The few calls of Linux that the transport is made of (man pages epoll(7), recv(2), send(2), eventfd(2)).</summary>
[SupportedOSPlatform("linux")]
internal static partial class Native
{
    /// <summary>Events: bytes came, there is room for bytes, an error, the peer has ended one direction, edge-triggered.</summary>
    public const uint In = 0x1, Out = 0x4, Error = 0x8, HangUp = 0x10, PeerEnded = 0x2000, Edge = 1u << 31;

    public const int Add = 1, Delete = 2;

    /// <summary>Try again, interrupted.</summary>
    public const int Again = 11, Interrupted = 4;

    private const int DontWait = 0x40, NoSignal = 0x4000, CloseOnExec = 0x80000, NonBlocking = 0x800;

    /// <summary>Bytes of one event, and where its data begin: packed on x86, aligned elsewhere.</summary>
    public static readonly (int Size, int Data) Event = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? (12, 4) : (16, 8);

    public static int Create() => epoll_create1(CloseOnExec);

    public static int CreateWake() => eventfd(0, CloseOnExec | NonBlocking);

    /// <summary>Bytes received, 0 at the end, or -1 and <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static unsafe int Receive(int socket, Span<byte> into)
    {
        fixed (byte* at = into)
            return (int)recv(socket, at, (nuint)into.Length, DontWait);
    }

    /// <summary>Bytes taken, or -1 and <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static unsafe int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
            return (int)send(socket, at, (nuint)bytes.Length, DontWait | NoSignal);
    }

    /// <summary>Watches a socket or stops watching it; the number comes with its events. False with an error.</summary>
    public static unsafe bool Watch(int epoll, int operation, int socket, uint events, long number)
    {
        var entry = stackalloc byte[Event.Size];
        *(uint*)entry = events;
        *(long*)(entry + Event.Data) = number;
        return epoll_ctl(epoll, operation, socket, entry) == 0;
    }

    /// <summary>Waits for events, or looks whether there are some; how many came, -1 with an error.</summary>
    public static unsafe int Wait(int epoll, Span<byte> events, bool maySleep)
    {
        fixed (byte* at = events)
            return epoll_wait(epoll, at, events.Length / Event.Size, maySleep ? -1 : 0);
    }

    public static unsafe void Wake(int wake)
    {
        var one = 1L;
        _ = write(wake, (byte*)&one, sizeof(long));
    }

    public static unsafe void Drain(int wake)
    {
        long count;
        _ = read(wake, (byte*)&count, sizeof(long));
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_ctl(int epoll, int operation, int socket, byte* entry);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_wait(int epoll, byte* events, int most, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recv(int socket, byte* into, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint send(int socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int descriptor, byte* into, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* bytes, nuint length);
}
