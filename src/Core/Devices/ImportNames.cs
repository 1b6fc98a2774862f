namespace B2D.Core.Devices;

/// <summary>Finds what somebody probably meant.</summary>
public static class ImportNames
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

    /// <summary>How many letters to put in, take out, change, or swap with their neighbour (each pair once), without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        var (before, last, row) = (new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray(), new int[b.Length + 1]);
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last, row) = (last, row, before);
        }
        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
