using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>A lane's memory as bytes, so that a start needs only the log's tail. Rules and metrics stand by name: a snapshot outlives a change of slots.</summary>
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
            lane.RestoreClock(new ServerTime(part.TickedUntil), !part.GatewayDown, rules);
            foreach (var kept in part.Devices)
                lane.Restore(Revive(kept, rules));
        }
    }

    private static Part Of(Lane lane) => new(lane.Partition, lane.Rules.Set.Hash, lane.TickedUntil.EpochMs, !lane.GatewayUp,
        [.. lane.Devices.Values.OrderBy(d => d.Device.Id).Select(d => Of(d, lane.Rules))]);

    private static Kept Of(DeviceLane d, ActiveRules rules)
    {
        var set = rules.Set;
        return new Kept
        {
            Device = d.Device,
            Values = [.. d.Values.Select((v, i) => new KeptValue(set.Metrics[i], v, d.ValueAt[i].EpochMs)).Where(v => v.Value.Kind != ValueKind.Missing)],
            Faults = [.. d.Faults.Select((f, i) => new KeptFault(set.Faults[i].Id, f)).Where(f => f.State != default)],
            Remedies = [.. d.Remedies.Select((r, i) => new KeptRemedy(set.Faults[i].Id, r)).Where(r => r.State.CommandId.Length > 0 || r.State.Tries.Length > 0)],
            Dues = [.. d.Dues.Select((u, i) => new KeptDue(set.Dues[i].Id, u)).Where(u => u.State != DueState.Start)],
            Clock = d.Clock,
            Watermark = d.Watermark,
            SilenceBase = d.SilenceBase,
            GraceFrom = d.GraceFrom,
            OfflineSince = d.OfflineSince,
            LastEntry = d.LastEntry,
            Recent = [.. d.Recent],
        };
    }

    private static DeviceLane Revive(Kept kept, ActiveRules rules)
    {
        var lane = new DeviceLane(kept.Device, rules)
        {
            Clock = kept.Clock,
            Watermark = kept.Watermark,
            SilenceBase = kept.SilenceBase,
            GraceFrom = kept.GraceFrom,
            OfflineSince = kept.OfflineSince,
            LastEntry = kept.LastEntry,
        };
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
        foreach (var delivery in kept.Recent)
            lane.Recent.Enqueue(delivery);
        return lane;
    }

    private sealed record Part(int Partition, string Rules, long TickedUntil, bool GatewayDown, Kept[] Devices);

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

        public ClockEstimate Clock { get; init; }

        public DeviceTime Watermark { get; init; }

        public ServerTime SilenceBase { get; init; }

        public ServerTime GraceFrom { get; init; }

        public ServerTime OfflineSince { get; init; }

        public EpisodeId LastEntry { get; init; }

        public Delivery[] Recent { get; init; } = [];
    }

    private sealed class MetricValueJson : JsonConverter<MetricValue>
    {
        public override MetricValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Number => MetricValue.Of(reader.GetDouble()),
            JsonTokenType.True => MetricValue.Of(true),
            JsonTokenType.False => MetricValue.Of(false),
            // A number that JSON cannot write stands as text with a mark that no text value begins with.
            JsonTokenType.String when reader.GetString() is { } s && s.StartsWith('\u0001') =>
                MetricValue.Of(double.Parse(s.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)),
            JsonTokenType.String => MetricValue.Of(reader.GetString()!),
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
                    writer.WriteStringValue("\u0001" + value.Number.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
                    break;
                case ValueKind.Bool:
                    writer.WriteBooleanValue(value.IsTrue);
                    break;
                case ValueKind.Text:
                    writer.WriteStringValue(value.Text);
                    break;
                default:
                    writer.WriteNullValue();
                    break;
            }
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
