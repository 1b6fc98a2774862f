using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>A message that waits for what may have happened before it and is yet to come.</summary>
/// <param name="At">Its place in the order: its device time, for a code at the earliest that of what the device said of it before.</param>
/// <param name="Arrived">When it came.</param>
/// <param name="Due">When it has waited long enough by the server's clock.</param>
/// <param name="Entry">Its entry.</param>
/// <param name="Kind">What is to be known of it.</param>
/// <param name="Values">Of each metric that a rule with lateness reads, its slot and value; a code's is whether it was set.</param>
internal readonly record struct HeldMessage(DeviceTime At, ServerTime Arrived, ServerTime Due, EpisodeId Entry, HeldKind Kind, (int Slot, MetricValue Value)[] Values)
{
    public bool Is(HeldKind kind) => (Kind & kind) != 0;
}

/// <summary>What is to be known of a message that waits.</summary>
[Flags]
internal enum HeldKind : byte
{
    None = 0,

    /// <summary>It told of something as it happened.</summary>
    Live = 1,

    /// <summary>A code that was set or cleared; else readings.</summary>
    Code = 2,

    /// <summary>The device had a command of a rule with lateness when it came.</summary>
    AfterCommand = 4,
}

/// <summary>
/// What the rules with lateness see of a device: its values, windows and changes as they stood some time ago, and the messages since then, in order of device time.
/// A device has one from the first message on that concerns such a rule.
/// </summary>
internal sealed class DelayedView(RuleSet set, Delays delays)
{
    /// <summary>Most messages of a device that wait; with one more the oldest is evaluated before its time.</summary>
    public const int MaxHeld = 256;

    private readonly List<HeldMessage> held = [];

    /// <summary>By metric slot, up to the last that such a rule reads.</summary>
    public MetricValue[] Values { get; } = new MetricValue[delays.Slots.Length];

    /// <summary>By metric slot, device time of the value.</summary>
    public DeviceTime[] ValueAt { get; } = new DeviceTime[delays.Slots.Length];

    /// <summary>By window slot; null before the first number.</summary>
    public MetricWindow?[] Windows { get; } = new MetricWindow?[set.Windows.Length];

    /// <summary>By change slot, device time of the last reading before the newest change; default before the first.</summary>
    public DeviceTime[] Changes { get; } = new DeviceTime[set.Changes.Length];

    /// <summary>The newest that was released, as the device's watermark was when it came: what is older is late for these rules, too.</summary>
    public DeviceTime Watermark { get; set; }

    /// <summary>More came than can wait, and it was told of.</summary>
    public bool Overflows { get; set; }

    /// <summary>When the gateway came back last after it could not be reached; zero where it never was.</summary>
    public ServerTime BackAt { get; set; }

    /// <summary>What waits, in order of device time; of one time in order of arrival.</summary>
    public IReadOnlyList<HeldMessage> Held => held;

    /// <summary>When the first message has waited long enough by the server's clock; <see cref="ServerTime.Never"/> where none waits.</summary>
    public ServerTime FirstDue { get; private set; } = ServerTime.Never;

    /// <summary>The message that is being evaluated; null between two.</summary>
    public HeldMessage? Releasing { get; set; }

    /// <summary>A message waits.</summary>
    public void Hold(in HeldMessage message)
    {
        var place = held.Count;
        while (place > 0 && held[place - 1].At > message.At)
            place--;
        held.Insert(place, message);
        FirstDue = ServerTime.Min(FirstDue, message.Due);
    }

    /// <summary>How many messages, from the oldest on, are of a device time up to this.</summary>
    public int CountUpTo(DeviceTime at)
    {
        var count = 0;
        while (count < held.Count && held[count].At <= at)
            count++;
        return count;
    }

    /// <summary>How many messages, from the oldest on, there are up to the last one that has waited long enough: what is older than that has no more to wait for.</summary>
    public int CountDue(ServerTime now)
    {
        var count = held.Count;
        while (count > 0 && held[count - 1].Due > now)
            count--;
        return count;
    }

    /// <summary>So many messages, from the oldest on, have been evaluated.</summary>
    public void Drop(int count)
    {
        if (count == 0)
            return;
        held.RemoveRange(0, count);
        Overflows &= held.Count > MaxHeld / 2;
        FindFirstDue();
    }

    /// <summary>When the device last told of a code among what waits; the earliest time of all where it did not.</summary>
    public DeviceTime NewestOf(int slot)
    {
        for (var i = held.Count - 1; i >= 0; i--)
        {
            if (held[i].Is(HeldKind.Code) && held[i].Values is [var (code, _)] && code == slot)
                return held[i].At;
        }
        return new DeviceTime(long.MinValue);
    }

    /// <summary>Nothing could be heard from <paramref name="downFrom"/> to <paramref name="now"/>: nothing has waited in that time.</summary>
    public void SkipDowntime(ServerTime downFrom, ServerTime now)
    {
        for (var i = 0; i < held.Count; i++)
            held[i] = held[i] with { Due = held[i].Due + (now - ServerTime.Max(held[i].Arrived, downFrom)) };
        BackAt = now;
        FindFirstDue();
    }

    /// <summary>The device's clock was set back, and all that waited is evaluated: nothing in here has a place on the clock that begins at <paramref name="at"/>.</summary>
    public void SetBack(DeviceTime at)
    {
        foreach (var window in Windows)
            window?.Clear();
        Array.Clear(Changes);
        Watermark = at;
    }

    /// <summary>Takes over the values that rules with lateness read, where they are newer than what is there.</summary>
    public void Take(MetricValue[] values, DeviceTime[] times)
    {
        for (var slot = 0; slot < Math.Min(values.Length, Values.Length); slot++)
        {
            if (delays.Slots[slot] && values[slot].Kind != ValueKind.Missing && (Values[slot].Kind == ValueKind.Missing || times[slot] > ValueAt[slot]))
                (Values[slot], ValueAt[slot]) = (values[slot], times[slot]);
        }
    }

    /// <summary>Takes over what others see of the device, where it is newer or nothing is there yet; while nothing waits.</summary>
    public void Take(MetricValue[] values, DeviceTime[] times, MetricWindow?[] windows, DeviceTime[] changes)
    {
        Take(values, times);
        for (var i = 0; i < Windows.Length; i++)
        {
            if (delays.Windows[i] && Windows[i] is null && windows[i] is { } window)
                Windows[i] = Copy(window, set.Windows[i]);
        }
        for (var i = 0; i < Changes.Length; i++)
            Changes[i] = Changes[i] == default ? changes[i] : Changes[i];
    }

    /// <summary>The window that such a rule looks through, from its first number on.</summary>
    public MetricWindow OwnWindow(int index) => Windows[index] ??= new MetricWindow(set.Windows[index].Length, set.Windows[index].Content);

    /// <summary>A window with the same numbers that goes on by itself.</summary>
    public static MetricWindow Copy(MetricWindow window, WindowShape shape)
    {
        var steps = new MetricWindow.Step[window.Count];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = window[i];
        var series = new SeriesWindow.Step[window.Series?.Count ?? 0];
        for (var i = 0; i < series.Length; i++)
            series[i] = window.Series![i];
        var copy = new MetricWindow(shape.Length, shape.Content);
        copy.Restore(window.Head, window.Settled, window.Recent, steps, series);
        return copy;
    }

    private void FindFirstDue()
    {
        FirstDue = ServerTime.Never;
        foreach (var message in held)
            FirstDue = ServerTime.Min(FirstDue, message.Due);
    }
}
