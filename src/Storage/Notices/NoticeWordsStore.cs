namespace B2D.Storage.Notices;

/// <summary>What a customer was told word for word, and what it was made of. Personal data, since words may name people: erased with the customer.</summary>
public sealed record NoticeWordsRow
{
    /// <summary>The ledger's row.</summary>
    public string Notice { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Text { get; init; } = "";
    public string Template { get; init; } = "";

    /// <summary>Of the template, as its channel is; empty: for every channel.</summary>
    public string Language { get; init; } = "";
    public string Channel { get; init; } = "";

    /// <summary>0: the program's own.</summary>
    public long Version { get; init; }
    public long At { get; init; }
}

/// <summary>The words of notices that left, or may have.</summary>
public static class NoticeWordsStore
{
    private static readonly string Select = $"SELECT {Columns<NoticeWordsRow>.All} FROM notice_words";

    /// <summary>Writes the words that leave now, in place of those of a try before that never left.</summary>
    public static void Put(Db db, NoticeWordsRow row) => db.Execute(
        $"""
        INSERT INTO notice_words ({Columns<NoticeWordsRow>.All}) VALUES ({Columns<NoticeWordsRow>.Values})
        ON CONFLICT (notice) DO UPDATE SET subject = excluded.subject, text = excluded.text, template = excluded.template, language = excluded.language,
          channel = excluded.channel, version = excluded.version, at = excluded.at
        """,
        row);

    public static NoticeWordsRow? Find(Db db, string notice) => db.FirstOrDefault<NoticeWordsRow>($"{Select} WHERE notice = @notice", new { notice });
}
