namespace B2D.Console.Cases;

/// <summary>Why a case was closed.</summary>
public static class Dispositions
{
    /// <summary>Names as stored, with the words for them.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> All =
    [
        new("true-fault", "True fault"),
        new("wear", "Wear"),
        new("expected", "Expected behaviour"),
        new("customer-side", "On the customer’s side"),
        new("not-reproducible", "Not reproducible"),
        new("false-rule", "False: bad rule"),
        new("false-data", "False: bad data"),
        new("test", "Test"),
    ];

    /// <summary>The name as stored: <c>customer-side</c>.</summary>
    public static string Name(B2D.Core.Cases.Disposition disposition) =>
        All.First(d => string.Equals(d.Key.Replace("-", "", StringComparison.Ordinal), disposition.ToString(), StringComparison.OrdinalIgnoreCase)).Key;

    /// <summary>The words for a name; the name itself where it is another.</summary>
    public static string Words(string name) => name.Length == 0 ? "Resolved by itself" : name == "merged" ? "Merged into another case" : All.FirstOrDefault(d => d.Key == name).Value ?? name;
}
