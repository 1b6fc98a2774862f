namespace B2D.ProactiveWorker.Links;

/// <summary>Addresses in a notice; what is empty is not said.</summary>
/// <param name="Page">Of the page about it.</param>
/// <param name="Typed">The same, to be typed.</param>
/// <param name="Unsubscribe">By which such messages end.</param>
/// <param name="Confirm">By which somebody confirms that they want them.</param>
public sealed record LinkWords(string Page, string Typed, string Unsubscribe, string Confirm)
{
    public static readonly LinkWords None = new("", "", "", "");

    /// <summary>Signs of no language (Unicode's private use) that stand for the addresses in words that are kept: an address speaks for the customer and is nowhere kept.</summary>
    private static readonly LinkWords Signs = new("\uE0B0", "\uE0B1", "\uE0B2", "\uE0B3");

    /// <summary>A sign in place of each address that there is.</summary>
    public LinkWords Places() => new(Place(Page, Signs.Page), Place(Typed, Signs.Typed), Place(Unsubscribe, Signs.Unsubscribe), Place(Confirm, Signs.Confirm));

    /// <summary>The words with the addresses in their places.</summary>
    public string Into(string words) => words.Replace(Signs.Page, Page, StringComparison.Ordinal).Replace(Signs.Typed, Typed, StringComparison.Ordinal)
        .Replace(Signs.Unsubscribe, Unsubscribe, StringComparison.Ordinal).Replace(Signs.Confirm, Confirm, StringComparison.Ordinal);

    private static string Place(string address, string sign) => address.Length > 0 ? sign : "";
}
