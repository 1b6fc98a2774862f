namespace B2D.Core.Outages;

/// <summary>Where an outage is, in the words of those who live there.</summary>
public static class OutagePlace
{
    /// <summary>Most places that are named.</summary>
    public const int MostNamed = 3;

    /// <summary>The places of the touched customers, the one of most of them first, separated by semicolons, because a place may have commas; an ellipsis stands for
    /// more than <see cref="MostNamed"/>. Empty where none is known. A place of fewer than one in twenty is not named beside others.</summary>
    /// <param name="places">One for each customer; may be empty.</param>
    public static string Words(IEnumerable<string> places)
    {
        var known = places.Where(p => p.Length > 0).GroupBy(p => p, StringComparer.Ordinal).Select(g => (Place: g.Key, Count: g.Count()))
            .OrderByDescending(g => g.Count).ThenBy(g => g.Place, StringComparer.Ordinal).ToArray();
        var many = known.Where(g => g.Count * 20 >= known.Sum(k => k.Count)).DefaultIfEmpty(known.FirstOrDefault()).Select(g => g.Place).ToArray();
        return string.Join("; ", many.Take(MostNamed)) + (many.Length > MostNamed ? "; …" : "");
    }
}
