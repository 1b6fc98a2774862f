using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults.Snapshots;

/// <summary>The form of version 1: all lanes as one JSON array, written by earlier releases. Only read, so that an installation starts from its last snapshot.</summary>
internal static class LaneSnapshotJson
{
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        IgnoreReadOnlyProperties = true,
        Converters = { new MetricValueJson(), new DeviceIdJson(), new SegmentJson() },
    };

    /// <summary>Fills new lanes, by partition.</summary>
    /// <exception cref="JsonException">The bytes are no such JSON.</exception>
    /// <exception cref="FormatException">An id or a segment is none.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, IReadOnlyList<Lane> lanes, Func<string, ActiveRules> ruleSet)
    {
        foreach (var part in JsonSerializer.Deserialize<Part[]>(bytes, Json)!)
        {
            var lane = lanes[part.Partition];
            var rules = ruleSet(part.Rules);
            var matches = rules.Matches;
            lane.RestoreClock(part.TickedUntil, part.DownSince, !part.GatewayDown, rules);
            foreach (var kept in part.Devices)
                lane.Restore(kept.Device.Id, Revive(kept, matches), null, null);
            foreach (var kept in part.Arrivals)
                lane.Restore(kept.Device, null, Revive(kept), null);
            foreach (var kept in part.Removed)
                lane.Restore(kept.Device, null, null, Revive(kept.Cycles));
        }
    }

    private static DeviceLane Revive(Kept kept, RuleMatches matches)
    {
        var rules = matches.Rules;
        var lane = new DeviceLane(kept.Device, matches.Of(kept.Device), Revive(kept.Past)) { Watermark = kept.Watermark, Silence = kept.Silence };
        foreach (var value in kept.Values)
        {
            if (rules.SlotOf(value.Metric) is var slot and >= 0)
                lane.RestoreValue(slot, value.Value, new DeviceTime(value.At));
        }
        for (var i = 0; i < rules.Set.Faults.Length; i++)
        {
            var id = rules.Set.Faults[i].Id;
            if (kept.Faults.FirstOrDefault(f => f.Rule == id) is { } fault)
                lane.RestoreFault(i, fault.State);
            if (kept.Remedies.FirstOrDefault(r => r.Rule == id) is { } remedy)
                lane.RestoreRemedy(i, remedy.State);
        }
        for (var i = 0; i < rules.Set.Dues.Length; i++)
        {
            if (kept.Dues.FirstOrDefault(u => u.Rule == rules.Set.Dues[i].Id) is { } due)
                lane.RestoreDue(i, due.State);
        }
        return lane;
    }

    private static PastCycles? Revive(KeptCycle[] cycles) => cycles.Length == 0 ? null : new(cycles.Select(c => KeyValuePair.Create(c.Rule, c.Next)));

    private static ArrivalMemory Revive(KeptArrival kept)
    {
        var memory = new ArrivalMemory { Clock = kept.Clock };
        foreach (var delivery in kept.Recent)
            memory.Remember(delivery);
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

        public override void Write(Utf8JsonWriter writer, MetricValue value, JsonSerializerOptions options) => throw new NotSupportedException();

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

        public override void Write(Utf8JsonWriter writer, DeviceId value, JsonSerializerOptions options) => throw new NotSupportedException();
    }

    private sealed class SegmentJson : JsonConverter<Segment>
    {
        public override Segment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Segment.Parse(reader.GetString());

        public override void Write(Utf8JsonWriter writer, Segment value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
