namespace B2D.Console.Charts;

/// <summary>One point: the value, and the smallest and largest of the readings it stands for. Epoch milliseconds of the device's clock.</summary>
public readonly record struct ChartPoint(long At, double Value, double Min, double Max);

/// <summary>Something that happened at a time. <paramref name="Tone"/>: crit, good or idle.</summary>
public sealed record ChartMarker(long At, string Label, string Tone);

/// <summary>A level that a rule compares with.</summary>
public sealed record ChartLimit(double Value, string Label);

/// <summary>What a line chart shows.</summary>
public sealed record ChartSpec
{
    public required string Title { get; init; }

    public required IReadOnlyList<ChartPoint> Points { get; init; }

    /// <summary>Another line beside it, in the same unit; drawn dashed.</summary>
    public IReadOnlyList<ChartPoint> Beside { get; init; } = [];

    public required long From { get; init; }

    public required long Until { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    public string Unit { get; init; } = "";

    public IReadOnlyList<ChartMarker> Markers { get; init; } = [];

    public IReadOnlyList<ChartLimit> Limits { get; init; } = [];

    /// <summary>In units of the drawing; it scales with the page.</summary>
    public int Width { get; init; } = 640;

    public int Height { get; init; } = 220;
}
