namespace B2D.Mqtt.Tests.Clauses;

/// <summary>One normative statement and what is known of its proof.</summary>
/// <param name="Id">Without <c>MQTT-</c>.</param>
/// <param name="Words">What it is about.</param>
/// <param name="Tests">Tests named in the list.</param>
/// <param name="Same">The statement of 5.0 that says the same; null = none.</param>
/// <param name="Why">Why no test proves it; null = one must.</param>
internal sealed record Statement(string Id, string Words, IReadOnlyList<string> Tests, string? Same, string? Why)
{
    public static Statement[] Read(string lines) => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(One)];

    private static Statement One(string line)
    {
        var id = line[..line.IndexOf(' ', StringComparison.Ordinal)];
        var rest = line[(id.Length + 1)..];
        foreach (var mark in (string[])[" @ ", " = ", " - "])
            if (rest.Split(mark, 2) is [var words, var proof])
                return new Statement(id, words, mark == " @ " ? proof.Split(' ') : [], mark == " = " ? proof : null, mark == " - " ? proof : null);
        return new Statement(id, rest, [], null, null);
    }
}
