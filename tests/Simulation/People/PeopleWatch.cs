using B2D.Storage;
using B2D.Storage.Cases;

namespace B2D.Simulation.People;

/// <summary>A case as it was from a time on.</summary>
internal sealed record SeenCase(long At, CaseRow Row)
{
    public bool IsOpen => Row.State is "New" or "Working" or "Waiting";
}

/// <summary>Looks at the cases after every step, and remembers each change.</summary>
internal sealed class PeopleWatch(PeopleTown town)
{
    private readonly Dictionary<long, List<SeenCase>> seen = [];
    private long writes = -1;

    public IReadOnlyDictionary<long, List<SeenCase>> Cases => seen;

    public void Look()
    {
        if (town.State.Writes == writes)
            return;
        writes = town.State.Writes;
        foreach (var row in town.State.Read(db => CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows })))
        {
            if (!seen.TryGetValue(row.Id, out var rows))
                seen[row.Id] = rows = [];
            if (rows.Count == 0 || rows[^1].Row.Version != row.Version || rows[^1].Row.State != row.State)
                rows.Add(new SeenCase(town.Now, row));
        }
    }

    /// <summary>A case as it was seen last at or before a time; null: it was not there yet.</summary>
    public SeenCase? At(long caseId, long at) => seen.TryGetValue(caseId, out var rows) ? rows.FindLast(r => r.At <= at) : null;

    /// <summary>The case in which it is worked on at the end: where it was merged.</summary>
    public long Root(long caseId)
    {
        while (seen.TryGetValue(caseId, out var rows) && rows[^1].Row.MergedInto is > 0 and var into)
            caseId = into;
        return caseId;
    }
}
