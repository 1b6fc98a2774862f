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
    /// The deepest segment above <paramref name="from"/> with enough devices and share; a larger one only where two or more of its parts are down
    /// by the share themselves, so that one dead cabinet does not condemn its whole node. Null for none.
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
            if (found is null || IsSpread(below, segment, rule, topology))
                found = segment;
        }
        return found;
    }

    /// <summary>True where at least two direct parts of a segment are down by the rule's share.</summary>
    private static bool IsSpread(Segment[] below, Segment segment, OutageRule rule, Topology topology) => below
        .Select(s => Part(s.Path, segment.Path))
        .Where(part => part.Length > 0)
        .GroupBy(part => part, StringComparer.Ordinal)
        .Count(g => Reaches(g.Count(), rule.Share, topology.BySegment.GetValueOrDefault(g.Key))) >= 2;

    /// <summary>The direct part of <paramref name="above"/> that a path below it belongs to; empty for the segment itself.</summary>
    private static string Part(string path, string above)
    {
        if (path.Length <= above.Length)
            return "";
        var end = path.IndexOf('/', above.Length + 1);
        return end < 0 ? path : path[..end];
    }
}
