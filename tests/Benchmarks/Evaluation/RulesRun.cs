using System.Diagnostics;
using B2D.Benchmarks.Lanes;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using static B2D.Benchmarks.Ingest.Numbers;

namespace B2D.Benchmarks.Evaluation;

/// <summary>
/// Rules on one processor: 1,000 devices under fifty rules of which ten read each message of six readings, four of them through windows of 5 to 15 minutes. What a
/// message costs and allocates once everything is warm, what a device remembers, and how fast a back-test goes beside the same rules written by hand.
/// </summary>
internal static class RulesRun
{
    private const int Devices = 1000;
    private const int Messages = 500;
    private const int Seed = 20_260_101;

    /// <summary>Messages of each device before the first figure: windows are full, and code is compiled for good.</summary>
    private const int Warming = 600;
    private const int WantedBytes = 4096;
    private const double WantedRatio = 3;

    /// <param name="arguments">Rounds (5); <c>--core 1</c>, <c>--seed N</c>, <c>--only memory</c> (<c>messages</c>, <c>in-time</c>,
    /// <c>by-device</c>); <c>--rules FOLDER --replay FILE --data FOLDER</c> for a back-test of those alone.</param>
    /// <returns>0 where the figures wanted are reached.</returns>
    public static int Run(string[] arguments)
    {
        Pin(Option(arguments, "--core") ?? "1");
        var rounds = First(arguments, 5);
        if (Option(arguments, "--replay") is { } replay)
        {
            RecordedRun.Run(Option(arguments, "--rules") ?? ".", replay, Option(arguments, "--data") ?? ".", rounds);
            return 0;
        }
        var seed = Option(arguments, "--seed") is { } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : Seed;
        var only = Option(arguments, "--only");
        if (only is not (null or "memory" or "messages" or "in-time" or "by-device"))
            throw new ArgumentException($"--only {only}: memory, messages, in-time or by-device");
        var reached = !Does("memory") || Memory(60) <= WantedBytes;
        if (Does("memory"))
            Memory(10);
        reached &= !Does("messages") || Steady(rounds) < 0.001;
        reached &= !Does("in-time") || BacktestDuel.Run(Devices, Messages, seed, rounds, inTime: true) <= WantedRatio;
        reached &= !Does("by-device") || BacktestDuel.Run(Devices, Messages, seed, rounds, inTime: false) <= WantedRatio;
        return reached ? 0 : 1;

        bool Does(string part) => only is null || only == part;
    }

    /// <summary>Processor time, which other work on the machine changes least.</summary>
    internal static TimeSpan Spent => Environment.CpuUsage.TotalTime;

    /// <summary>This process and what it starts run on one processor from here on.</summary>
    private static void Pin(string core)
    {
        using var pin = Process.Start(new ProcessStartInfo("taskset", ["-a", "-c", "-p", core, $"{Environment.ProcessId}"]) { RedirectStandardOutput = true })!;
        pin.WaitForExit();
        if (pin.ExitCode != 0)
            throw new InvalidOperationException($"taskset ended with {pin.ExitCode}");
    }

    /// <summary>What a device takes with all its windows full, its share of the lanes included.</summary>
    private static double Memory(int seconds)
    {
        var before = GC.GetTotalMemory(true);
        var fleet = new BenchFleet(Devices, FiftyRules.Text);
        var registration = GC.GetTotalMemory(true);
        fleet.Begin();
        var idle = GC.GetTotalMemory(true);
        for (var i = 1; i <= 1200 / seconds; i++)
            fleet.Apply(fleet.Round(0, Devices, BenchFleet.Epoch + (i * seconds * 1000L)));
        var warm = GC.GetTotalMemory(true);
        GC.KeepAlive(fleet);
        var bytes = (warm - registration) / (double)Devices;
        Say($"memory of a device, {FiftyRules.Count} rules, a message each {seconds} s: {bytes:N0} bytes (before the first message: {(idle - registration) / (double)Devices:N0}), beside registration and rules of {(registration - before) / (double)Devices:N0}");
        return bytes;
    }

    /// <summary>Messages judged and applied, ten seconds apart; bytes that each allocates. A queue that grows once in a million messages is none of a message's.</summary>
    private static double Steady(int rounds)
    {
        var fleet = new BenchFleet(Devices, FiftyRules.Text).Begin();
        var (speeds, bytes, turn) = (new List<double>(), 0L, 0);
        for (; turn < Warming; turn++)
            fleet.Apply(Next());
        for (var round = 0; round < rounds; round++)
        {
            var took = TimeSpan.Zero;
            for (var end = turn + Warming; turn < end; turn++)
            {
                var entries = Next();
                var (allocated, began) = (GC.GetAllocatedBytesForCurrentThread(), Spent);
                fleet.Apply(entries);
                took += Spent - began;
                bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
            }
            speeds.Add(Devices * Warming / took.TotalSeconds);
        }
        Say($"messages: {Range(speeds)} a second, {1e9 / Median(speeds):N0} ns each");
        Say($"evaluations: {Range(speeds.Select(s => s * FiftyRules.Reading))} a second");
        var each = bytes / ((double)rounds * Warming * Devices);
        Say($"allocated: {each:0.###} bytes a message ({bytes:N0} in {(long)rounds * Warming * Devices:N0} messages)");
        return each;

        LogEntry[] Next() => fleet.Round(0, Devices, BenchFleet.Epoch + ((turn + 1) * 10_000L));
    }
}
