using System.Text.Json;
using B2D.Core.Rules;

namespace B2D.Storage.Rules;

/// <summary>The texts of a rule set. Old sets are kept: a replay needs the one that was in force.</summary>
public sealed record RuleSetRow
{
    public string Hash { get; init; } = "";

    /// <summary>JSON: name to text.</summary>
    public string Files { get; init; } = "{}";
    public long ActivatedAt { get; init; }
    public string ActivatedBy { get; init; } = "";

    /// <summary>The files in order of name.</summary>
    public IReadOnlyList<RuleFile> ToFiles() =>
    [
        .. JsonSerializer.Deserialize<Dictionary<string, string>>(Files)!
            .OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => new RuleFile(f.Key, f.Value)),
    ];
}

public static class RuleSetStore
{
    private static readonly string Select = $"SELECT {Columns<RuleSetRow>.All} FROM rule_sets";

    /// <summary>Keeps a set; activated again, its time and person are renewed.</summary>
    public static void Put(Db db, string hash, IEnumerable<RuleFile> files, long activatedAt, string activatedBy) => db.Execute(
        """
        INSERT INTO rule_sets (hash, files, activated_at, activated_by) VALUES (@hash, @text, @activatedAt, @activatedBy)
        ON CONFLICT (hash) DO UPDATE SET activated_at = excluded.activated_at, activated_by = excluded.activated_by
        """,
        new { hash, text = JsonSerializer.Serialize(files.ToDictionary(f => f.Name, f => f.Text)), activatedAt, activatedBy });

    public static RuleSetRow? Find(Db db, string hash) => db.FirstOrDefault<RuleSetRow>($"{Select} WHERE hash = @hash", new { hash });

    /// <summary>The set that was activated last.</summary>
    public static RuleSetRow? Latest(Db db) => db.FirstOrDefault<RuleSetRow>($"{Select} ORDER BY activated_at DESC, hash LIMIT 1");

    /// <summary>The last activated first.</summary>
    public static IReadOnlyList<RuleSetRow> List(Db db, int limit = 100) =>
        db.Query<RuleSetRow>($"{Select} ORDER BY activated_at DESC, hash LIMIT {Page.Rows(limit)}");
}
