using B2D.Core.Rules;

namespace B2D.Core.Faults.Snapshots;

/// <summary>A device's windows in a snapshot.</summary>
internal static class WindowForm
{
    /// <summary>The first version that knows how far a window's numbers lie apart, their order, and changes.</summary>
    public const byte WithOrder = 3;

    public static void Write(ref SnapshotWriter w, ReadOnlySpan<MetricWindow?> windows)
    {
        for (var i = 0; i < windows.Length; i++)
        {
            if (windows[i] is not { } window)
                continue;
            w.Count(i + 1);
            w.Fixed(window.Head);
            Total(ref w, window.Recent);
            w.Count(window.Count);
            w.Count(window.Settled);
            for (var step = 0; step < window.Count; step++)
            {
                var kept = window[step];
                w.Whole((ulong)(window.Head - kept.At));
                Total(ref w, kept.Total);
            }
            Series(ref w, window.Series, window.Head);
        }
        w.Count(0);
    }

    /// <summary>One number is its own sum and its own extremes. What a window does not keep is NaN.</summary>
    private static void Total(ref SnapshotWriter w, in WindowTotal total)
    {
        w.Count(total.Count);
        if (total.Count == 0)
            return;
        w.Number(total.Sum);
        if (total.Count == 1)
            return;
        w.Number(total.Min);
        w.Number(total.Max);
        w.Number(total.Squares);
    }

    private static void Series(ref SnapshotWriter w, SeriesWindow? series, long head)
    {
        var count = series?.Count ?? 0;
        w.Count(count);
        for (var step = 0; step < count; step++)
        {
            ref readonly var kept = ref series![step];
            w.Whole((ulong)(head - kept.At));
            w.Count(kept.Total.Count);
            w.Fixed(kept.Total.FirstAt.EpochMs);
            w.Number(kept.Total.First);
            if (kept.Total.Count == 1)
                continue;
            w.Distance(kept.Total.LastAt.EpochMs, kept.Total.FirstAt.EpochMs);
            w.Number(kept.Total.Last);
            w.Number(kept.Total.Rise);
        }
    }

    /// <param name="r">Stands at a window.</param>
    /// <param name="window">Takes it over; null where no rule looks through it any more.</param>
    /// <param name="version">Of the whole snapshot.</param>
    public static void Read(ref SnapshotReader r, MetricWindow? window, byte version)
    {
        var (head, recent, count) = (r.Fixed(), Total(ref r, version), r.Index(MetricWindow.Steps + 1, "a window's last step"));
        var settled = r.Index(count + 1, "a window's last settled step");
        Span<MetricWindow.Step> steps = new MetricWindow.Step[count];
        for (var i = 0; i < count; i++)
            steps[i] = new MetricWindow.Step(Step(ref r, head, i == 0 ? long.MinValue : steps[i - 1].At), Total(ref r, version));
        Span<SeriesWindow.Step> series = new SeriesWindow.Step[version < WithOrder ? 0 : r.Index(MetricWindow.Steps + 1, "a series' last step")];
        for (var i = 0; i < series.Length; i++)
            series[i] = new SeriesWindow.Step(Step(ref r, head, i == 0 ? long.MinValue : series[i - 1].At), Series(ref r));
        window?.Restore(head, settled, recent, steps, series);
    }

    private static long Step(ref SnapshotReader r, long head, long before)
    {
        var at = head - r.Index(MetricWindow.Steps, "a step");
        return at > before ? at : throw r.Bad("a window's steps are out of order");
    }

    private static WindowTotal Total(ref SnapshotReader r, byte version)
    {
        var count = r.Whole();
        if (count > int.MaxValue)
            throw r.Bad($"a window has {count} numbers");
        if (count == 0)
            return WindowTotal.None;
        var sum = r.Number();
        if (count == 1 && double.IsNaN(sum))
            return new WindowTotal(1, sum, sum, sum, sum);
        return count == 1
            ? WindowTotal.None.With(sum)
            : new WindowTotal((int)count, sum, r.Number(), r.Number(), version < WithOrder ? double.NaN : r.Number());
    }

    private static SeriesTotal Series(ref SnapshotReader r)
    {
        var count = r.Whole();
        if (count is 0 or > int.MaxValue)
            throw r.Bad($"a step has {count} numbers");
        var (firstAt, first) = (r.Fixed(), r.Number());
        return count == 1
            ? SeriesTotal.Of(new DeviceTime(firstAt), first)
            : new SeriesTotal((int)count, new DeviceTime(firstAt), first, new DeviceTime(r.Distance(firstAt)), r.Number(), r.Number());
    }
}
