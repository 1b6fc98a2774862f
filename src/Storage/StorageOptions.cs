namespace B2D.Storage;

/// <summary>Where the data is kept: one of the two is given.</summary>
public sealed record StorageOptions
{
    /// <summary>A folder for the SQLite files <c>log.db</c>, <c>state.db</c>, <c>telemetry.db</c>, <c>sessions.db</c>; made where it is missing. Default none.</summary>
    public string? DataFolder { get; init; }

    /// <summary>A PostgreSQL connection string; the schemas <c>log</c>, <c>state</c>, <c>telemetry</c> and <c>sessions</c> are made in its database. Default none.</summary>
    public string? PostgresConnection { get; init; }

    /// <summary>Everything wrong with the options; empty where nothing is.</summary>
    public IReadOnlyList<string> Problems() => (string.IsNullOrWhiteSpace(DataFolder), string.IsNullOrWhiteSpace(PostgresConnection)) switch
    {
        (true, true) => ["DataFolder or PostgresConnection must be given"],
        (false, false) => [$"DataFolder is '{DataFolder}', but PostgresConnection is given too; only one of them can be used"],
        _ => [],
    };
}
