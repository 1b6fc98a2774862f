using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults.Snapshots;

/// <summary>Reads what <see cref="LaneWriting"/> wrote, all of it before the lane takes any of it.</summary>
internal static class LaneReading
{
    /// <summary>Most tries, heals and deliveries of one device or rule; each is bounded elsewhere well below.</summary>
    private const int MaxTimes = 10_000;

    public static void Read(ReadOnlySpan<byte> bytes, Lane lane, Func<string, ActiveRules> ruleSet)
    {
        var r = new SnapshotReader(bytes);
        var version = r.Byte();
        if (version is < LaneSnapshot.OldestLaneFormat or > LaneSnapshot.Format)
            throw r.Bad($"it is of version {version}, not {LaneSnapshot.OldestLaneFormat} to {LaneSnapshot.Format}");
        if (r.Whole() is var partition && partition != (ulong)lane.Partition)
            throw r.Bad($"it is of partition {partition}, not {lane.Partition}");
        var names = ReadNames(ref r, ruleSet);
        var (ticked, down, flags) = (r.Fixed(), r.Fixed(), r.Byte(3, "the gateway's state"));
        var fleetAt = ServerTime.Zero;
        var fleet = (flags & 2) != 0 ? ReadFleet(ref r, out fleetAt) : null;
        var matches = names.Rules.Matches;
        var devices = new List<(DeviceId Id, DeviceLane? State, ArrivalMemory? Arrival, PastCycles? Past)>();
        for (var left = r.Count("devices", 3); left > 0; left--)
        {
            var id = Id(ref r, r.Text());
            var parts = r.Byte(version < DelayedForm.FirstVersion ? (byte)15 : (byte)31, "a device's parts");
            var state = (parts & 1) != 0 ? ReadState(ref r, id, names, matches, ticked, version) : null;
            if (state is not null && (parts & 8) != 0)
                state.MaintainedUntil = new ServerTime(r.Distance(ticked));
            if (state is not null && (parts & 16) != 0)
                DelayedForm.Read(ref r, state.RestoreView(), names.Rules, names, ticked, version);
            devices.Add((id,
                state,
                (parts & 2) != 0 ? ReadArrival(ref r, ticked) : null,
                (parts & 4) != 0 ? ReadCycles(ref r) : null));
        }
        if (r.Byte() != LaneWriting.End || r.Left > 0)
            throw r.Bad("it does not end where it should");
        lane.RestoreClock(new ServerTime(ticked), new ServerTime(down), (flags & 1) != 0, names.Rules);
        if (fleet is not null)
            lane.RestoreFleet(fleet, fleetAt);
        foreach (var (id, state, arrival, past) in devices)
            lane.Restore(id, state, arrival, past);
    }

    private static Entry.FleetMedians ReadFleet(ref SnapshotReader r, out ServerTime at)
    {
        at = new ServerTime(r.Fixed());
        var every = r.Whole();
        if (every == 0 || every > EntryCodec.MaxEveryMs)
            throw r.Bad($"medians of an interval of {every} ms are none");
        var medians = new FleetMedian[r.Count("medians", 11)];
        for (var i = 0; i < medians.Length; i++)
            medians[i] = new FleetMedian(r.SharedText(), r.SharedText(), r.Number(), (int)Math.Min(r.Whole32("devices of a median"), int.MaxValue));
        return new Entry.FleetMedians(TimeSpan.FromMilliseconds(every), [.. medians]);
    }

    private static SnapshotNames ReadNames(ref SnapshotReader r, Func<string, ActiveRules> ruleSet)
    {
        var hash = r.Text();
        var metrics = new string[r.Count("metrics")];
        for (var i = 0; i < metrics.Length; i++)
            metrics[i] = r.Text();
        var faults = new (string, ImmutableArray<string>)[r.Count("faults", 2)];
        for (var i = 0; i < faults.Length; i++)
        {
            var id = r.Text();
            var codes = new string[r.Count("codes")];
            for (var c = 0; c < codes.Length; c++)
                codes[c] = r.Text();
            faults[i] = codes.Length <= 32 ? (id, [.. codes]) : throw r.Bad($"a rule has {codes.Length} codes");
        }
        var dues = new string[r.Count("dues")];
        for (var i = 0; i < dues.Length; i++)
            dues[i] = r.Text();
        var windows = new (string, TimeSpan)[r.Count("windows", 2)];
        for (var i = 0; i < windows.Length; i++)
            windows[i] = (metrics[r.Index(metrics.Length, "a window's metric")], TimeSpan.FromMilliseconds(r.Whole32("a window's length")));
        return new SnapshotNames(ruleSet(hash), metrics, faults, dues, windows);
    }

    private static DeviceLane ReadState(ref SnapshotReader r, DeviceId id, SnapshotNames names, RuleMatches matches, long from, byte version)
    {
        var device = ReadRegistration(ref r, id);
        var watermark = new DeviceTime(r.Distance(from));
        var silence = ReadSilence(ref r, from);
        var state = new DeviceLane(device, matches.Of(device), ReadCycles(ref r)) { Watermark = watermark, Silence = silence };
        for (var left = r.Count("values", 3); left > 0; left--)
        {
            var slot = names.Slots[r.Index(names.Slots.Length, "a metric")];
            var (value, at) = (r.Value(), new DeviceTime(r.Distance(watermark.EpochMs)));
            if (slot >= 0)
                state.RestoreValue(slot, value, at);
        }
        while (r.Index(names.Faults.Length + 1, "a fault") is var i and > 0)
        {
            var fault = ReadFault(ref r, names.Codes[i - 1].Length, from, version);
            if (names.Faults[i - 1] is var index and >= 0)
                state.RestoreFault(index, RuleCarry.Codes(fault, names.Codes[i - 1], names.Rules.Set.Faults[index].Codes));
        }
        while (r.Index(names.Faults.Length + 1, "a remedy's fault") is var i and > 0)
        {
            var remedy = ReadRemedy(ref r, from);
            if (names.Faults[i - 1] is var index and >= 0)
                state.RestoreRemedy(index, remedy);
        }
        while (r.Index(names.Dues.Length + 1, "a due") is var i and > 0)
        {
            var due = new DueState((int)Math.Min(r.Whole32("a cycle"), int.MaxValue), (DuePhase)r.Byte((byte)DuePhase.Overdue, "a due's phase"), r.Number(), r.Number(), r.Number());
            if (names.Dues[i - 1] is var index and >= 0)
                state.RestoreDue(index, due);
        }
        while (r.Index(names.Windows.Length + 1, "a window") is var i and > 0)
            WindowForm.Read(ref r, names.Windows[i - 1] is var index and >= 0 ? state.RestoreWindow(index) : null, version);
        while (version >= WindowForm.WithOrder && r.Index(names.Slots.Length + 1, "a changed metric") is var i and > 0)
        {
            var before = new DeviceTime(r.Distance(watermark.EpochMs));
            if (names.Slots[i - 1] is var slot and >= 0)
                state.RestoreChange(slot, before);
        }
        return state;
    }

    private static Device ReadRegistration(ref SnapshotReader r, DeviceId id)
    {
        var device = new Device(id)
        {
            Model = r.SharedText(),
            Firmware = r.SharedText(),
            Segment = Segment.TryParse(r.SharedText(), out var segment, out var error) ? segment : throw r.Bad(error),
            Serial = r.Text(),
            Customer = r.Text(),
        };
        var fields = r.Byte(15, "a registration's fields");
        if (fields == 0)
            return device;
        return device with
        {
            Parent = (fields & 1) != 0 ? Id(ref r, r.SharedText()) : null,
            Installed = (fields & 2) != 0 ? Day(ref r) : null,
            WarrantyUntil = (fields & 4) != 0 ? Day(ref r) : null,
            Params = (fields & 8) != 0 ? ReadParams(ref r) : device.Params,
        };
    }

    private static ImmutableSortedDictionary<string, MetricValue> ReadParams(ref SnapshotReader r)
    {
        var read = ImmutableSortedDictionary.CreateBuilder<string, MetricValue>();
        for (var left = r.Count("parameters", 2); left > 0; left--)
            read[r.SharedText()] = r.Value();
        return read.ToImmutable();
    }

    private static SilenceClock ReadSilence(ref SnapshotReader r, long from)
    {
        var fields = r.Byte(15, "a silence's fields");
        return new SilenceClock
        {
            Since = (fields & 1) != 0 ? new ServerTime(r.Distance(from)) : default,
            GraceFrom = (fields & 2) != 0 ? new ServerTime(r.Distance(from)) : default,
            OfflineSince = (fields & 4) != 0 ? new ServerTime(r.Distance(from)) : default,
            LastEntry = (fields & 8) != 0 ? Episode(ref r) : default,
        };
    }

    private static FaultState ReadFault(ref SnapshotReader r, int codes, long from, byte version)
    {
        var plain = r.Byte();
        // The fifth phase came later than its byte was full.
        var phase = (FaultPhase)((plain & 3) | ((plain & 0x80) >> 5));
        var severity = plain >> 2 & 7;
        var all = r.Whole();
        if (phase > FaultPhase.Latched || severity > (int)Severity.Critical || all > (version < FaultFields.WithMaintained ? ushort.MaxValue : (ulong)FaultFields.Field.All))
            throw r.Bad("a fault's phase, severity or fields are none");
        var fields = (FaultFields.Field)all;
        return new FaultState
        {
            Phase = phase,
            Severity = (Severity)severity,
            LastWasLive = (plain & 0x20) != 0,
            Acknowledged = (plain & 0x40) != 0,
            Episode = fields.HasFlag(FaultFields.Field.Episode) ? Episode(ref r) : default,
            Since = new DeviceTime(Time(ref r, fields, FaultFields.Field.Since, from)),
            OnsetAt = new DeviceTime(Time(ref r, fields, FaultFields.Field.OnsetAt, from)),
            RaisedAt = new ServerTime(Time(ref r, fields, FaultFields.Field.RaisedAt, from)),
            LastAt = new DeviceTime(Time(ref r, fields, FaultFields.Field.LastAt, from)),
            LastHeard = new ServerTime(Time(ref r, fields, FaultFields.Field.LastHeard, from)),
            RaiseBits = fields.HasFlag(FaultFields.Field.RaiseBits) ? r.Whole32("samples") : 0,
            ClearBits = fields.HasFlag(FaultFields.Field.ClearBits) ? r.Whole32("samples") : 0,
            CodesSet = fields.HasFlag(FaultFields.Field.CodesSet) ? Codes(ref r, codes) : 0,
            CodeAt = new DeviceTime(Time(ref r, fields, FaultFields.Field.CodeAt, from)),
            WakeAt = new ServerTime(Time(ref r, fields, FaultFields.Field.WakeAt, from)),
            ShelvedUntil = new ServerTime(Time(ref r, fields, FaultFields.Field.ShelvedUntil, from)),
            CodeTimes = fields.HasFlag(FaultFields.Field.CodeTimes) ? CodeTimes(ref r, codes, from) : default,
            RaiseTimes = fields.HasFlag(FaultFields.Field.RaiseTimes) ? RaiseTimes(ref r, from) : default,
            Chatters = fields.HasFlag(FaultFields.Field.Chatters),
            OutsideHours = fields.HasFlag(FaultFields.Field.OutsideHours),
            Maintained = fields.HasFlag(FaultFields.Field.Maintained),
        };
    }

    private static long Time(ref SnapshotReader r, FaultFields.Field fields, FaultFields.Field field, long from) => fields.HasFlag(field) ? r.Distance(from) : 0;

    private static uint Codes(ref SnapshotReader r, int codes)
    {
        var set = r.Whole32("codes");
        return (ulong)set >> codes == 0 ? set : throw r.Bad($"of {codes} codes {set:x} cannot be set");
    }

    private static ImmutableArray<DeviceTime> CodeTimes(ref SnapshotReader r, int codes, long from)
    {
        if (r.Count("times of codes") is var count && count != codes)
            throw r.Bad($"{codes} codes have {count} times");
        var times = new DeviceTime[codes];
        for (var i = 0; i < codes; i++)
            times[i] = new DeviceTime(r.Distance(from));
        return [.. times];
    }

    private static ImmutableArray<ServerTime> RaiseTimes(ref SnapshotReader r, long from)
    {
        var count = r.Count("raises");
        if (count > ChatterRule.MaxRaises)
            throw r.Bad($"a fault was raised {count} times");
        return TimesOf(ref r, count, from);
    }

    private static RemedyState ReadRemedy(ref SnapshotReader r, long from) => new()
    {
        Phase = (RemedyPhase)r.Byte((byte)RemedyPhase.Expired, "a remedy's phase"),
        CommandId = r.Text(),
        Deadline = new ServerTime(r.Fixed()),
        Tries = Times(ref r, from),
        Heals = Times(ref r, from),
    };

    private static ImmutableArray<ServerTime> Times(ref SnapshotReader r, long from)
    {
        var count = r.Count("times");
        if (count > MaxTimes)
            throw r.Bad($"a remedy has {count} times");
        return TimesOf(ref r, count, from);
    }

    private static ImmutableArray<ServerTime> TimesOf(ref SnapshotReader r, int count, long from)
    {
        var times = new ServerTime[count];
        for (var i = 0; i < count; i++)
            times[i] = new ServerTime(r.Distance(from));
        return [.. times];
    }

    private static ArrivalMemory ReadArrival(ref SnapshotReader r, long from)
    {
        var (offset, candidate, count) = (r.Distance(0), r.Distance(0), (int)Math.Min(r.Whole32("agreeing readings"), int.MaxValue));
        var memory = new ArrivalMemory { Clock = new ClockEstimate(offset, candidate, count > 0 ? new ServerTime(r.Distance(from)) : default, count) };
        for (var left = r.Index(ArrivalMemory.MaxRecent + 1, "the last delivery"); left > 0; left--)
            memory.Remember(new Delivery((ushort)r.Index(ushort.MaxValue + 1, "a packet identifier"), false, (ulong)r.Fixed()));
        return memory;
    }

    private static PastCycles? ReadCycles(ref SnapshotReader r)
    {
        var left = r.Count("cycles", 2);
        if (left == 0)
            return null;
        var cycles = new List<KeyValuePair<string, int>>(left);
        for (; left > 0; left--)
            cycles.Add(KeyValuePair.Create(r.SharedText(), (int)Math.Min(r.Whole32("a cycle"), int.MaxValue)));
        return new PastCycles(cycles);
    }

    private static EpisodeId Episode(ref SnapshotReader r) => new(r.Index(Partitions.Count, "a partition"), r.Distance(0));

    private static DeviceId Id(ref SnapshotReader r, string text) => DeviceId.TryParse(text, out var id, out var error) ? id : throw r.Bad(error);

    private static DateOnly Day(ref SnapshotReader r) => DateOnly.FromDayNumber(r.Index(DateOnly.MaxValue.DayNumber + 1, "a day"));
}
