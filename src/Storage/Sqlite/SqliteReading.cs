using B2D.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace B2D.Storage.Sqlite;

/// <summary>
/// A SQLite file as it was at one instant, for one who only reads, while another process may write on: a read transaction from the opening to the end. As long
/// as it is held the file's write-ahead log cannot begin anew.
/// </summary>
internal sealed class SqliteReading : Database
{
    private readonly PreparedConnection connection;
    private readonly Db reading;

    private SqliteReading(PreparedConnection connection)
        : base(Dialect.Sqlite) => (this.connection, reading) = (connection, new Db(connection, null, Dialect.Sqlite));

    /// <exception cref="StorageException">The file is missing, no SQLite file, or of another schema than this program's.</exception>
    internal static SqliteReading Open(string file, MigrationSet migrations)
    {
        if (!File.Exists(file))
            throw new StorageException($"{file} is missing.");
        PreparedConnection? connection = null;
        try
        {
            connection = new PreparedConnection(SqliteDatabase.ConnectReader(file));
            connection.Begin();
            var reading = new SqliteReading(connection);
            // The transaction sees the state at its first read, which is this one.
            Migrator.Require(reading, migrations, file);
            return reading;
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw new StorageException(StorageProblem.Damaged, $"{file} cannot be opened as a SQLite database: {e.Message}", e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    private protected override T ReadCore<T>(Func<Db, T> work) => InTurn(() => work(reading));

    private protected override T WriteCore<TState, T>(TState state, Func<TState, Db, T> work) =>
        throw new InvalidOperationException("This data was opened to be read.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            connection.Dispose();
        base.Dispose(disposing);
    }
}
