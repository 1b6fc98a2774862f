namespace B2D.Storage;

/// <summary>How many of each name.</summary>
internal static class Counts
{
    private sealed record CountRow
    {
        public string Name { get; init; } = "";
        public long Count { get; init; }
    }

    /// <summary>Runs SQL that yields <c>name</c> and <c>count</c>.</summary>
    public static IReadOnlyDictionary<string, long> By(Db db, string sql, object? args = null) =>
        db.Query<CountRow>(sql, args).ToDictionary(r => r.Name, r => r.Count, StringComparer.Ordinal);
}
