namespace B2D.Core.Rules;

/// <summary>Finds the known name that a misspelt one was probably meant to be.</summary>
internal static class Nearest
{
    /// <summary>The closest known name, or null where none is close: at most one change per three characters and at most three; case does not count.</summary>
    public static string? To(string name, IEnumerable<string> known)
    {
        var best = Math.Min(name.Length / 3, 3) + 1;
        string? found = null;
        foreach (var candidate in known)
        {
            if (candidate == name || Math.Abs(candidate.Length - name.Length) >= best)
                continue;
            var distance = string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(name, candidate);
            if (distance < best)
                (best, found) = (distance, candidate);
        }
        return found;
    }

    /// <summary>Insertions, removals, replacements and swaps of neighbours that turn one text into the other (optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last, row) = (last, row, before);
        }
        return last[b.Length];
    }
}
