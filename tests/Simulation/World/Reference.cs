using System.Globalization;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Simulation.World;

/// <summary>
/// The town's faults as somebody finds them who reads the log from its beginning with town.yaml beside him: written down naively, rule by rule, without the product's
/// machines, windows, queues and snapshots. Of the product it takes the log's entries and the one function that judges a device's clock. It knows nothing of
/// restarts, so that whatever a restart changes is a difference.
/// </summary>
internal sealed class Reference
{
    private readonly Dictionary<string, ReferenceDevice> devices = new(StringComparer.Ordinal);
    private readonly List<ReferenceDevice>[] ofPartition = [.. Enumerable.Range(0, Partitions.Count).Select(_ => new List<ReferenceDevice>())];
    private readonly PartitionState[] partitions = [.. Enumerable.Range(0, Partitions.Count).Select(_ => new PartitionState())];
    private readonly Func<string, IReadOnlySet<string>> rulesOf;
    private readonly ExtraRules extra;
    private readonly bool maintenance;

    private Reference(Func<string, IReadOnlySet<string>> rulesOf, ExtraRules extra, bool maintenance) =>
        (this.rulesOf, this.extra, this.maintenance) = (rulesOf, extra, maintenance);

    /// <summary>Every episode, one line each, in the form of <see cref="Line"/>.</summary>
    public IEnumerable<string> Faults => devices.Values.SelectMany(d => d.Faults);

    /// <summary>Different values of metrics that arrived: each has to be stored once.</summary>
    public long Values => devices.Values.Sum(d => d.Values);

    /// <summary>The devices by id.</summary>
    public IReadOnlyDictionary<string, ReferenceDevice> Devices => devices;

    /// <summary>When nothing could be heard, from when until when, in order.</summary>
    public List<(long From, long Until)> Downs { get; } = [];

    /// <summary>Up to here the clock has run.</summary>
    public long Until { get; private set; }

    /// <summary>Reads a town's whole log.</summary>
    /// <param name="maintenance">False: as if nobody had worked on anything.</param>
    public static Reference Of(VirtualTown town, bool maintenance = true)
    {
        var (log, reference) = (town.Installation.Stores.Log, new Reference(RulesOf, town.Extra, maintenance));
        for (var position = 0L; log.Read(position, 10_000) is { Count: > 0 } entries; position = entries[^1].Offset)
        {
            foreach (var entry in entries)
                reference.Take(entry);
        }
        reference.Until = log.SealedUntil.EpochMs;
        foreach (var (partition, all) in reference.ofPartition.Index())
        {
            if (reference.partitions[partition].Up)
                all.ForEach(d => d.RunTo(reference.Until));
        }
        return reference;

        // Of a rule set the names alone: what its rules say is written down here a second time.
        IReadOnlySet<string> RulesOf(string hash) => town.Installation.Worker.Rules[hash].Set.Faults.Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>One episode in words; instants in epoch milliseconds, 0 for not cleared.</summary>
    public static string Line(string device, string rule, long raisedAt, long onsetAt, long clearedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{rule} of {device} raised {raisedAt}, since {onsetAt}, cleared {clearedAt}");

    private void Take(in LogEntry entry)
    {
        var now = entry.At.EpochMs;
        var partition = partitions[entry.Partition];
        var all = ofPartition[entry.Partition];
        switch (entry.Body)
        {
            case Entry.RulesActivated activated:
                partition.Rules = rulesOf(activated.Hash);
                all.ForEach(d => d.SetRules(partition.Rules, now));
                break;
            case Entry.FleetMedians medians:
                (partition.Medians, partition.MediansAt) = (medians, now);
                break;
            case Entry.GatewayDown:
                if (partition.Up)
                {
                    all.ForEach(d => d.RunTo(now));
                    (partition.Up, partition.DownSince) = (false, now);
                }
                break;
            case Entry.GatewayUp up:
                var from = partition.Up ? Math.Min(up.DownFrom.EpochMs, now) : Math.Min(up.DownFrom.EpochMs, partition.DownSince);
                if (partition.Up)
                    all.ForEach(d => d.RunTo(from));
                all.ForEach(d => d.SkipDowntime(from, now));
                if (entry.Partition == 0)
                    Downs.Add((from, now));
                (partition.Up, partition.DownSince) = (true, 0);
                break;
            case Entry.Registered registered when !devices.ContainsKey(registered.Device.Id.Value):
                var device = new ReferenceDevice(registered.Device, now, extra, partition);
                devices.Add(registered.Device.Id.Value, device);
                all.Add(device);
                device.SetRules(partition.Rules, now);
                break;
            case Entry.Maintenance when !maintenance:
                break;
            default:
                if (DeviceOf(entry.Body) is { } id && devices.TryGetValue(id.Value, out var known))
                {
                    if (partition.Up)
                        known.RunTo(now);
                    known.Take(entry, partition.Up);
                }
                break;
        }
    }

    private static DeviceId? DeviceOf(Entry body) => body switch
    {
        Entry.Telemetry e => e.Device,
        Entry.Event e => e.Device,
        Entry.PresenceChange e => e.Device,
        Entry.Reply e => e.Device,
        Entry.Action e => e.Device,
        Entry.Maintenance e => e.Device,
        _ => null,
    };
}

/// <summary>What a partition's devices have in common.</summary>
internal sealed class PartitionState
{
    /// <summary>The gateway can hear.</summary>
    public bool Up { get; set; } = true;

    public long DownSince { get; set; }

    /// <summary>Names of the rules in force.</summary>
    public IReadOnlySet<string> Rules { get; set; } = new HashSet<string>();

    /// <summary>What was told of the fleets last; null for nothing.</summary>
    public Entry.FleetMedians? Medians { get; set; }

    public long MediansAt { get; set; }

    /// <summary>The median of a metric over a model's devices at an instant; null where there is none or it is too old: three intervals.</summary>
    public double? MedianOf(string model, string metric, long now)
    {
        if (Medians is not { } told || now - MediansAt > 3 * (long)told.Every.TotalMilliseconds)
            return null;
        foreach (var median in told.Medians)
        {
            if (median.Model == model && median.Metric == metric)
                return median.Value;
        }
        return null;
    }
}
