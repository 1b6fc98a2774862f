namespace B2D.Storage.Notices;

/// <summary>What a mail server reported of a notice. Kind: Delayed, NotDelivered or NoSuchAddress.</summary>
public sealed record BounceRow
{
    public string Notice { get; init; } = "";
    public string Kind { get; init; } = "";

    /// <summary>RFC 3463; empty where nothing was said.</summary>
    public string Status { get; init; } = "";
    public string Reason { get; init; } = "";

    /// <summary>Who handed the report on.</summary>
    public string Who { get; init; } = "";
    public long At { get; init; }
}

/// <summary>Reports of mail servers, each thing that they say of a notice once.</summary>
public static class BounceStore
{
    /// <summary>Writes a report; false where the same is there already.</summary>
    public static bool Put(Db db, BounceRow row) => db.Execute(
        $"INSERT INTO bounces ({Columns<BounceRow>.All}) VALUES ({Columns<BounceRow>.Values}) ON CONFLICT DO NOTHING", row) == 1;

    /// <summary>All about a notice, in order.</summary>
    public static IReadOnlyList<BounceRow> Of(Db db, string notice) =>
        db.Query<BounceRow>($"SELECT {Columns<BounceRow>.All} FROM bounces WHERE notice = @notice ORDER BY at, kind LIMIT 10", new { notice });
}
