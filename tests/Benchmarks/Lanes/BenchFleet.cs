using System.Collections.Immutable;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Benchmarks.Lanes;

/// <summary>Lanes under ten fault rules of which three read a message of six readings, one with a window of five minutes, and their messages.</summary>
internal sealed class BenchFleet
{
    /// <summary>Where the clocks begin: 2023-11-14T22:13:20Z.</summary>
    public const long Epoch = 1_700_000_000_000;

    private const string UsualRules = """
        - fault: hot
          raise: temp_c > params.limit
          clear: temp_c < params.limit - 10.0
          params: { limit: 95.0 }
          hold: 2m
          release: 5m
          severity: [ { critical: temp_c > 110.0 }, { high: true } ]
          case: {}
        - fault: shaking
          raise: avg(vibration, duration("5m")) > 46.0
          case: {}
        - fault: dry
          raise: pressure_bar < 0.8 && flow_lpm > 1.0
          samples: { raise: 3 of 5, clear: 3 }
          case: {}
        - fault: door
          raise: door_open
          case: {}
        - fault: leak
          raise: moisture > 50.0
          case: {}
        - fault: weak
          raise: battery < 3.1
          case: {}
        - fault: pump
          codes: [ E42, E43 ]
          case: {}
        - fault: sensor
          codes: [ E7 ]
          auto_clear: 24h
          case: {}
        - fault: silent
          silent: 10m
          case: {}
        - fault: lost
          silent: 2h
          start_grace: 15m
          case: {}
        """;

    private static readonly string[] SentMetrics = ["temp_c", "vibration", "pressure_bar", "flow_lpm", "current_a", "rpm"];

    private readonly List<LaneEffect> effects = [];
    private readonly Device[] devices;
    private readonly Func<string, ActiveRules> ruleSet;
    private long offset;

    /// <param name="count">Devices, registered at <see cref="Epoch"/>; none of them has reported.</param>
    /// <param name="rules">The rules as a file.</param>
    public BenchFleet(int count, string rules = UsualRules)
    {
        var check = RuleSetReader.Read([new RuleFile("bench.yaml", rules)]);
        Set = new ActiveRules(check.Set ?? throw new InvalidOperationException(RuleReport.Text(check)));
        ruleSet = _ => Set;
        Lanes = [.. Enumerable.Range(0, Partitions.Count).Select(p => new Lane(p, ArrivalOptions.Default))];
        devices = [.. Enumerable.Range(0, count).Select(NewDevice)];
    }

    /// <summary>Names of a message's metrics, in order.</summary>
    public static ReadOnlySpan<string> Metrics => SentMetrics;

    public ActiveRules Set { get; }

    public Lane[] Lanes { get; private set; }

    public int Effects => effects.Count;

    public ReadOnlySpan<Device> Devices => devices;

    /// <summary>Begins: rules in force, all devices registered.</summary>
    public BenchFleet Begin()
    {
        Everywhere(Epoch, new Entry.RulesActivated(Set.Set.Hash));
        foreach (var device in devices)
            Apply(new LogEntry(Partitions.Of(device.Id), ++offset, new ServerTime(Epoch), new Entry.Registered(device)));
        return this;
    }

    /// <summary>One row for every partition.</summary>
    public void Everywhere(long at, Entry body)
    {
        foreach (var lane in Lanes)
            Apply(new LogEntry(lane.Partition, ++offset, new ServerTime(at), body));
    }

    /// <summary>Messages at one time, one of each of <paramref name="count"/> devices from the one at <paramref name="first"/> on. Without a device time they fit any
    /// server time.</summary>
    public LogEntry[] Round(int first, int count, long at, bool timeless = false)
    {
        var random = new Random(first);
        var entries = new LogEntry[count];
        for (var i = 0; i < count; i++)
        {
            var readings = ImmutableArray.Create(
                new Reading(SentMetrics[0], MetricValue.Of(60 + (random.NextDouble() * 10))), new Reading(SentMetrics[1], MetricValue.Of(20 + (random.NextDouble() * 10))),
                new Reading(SentMetrics[2], MetricValue.Of(2 + random.NextDouble())), new Reading(SentMetrics[3], MetricValue.Of(12 * random.NextDouble())),
                new Reading(SentMetrics[4], MetricValue.Of(random.NextDouble())), new Reading(SentMetrics[5], MetricValue.Of(random.Next(3000))));
            var device = devices[first + i].Id;
            entries[i] = new LogEntry(Partitions.Of(device), ++offset, new ServerTime(at), new Entry.Telemetry(device, timeless ? null : new DeviceTime(at - 40), readings));
        }
        return entries;
    }

    public void Apply(ReadOnlySpan<LogEntry> entries)
    {
        foreach (ref readonly var entry in entries)
            Apply(entry);
    }

    public void Apply(in LogEntry entry)
    {
        var lane = Lanes[entry.Partition];
        lane.Apply(entry, lane.Judge(entry), [], ruleSet, effects);
    }

    public void Advance(long until)
    {
        foreach (var lane in Lanes)
            lane.AdvanceTo(new ServerTime(until), effects);
    }

    private static Device NewDevice(int i) => new(DeviceId.Parse($"pump-{i:D7}"))
    {
        Model = "HP-2",
        Firmware = "1.4.0",
        Serial = $"S{i}",
        Segment = Segment.Parse($"north/n{i % 40}"),
        Customer = $"c{i}",
    };
}
