using Microsoft.Data.Sqlite;

namespace B2D.Host.Bench;

/// <summary>
/// Sees cases of a running B2D the moment they are committed, from outside: it reads state.db again and again. One look costs some 20 µs of a processor that the
/// measured program should not have to share.
/// </summary>
public sealed class CaseWatch : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand look;
    private readonly SqliteParameter after;

    /// <param name="data">Data folder of the program.</param>
    public CaseWatch(string data)
    {
        connection = new SqliteConnection($"Data Source={Path.Combine(data, "state.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        look = connection.CreateCommand();
        look.CommandText = "SELECT id, device FROM cases WHERE id > @after ORDER BY id";
        after = look.Parameters.AddWithValue("@after", 0L);
        look.Prepare();
        foreach (var _ in Look())
        {
            // Cases of before are not news.
        }
    }

    /// <summary>Devices of the cases that are new since the last look.</summary>
    public IEnumerable<string> Look()
    {
        using var reader = look.ExecuteReader();
        while (reader.Read())
        {
            after.Value = reader.GetInt64(0);
            yield return reader.GetString(1);
        }
    }

    public void Dispose()
    {
        look.Dispose();
        connection.Dispose();
    }
}
