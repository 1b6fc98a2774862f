using System.Globalization;
using System.Text;
using B2D.Console.Shell;

namespace B2D.Console.Charts;

/// <summary>A chart as coordinates: the line (broken where readings are missing), the band between smallest and largest, ticks, markers and limits.</summary>
internal sealed class ChartDrawing
{
    private const int Left = 52;
    private const int Right = 12;
    private const int Top = 26;
    private const int Bottom = 26;
    private readonly ChartSpec spec;
    private readonly double low;
    private readonly double high;

    public ChartDrawing(ChartSpec spec)
    {
        this.spec = spec;
        (low, high) = Range(spec);
        Values = Ticks.Values(low, high, 4);
        Times = Ticks.Times(spec.From, spec.Until, spec.Zone, 7);
        (Line, Band) = Paths();
        Beside = spec.Beside.Count == 0 ? "" : "M" + string.Join('L', spec.Beside.Select(p => $"{N(X(p.At))} {N(Y(p.Value))}"));
    }

    public IReadOnlyList<Tick> Values { get; }

    public IReadOnlyList<Tick> Times { get; }

    /// <summary>SVG path of the values.</summary>
    public string Line { get; }

    /// <summary>SVG path of the line beside it; empty where there is none.</summary>
    public string Beside { get; }

    /// <summary>SVG path of the area between smallest and largest; empty where they are the same everywhere.</summary>
    public string Band { get; }

    public double PlotLeft => Left;

    public double PlotRight => spec.Width - Right;

    public double PlotTop => Top;

    public double PlotBottom => spec.Height - Bottom;

    public double X(double at) => Left + ((at - spec.From) / Math.Max(1, spec.Until - spec.From) * (spec.Width - Left - Right));

    public double Y(double value) => spec.Height - Bottom - ((value - low) / (high - low) * (spec.Height - Top - Bottom));

    /// <summary>A coordinate as SVG wants it.</summary>
    public static string N(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>What the picture shows, for those who do not see it.</summary>
    public string Describe()
    {
        if (spec.Points.Count == 0)
            return "No readings in this time.";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Words.Count(spec.Points.Count, "point")} between {Words.Value(spec.Points.Min(p => p.Min))} and ");
        text.Append(CultureInfo.InvariantCulture, $"{Words.Value(spec.Points.Max(p => p.Max))} {spec.Unit}, the last {Words.Value(spec.Points[^1].Value)}.");
        if (spec.Beside.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $" Beside it, dashed, the last {Words.Value(spec.Beside[^1].Value)}.");
        foreach (var limit in spec.Limits)
            text.Append(CultureInfo.InvariantCulture, $" {limit.Label} {Words.Value(limit.Value)}.");
        foreach (var marker in spec.Markers)
            text.Append(CultureInfo.InvariantCulture, $" {marker.Label} at {Words.Clock(marker.At, spec.Zone)}.");
        return text.ToString();
    }

    private static (double Low, double High) Range(ChartSpec spec)
    {
        var points = spec.Points.Concat(spec.Beside).Where(p => double.IsFinite(p.Min) && double.IsFinite(p.Max)).ToList();
        if (points.Count == 0)
            return (0, 1);
        var (least, most) = (points.Min(p => p.Min), points.Max(p => p.Max));
        // A limit far away from everything measured would flatten the line; then the line matters more.
        var span = Math.Max(most - least, Math.Abs(most) * 0.05);
        foreach (var limit in spec.Limits.Where(l => l.Value > least - (4 * span) && l.Value < most + (4 * span)))
            (least, most) = (Math.Min(least, limit.Value), Math.Max(most, limit.Value));
        if (least >= 0 && least < most * 0.4)
            least = 0;
        if (most - least < 1e-12)
            (least, most) = (least - Math.Max(1, Math.Abs(least) * 0.1), most + Math.Max(1, Math.Abs(most) * 0.1));
        var margin = (most - least) * 0.08;
        return (least == 0 ? 0 : least - margin, most + margin);
    }

    private (string Line, string Band) Paths()
    {
        var line = new StringBuilder();
        var band = new StringBuilder();
        var gap = Gap(spec.Points);
        var start = 0;
        for (var i = 0; i < spec.Points.Count; i++)
        {
            var breaks = i == 0 || spec.Points[i].At - spec.Points[i - 1].At > gap;
            if (breaks && i > 0)
                AddBand(band, start, i);
            if (breaks)
                start = i;
            var (x, y) = (N(X(spec.Points[i].At)), N(Y(spec.Points[i].Value)));
            // A lone point gets a stroke of no length, which round caps draw as a dot.
            line.Append(breaks ? $"M{x} {y}L{x} {y}" : $"L{x} {y}");
        }
        AddBand(band, start, spec.Points.Count);
        return (line.ToString(), band.ToString());
    }

    private void AddBand(StringBuilder band, int from, int until)
    {
        var part = spec.Points.Skip(from).Take(until - from).ToList();
        if (part.Count < 2 || part.All(p => p.Max - p.Min < 1e-12))
            return;
        band.Append('M').AppendJoin('L', part.Select(p => $"{N(X(p.At))} {N(Y(p.Max))}"));
        band.Append('L').AppendJoin('L', part.AsEnumerable().Reverse().Select(p => $"{N(X(p.At))} {N(Y(p.Min))}")).Append('Z');
    }

    /// <summary>The line breaks where readings are further apart than six times what is usual.</summary>
    private static long Gap(IReadOnlyList<ChartPoint> points)
    {
        if (points.Count < 3)
            return long.MaxValue;
        var apart = points.Zip(points.Skip(1), (a, b) => b.At - a.At).Order().ToList();
        return Math.Max(1000, apart[apart.Count / 2] * 6);
    }
}
