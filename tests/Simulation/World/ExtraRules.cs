using System.Globalization;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Simulation.World;

/// <summary>
/// Rules beside the town's, over what its devices say anyway when nothing is wrong with them: the noise of a sensor, a controller's code, memory that differs from
/// router to router. They tell no customer, and their cases have families of their own, so that nothing that is said about the town's rules needs to know
/// of them. In half of the towns they come into force while it lives, which also is when the fleets' medians are taken.
/// </summary>
internal sealed class ExtraRules
{
    /// <summary>Zones with and without summer time, with half and three quarters of an hour.</summary>
    private static readonly string[] Zones = ["Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "America/St_Johns", "Australia/Lord_Howe"];

    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly ReferenceHours? nervousHours;
    private readonly ReferenceHours? watchedHours;

    public ExtraRules(int seed, DateTimeOffset start)
    {
        var dice = new Random(seed);
        From = dice.Next(2) == 0 ? start : start + TimeSpan.FromSeconds(3 + (dice.NextDouble() * 30));
        Names = new HashSet<string>(["sensor-flutters", "standby-uneasy", "standby-loose", "sensor-nervous", "controller-watched", "memory-beside-fleet"], StringComparer.Ordinal);
        (var nervous, nervousHours) = Hours(dice, start);
        (var watched, watchedHours) = Hours(dice, start);
        Yaml = Text.Replace("NERVOUS", nervous, StringComparison.Ordinal).Replace("WATCHED", watched, StringComparison.Ordinal);
    }

    /// <summary>When they come into force.</summary>
    public DateTimeOffset From { get; }

    /// <summary>The rule file.</summary>
    public string Yaml { get; }

    public IReadOnlySet<string> Names { get; }

    /// <summary>Those of them that open cases.</summary>
    public IReadOnlySet<string> WithCase { get; } = new HashSet<string>(["standby-uneasy", "sensor-nervous", "controller-watched"], StringComparer.Ordinal);

    /// <summary>Those of them that wait for a person.</summary>
    public IReadOnlyList<string> Latching { get; } = ["standby-uneasy", "standby-loose", "controller-watched"];

    private const string Text =
        """
        - fault: sensor-flutters
          applies_to: device.model.startsWith("CM-")
          raise: boiler_age_s > 0.45
          samples: { raise: 2 of 3, clear: 2 of 3 }
          chatter: { raises: 2, within: 1m, quiet: 1m }

        - fault: standby-uneasy
          applies_to: device.model.startsWith("HP-")
          raise: power_w > 27.0 && compressor == "off"
          clear: power_w < 26.0
          release: 2s
          max_gap: { after: 20s, then: reset }
          latch: true
          case: { family: standby, reopen_within: 24h, resolve_after: 1s }

        - fault: standby-loose
          applies_to: device.model.startsWith("HP-")
          raise: power_w > 28.0 && compressor == "off"
          clear: power_w < 28.0
          release: 1s
          max_gap: { after: 20s, then: reset }
          latch: true
          chatter: { raises: 2, within: 1m, quiet: 1m }

        - fault: sensor-nervous
          applies_to: device.model.startsWith("CM-")
          raise: boiler_age_s > 0.45
          clear: boiler_age_s < 0.35
          release: 3s
          max_gap: { after: 20s, then: reset }
          during: NERVOUS
          case: { family: nervous, reopen_within: 24h, resolve_after: 1s }

        - fault: controller-watched
          codes: [ E17 ]
          latch: true
          during: WATCHED
          case: { family: watched, reopen_within: 24h, resolve_after: 1s }

        - fault: memory-beside-fleet
          applies_to: device.model.startsWith("RT-")
          raise: mem_pct > fleet_median(mem_pct) + 4.0
          clear: mem_pct < fleet_median(mem_pct) + 3.0
          hold: 2s
          release: 2s
          max_gap: { after: 20s, then: reset }
        """;

    /// <summary>The same rules of one device, naively.</summary>
    public (IEnumerable<ReferenceCondition> Conditions, IEnumerable<ReferenceCode> Codes) Of(Device device, PartitionState partition)
    {
        var id = device.Id.Value;
        IEnumerable<ReferenceCondition> conditions = device.Model[..3] switch { "CM-" => Sensor(id), "HP-" => Standby(id), "RT-" => [Memory(device, partition)], _ => [] };
        return (conditions, [new ReferenceCode(id, "controller-watched", "E17") { Latch = true, During = watchedHours }]);
    }

    private IEnumerable<ReferenceCondition> Sensor(string id) =>
    [
        new ReferenceCondition(id, "sensor-flutters", "boiler_age_s", a => a > 0.45, a => !(a > 0.45))
        {
            Raises = (2, 3), Clears = (2, 3), GapMs = 600_000, GapIsWritten = false, Chatter = new ReferenceChatter(2, 60_000, 60_000),
        },
        new ReferenceCondition(id, "sensor-nervous", "boiler_age_s", a => a > 0.45, a => a < 0.35) { ReleaseMs = 3_000, GapMs = 20_000, During = nervousHours },
    ];

    private static IEnumerable<ReferenceCondition> Standby(string id) =>
    [
        new ReferenceCondition(id, "standby-uneasy", "power_w", p => p > 27, p => p < 26) { And = ("compressor", MetricValue.Of("off")), ReleaseMs = 2_000, GapMs = 20_000, Latch = true },
        new ReferenceCondition(id, "standby-loose", "power_w", p => p > 28, p => p < 28)
        {
            And = ("compressor", MetricValue.Of("off")), ReleaseMs = 1_000, GapMs = 20_000, Latch = true, Chatter = new ReferenceChatter(2, 60_000, 60_000),
        },
    ];

    private static ReferenceCondition Memory(Device device, PartitionState partition)
    {
        var median = 0.0;
        return new ReferenceCondition(device.Id.Value, "memory-beside-fleet", "mem_pct", m => m > median + 4, m => m < median + 3)
        {
            HoldMs = 2_000, ReleaseMs = 2_000, GapMs = 20_000,
            IsKnown = now =>
            {
                var told = partition.MedianOf(device.Model, "mem_pct", now);
                median = told ?? 0;
                return told is not null;
            },
        };
    }

    /// <summary>Hours that begin or end, or both, in the first minutes of a town's life, where the clock on the wall of some zone says so; as the rule file has them, and naively.</summary>
    private static (string Text, ReferenceHours Hours) Hours(Random dice, DateTimeOffset start)
    {
        var zone = Zones[dice.Next(Zones.Length)];
        var wall = TimeZoneInfo.ConvertTime(start, TimeZoneInfo.FindSystemTimeZoneById(zone));
        var minute = (wall.Hour * 60) + wall.Minute;
        (int From, int To)[] spans = dice.Next(4) switch
        {
            0 => [(minute + 1, minute + 61)],
            1 => [(minute - 90, minute + 1)],
            2 => [(minute - 90, minute + 1), (minute + 2, minute + 30)],
            _ => [(minute + 1, minute + 2)],
        };
        spans = [.. spans.Select(s => (Day(s.From), Day(s.To)))];
        // On some, it is another day on which they begin.
        var days = dice.Next(4) == 0 ? [wall.DayOfWeek, (DayOfWeek)dice.Next(7)] : Enum.GetValues<DayOfWeek>();
        var names = string.Join(", ", days.Distinct().Select(d => DayNames[(int)d]));
        var items = spans.Select(s => $"{{ days: [ {names} ], from: \"{Clock(s.From)}\", to: \"{Clock(s.To)}\", zone: {zone} }}");
        return ($"[ {string.Join(", ", items)} ]", new ReferenceHours(zone, spans, days.ToHashSet()));

        static int Day(int minute) => ((minute % 1440) + 1440) % 1440;
        static string Clock(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
    }
}
