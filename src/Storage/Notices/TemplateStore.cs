namespace B2D.Storage.Notices;

/// <summary>A text of notices as somebody saved it; never changed.</summary>
public sealed record TemplateRow
{
    public long Id { get; init; }
    public string Name { get; init; } = "";
    public string Language { get; init; } = "";

    /// <summary>Empty: for every channel without one of its own.</summary>
    public string Channel { get; init; } = "";

    /// <summary>From 1, for each name, language and channel.</summary>
    public long Version { get; init; }
    public string Subject { get; init; } = "";
    public string Text { get; init; } = "";
    public string Who { get; init; } = "";
    public string Why { get; init; } = "";
    public long At { get; init; }
}

/// <summary>Which version is sent; 0: the program's own.</summary>
public sealed record TemplateLiveRow
{
    public string Name { get; init; } = "";
    public string Language { get; init; } = "";
    public string Channel { get; init; } = "";
    public long Version { get; init; }
    public string Who { get; init; } = "";
    public long At { get; init; }
}

/// <summary>Texts of notices with their versions.</summary>
public static class TemplateStore
{
    private static readonly string Select = $"SELECT {Columns<TemplateRow>.All} FROM templates";
    private static readonly string SelectLive = $"SELECT {Columns<TemplateLiveRow>.All} FROM templates_live";

    /// <summary>Saves a text as the next version of its name, language and channel; returns the version.</summary>
    public static long Add(Db db, TemplateRow row)
    {
        var version = Latest(db, row.Name, row.Language, row.Channel) + 1;
        db.Execute($"INSERT INTO templates ({Columns<TemplateRow>.New}) VALUES ({Columns<TemplateRow>.NewValues})", row with { Version = version });
        return version;
    }

    /// <summary>The last version; 0 where there is none.</summary>
    public static long Latest(Db db, string name, string language, string channel) => db.Scalar<long?>(
        "SELECT max(version) FROM templates WHERE name = @name AND language = @language AND channel = @channel", new { name, language, channel }) ?? 0;

    public static TemplateRow? Find(Db db, string name, string language, string channel, long version) => db.FirstOrDefault<TemplateRow>(
        $"{Select} WHERE name = @name AND language = @language AND channel = @channel AND version = @version", new { name, language, channel, version });

    /// <summary>All versions, the newest first; at most 1,000.</summary>
    public static IReadOnlyList<TemplateRow> Versions(Db db, string name, string language, string channel) => db.Query<TemplateRow>(
        $"{Select} WHERE name = @name AND language = @language AND channel = @channel ORDER BY version DESC LIMIT {Page.MaxRows}", new { name, language, channel });

    /// <summary>The last version of each name, language and channel.</summary>
    public static IReadOnlyList<TemplateRow> Newest(Db db) => db.Query<TemplateRow>(
        $"{Select} WHERE version = (SELECT max(version) FROM templates t WHERE t.name = templates.name AND t.language = templates.language AND t.channel = templates.channel) ORDER BY name, language, channel LIMIT {Page.MaxRows}");

    /// <summary>What is sent where an operator chose; at most 1,000.</summary>
    public static IReadOnlyList<TemplateLiveRow> Live(Db db) => db.Query<TemplateLiveRow>($"{SelectLive} ORDER BY name, language, channel LIMIT {Page.MaxRows}");

    /// <summary>The texts that are sent for a name and language, one for each channel that has its own.</summary>
    public static IReadOnlyList<TemplateRow> LiveTexts(Db db, string name, string language) => db.Query<TemplateRow>(
        """
        SELECT t.* FROM templates_live l JOIN templates t ON t.name = l.name AND t.language = l.language AND t.channel = l.channel AND t.version = l.version
        WHERE l.name = @name AND l.language = @language
        """,
        new { name, language });

    /// <summary>From now on this version is sent.</summary>
    public static void SetLive(Db db, TemplateLiveRow row) => db.Execute(
        $"""
        INSERT INTO templates_live ({Columns<TemplateLiveRow>.All}) VALUES ({Columns<TemplateLiveRow>.Values})
        ON CONFLICT (name, language, channel) DO UPDATE SET version = excluded.version, who = excluded.who, at = excluded.at
        """,
        row);
}
