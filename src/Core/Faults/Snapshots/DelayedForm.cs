using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults.Snapshots;

/// <summary>What rules with lateness see of a device in a snapshot, and what waits for them.</summary>
internal static class DelayedForm
{
    /// <summary>The first version that knows of it.</summary>
    public const byte FirstVersion = 5;

    private const byte AllKinds = (byte)(HeldKind.Live | HeldKind.Code | HeldKind.AfterCommand);

    public static void Write(ref SnapshotWriter w, DelayedView view, ReadOnlySpan<int> changeSlots, long from)
    {
        w.Distance(view.Watermark.EpochMs, from);
        w.Byte((byte)((view.Overflows ? 1 : 0) | (view.BackAt == ServerTime.Zero ? 0 : 2)));
        if (view.BackAt != ServerTime.Zero)
            w.Distance(view.BackAt.EpochMs, from);
        for (var slot = 0; slot < view.Values.Length; slot++)
        {
            if (view.Values[slot].Kind == ValueKind.Missing)
                continue;
            w.Count(slot + 1);
            w.Value(view.Values[slot]);
            w.Distance(view.ValueAt[slot].EpochMs, view.Watermark.EpochMs);
        }
        w.Count(0);
        WindowForm.Write(ref w, view.Windows);
        for (var i = 0; i < view.Changes.Length; i++)
        {
            if (view.Changes[i] == default)
                continue;
            w.Count(changeSlots[i] + 1);
            w.Distance(view.Changes[i].EpochMs, view.Watermark.EpochMs);
        }
        w.Count(0);
        w.Count(view.Held.Count);
        foreach (var message in view.Held)
            Held(ref w, in message, from);
    }

    /// <param name="r">Stands at it.</param>
    /// <param name="view">Takes it over; null where no rule has lateness any more.</param>
    /// <param name="rules">The rules in force.</param>
    /// <param name="names">What the numbers mean.</param>
    /// <param name="from">What times are counted from.</param>
    /// <param name="version">Of the whole snapshot.</param>
    public static void Read(ref SnapshotReader r, DelayedView? view, ActiveRules rules, SnapshotNames names, long from, byte version)
    {
        var watermark = new DeviceTime(r.Distance(from));
        var fields = r.Byte(3, "what is to be known of what waits");
        var back = (fields & 2) != 0 ? new ServerTime(r.Distance(from)) : ServerTime.Zero;
        if (view is not null)
            (view.Watermark, view.Overflows, view.BackAt) = (watermark, (fields & 1) != 0, back);
        while (r.Index(names.Slots.Length + 1, "a metric") is var i and > 0)
        {
            var (value, at) = (r.Value(), new DeviceTime(r.Distance(watermark.EpochMs)));
            if (view is not null && names.Slots[i - 1] is var slot and >= 0 && slot < view.Values.Length)
                (view.Values[slot], view.ValueAt[slot]) = (value, at);
        }
        while (r.Index(names.Windows.Length + 1, "a window") is var i and > 0)
            WindowForm.Read(ref r, names.Windows[i - 1] is var index and >= 0 ? view?.OwnWindow(index) : null, version);
        while (r.Index(names.Slots.Length + 1, "a changed metric") is var i and > 0)
        {
            var before = new DeviceTime(r.Distance(watermark.EpochMs));
            if (view is not null && names.Slots[i - 1] is var slot and >= 0 && rules.ChangeOf(slot) is var change and >= 0)
                view.Changes[change] = before;
        }
        for (var left = r.Index(DelayedView.MaxHeld + 1, "the last message that waits"); left > 0; left--)
        {
            var message = Held(ref r, names, from, view?.Values.Length ?? 0);
            view?.Hold(in message);
        }
    }

    private static void Held(ref SnapshotWriter w, in HeldMessage message, long from)
    {
        w.Distance(message.At.EpochMs, from);
        w.Distance(message.Arrived.EpochMs, from);
        w.Distance(message.Due.EpochMs, message.Arrived.EpochMs);
        w.Count(message.Entry.Partition);
        w.Distance(message.Entry.Offset, 0);
        w.Byte((byte)message.Kind);
        w.Count(message.Values.Length);
        foreach (var (slot, value) in message.Values)
        {
            w.Count(slot);
            w.Value(value);
        }
    }

    private static HeldMessage Held(ref SnapshotReader r, SnapshotNames names, long from, int room)
    {
        var (at, arrived) = (new DeviceTime(r.Distance(from)), new ServerTime(r.Distance(from)));
        var due = new ServerTime(r.Distance(arrived.EpochMs));
        var entry = new EpisodeId(r.Index(Partitions.Count, "a partition"), r.Distance(0));
        var kind = (HeldKind)r.Byte(AllKinds, "a kind of message");
        var values = new List<(int, MetricValue)>();
        for (var left = r.Count("values", 2); left > 0; left--)
        {
            var slot = names.Slots[r.Index(names.Slots.Length, "a metric")];
            var value = r.Value();
            if (slot >= 0 && slot < room)
                values.Add((slot, value));
        }
        // A code that no rule reads any more is no code.
        return new HeldMessage(at, arrived, due, entry, values.Count == 1 ? kind : kind & ~HeldKind.Code, [.. values]);
    }
}
