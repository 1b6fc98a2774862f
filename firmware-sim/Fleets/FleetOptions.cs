namespace B2D.FirmwareSim.Fleets;

/// <summary>How a fleet reports. All scripts count in <see cref="Beat"/>s, so that one script fits a demo of seconds and a real fleet of minutes.</summary>
public sealed record FleetOptions
{
    /// <summary>Unit of all fault scripts. Default 1 minute; a demo uses 1 second. Range 100 ms to 1 hour.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time between two reports of one device (2 % jitter). Default 60 s; a demo uses 1.5 s. Range 100 ms to 1 day, at most 4 beats.</summary>
    public TimeSpan TelemetryInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Over how long the first connects are spread. Default 3 s, range 0 to 1 hour.</summary>
    public TimeSpan ConnectOver { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What the network does to messages of every device. Default none.</summary>
    public Disturbances Disturbances { get; init; }

    /// <summary>Share of messages that <see cref="Disturbances.DuplicateReading"/> sends twice. Default 0.05, range 0 to 1.</summary>
    public double DuplicateShare { get; init; } = 0.05;

    /// <summary>Share of readings that <see cref="Disturbances.Late"/> holds back for 2 to 6 intervals. Default 0.03, range 0 to 1.</summary>
    public double LateShare { get; init; } = 0.03;

    /// <summary>Readings of one backfill message after an offline spell. Default 50, range 1 to 1,000.</summary>
    public int BackfillBatch { get; init; } = 50;

    /// <summary>Readings one device keeps while it is offline; older ones are forgotten. Default 10,000, range 1 to 1,000,000.</summary>
    public int OfflineBuffer { get; init; } = 10_000;

    /// <summary>Whether the truth keeps every value sent (needed to compare with a database). Default true; a load run turns it off to save memory.</summary>
    public bool KeepReadings { get; init; } = true;

    /// <summary>The demo's options: beats of a second, a report every 1.5 s.</summary>
    public static FleetOptions Demo { get; } = new() { Beat = TimeSpan.FromSeconds(1), TelemetryInterval = TimeSpan.FromSeconds(1.5) };

    internal void Check()
    {
        InRange(Beat, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(Beat));
        InRange(TelemetryInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), nameof(TelemetryInterval));
        InRange(TelemetryInterval, TimeSpan.Zero, Beat * 4, nameof(TelemetryInterval));
        InRange(ConnectOver, TimeSpan.Zero, TimeSpan.FromHours(1), nameof(ConnectOver));
        InRange(DuplicateShare, 0, 1, nameof(DuplicateShare));
        InRange(LateShare, 0, 1, nameof(LateShare));
        InRange(BackfillBatch, 1, 1_000, nameof(BackfillBatch));
        InRange(OfflineBuffer, 1, 1_000_000, nameof(OfflineBuffer));
    }

    private static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0) throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {low} to {high}.");
    }
}

/// <summary>What can be wrong with the way of a reading without anything being wrong with the device. None of them may become a case.</summary>
[Flags]
public enum Disturbances
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>duplicate-reading</c>: the same message is sent again, at once or a few intervals later.</summary>
    DuplicateReading = 1,

    /// <summary><c>late</c>: a reading is held back while later ones overtake it.</summary>
    Late = 2,

    /// <summary><c>clock-skew</c>: some devices' clocks are off by minutes to hours, either side.</summary>
    ClockSkew = 4,

    /// <summary><c>flap</c>: some heat pumps' temperature crosses its limit back and forth, faster than a hold.</summary>
    Flap = 8,

    /// <summary><c>offline</c>: some devices lose their connection for a while and send what they measured when they are back.</summary>
    Offline = 16,

    /// <summary>All of them.</summary>
    All = DuplicateReading | Late | ClockSkew | Flap | Offline,
}

/// <summary>Disturbances by the names the command line uses.</summary>
public static class DisturbanceNames
{
    private static readonly Dictionary<string, Disturbances> ByName = new(StringComparer.Ordinal)
    {
        ["duplicate-reading"] = Disturbances.DuplicateReading,
        ["late"] = Disturbances.Late,
        ["clock-skew"] = Disturbances.ClockSkew,
        ["flap"] = Disturbances.Flap,
        ["offline"] = Disturbances.Offline,
    };

    /// <summary>All names, in the order they are documented.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByName.Keys];

    /// <summary>Reads a comma-separated list; empty is none, <c>all</c> is all.</summary>
    /// <param name="list">For example <c>duplicate-reading,late</c>.</param>
    /// <param name="disturbances">What the list names.</param>
    /// <param name="error">Says which name is unknown and which are known; null on success.</param>
    public static bool TryParse(string? list, out Disturbances disturbances, out string? error)
    {
        disturbances = Disturbances.None;
        error = null;
        foreach (var name in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (name == "all") disturbances |= Disturbances.All;
            else if (ByName.TryGetValue(name, out var one)) disturbances |= one;
            else error ??= $"'{name}' is not a disturbance; known are {string.Join(", ", All)}, all.";
        }

        return error is null;
    }
}
