using System.Globalization;

namespace B2D.Simulation.World;

/// <summary>What the rules beside the town's and work on devices did in many towns: in how many of them each thing happened at all, and how often.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, (int Towns, long Times, int Of)> counts = new(StringComparer.Ordinal);

    /// <summary>Adds one town.</summary>
    public void Add(Reference reference, params IReadOnlyDictionary<string, int>[] more)
    {
        var extra = reference.Devices.Values.SelectMany(d => d.Rules).Where(r => r.Latch || r.Chatter is not null || r.During is not null || r.Rule == "memory-beside-fleet").ToList();
        Count("raised", extra.Sum(r => r.All.Count));
        Count("chattered", extra.Sum(r => r.Counts.Chattered));
        Count("chattered and became quiet", extra.Sum(r => r.Counts.Quiet));
        Count("latched", extra.Sum(r => r.Counts.Latched));
        Count("relapsed", extra.Sum(r => r.Counts.Relapsed));
        Count("acknowledged", extra.Sum(r => r.Counts.Acknowledged));
        Count("beside its fleet", extra.Where(r => r.Rule == "memory-beside-fleet").Sum(r => r.All.Count));
        foreach (var (what, times) in more.SelectMany(m => m))
            Count(what, times);
    }

    public override string ToString() => string.Join(", ", counts.Select(c =>
        string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value.Times:N0} times in {100.0 * c.Value.Towns / c.Value.Of:0} % of {c.Value.Of} towns")));

    private void Count(string what, int times)
    {
        var (inTowns, before, of) = counts.GetValueOrDefault(what);
        counts[what] = (inTowns + (times > 0 ? 1 : 0), before + times, of + 1);
    }
}
