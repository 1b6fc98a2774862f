namespace B2D.Storage.Access;

/// <summary>With what a user chooses a password: good once and until <see cref="UntilAt"/>. The hash is SHA-256 of the token.</summary>
public sealed record InvitationRow
{
    public string Name { get; init; } = "";
    public byte[] Hash { get; init; } = [];
    public long UntilAt { get; init; }
}

/// <summary>Invitations, at most one a user.</summary>
public static class InvitationStore
{
    /// <summary>Writes it in the place of the user's one before.</summary>
    public static void Put(Db db, InvitationRow row)
    {
        Remove(db, row.Name);
        db.Execute($"INSERT INTO invitations ({Columns<InvitationRow>.All}) VALUES ({Columns<InvitationRow>.Values})", row);
    }

    /// <summary>The one with this hash that is still good.</summary>
    public static InvitationRow? Find(Db db, byte[] hash, long now) => db.FirstOrDefault<InvitationRow>(
        $"SELECT {Columns<InvitationRow>.All} FROM invitations WHERE hash = @hash AND until_at > @now", new { hash, now });

    /// <summary>Whether a user has one, good or not.</summary>
    public static bool Has(Db db, string name) => db.Scalar<long>("SELECT count(*) FROM invitations WHERE name = @name", new { name }) > 0;

    public static bool Remove(Db db, string name) => db.Execute("DELETE FROM invitations WHERE name = @name", new { name }) == 1;
}
