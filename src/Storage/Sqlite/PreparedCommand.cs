using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace B2D.Storage.Sqlite;

/// <summary>One use of a statement that its connection keeps. The text is set before the parameters.</summary>
internal sealed class PreparedCommand(PreparedConnection connection) : DbCommand
{
    private SqliteCommand? taken;
    private SqliteDataReader? reader;
    private bool failed;

    [AllowNull]
    public override string CommandText
    {
        get => taken?.CommandText ?? "";
        set
        {
            // A list among the parameters makes the text longer after they are there.
            if (taken is null)
                taken = connection.Take(value ?? "");
            else if (taken.CommandText != value)
#pragma warning disable CA2100 // callers write literals; values are parameters
                taken.CommandText = value ?? "";
#pragma warning restore CA2100
        }
    }

    public override int CommandTimeout { get; set; } = 30;

    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text)
                throw new NotSupportedException();
        }
    }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get => connection; set => throw new NotSupportedException(); }

    protected override DbParameterCollection DbParameterCollection => Command.Parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    private SqliteCommand Command => taken ?? throw new InvalidOperationException("The text of a command is set before anything else.");

    public override void Cancel()
    {
    }

    public override void Prepare()
    {
    }

    public override int ExecuteNonQuery() => Watched(static c => c.ExecuteNonQuery());

    public override object? ExecuteScalar() => Watched(static c => c.ExecuteScalar());

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => reader = Watched(static c => c.ExecuteReader());

    protected override DbParameter CreateDbParameter() => new PreparedParameter();

    protected override void Dispose(bool disposing)
    {
        if (disposing && taken is { } command)
        {
            taken = null;
            reader?.Dispose();
            if (failed)
                command.Dispose();
            else
                connection.Return(command);
        }
        base.Dispose(disposing);
    }

    /// <summary>A statement that failed is not kept: in which state it is would have to be known.</summary>
    private T Watched<T>(Func<SqliteCommand, T> run)
    {
        failed = true;
        var result = run(Command);
        failed = false;
        return result;
    }

    /// <summary>A parameter that is found at once: without the sign in its name the library tries each sign in turn, in a new string.</summary>
    private sealed class PreparedParameter : SqliteParameter
    {
        private static readonly ConcurrentDictionary<string, string> Signed = new(StringComparer.Ordinal);

        [AllowNull]
        public override string ParameterName
        {
            get => base.ParameterName;
            set => base.ParameterName = string.IsNullOrEmpty(value) || value[0] == '@' ? value : Signed.GetOrAdd(value, static name => "@" + name);
        }
    }
}
