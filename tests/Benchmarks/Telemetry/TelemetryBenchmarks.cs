using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Telemetry;
using BenchmarkDotNet.Attributes;

namespace B2D.Benchmarks.Telemetry;

/// <summary>One message of six readings on its way into memory and to disk, and charts out of a year of minutes.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class TelemetryBenchmarks
{
    private const int Devices = 10_000;
    private const int YearMinutes = 525_600;
    private static readonly DeviceId Charted = DeviceId.Parse("charted");
    private static readonly string[] Metrics = ["temp_c", "flow_lpm", "pump_current_a", "compressor", "outdoor_c", "power_w"];

    private readonly bool[] verdicts = new bool[6];
    private readonly LogEntry[] messages = new LogEntry[Devices];
    private Stores stores = null!;
    private string folder = "";
    private long offset;
    private int next;

    [GlobalSetup]
    public void Open()
    {
        folder = Directory.CreateTempSubdirectory("b2d-bench").FullName;
        stores = Stores.Open(new StorageOptions { DataFolder = folder });
        var random = new Random(1);
        for (var i = 0; i < Devices; i++)
        {
            var device = DeviceId.Parse($"device-{i}");
            messages[i] = new LogEntry(Partitions.Of(device), 0, default, Message(device, random, i));
        }
        for (var minute = 0; minute < YearMinutes; minute++)
        {
            Append(new LogEntry(Partitions.Of(Charted), 0, default, Message(Charted, random, minute)), minute * 60_000L);
            if (minute % 2000 == 1999)
                CutAll();
        }
        CutAll();
    }

    [GlobalCleanup]
    public void Close()
    {
        stores.Dispose();
        Directory.Delete(folder, true);
    }

    /// <summary>One message into the tail; every twentieth round of all devices is cut and written, as the worker and the arranger do it.</summary>
    [Benchmark]
    public void AppendCutWrite()
    {
        Append(messages[next], offset);
        if (++next < Devices)
            return;
        next = 0;
        if (offset / Devices % 20 == 0)
            CutAll();
    }

    [Benchmark]
    [Arguments(1)]
    [Arguments(30)]
    [Arguments(365)]
    public int Series(int days) => stores.Telemetry.Series(Charted, "temp_c", new DeviceTime((365L - days) * 86_400_000), new DeviceTime(365L * 86_400_000), 600).Count;

    [Benchmark]
    public int Latest() => stores.Telemetry.Latest(Charted).Count;

    private static Entry.Telemetry Message(DeviceId device, Random random, int i) => new(device, null,
    [
        new Reading(Metrics[0], MetricValue.Of(Math.Round(60 + (10 * Math.Sin(i / 50.0)) + random.NextDouble(), 1))),
        new Reading(Metrics[1], MetricValue.Of(Math.Round(16 + random.NextDouble(), 1))),
        new Reading(Metrics[2], MetricValue.Of(Math.Round(1.1 + (random.NextDouble() / 20), 2))),
        new Reading(Metrics[3], MetricValue.Of(i / 40 % 2 == 0 ? "on" : "off")),
        new Reading(Metrics[4], MetricValue.Of(Math.Round(12 + (4 * Math.Sin(i / 200.0)), 1))),
        new Reading(Metrics[5], MetricValue.Of(Math.Round(1800 + (12 * random.NextDouble())))),
    ]);

    private void Append(in LogEntry message, long at)
    {
        offset++;
        var sent = (Entry.Telemetry)message.Body;
        stores.Telemetry.Append(new LogEntry(message.Partition, offset, new ServerTime(offset), sent), sent, new DeviceTime(at), verdicts);
    }

    private void CutAll()
    {
        for (var partition = 0; partition < Partitions.Count; partition++)
            stores.Telemetry.Cut(new LaneMemory(partition, offset, new ServerTime(offset), 1, []));
        while (stores.Telemetry.Arrange())
        {
        }
    }
}
