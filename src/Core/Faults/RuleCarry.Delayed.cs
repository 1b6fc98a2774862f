using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What of the values before the latest goes on under the next set: what rules see as it comes, and what those with lateness see.</summary>
internal sealed partial class RuleCarry
{
    /// <summary>The rules with lateness are the same in both sets, so that what waits for them goes on waiting. Else it has been released.</summary>
    public bool KeepsHeld { get; }

    /// <summary>
    /// Windows and changes under the next set's slots: a window over the same metric and of the same length goes on, every other begins empty. A rule that gains or
    /// loses its lateness takes its windows along.
    /// </summary>
    /// <param name="history">Under the old set.</param>
    /// <param name="matching">The next set's rules that concern the device.</param>
    /// <param name="values">The latest values, by the next set's slots.</param>
    /// <param name="times">Their device times.</param>
    /// <param name="watermark">The device's.</param>
    public MetricHistory History(MetricHistory history, RuleMatch matching, MetricValue[] values, DeviceTime[] times, DeviceTime watermark)
    {
        var moved = MetricHistory.Of(next);
        // While messages wait, a window of the one kind has what one of the other has not.
        var late = KeepsHeld ? null : history.Delayed;
        for (var n = 0; n < windows.Length; n++)
        {
            moved.Windows[n] = matching.Windows[n] && windows[n] is var i and >= 0 ? history.Windows[i] ?? late?.Windows[i] : null;
            moved.Windows[n]?.Keep(next.Windows[n].Content);
        }
        for (var n = 0; n < changes.Length; n++)
            moved.Changes[n] = changes[n] is not (var i and >= 0) ? default : history.Changes[i] != default ? history.Changes[i] : late?.Changes[i] ?? default;
        if (matching.Delays is { } delays)
            moved.Delayed = View(history, moved, delays, values, times, watermark);
        return moved;
    }

    private DelayedView View(MetricHistory history, MetricHistory moved, Delays delays, MetricValue[] values, DeviceTime[] times, DeviceTime watermark)
    {
        var was = history.Delayed;
        var view = new DelayedView(next, delays) { Watermark = was?.Watermark ?? watermark, Overflows = was?.Overflows ?? false, BackAt = was?.BackAt ?? default };
        if (was is not null)
        {
            var (seen, at) = Values(was.Values, was.ValueAt);
            view.Take(seen, at);
            foreach (var message in was.Held)
                view.Hold(message with { Values = [.. message.Values.Select(v => (nextSlots.Value[v.Slot], v.Value)).Where(v => v.Item1 >= 0)] });
        }
        if (was is null || !KeepsHeld)
            view.Take(values, times);
        for (var n = 0; n < windows.Length; n++)
        {
            if (!delays.Windows[n] || windows[n] is not (var i and >= 0))
                continue;
            var found = was?.Windows[i] ?? (was is null || !KeepsHeld ? history.Windows[i] : null);
            view.Windows[n] = found is not null && found == moved.Windows[n] ? DelayedView.Copy(found, next.Windows[n]) : found;
            view.Windows[n]?.Keep(next.Windows[n].Content);
        }
        for (var n = 0; n < changes.Length; n++)
            view.Changes[n] = changes[n] is not (var i and >= 0) ? default : was is not null && (KeepsHeld || was.Changes[i] != default) ? was.Changes[i] : history.Changes[i];
        return view;
    }

    private static IEnumerable<(string Id, string Version, TimeSpan Lateness)> Delaying(RuleSet set) =>
        set.Faults.Where(f => f.Lateness > TimeSpan.Zero).Select(f => (f.Id, f.Version, f.Lateness)).OrderBy(f => f.Id, StringComparer.Ordinal);
}
