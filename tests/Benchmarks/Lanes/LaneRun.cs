using System.Buffers;
using System.Diagnostics;
using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Telemetry;

namespace B2D.Benchmarks.Lanes;

/// <summary>A quick look with a stopwatch at what lanes cost: messages, idle devices, snapshots, ticks and what concerns every device at once.</summary>
internal static class LaneRun
{
    private const int Rounds = 2000;
    private const int Batch = 1000;

    public static int Run(string[] args)
    {
        var many = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000;
        Messages(1000);
        Messages(1000);
        Messages(100_000);
        Idle(many);
        Snapshots();
        return 0;
    }

    /// <summary>Messages of devices in turn, ten seconds apart.</summary>
    private static void Messages(int count)
    {
        var fleet = new BenchFleet(count).Begin();
        var rounds = Math.Max(60, Rounds * 1000 / count);
        var times = new List<double>();
        var bytes = 0L;
        for (var i = 1; i <= rounds; i++)
        {
            // In batches, as they come, so that a message is as warm as one just received.
            for (var first = 0; first < count; first += Batch)
            {
                var entries = fleet.Round(first, Batch, BenchFleet.Epoch + (i * 10_000));
                var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
                fleet.Apply(entries);
                var (took, allocated) = (Stopwatch.GetElapsedTime(start).TotalNanoseconds, GC.GetAllocatedBytesForCurrentThread() - before);
                if (i < rounds / 2)
                    continue;
                times.Add(took / Batch);
                bytes += allocated;
            }
        }
        times.Sort();
        Console.WriteLine($"{count,9:N0} devices: {times[0],6:N0} ns at best, {times[times.Count / 2]:N0} ns in the median, {(double)bytes / Batch / times.Count:N2} bytes a message, {fleet.Effects} effects");
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1000; i++)
            fleet.Advance(BenchFleet.Epoch + (rounds * 10_000) + 1);
        Console.WriteLine($"{count,9:N0} devices: {Stopwatch.GetElapsedTime(began).TotalMicroseconds / 1000:N2} µs to advance 256 lanes with nothing due");
    }

    /// <summary>Devices that were registered and never heard.</summary>
    private static void Idle(int count)
    {
        var fleet = new BenchFleet(count);
        var before = Settled();
        var start = Stopwatch.GetTimestamp();
        fleet.Begin();
        Console.WriteLine($"{count,9:N0} idle devices: registered in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms, {(double)(Settled() - before) / count:N0} bytes each beside the registration itself");
        Time("rules switched", () => fleet.Everywhere(BenchFleet.Epoch + 1000, new Entry.RulesActivated(fleet.Set.Set.Hash)));
        Time("gateway down", () => fleet.Everywhere(BenchFleet.Epoch + 2000, new Entry.GatewayDown()));
        Time("gateway up", () => fleet.Everywhere(BenchFleet.Epoch + 3000, new Entry.GatewayUp(new ServerTime(BenchFleet.Epoch + 2000))));

        void Time(string what, Action act)
        {
            var began = Stopwatch.GetTimestamp();
            act();
            Console.WriteLine($"{count,9:N0} idle devices: {what} in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:N0} ms");
        }
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(true);
    }

    /// <summary>One lane's share of 100,000 devices, all reporting.</summary>
    private static void Snapshots()
    {
        const int Count = 102_400;
        var fleet = new BenchFleet(Count).Begin();
        for (var i = 1; i <= 10; i++)
            fleet.Apply(fleet.Round(0, Count, BenchFleet.Epoch + (i * 60_000)));
        var (write, read, size) = (double.MaxValue, double.MaxValue, 0);
        var output = new ArrayBufferWriter<byte>(1 << 20);
        for (var i = 0; i < 1000; i++)
        {
            output.ResetWrittenCount();
            var start = Stopwatch.GetTimestamp();
            LaneSnapshot.Write(fleet.Lanes[7], output);
            write = Math.Min(write, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            size = output.WrittenCount;
            var lane = new Lane(7, ArrivalOptions.Default);
            start = Stopwatch.GetTimestamp();
            LaneSnapshot.Read(output.WrittenSpan, lane, _ => fleet.Set);
            read = Math.Min(read, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        Console.WriteLine($"snapshot of one lane of {fleet.Lanes[7].DeviceCount} devices: written in {write:N2} ms, read in {read:N2} ms, {size:N0} bytes");
    }
}
