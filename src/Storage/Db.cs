using System.Data.Common;
using B2D.Storage.Access;
using Dapper;

namespace B2D.Storage;

/// <summary>
/// One open transaction. Columns are matched to properties without regard to case and underscores; parameters are written <c>@Name</c>.
/// A failed statement ends the transaction on PostgreSQL: work lets errors pass, it does not catch them to go on.
/// </summary>
public sealed class Db
{
    static Db() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    private readonly SightSql? sight;

    internal Db(DbConnection connection, DbTransaction? transaction, Dialect dialect, SightSql? sight = null) =>
        (Connection, Transaction, Dialect, this.sight) = (connection, transaction, dialect, sight);

    public Dialect Dialect { get; }

    internal DbConnection Connection { get; }

    internal DbTransaction? Transaction { get; }

    /// <summary>The same transaction, in which only what somebody sees is there.</summary>
    internal Db SeenBy(SightSql by) => new(Connection, Transaction, Dialect, by);

    /// <summary>All rows, read at once; the caller's SQL has a LIMIT.</summary>
    public IReadOnlyList<T> Query<T>(string sql, object? args = null) => Connection.Query<T>(Seen(sql), args, Transaction).AsList();

    /// <summary>The first row.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T First<T>(string sql, object? args = null) => Connection.QueryFirst<T>(Seen(sql), args, Transaction);

    /// <summary>The first row, or null (0 for numbers) where there is none.</summary>
    public T? FirstOrDefault<T>(string sql, object? args = null) => Connection.QueryFirstOrDefault<T>(Seen(sql), args, Transaction);

    /// <summary>The first column of the first row; the default where there is none.</summary>
    public T? Scalar<T>(string sql, object? args = null) => Connection.ExecuteScalar<T>(Seen(sql), args, Transaction);

    /// <summary>Runs a statement, once for each element where <paramref name="args"/> is a list; returns the number of rows it changed.</summary>
    public int Execute(string sql, object? args = null) => Connection.Execute(Seen(sql), args, Transaction);

    /// <summary>A command of this transaction, for rows that are read one by one.</summary>
    internal DbCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> args)
    {
        var command = Connection.CreateCommand();
        command.Transaction = Transaction;
#pragma warning disable CA2100 // callers write literals; values are parameters
        command.CommandText = Seen(sql);
#pragma warning restore CA2100
        foreach (var (name, value) in args)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private string Seen(string sql) => sight is null ? sql : sight.Limit(sql);
}
