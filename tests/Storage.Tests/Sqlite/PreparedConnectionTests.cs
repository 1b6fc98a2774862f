using B2D.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace B2D.Storage.Tests.Sqlite;

/// <summary>Statements that are kept give what statements prepared each time would.</summary>
public sealed class PreparedConnectionTests : IDisposable
{
    private readonly PreparedConnection connection = new(SqliteDatabase.Connect(":memory:", SqliteOpenMode.ReadWriteCreate));
    private readonly Db db;

    public PreparedConnectionTests()
    {
        db = new Db(connection, null, Dialect.Sqlite);
        db.Execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT UNIQUE)");
    }

    [Fact]
    public void Execute_SameTextAgain_TakesTheNewParameters()
    {
        foreach (var text in new[] { "a", "b", "c" })
            Add(text);

        Assert.Equal(["a", "b", "c"], All());
    }

    [Fact]
    public void Execute_AfterItFailed_Works()
    {
        Add("a");
        Assert.Throws<SqliteException>(() => Add("a"));
        Add("b");

        Assert.Equal(["a", "b"], All());
    }

    [Fact]
    public void Execute_NoLongTextOfTheUseBeforeIsLeft()
    {
        Add("a");
        db.Execute("UPDATE t SET text = @text", new { text = (string?)null });
        db.Execute("UPDATE t SET text = @text", new { text = "b" });
        db.Execute("UPDATE t SET text = @text", new { text = (string?)null });

        Assert.Null(db.Scalar<string?>("SELECT text FROM t"));
    }

    [Fact]
    public void Execute_ListOfRows_RunsForEach()
    {
        db.Execute("INSERT INTO t (text) VALUES (@Text)", new[] { new { Text = "a" }, new { Text = "b" } });
        db.Execute("INSERT INTO t (text) VALUES (@Text)", new[] { new { Text = "c" } });

        Assert.Equal(["a", "b", "c"], All());
    }

    [Fact]
    public void Query_ListAmongTheParameters_OfAnyLength()
    {
        foreach (var text in new[] { "a", "b", "c" })
            Add(text);

        Assert.Equal(2, Count("a", "c"));
        Assert.Equal(1, Count("b"));
        Assert.Equal(3, Count("a", "b", "c"));
        Assert.Equal(0, Count());

        int Count(params string[] of) => db.Query<string>("SELECT text FROM t WHERE text IN @of", new { of }).Count;
    }

    [Fact]
    public void Query_OneRowOfMany_LeavesTheStatementFree()
    {
        Add("a");
        Add("b");
        Assert.Equal("a", db.First<string>("SELECT text FROM t ORDER BY id"));

        // A statement in the middle of its rows would hold the table.
        db.Execute("DROP TABLE t");
    }

    [Fact]
    public void Query_ReaderLeftOpen_IsClosedWithItsCommand()
    {
        Add("a");
        Add("b");
        using (var command = db.Command("SELECT text FROM t ORDER BY id"))
            Assert.True(command.ExecuteReader().Read());

        Assert.Equal("a", db.First<string>("SELECT text FROM t ORDER BY id"));
        db.Execute("DROP TABLE t");
    }

    [Fact]
    public void Query_TheTableHasChanged_IsPreparedAnew()
    {
        Add("a");
        Assert.Single(db.Query<dynamic>("SELECT * FROM t"));
        db.Execute("ALTER TABLE t ADD COLUMN more TEXT DEFAULT 'x'");

        IDictionary<string, object> row = db.Query<dynamic>("SELECT * FROM t").Single();
        Assert.Equal("x", row["more"]);
    }

    [Fact]
    public void Query_MoreTextsThanAreKept_AllWork()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 300; i++)
                Assert.Equal(i, db.Scalar<int>($"SELECT {i}"));
        }
    }

    [Fact]
    public void Query_SameTextWithinItself_HasAStatementOfItsOwn()
    {
        Add("a");
        Add("b");
        using var outer = db.Command("SELECT text FROM t ORDER BY id");
        using var rows = outer.ExecuteReader();
        var seen = new List<string>();
        while (rows.Read())
            seen.Add($"{rows.GetString(0)}{string.Concat(db.Query<string>("SELECT text FROM t ORDER BY id"))}");

        Assert.Equal(["aab", "bab"], seen);
    }

    public void Dispose() => connection.Dispose();

    private void Add(string text) => db.Execute("INSERT INTO t (text) VALUES (@text)", new { text });

    private IReadOnlyList<string> All() => db.Query<string>("SELECT text FROM t ORDER BY id");
}
