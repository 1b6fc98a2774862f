using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>A lane's memory as bytes, so that a start needs only the log's tail. Rules and metrics stand by name: a snapshot outlives a change of
/// slots.</summary>
public static class LaneSnapshot
{
    /// <summary>Version of the form written here; a reader accepts this one only, an older snapshot is passed over and the log replayed.</summary>
    public const int Format = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        IgnoreReadOnlyProperties = true,
        Converters = { new MetricValueJson(), new DeviceIdJson(), new SegmentJson() },
    };

    /// <summary>Writes lanes; the shell stores the bytes beside log position, tick time and rules.</summary>
    public static byte[] Write(IEnumerable<Lane> lanes) => JsonSerializer.SerializeToUtf8Bytes(lanes.Select(Of).ToArray(), Json);

    /// <summary>Fills new lanes from <see cref="Write"/>'s bytes.</summary>
    /// <exception cref="JsonException">The bytes are of another form.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, IReadOnlyList<Lane> lanes, Func<string, ActiveRules> ruleSet)
    {
        foreach (var part in JsonSerializer.Deserialize<Part[]>(bytes, Json)!)
        {
            var lane = lanes[part.Partition];
            var rules = ruleSet(part.Rules);
            lane.RestoreClock(part.TickedUntil, part.DownSince, !part.GatewayDown, rules);
            foreach (var kept in part.Devices)
                lane.Restore(Revive(kept, rules, lane.ArrivalOptions));
            foreach (var kept in part.Arrivals)
                lane.Restore(kept.Device, Revive(kept));
            foreach (var kept in part.Removed)
                lane.Restore(kept.Device, Revive(kept.Cycles));
        }
    }

    private static Part Of(Lane lane) => new(lane.Partition, lane.Rules.Set.Hash, lane.TickedUntil, !lane.GatewayUp, lane.DownSince,
        [.. lane.Devices.Values.OrderBy(d => d.Device.Id).Select(d => Of(d, lane.Rules))],
        [.. lane.Arrivals.OrderBy(a => a.Key).Select(a => new KeptArrival(a.Key, a.Value.Clock, [.. a.Value.Recent]))],
        [.. lane.Removed.OrderBy(r => r.Key).Select(r => new KeptCycles(r.Key, CyclesOf(r.Value)))]);

    private static Kept Of(DeviceLane d, ActiveRules rules)
    {
        var set = rules.Set;
        return new Kept
        {
            Device = d.Device,
            Values = [.. d.Values.Select((v, i) => new KeptValue(set.Metrics[i], v, d.ValueAt[i].EpochMs)).Where(v => v.Value.Kind != ValueKind.Missing)],
            Faults = [.. d.Faults.Select((f, i) => new KeptFault(set.Faults[i].Id, f)).Where(f => f.State != default)],
            Remedies = [.. d.Remedies.Select((r, i) => new KeptRemedy(set.Faults[i].Id, r))
                .Where(r => r.State.CommandId.Length > 0 || r.State.Tries.Length > 0)],
            Dues = [.. d.Dues.Select((u, i) => new KeptDue(set.Dues[i].Id, u)).Where(u => u.State != DueState.Start)],
            Watermark = d.Watermark,
            Silence = d.Silence,
            Past = CyclesOf(d.Past),
        };
    }

    private static DeviceLane Revive(Kept kept, ActiveRules rules, ArrivalOptions arrival)
    {
        var lane = new DeviceLane(kept.Device, rules, arrival, Revive(kept.Past)) { Watermark = kept.Watermark, Silence = kept.Silence };
        foreach (var value in kept.Values)
        {
            if (rules.SlotOf(value.Metric) is var slot and >= 0)
                (lane.Values[slot], lane.ValueAt[slot]) = (value.Value, new DeviceTime(value.At));
        }
        for (var i = 0; i < rules.Set.Faults.Length; i++)
        {
            var id = rules.Set.Faults[i].Id;
            lane.Faults[i] = kept.Faults.FirstOrDefault(f => f.Rule == id)?.State ?? default;
            lane.Remedies[i] = kept.Remedies.FirstOrDefault(r => r.Rule == id)?.State ?? new RemedyState();
        }
        for (var i = 0; i < rules.Set.Dues.Length; i++)
            lane.Dues[i] = kept.Dues.FirstOrDefault(u => u.Rule == rules.Set.Dues[i].Id)?.State ?? DueState.Start;
        return lane;
    }

    private static KeptCycle[] CyclesOf(PastCycles past) => [.. past.Next.Select(p => new KeptCycle(p.Key, p.Value))];

    private static PastCycles Revive(KeptCycle[] cycles) => new(cycles.Select(c => KeyValuePair.Create(c.Rule, c.Next)));

    private static ArrivalMemory Revive(KeptArrival kept)
    {
        var memory = new ArrivalMemory { Clock = kept.Clock };
        foreach (var delivery in kept.Recent)
            memory.Recent.Enqueue(delivery);
        return memory;
    }

    private sealed record Part(int Partition, string Rules, ServerTime TickedUntil, bool GatewayDown, ServerTime DownSince, Kept[] Devices,
        KeptArrival[] Arrivals, KeptCycles[] Removed);

    private sealed record KeptCycles(DeviceId Device, KeptCycle[] Cycles);

    private sealed record KeptArrival(DeviceId Device, ClockEstimate Clock, Delivery[] Recent);

    private sealed record KeptCycle(string Rule, int Next);

    private sealed record KeptValue(string Metric, MetricValue Value, long At);

    private sealed record KeptFault(string Rule, FaultState State);

    private sealed record KeptRemedy(string Rule, RemedyState State);

    private sealed record KeptDue(string Rule, DueState State);

    private sealed record Kept
    {
        public required Device Device { get; init; }

        public KeptValue[] Values { get; init; } = [];

        public KeptFault[] Faults { get; init; } = [];

        public KeptRemedy[] Remedies { get; init; } = [];

        public KeptDue[] Dues { get; init; } = [];

        public DeviceTime Watermark { get; init; }

        public SilenceClock Silence { get; init; }

        public KeptCycle[] Past { get; init; } = [];
    }

    private sealed class MetricValueJson : JsonConverter<MetricValue>
    {
        /// <summary>Stands before a number that JSON cannot write; a device's text that begins with it has it twice.</summary>
        private const char Mark = '\u0001';

        public override MetricValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Number => MetricValue.Of(reader.GetDouble()),
            JsonTokenType.True => MetricValue.Of(true),
            JsonTokenType.False => MetricValue.Of(false),
            JsonTokenType.String => FromText(reader.GetString()!),
            _ => MetricValue.Missing,
        };

        public override void Write(Utf8JsonWriter writer, MetricValue value, JsonSerializerOptions options)
        {
            switch (value.Kind)
            {
                case ValueKind.Number when double.IsFinite(value.Number):
                    writer.WriteNumberValue(value.Number);
                    break;
                case ValueKind.Number:
                    writer.WriteStringValue(Mark + value.Number.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
                    break;
                case ValueKind.Bool:
                    writer.WriteBooleanValue(value.IsTrue);
                    break;
                case ValueKind.Text:
                    writer.WriteStringValue(value.Text.StartsWith(Mark) ? Mark + value.Text : value.Text);
                    break;
                default:
                    writer.WriteNullValue();
                    break;
            }
        }

        private static MetricValue FromText(string text)
        {
            if (!text.StartsWith(Mark))
                return MetricValue.Of(text);
            return text.Length > 1 && text[1] == Mark
                ? MetricValue.Of(text[1..])
                : MetricValue.Of(double.Parse(text.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private sealed class DeviceIdJson : JsonConverter<DeviceId>
    {
        public override DeviceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => DeviceId.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, DeviceId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }

    private sealed class SegmentJson : JsonConverter<Segment>
    {
        public override Segment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Segment.Parse(reader.GetString());

        public override void Write(Utf8JsonWriter writer, Segment value, JsonSerializerOptions options) => writer.WriteStringValue(value.Path);
    }
}
