namespace B2D.Mqtt.Tests.Kept;

/// <summary>A session store that remembers every change it was given, and the first of each commit; a restart may begin at any of them.</summary>
internal sealed class MemoryStore : ISessionStore
{
    public MemoryStore(IEnumerable<SessionChange>? changes = null) => Changes = [.. changes ?? []];

    public List<SessionChange> Changes { get; }

    /// <summary>What the next commits throw; null = they succeed.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How many changes there were after each commit.</summary>
    public List<int> Commits { get; } = [];

    public IEnumerable<SessionChange> Load() => Changes.ToArray();

    public void Commit(IReadOnlyList<SessionChange> changes)
    {
        Assert.NotEmpty(changes);
        if (Failure is { } failure)
            throw failure;
        Changes.AddRange(changes);
        Commits.Add(Changes.Count);
    }
}
