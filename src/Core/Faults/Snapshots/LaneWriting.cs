using System.Buffers;
using B2D.Core.Devices;
using B2D.Core.Dues;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults.Snapshots;

/// <summary>
/// The form of version 5. Head: version, partition, hash of the rules, then the names of metrics, faults with their codes, dues and windows, whose place is
/// their number from there on; the clock; the fleets' medians where they were told (from version 4 on); what rules with lateness see (from version 5 on); devices in order of their ids; a byte at the end. What is as new is not written.
/// </summary>
internal static class LaneWriting
{
    /// <summary>Last byte of a lane.</summary>
    public const byte End = 0xB2;

    public static void Write(Lane lane, IBufferWriter<byte> output)
    {
        var w = new SnapshotWriter(output);
        w.Byte(LaneSnapshot.Format);
        w.Count(lane.Partition);
        Names(ref w, lane.Rules.Set);
        w.Fixed(lane.TickedUntil.EpochMs);
        w.Fixed(lane.DownSince.EpochMs);
        w.Byte((byte)((lane.GatewayUp ? 1 : 0) | (lane.Fleet.Told is null ? 0 : 2)));
        if (lane.Fleet.Told is { } told)
            Fleet(ref w, told, lane.Fleet.At.EpochMs);
        var known = lane.Known();
        w.Count(known.Length);
        foreach (var (id, memory) in known)
            Device(ref w, id, memory, lane.TickedUntil.EpochMs);
        w.Byte(End);
        w.Finish();
    }

    private static void Names(ref SnapshotWriter w, RuleSet set)
    {
        w.Text(set.Hash);
        w.Count(set.Metrics.Length);
        foreach (var metric in set.Metrics)
            w.Text(metric);
        w.Count(set.Faults.Length);
        foreach (var fault in set.Faults)
        {
            w.Text(fault.Id);
            w.Count(fault.Codes.Length);
            foreach (var code in fault.Codes)
                w.Text(code);
        }
        w.Count(set.Dues.Length);
        foreach (var due in set.Dues)
            w.Text(due.Id);
        w.Count(set.Windows.Length);
        foreach (var window in set.Windows)
        {
            w.Count(window.Slot);
            w.Whole((ulong)window.Length.TotalMilliseconds);
        }
    }

    private static void Fleet(ref SnapshotWriter w, Entry.FleetMedians told, long at)
    {
        w.Fixed(at);
        w.Whole((ulong)told.Every.TotalMilliseconds);
        w.Count(told.Medians.Length);
        foreach (var median in told.Medians)
        {
            w.SharedText(median.Model);
            w.SharedText(median.Metric);
            w.Number(median.Value);
            w.Count(median.Devices);
        }
    }

    private static void Device(ref SnapshotWriter w, string id, DeviceMemory memory, long from)
    {
        var arrival = memory.Arrival is { IsNew: false } known ? known : null;
        w.Text(id);
        w.Byte((byte)((memory.State is null ? 0 : 1) | (arrival is null ? 0 : 2) | (memory.Past is null ? 0 : 4) | (memory.State is { MaintainedUntil.EpochMs: not 0 } ? 8 : 0) | (memory.State is { Delayed: not null } ? 16 : 0)));
        if (memory.State is { } device)
        {
            Registration(ref w, device.Device);
            State(ref w, device, from);
            if (device.MaintainedUntil != ServerTime.Zero)
                w.Distance(device.MaintainedUntil.EpochMs, from);
            if (device.Delayed is { } delayed)
                DelayedForm.Write(ref w, delayed, device.ChangeSlots.AsSpan(), from);
        }
        if (arrival is not null)
            Arrival(ref w, arrival, from);
        if (memory.Past is { } past)
            Cycles(ref w, past);
    }

    private static void Registration(ref SnapshotWriter w, Device device)
    {
        w.SharedText(device.Model);
        w.SharedText(device.Firmware);
        w.SharedText(device.Segment.Path);
        w.Text(device.Serial);
        w.Text(device.Customer);
        w.Byte((byte)((device.Parent is null ? 0 : 1) | (device.Installed is null ? 0 : 2) | (device.WarrantyUntil is null ? 0 : 4) | (device.Params.IsEmpty ? 0 : 8)));
        if (device.Parent is { } parent)
            w.SharedText(parent.Value);
        if (device.Installed is { } installed)
            w.Count(installed.DayNumber);
        if (device.WarrantyUntil is { } until)
            w.Count(until.DayNumber);
        if (device.Params.IsEmpty)
            return;
        w.Count(device.Params.Count);
        foreach (var (name, value) in device.Params)
        {
            w.SharedText(name);
            w.Value(value);
        }
    }

    private static void State(ref SnapshotWriter w, DeviceLane d, long from)
    {
        w.Distance(d.Watermark.EpochMs, from);
        Silence(ref w, d.Silence, from);
        Cycles(ref w, d.Past);
        Values(ref w, d);
        Faults(ref w, d.Faults, from);
        Remedies(ref w, d.Remedies, from);
        Dues(ref w, d.Dues);
        WindowForm.Write(ref w, d.Windows);
        Changes(ref w, d);
    }

    private static void Silence(ref SnapshotWriter w, SilenceClock s, long from)
    {
        var fields = (s.Since == default ? 0 : 1) | (s.GraceFrom == default ? 0 : 2) | (s.OfflineSince == default ? 0 : 4) | (s.LastEntry == default ? 0 : 8);
        w.Byte((byte)fields);
        if ((fields & 1) != 0)
            w.Distance(s.Since.EpochMs, from);
        if ((fields & 2) != 0)
            w.Distance(s.GraceFrom.EpochMs, from);
        if ((fields & 4) != 0)
            w.Distance(s.OfflineSince.EpochMs, from);
        if ((fields & 8) != 0)
            Episode(ref w, s.LastEntry);
    }

    private static void Values(ref SnapshotWriter w, DeviceLane d)
    {
        var count = 0;
        foreach (ref readonly var value in d.Values.AsSpan())
            count += value.Kind == ValueKind.Missing ? 0 : 1;
        w.Count(count);
        for (var slot = 0; count > 0 && slot < d.Values.Length; slot++)
        {
            if (d.Values[slot].Kind == ValueKind.Missing)
                continue;
            w.Count(slot);
            w.Value(d.Values[slot]);
            w.Distance(d.ValueAt[slot].EpochMs, d.Watermark.EpochMs);
        }
    }

    private static void Faults(ref SnapshotWriter w, FaultStates faults, long from)
    {
        for (var i = 0; i < faults.Length; i++)
        {
            var s = faults[i];
            var plain = (byte)(((byte)s.Phase & 3) | (s.Phase == FaultPhase.Latched ? 0x80 : 0) | (byte)s.Severity << 2 | (s.LastWasLive ? 0x20 : 0) | (s.Acknowledged ? 0x40 : 0));
            var fields = FaultFields.Of(in s);
            if (plain == 0 && fields == FaultFields.None)
                continue;
            w.Count(i + 1);
            w.Byte(plain);
            w.Whole((ulong)fields);
            Fault(ref w, in s, fields, from);
        }
        w.Count(0);
    }

    private static void Fault(ref SnapshotWriter w, in FaultState s, FaultFields.Field fields, long from)
    {
        if (fields.HasFlag(FaultFields.Field.Episode))
            Episode(ref w, s.Episode);
        if (fields.HasFlag(FaultFields.Field.Since))
            w.Distance(s.Since.EpochMs, from);
        if (fields.HasFlag(FaultFields.Field.OnsetAt))
            w.Distance(s.OnsetAt.EpochMs, from);
        if (fields.HasFlag(FaultFields.Field.RaisedAt))
            w.Distance(s.RaisedAt.EpochMs, from);
        if (fields.HasFlag(FaultFields.Field.LastAt))
            w.Distance(s.LastAt.EpochMs, from);
        if (fields.HasFlag(FaultFields.Field.LastHeard))
            w.Distance(s.LastHeard.EpochMs, from);
        if (fields.HasFlag(FaultFields.Field.RaiseBits))
            w.Whole(s.RaiseBits);
        if (fields.HasFlag(FaultFields.Field.ClearBits))
            w.Whole(s.ClearBits);
        if (fields.HasFlag(FaultFields.Field.CodesSet))
            w.Whole(s.CodesSet);
        if (fields.HasFlag(FaultFields.Field.CodeAt))
            w.Distance(s.CodeAt.EpochMs, from);
        if (fields.HasFlag(FaultFields.Field.WakeAt))
            w.Distance(s.WakeAt.EpochMs, from);
        if (fields.HasFlag(FaultFields.Field.ShelvedUntil))
            w.Distance(s.ShelvedUntil.EpochMs, from);
        if (fields.HasFlag(FaultFields.Field.CodeTimes))
        {
            w.Count(s.CodeTimes.Length);
            foreach (var time in s.CodeTimes)
                w.Distance(time.EpochMs, from);
        }
        if (fields.HasFlag(FaultFields.Field.RaiseTimes))
        {
            w.Count(s.RaiseTimes.Length);
            foreach (var time in s.RaiseTimes)
                w.Distance(time.EpochMs, from);
        }
    }

    private static void Remedies(ref SnapshotWriter w, ReadOnlySpan<RemedyState> remedies, long from)
    {
        for (var i = 0; i < remedies.Length; i++)
        {
            ref readonly var r = ref remedies[i];
            if (r.CommandId.Length == 0 && r.Tries.Length == 0 && r.Heals.Length == 0)
                continue;
            w.Count(i + 1);
            w.Byte((byte)r.Phase);
            w.Text(r.CommandId);
            w.Fixed(r.Deadline.EpochMs);
            w.Count(r.Tries.Length);
            foreach (var at in r.Tries)
                w.Distance(at.EpochMs, from);
            w.Count(r.Heals.Length);
            foreach (var at in r.Heals)
                w.Distance(at.EpochMs, from);
        }
        w.Count(0);
    }

    private static void Dues(ref SnapshotWriter w, ReadOnlySpan<DueState> dues)
    {
        for (var i = 0; i < dues.Length; i++)
        {
            if (dues[i] == DueState.Start)
                continue;
            w.Count(i + 1);
            w.Count(dues[i].Cycle);
            w.Byte((byte)dues[i].Phase);
            w.Number(dues[i].Used);
            w.Number(dues[i].LastCounter);
            w.Number(dues[i].LastMarker);
        }
        w.Count(0);
    }

    private static void Changes(ref SnapshotWriter w, DeviceLane d)
    {
        for (var i = 0; i < d.Changes.Length; i++)
        {
            if (d.Changes[i] == default)
                continue;
            w.Count(d.ChangeSlots[i] + 1);
            w.Distance(d.Changes[i].EpochMs, d.Watermark.EpochMs);
        }
        w.Count(0);
    }

    private static void Arrival(ref SnapshotWriter w, ArrivalMemory memory, long from)
    {
        w.Distance(memory.Clock.OffsetMs, 0);
        w.Distance(memory.Clock.CandidateMs, 0);
        w.Count(memory.Clock.CandidateCount);
        if (memory.Clock.CandidateCount > 0)
            w.Distance(memory.Clock.CandidateSince.EpochMs, from);
        w.Count(memory.Recent.Count);
        foreach (var delivery in memory.Recent)
        {
            w.Whole(delivery.PacketId);
            w.Fixed((long)delivery.Fingerprint);
        }
    }

    private static void Cycles(ref SnapshotWriter w, PastCycles? past)
    {
        if (past is null)
        {
            w.Count(0);
            return;
        }
        w.Count(past.Next.Count);
        foreach (var (rule, cycle) in past.Next)
        {
            w.SharedText(rule);
            w.Count(cycle);
        }
    }

    private static void Episode(ref SnapshotWriter w, EpisodeId episode)
    {
        w.Count(episode.Partition);
        w.Distance(episode.Offset, 0);
    }
}
