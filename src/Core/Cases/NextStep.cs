using System.Globalization;

namespace B2D.Core.Cases;

/// <summary>A step that was done in an earlier case, and whether that case was over with it.</summary>
public readonly record struct StepOutcome(long CaseId, string Text, bool Ended);

/// <summary>How often a step ended such a case, of those in which it was done.</summary>
/// <param name="Text">Empty: of no step.</param>
public readonly record struct StepOdds(string Text, int Ended, int Of)
{
    /// <summary>Between 0 and 1; few cases count as a half, so that one of one is not better than nine of ten.</summary>
    internal double Share => (Ended + 1.0) / (Of + 2.0);
}

/// <summary>A step of a case that is to do.</summary>
public readonly record struct OpenStep(long Id, string Text);

/// <summary>Why this step is the next one; reaches records and screens.</summary>
public enum NextStepReason : byte
{
    /// <summary>No step is to do.</summary>
    NothingOpen = 0,

    /// <summary>Of the steps to do it ended such cases most often.</summary>
    EndedMostOften = 1,

    /// <summary>Too few such cases are over: the order of the steps counts.</summary>
    NotKnownYet = 2,

    /// <summary>None of the steps to do ever ended such a case: the order of the steps counts.</summary>
    NoneEnded = 3,

    /// <summary>It costs something, and the owner's consent comes before everything else.</summary>
    ConsentFirst = 4,
}

/// <summary>The next step of a case and why.</summary>
/// <param name="Odds">Of the step itself; <c>Of</c> may be smaller than the floor.</param>
/// <param name="Elsewhere">A step that this case does not have and that ended such cases more often; empty text: none.</param>
public readonly record struct NextStepChoice(OpenStep Step, NextStepReason Reason, StepOdds Odds, StepOdds Elsewhere);

/// <summary>Chooses the next step of a case by what ended earlier cases of its rule and model.</summary>
public static class NextStep
{
    /// <summary>Two texts of one step are the same step.</summary>
    public static string Key(string text) => string.Join(' ', text.Trim().TrimEnd('.', '!').ToLower(CultureInfo.InvariantCulture).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Counts outcomes by <see cref="Key"/>; a step that was done twice in one case counts once.</summary>
    public static IReadOnlyDictionary<string, StepOdds> Count(IEnumerable<StepOutcome> outcomes)
    {
        var odds = new Dictionary<string, StepOdds>(StringComparer.Ordinal);
        foreach (var one in outcomes.Where(o => o.Text.Length > 0).GroupBy(o => (o.CaseId, Key: Key(o.Text))))
        {
            var known = odds.GetValueOrDefault(one.Key.Key, new StepOdds(one.First().Text, 0, 0));
            odds[one.Key.Key] = known with { Ended = known.Ended + (one.Any(o => o.Ended) ? 1 : 0), Of = known.Of + 1 };
        }
        return odds;
    }

    /// <param name="open">In their order.</param>
    /// <param name="others">Texts of the case's other steps, done or skipped: what was tried is not proposed again.</param>
    /// <param name="floor">So many cases have to be known of a step before its odds count, at least 1.</param>
    /// <param name="consent">What is done before anything that costs the owner something, unless it was done or skipped; empty: nothing is. Without an id where it is no step yet.</param>
    public static NextStepChoice Choose(IReadOnlyList<OpenStep> open, IEnumerable<string> others, IReadOnlyDictionary<string, StepOdds> odds, int floor, string consent = "")
    {
        if (consent.Length > 0 && !others.Any(o => Key(o) == Key(consent)))
        {
            var asked = open.FirstOrDefault(s => Key(s.Text) == Key(consent), new OpenStep(0, consent));
            return new NextStepChoice(asked, NextStepReason.ConsentFirst, new StepOdds("", 0, 0), new StepOdds("", 0, 0));
        }
        var known = open.Select(s => (Step: s, Odds: odds.GetValueOrDefault(Key(s.Text)))).ToList();
        var best = known.Where(k => k.Odds.Of >= floor && k.Odds.Ended > 0).OrderByDescending(k => k.Odds.Share).FirstOrDefault();
        var had = open.Select(s => s.Text).Concat(others).Select(Key).ToHashSet(StringComparer.Ordinal);
        var elsewhere = odds.Where(o => o.Value.Of >= floor && o.Value.Ended > 0 && !had.Contains(o.Key) && o.Value.Share > best.Odds.Share)
            .OrderByDescending(o => o.Value.Share).ThenBy(o => o.Key, StringComparer.Ordinal).Select(o => o.Value).FirstOrDefault(new StepOdds("", 0, 0));
        if (open.Count == 0)
            return new NextStepChoice(new OpenStep(0, ""), NextStepReason.NothingOpen, new StepOdds("", 0, 0), elsewhere);
        if (best.Odds.Of > 0)
            return new NextStepChoice(best.Step, NextStepReason.EndedMostOften, best.Odds, elsewhere);
        // What is known never to help comes after what may.
        var first = known.FirstOrDefault(k => k.Odds.Of < floor, known[0]);
        return new NextStepChoice(first.Step, known.All(k => k.Odds.Of >= floor) ? NextStepReason.NoneEnded : NextStepReason.NotKnownYet, first.Odds with { Text = first.Step.Text }, elsewhere);
    }
}
