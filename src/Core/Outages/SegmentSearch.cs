using B2D.Core.Devices;
using B2D.Core.Rules;

namespace B2D.Core.Outages;

/// <summary>Finds the smallest segment that explains faults.</summary>
internal static class SegmentSearch
{
    /// <summary>Shares are written in decimals; what is exactly enough must not fail by a rounding of the last bit.</summary>
    private const double Rounding = 1e-9;

    /// <summary>True where <paramref name="count"/> is at least this share of <paramref name="of"/>.</summary>
    public static bool Reaches(int count, double share, int of) => count >= (share * of) - Rounding;

    /// <summary>True where <paramref name="count"/> is more than this share of <paramref name="of"/>.</summary>
    public static bool Exceeds(int count, double share, int of) => count > (share * of) + Rounding;

    /// <summary>
    /// The deepest segment above <paramref name="from"/> with enough devices and share; one with a part that is an outage by itself only where two or more
    /// of its parts are down by the share, so that a dead cabinet and a lone router beside it do not condemn their whole node. Null for none.
    /// </summary>
    /// <param name="down">The segments of the devices that are down, one for each device.</param>
    public static Segment? Smallest(IReadOnlyCollection<Segment> down, Segment from, OutageRule rule, Topology topology)
    {
        Segment? found = null;
        foreach (var segment in from.SelfAndAncestors())
        {
            var below = down.Where(segment.Contains).ToArray();
            if (below.Length < rule.Devices || !Reaches(below.Length, rule.Share, topology.BySegment.GetValueOrDefault(segment.Path)))
                continue;
            var parts = PartsDown(below, segment, rule, topology);
            if (parts.Length >= 2 || (found is null && !parts.Any(count => count >= rule.Devices)))
                found = segment;
        }
        return found;
    }

    /// <summary>The direct parts of a segment that are down by the rule's share, as counts of their devices that are down.</summary>
    private static int[] PartsDown(Segment[] below, Segment segment, OutageRule rule, Topology topology) =>
    [
        .. below
            .Select(s => Part(s.Path, segment.Path))
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
