namespace B2D.Storage.Devices;

/// <summary>A device's owner changed, and what is open of it has not followed yet.</summary>
public sealed record OwnerChangeRow
{
    public long Id { get; init; }
    public string Device { get; init; } = "";

    /// <summary>Empty: nobody's, as the next one.</summary>
    public string FromCustomer { get; init; } = "";
    public string ToCustomer { get; init; } = "";
    public long At { get; init; }
}

/// <summary>Changes of owners, written in the transaction that changes the registry and taken out when they were carried out.</summary>
public static class OwnerChangeStore
{
    /// <summary>The oldest, in order.</summary>
    public static IReadOnlyList<OwnerChangeRow> Next(Db db, int max) =>
        db.Query<OwnerChangeRow>($"SELECT {Columns<OwnerChangeRow>.All} FROM owner_changes ORDER BY id LIMIT {Page.Rows(max)}");

    /// <summary>Devices that were a customer's and whose change has not been carried out yet.</summary>
    public static IReadOnlyList<string> From(Db db, string customer) =>
        db.Query<string>($"SELECT device FROM owner_changes WHERE from_customer = @customer ORDER BY id LIMIT {Page.MaxRows}", new { customer });

    public static void Done(Db db, long id) => db.Execute("DELETE FROM owner_changes WHERE id = @id", new { id });

    internal static void Put(Db db, OwnerChangeRow row) => db.Execute(
        $"INSERT INTO owner_changes ({Columns<OwnerChangeRow>.New}) VALUES ({Columns<OwnerChangeRow>.NewValues})", row);
}
