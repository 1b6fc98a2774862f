namespace B2D.Storage.Access;

/// <summary>A filter of a list with a name.</summary>
public sealed record ViewRow
{
    public long Id { get; init; }

    /// <summary>The list's address, <c>/cases</c>.</summary>
    public string List { get; init; } = "";
    public string Name { get; init; } = "";
    public string Filter { get; init; } = "";

    /// <summary>Who saved it.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Everybody sees it; else its owner alone.</summary>
    public bool Shared { get; init; }
    public long CreatedAt { get; init; }
}

/// <summary>Views that people saved. A person has one of a name for each list.</summary>
public static class ViewStore
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 40;

    /// <summary>Most views of one person.</summary>
    public const int MostOfOne = 100;

    private static readonly string Select = $"SELECT {Columns<ViewRow>.All} FROM saved_views";

    /// <summary>Saves it, in place of the one that its owner calls so.</summary>
    public static long Put(Db db, ViewRow row) => db.First<long>(
        $"""
        INSERT INTO saved_views ({Columns<ViewRow>.New}) VALUES ({Columns<ViewRow>.NewValues})
        ON CONFLICT (list, owner, name) DO UPDATE SET filter = excluded.filter, shared = excluded.shared RETURNING id
        """,
        row);

    public static ViewRow? Find(Db db, long id) => db.FirstOrDefault<ViewRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>What somebody sees beside a list, by name; theirs and those for everybody.</summary>
    public static IReadOnlyList<ViewRow> List(Db db, string list, string who) =>
        db.Query<ViewRow>($"{Select} WHERE list = @list AND (owner = @who OR shared = TRUE) ORDER BY name, id LIMIT {MostOfOne}", new { list, who });

    /// <summary>All that somebody sees, by list and name.</summary>
    public static IReadOnlyList<ViewRow> All(Db db, string who) =>
        db.Query<ViewRow>($"{Select} WHERE owner = @who OR shared = TRUE ORDER BY list, name, id LIMIT {Page.MaxRows}", new { who });

    public static long CountOf(Db db, string owner) => db.Scalar<long>("SELECT count(*) FROM saved_views WHERE owner = @owner", new { owner });

    /// <summary>Gives it another name; false where its owner has one of that name for the list.</summary>
    public static bool Rename(Db db, long id, string name) => db.Execute(
        """
        UPDATE saved_views SET name = @name WHERE id = @id AND NOT EXISTS (SELECT 1 FROM saved_views o, saved_views v
          WHERE v.id = @id AND o.list = v.list AND o.owner = v.owner AND o.name = @name AND o.id <> @id)
        """,
        new { id, name }) == 1;

    public static bool Delete(Db db, long id) => db.Execute("DELETE FROM saved_views WHERE id = @id", new { id }) == 1;
}
