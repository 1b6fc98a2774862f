using System.Globalization;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.Benchmarks.Telemetry;

/// <summary>
/// Messages through lanes and telemetry to disk, without rules, and a start after it: seconds, so that it can be run while others work.
/// <c>dotnet run -- replay [messages] [devices]</c>.
/// </summary>
internal static class ReplayRun
{
    private const int Batch = 2000;
    private static readonly string[] Metrics = ["temp_c", "flow_lpm", "pump_current_a", "open", "outdoor_c", "power_w"];

    public static int Run(string[] args)
    {
        var (count, devices) = (Number(args, 0, 2_000_000), Number(args, 1, 10_000));
        var folder = Directory.CreateTempSubdirectory("b2d-lanes").FullName;
        try
        {
            Charts(Path.Combine(folder, "charts"));
            Append(count, devices, "the first time");
            foreach (var some in new[] { 1000, devices })
                Append(count * 2, some, $"of {some} devices");
            using (var stores = Stores.Open(new StorageOptions { DataFolder = folder }))
                Write(stores, count, devices);
            using (var stores = Stores.Open(new StorageOptions { DataFolder = folder }))
                Evaluate(stores, count, finish: false);
            using (var stores = Stores.Open(new StorageOptions { DataFolder = folder }))
                Restart(stores);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
        return 0;
    }

    /// <summary>Appending alone: the tails with nothing around them.</summary>
    private static void Append(int count, int devices, string what)
    {
        using var stores = Stores.InMemory();
        var random = new Random(1);
        var messages = Enumerable.Range(0, devices).Select(i => Message(DeviceId.Parse($"device-{i:000000}"), new DeviceTime(0), random, i)).ToArray();
        var places = Array.ConvertAll(messages, m => Partitions.Of(m.Device));
        var verdicts = new bool[Metrics.Length];
        var (cutting, writing, merging) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var began = Spent;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < count; i++)
        {
            // Cut and written from time to time, as it goes on for ever; that is counted too.
            if (i % (devices * 20) == devices * 20 - 1)
            {
                var (cut, written, merged) = CutAll(stores, i);
                (cutting, writing, merging) = (cutting + cut, writing + written, merging + merged);
            }
            var sent = messages[i % devices];
            stores.Telemetry.Append(new LogEntry(places[i % devices], i + 1, new ServerTime(i), sent), sent, new DeviceTime(i), verdicts);
        }
        Say($"append of six readings {what}", Spent - began - cutting - writing - merging, count);
        Say("  cut", cutting, count);
        Say("  write", writing, count);
        Say("  merge", merging, count);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"allocated {allocated / (double)count:0} bytes a message, most of it the columns; tails {stores.Telemetry.TailBytes / (double)count:0}"));
    }

    /// <summary>Charts and latest values of a device with a year of minutes, cut every half hour.</summary>
    private static void Charts(string folder)
    {
        using var stores = Stores.Open(new StorageOptions { DataFolder = folder });
        var device = DeviceId.Parse("charted");
        var (random, verdicts, place) = (new Random(1), new bool[Metrics.Length], Partitions.Of(device));
        for (var minute = 0; minute < 525_600; minute++)
        {
            var sent = Message(device, new DeviceTime(minute * 60_000L), random, minute);
            stores.Telemetry.Append(new LogEntry(place, minute + 1, new ServerTime(minute * 60_000L), sent), sent, sent.At!.Value, verdicts);
            if (minute % 30 != 29)
                continue;
            stores.Telemetry.Cut(new LaneMemory(place, minute + 1, new ServerTime(minute * 60_000L), 1, []));
            while (stores.Telemetry.Arrange())
            {
            }
        }
        var (blocks, readings, bytes) = stores.Telemetry.MeasureBlocks();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a year of minutes: {readings} readings in {blocks} blocks, bodies {bytes / (double)readings:0.00}, file {stores.Telemetry.StoredBytes() / (double)readings:0.00} bytes a reading"));
        foreach (var (what, hours) in new[] { ("an hour", 1), ("a month", 720), ("a year", 8760) })
        {
            var from = new DeviceTime((525_600 - (hours * 60L)) * 60_000);
            Time($"chart of {what}", () => stores.Telemetry.Series(device, Metrics[0], from, new DeviceTime(long.MaxValue), 600));
        }
        Time("latest values in memory", () => stores.Telemetry.Latest(device));
        stores.Telemetry.Load();
        Time("duplicate of half a year ago", () =>
        {
            var sent = Message(device, new DeviceTime(262_800 * 60_000L), random, 1);
            stores.Telemetry.Append(new LogEntry(place, 600_000, new ServerTime(1), sent), sent, sent.At!.Value, verdicts);
        });
    }

    private static void Time(string what, Action question)
    {
        var took = new TimeSpan[100];
        for (var i = -20; i < took.Length; i++)
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            question();
            if (i >= 0)
                took[i] = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        }
        Array.Sort(took);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: median {took[50].TotalMilliseconds:0.000} ms, p95 {took[95].TotalMilliseconds:0.000} ms"));
    }

    /// <summary>Returns what it took to put aside, to write and to merge.</summary>
    private static (TimeSpan Cut, TimeSpan Write, TimeSpan Merge) CutAll(Stores stores, long position)
    {
        var began = Spent;
        for (var partition = 0; partition < Partitions.Count; partition++)
            stores.Telemetry.Cut(new LaneMemory(partition, position, new ServerTime(position), 1, []));
        var cut = Spent;
        while (stores.Telemetry.PendingCuts > 0)
            stores.Telemetry.Arrange();
        var written = Spent;
        while (stores.Telemetry.Arrange())
        {
        }
        return (cut - began, written - cut, Spent - written);
    }

    private static void Write(Stores stores, int count, int devices)
    {
        var ids = Enumerable.Range(0, devices).Select(i => DeviceId.Parse($"device-{i:000000}")).ToArray();
        var random = new Random(1);
        var at = 1_700_000_000_000L;
        for (var from = 0; from < devices; from += Batch)
            stores.Log.Append(new ServerTime(at), [.. ids.Skip(from).Take(Batch).Select(id => new Entry.Registered(new Device(id) { Model = "HP-2" }))], []);
        for (var done = 0; done < count; done += Batch)
        {
            at += 100;
            var time = at;
            stores.Log.Append(new ServerTime(at), [.. Enumerable.Range(done, Batch).Select(i => Message(ids[i % devices], new DeviceTime(time), random, i / devices))], []);
        }
        stores.Log.Seal(new ServerTime(at));
    }

    private static Entry.Telemetry Message(DeviceId device, DeviceTime at, Random random, int i) => new(device, at,
    [
        new Reading(Metrics[0], MetricValue.Of(Math.Round(60 + (10 * Math.Sin(i / 50.0)) + random.NextDouble(), 1))),
        new Reading(Metrics[1], MetricValue.Of(Math.Round(16 + random.NextDouble(), 1))),
        new Reading(Metrics[2], MetricValue.Of(Math.Round(1.1 + (random.NextDouble() / 20), 2))),
        new Reading(Metrics[3], MetricValue.Of(i / 40 % 2 == 0)),
        new Reading(Metrics[4], MetricValue.Of(Math.Round(12 + (4 * Math.Sin(i / 200.0)), 1))),
        new Reading(Metrics[5], MetricValue.Of(Math.Round(1800 + (12 * random.NextDouble())))),
    ]);

    private static void Evaluate(Stores stores, int count, bool finish)
    {
        var began = Spent;
        for (var after = 0L; after < stores.Log.LastOffset; after += Batch)
            stores.Log.Read(after, Batch);
        var reading = Spent - began;
        Say("log read and decoded", reading, count);
        var worker = NewWorker(stores);
        worker.Start();
        var (pumping, arranging) = (TimeSpan.Zero, TimeSpan.Zero);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        bool more;
        do
        {
            began = Spent;
            more = worker.Lanes.Pump();
            pumping += Spent - began;
            began = Spent;
            while (worker.Arrange())
            {
            }
            arranging += Spent - began;
        }
        while (more);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Say("lanes, reading the log included", pumping, count);
        Say("lanes without reading the log", pumping - reading, count);
        Say("arranger", arranging, count);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"allocated {allocated / (double)count:0} bytes a message; tails {stores.Telemetry.TailBytes >> 20} MiB"));
        if (finish)
            worker.Finish();
        var (blocks, readings, bytes) = stores.Telemetry.MeasureBlocks();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{readings} readings on disk in {blocks} blocks, bodies {bytes / (double)readings:0.00}, file {stores.Telemetry.StoredBytes() / (double)readings:0.00} bytes a reading"));
    }

    private static void Restart(Stores stores)
    {
        var began = Spent;
        var worker = NewWorker(stores);
        worker.Start();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start after a kill: {(Spent - began).TotalSeconds:0.00} s up to {worker.Lanes.Position}"));
        worker.Finish();
        var (blocks, readings, bytes) = stores.Telemetry.MeasureBlocks();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"after an orderly stop: {readings} readings in {blocks} blocks, bodies {bytes / (double)readings:0.00}, file {stores.Telemetry.StoredBytes() / (double)readings:0.00} bytes a reading"));
        began = Spent;
        NewWorker(stores).Start();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start after an orderly stop: {(Spent - began).TotalSeconds:0.00} s"));
    }

    /// <summary>Processor time, which other work on the machine changes least.</summary>
    private static TimeSpan Spent => Environment.CpuUsage.TotalTime;

    private static Worker NewWorker(Stores stores) => new(
        stores, new EntryQueue(), new CommandQueue(), new WorkerOptions { BatchEntries = Batch }, new NoticeOptions(), [], TimeProvider.System, NullLoggerFactory.Instance);

    private static void Say(string what, TimeSpan took, int count) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what}: {took.TotalSeconds:0.00} s, {took.TotalNanoseconds / count:0} ns a message, {count / took.TotalSeconds:0} messages/s"));

    private static int Number(string[] args, int index, int usual) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : usual;
}
