namespace B2D.Core.Customers;

/// <summary>Someone who owns devices and is told about them. Texts are empty where unknown.</summary>
/// <param name="Id">1 to 128 characters out of letters, digits and <c>. _ : @ -</c>.</param>
public sealed record Customer(string Id)
{
    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary>As imported, <c>+351 912 345 678</c>.</summary>
    public string Phone { get; init; } = "";

    /// <summary>BCP 47 tag, <c>pt-PT</c>; empty: the installation's language.</summary>
    public string Language { get; init; } = "";

    /// <summary>Name in the tz database, <c>Europe/Lisbon</c>; empty: the installation's zone.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary><c>email</c>, <c>sms</c> or <c>webhook</c>; empty: no preference.</summary>
    public string PreferredChannel { get; init; } = "";

    public string Address { get; init; } = "";

    /// <summary>As imported, <c>4300-123</c>.</summary>
    public string Postcode { get; init; } = "";

    /// <summary>Where it is in people's words, <c>Bonfim, Porto</c>.</summary>
    public string Place { get; init; } = "";

    /// <summary>The name of the contract, as rules name it, <c>gold</c>; empty: none.</summary>
    public string Contract { get; init; } = "";

    /// <summary>The contract's last day, <c>2027-05-31</c>; empty: without end.</summary>
    public string ContractUntil { get; init; } = "";

    /// <summary>Hours in which they are not woken, <c>21:00-09:00</c>, or <c>none</c>; empty: the installation's.</summary>
    public string QuietHours { get; init; } = "";
}
