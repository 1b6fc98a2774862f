using System.Diagnostics.CodeAnalysis;

namespace B2D.Storage.Telemetry;

/// <summary>
/// Names of metrics and their numbers. A new name has its number at once and is written with the next cut: the numbers of what is not on disk are in memory only,
/// as is what they stand in. From any thread.
/// </summary>
internal sealed class StoredMetrics
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> names = [];
    private readonly Dictionary<int, string> unwritten = [];
    private int last;

    /// <summary>Forgets what was not written and reads the others.</summary>
    public void Load(Database database)
    {
        var rows = database.Read(db => db.Query<NameRow>("SELECT id, name FROM metric_keys ORDER BY id"));
        lock (gate)
        {
            numbers.Clear();
            names.Clear();
            unwritten.Clear();
            last = rows.Count == 0 ? 0 : (int)rows[^1].Id;
            foreach (var row in rows)
            {
                names.Add((int)row.Id, row.Name);
                numbers.Add(row.Name, (int)row.Id);
            }
        }
    }

    /// <summary>The number of a name and the one instance of it that is kept.</summary>
    public (int Number, string Name) Of(string metric)
    {
        lock (gate)
        {
            if (!numbers.TryGetValue(metric, out var number))
            {
                var stored = StoredText.Of(metric);
                if (!numbers.TryGetValue(stored, out number))
                {
                    number = ++last;
                    numbers.Add(stored, number);
                    names.Add(number, stored);
                    unwritten.Add(number, stored);
                }
            }
            return (number, names[number]);
        }
    }

    public bool TryFind(string metric, out int number)
    {
        lock (gate)
            return numbers.TryGetValue(StoredText.Of(metric), out number);
    }

    public bool TryName(int number, [NotNullWhen(true)] out string? name)
    {
        lock (gate)
            return names.TryGetValue(number, out name);
    }

    /// <summary>Every name there is, in no order.</summary>
    public IReadOnlyList<string> Names()
    {
        lock (gate)
            return [.. numbers.Keys];
    }

    /// <summary>Inside a write: puts down the names that are not in the table; the caller says <see cref="Written"/> after the commit.</summary>
    public IReadOnlyList<int> Write(Db db)
    {
        KeyValuePair<int, string>[] rows;
        lock (gate)
            rows = [.. unwritten];
        if (rows.Length > 0)
            db.Execute("INSERT INTO metric_keys (id, name) VALUES (@Id, @Name)", rows.Select(r => new NameRow { Id = r.Key, Name = r.Value }).ToArray());
        return [.. rows.Select(r => r.Key)];
    }

    public void Written(IReadOnlyList<int> numbers)
    {
        lock (gate)
        {
            foreach (var number in numbers)
                unwritten.Remove(number);
        }
    }

    private sealed record NameRow
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
    }
}
