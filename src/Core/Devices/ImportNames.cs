namespace B2D.Core.Devices;

/// <summary>Finds what somebody probably meant.</summary>
internal static class ImportNames
{
    /// <summary>The name with the fewest letters to change, where that is at most a third of it (but one at least); null where none is near.</summary>
    public static string? Nearest(string text, IEnumerable<string> names)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var name in names)
        {
            var limit = Math.Max(1, Math.Max(name.Length, text.Length) / 3);
            var distance = Math.Abs(name.Length - text.Length) > limit ? int.MaxValue : Distance(text, name);
            if (distance <= limit && distance < least)
                (nearest, least) = (name, distance);
        }
        return nearest;
    }

    /// <summary>Levenshtein's distance, without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var (corner, _) = (row[0], row[0] = i);
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, corner + (same ? 0 : 1));
                (corner, row[j]) = (row[j], cost);
            }
        }
        return row[b.Length];
    }
}
