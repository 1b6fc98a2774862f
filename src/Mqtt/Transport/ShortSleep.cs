using System.Runtime.InteropServices;

namespace B2D.Mqtt.Transport;

/// <summary>Sleeps for less than a millisecond, which the thread's own sleep cannot.</summary>
public static partial class ShortSleep
{
    /// <summary>Lets others run for about so long; where the system has no such sleep, for an instant.</summary>
    public static void For(TimeSpan time)
    {
        if (!OperatingSystem.IsLinux())
        {
            Thread.Yield();
            return;
        }
        Span<long> wanted = [time.Ticks / TimeSpan.TicksPerSecond, time.Ticks % TimeSpan.TicksPerSecond * 100];
        unsafe
        {
            fixed (long* at = wanted)
                _ = nanosleep(at, null);
        }
    }

    [LibraryImport("libc")]
    private static unsafe partial int nanosleep(long* wanted, long* left);
}
