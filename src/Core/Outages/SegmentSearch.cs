using B2D.Core.Devices;
using B2D.Core.Rules;

namespace B2D.Core.Outages;

/// <summary>Finds the smallest segment that explains faults. Segments stand as paths here: a correlator looks at thousands of them for each fault.</summary>
internal static class SegmentSearch
{
    /// <summary>Shares are written in decimals; what is exactly enough must not fail by a rounding of the last bit.</summary>
    private const double Rounding = 1e-9;

    /// <summary>True where <paramref name="count"/> is at least this share of <paramref name="of"/>.</summary>
    public static bool Reaches(int count, double share, int of) => count >= (share * of) - Rounding;

    /// <summary>True where <paramref name="count"/> is more than this share of <paramref name="of"/>.</summary>
    public static bool Exceeds(int count, double share, int of) => count > (share * of) + Rounding;

    /// <summary>True where <paramref name="path"/> is <paramref name="above"/> or lies below it; the empty path lies below none.</summary>
    public static bool IsIn(string path, string above) => above.Length > 0 && path.StartsWith(above, StringComparison.Ordinal)
        && (path.Length == above.Length || path[above.Length] == '/');

    /// <summary>The topmost segment above a path; the empty path for none.</summary>
    public static string Root(string path) => path.IndexOf('/') is var end and >= 0 ? path[..end] : path;

    /// <summary>
    /// The deepest segment above <paramref name="from"/> with enough devices and share by faults that no outage explains yet, and no part that is an
    /// outage by itself; a larger one only where most of its parts (two thirds, and at least two) are down by the share, and more than one device beside
    /// the part with most. So neither a dead cabinet with a lone router beside it, be it the only one of its cabinet, nor two dead cabinets of many condemn their
    /// whole node. Null for none.
    /// </summary>
    /// <param name="down">The devices that are down: where, and whether an outage explains it already.</param>
    public static string? Smallest(IReadOnlyCollection<(string Path, bool Explained)> down, string from, OutageRule rule, Topology topology)
    {
        string? found = null;
        foreach (var segment in Segment.Parse(from).SelfAndAncestors())
        {
            var below = down.Where(d => IsIn(d.Path, segment.Path)).ToArray();
            if (!Suffices(below.Length))
                continue;
            var parts = PartsDown(below.Select(d => d.Path), segment.Path, rule, topology);
            var most = parts.Length >= 2 && parts.Length * 3 >= topology.PartsOf(segment.Path) * 2 && parts.Sum() - parts.Max() > 1;
            if (most || (found is null && Suffices(below.Count(d => !d.Explained)) && !parts.Any(count => count >= rule.Devices)))
                found = segment.Path;

            bool Suffices(int count) => count >= rule.Devices && Reaches(count, rule.Share, topology.BySegment.GetValueOrDefault(segment.Path));
        }
        return found;
    }

    /// <summary>Whether what is down is enough for an outage of <paramref name="above"/> or of any segment below it, whenever it began.</summary>
    /// <param name="down">Where each device is that is down.</param>
    public static bool IsOut(IEnumerable<string> down, string above, OutageRule rule, Topology topology)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var path in down)
        {
            for (var segment = path; IsIn(segment, above); segment = segment[..Math.Max(segment.LastIndexOf('/'), 0)])
                counts[segment] = counts.GetValueOrDefault(segment) + 1;
        }
        return counts.Any(c => c.Value >= rule.Devices && Reaches(c.Value, rule.Share, topology.BySegment.GetValueOrDefault(c.Key)));
    }

    /// <summary>The direct parts of a segment that are down by the rule's share, as counts of their devices that are down.</summary>
    private static int[] PartsDown(IEnumerable<string> below, string segment, OutageRule rule, Topology topology) =>
    [
        .. below
            .Select(path => Part(path, segment))
            .Where(part => part.Length > 0)
            .GroupBy(part => part, StringComparer.Ordinal)
            .Where(g => Reaches(g.Count(), rule.Share, topology.BySegment.GetValueOrDefault(g.Key)))
            .Select(g => g.Count()),
    ];

    /// <summary>The direct part of <paramref name="above"/> that a path below it belongs to; empty for the segment itself.</summary>
    private static string Part(string path, string above)
    {
        if (path.Length <= above.Length)
            return "";
        var end = path.IndexOf('/', above.Length + 1);
        return end < 0 ? path : path[..end];
    }
}
