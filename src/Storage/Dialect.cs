namespace B2D.Storage;

/// <summary>Which database speaks. SQL is shared except for type names in migrations and for telemetry.</summary>
public enum Dialect : byte { Sqlite = 1, Postgres = 2 }
