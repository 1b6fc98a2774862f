namespace B2D.Core.Rules;

/// <summary>
/// Where a window's totals keep what: so many words of 64 bits for each, of which the first is always the step's place (lower half) and how many numbers there are
/// (upper half). What nobody asks for takes no word. Shared by all windows of one content.
/// </summary>
internal sealed class WindowLayout
{
    private static readonly WindowLayout[] Known = [.. Enumerable.Range(0, 64).Select(content => new WindowLayout((WindowContent)content))];

    private WindowLayout(WindowContent content)
    {
        Content = content;
        var words = 1;
        Sum = Place(WindowContent.Sum);
        Squares = Place(WindowContent.Squares);
        Min = Place(WindowContent.Min);
        Max = Place(WindowContent.Max);
        Words = words;

        int Place(WindowContent part) => (content & part) == 0 ? 0 : words++;
    }

    public WindowContent Content { get; }

    /// <summary>Words of one total.</summary>
    public int Words { get; }

    /// <summary>The word of the sum; 0 where it is not kept. The others likewise.</summary>
    public int Sum { get; }

    public int Squares { get; }

    public int Min { get; }

    public int Max { get; }

    /// <summary>There are totals at all.</summary>
    public bool HasTotals => (Content & WindowContent.Totals) != 0;

    public bool HasOrder => (Content & WindowContent.Order) != 0;

    /// <summary>That of a content.</summary>
    public static WindowLayout Of(WindowContent content) => Known[(int)content & 63];
}
