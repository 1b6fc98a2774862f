using System.Runtime.InteropServices;

namespace B2D.Host.Loops;

/// <summary>What a thread asks of the scheduler for itself. Only Linux is asked; where it refuses, the thread has what every thread has.</summary>
internal static partial class ThreadShare
{
    /// <summary>Steps down of twenty: a tenth of a busy processor.</summary>
    private const int Nice = 10;

    /// <summary>Of prctl: how much later than asked for, in nanoseconds, a sleep of this thread may end.</summary>
    private const int SetTimerSlack = 29;

    /// <summary>Steps down of twenty: a quarter of a busy processor.</summary>
    private const int SomewhatNice = 5;

    /// <summary>The shortest slice there is, 100 us, in nanoseconds.</summary>
    private const ulong ShortSlice = 100_000;

    /// <summary>This thread's work can wait: it gives way to all others.</summary>
    public static void GiveWay() => Ask(new Attributes { Nice = Nice });

    /// <summary>This thread's work must keep up, but nobody waits for one turn of it: it gives way to acknowledgements and cases.</summary>
    public static void GiveWaySomewhat() => Ask(new Attributes { Nice = SomewhatNice });

    /// <summary>
    /// This thread works briefly and often: woken, it does not wait until the slice of another one is over (from Linux 6.12 on), and its short sleeps end when they
    /// should, not up to 50 us later.
    /// </summary>
    public static void BeQuick()
    {
        Ask(new Attributes { Slice = ShortSlice });
        if (OperatingSystem.IsLinux())
            _ = prctl(SetTimerSlack, 1, 0, 0, 0);
    }

    private static void Ask(Attributes attributes)
    {
        if (!OperatingSystem.IsLinux() || Number is not { } number)
            return;
        attributes.Size = (uint)Marshal.SizeOf<Attributes>();
        _ = syscall(number, 0, ref attributes, 0);
    }

    /// <summary>Of sched_setattr, which the C library has no name for.</summary>
    private static nint? Number => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 314,
        Architecture.Arm64 => 274,
        _ => null,
    };

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint thread, ref Attributes attributes, nint flags);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    /// <summary>As sched_setattr(2) has them; policy 0 is the ordinary one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Slice;
        public ulong Deadline;
        public ulong Period;
    }
}
