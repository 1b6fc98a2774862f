namespace B2D.Core.Cases;

/// <summary>What one agent leaves to the next, a thing a line.</summary>
/// <param name="Promised">To the customer.</param>
public sealed record HandOffWords(string Finished, string Open, string Promised);

/// <summary>Something that was done or is to do.</summary>
/// <param name="Who">Who did it; empty: it is still to do.</param>
/// <param name="At">When it was done; zero: it is still to do.</param>
public readonly record struct HandOffLine(string Text, string Who, ServerTime At);

/// <summary>What a case knows when it is handed off.</summary>
/// <param name="Finished">Steps that were done, remedies that were tried and words that were sent.</param>
/// <param name="Open">Steps that are to do, in their order.</param>
/// <param name="WaitsFor">Empty where it does not wait.</param>
/// <param name="WaitsUntil">Zero where it does not wait.</param>
/// <param name="WordAt">By when the customer was promised the next word; zero: nothing is promised.</param>
/// <param name="WordWhat">What about; may be empty.</param>
/// <param name="Before">What was left to whoever hands it off now; null where nobody had it before.</param>
public sealed record HandOffFacts(
    IReadOnlyList<HandOffLine> Finished, IReadOnlyList<string> Open, string WaitsFor, ServerTime WaitsUntil, ServerTime WordAt, string WordWhat, HandOffWords? Before);

/// <summary>Writes a hand-off down from what the case knows, so that the agent only adds what nobody else can know.</summary>
public static class HandOffDraft
{
    private const string Word = "A word by ";
    private const string Wait = "It waits until ";

    /// <param name="clock">A time in words.</param>
    public static HandOffWords Of(HandOffFacts facts, Func<ServerTime, string> clock)
    {
        var finished = facts.Finished.Where(l => l.At > ServerTime.Zero).OrderBy(l => l.At)
            .Select(l => $"{Plain(l.Text)} ({(l.Who.Length > 0 ? l.Who + ", " : "")}{clock(l.At)})");
        var open = facts.Open.Select(Plain).ToList();
        if (facts.WaitsUntil > ServerTime.Zero)
            open.Insert(0, $"{Wait}{clock(facts.WaitsUntil)}: {Plain(facts.WaitsFor)}");
        var promised = new List<string>();
        if (facts.WordAt > ServerTime.Zero)
            promised.Add($"{Word}{clock(facts.WordAt)}{(facts.WordWhat.Length > 0 ? ": " + Plain(facts.WordWhat) : "")}");
        // What was left to them by hand and is not done yet goes on to the next; what the case itself knows it says anew.
        var done = facts.Finished.Select(l => Plain(l.Text)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        open.AddRange(Lines(facts.Before?.Open).Where(l => !l.StartsWith(Wait, StringComparison.Ordinal) && !done.Contains(l) && !open.Contains(l, StringComparer.OrdinalIgnoreCase)));
        promised.AddRange(Lines(facts.Before?.Promised).Where(l => !l.StartsWith(Word, StringComparison.Ordinal)));
        return new HandOffWords(string.Join('\n', finished), string.Join('\n', open), string.Join('\n', promised));
    }

    private static string[] Lines(string? text) => (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Plain(string text) => text.ReplaceLineEndings(" ").Trim().TrimEnd('.');
}
