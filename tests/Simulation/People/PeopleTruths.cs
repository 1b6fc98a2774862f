namespace B2D.Simulation.People;

/// <summary>What has to hold at the end of a town of people.</summary>
internal static class PeopleTruths
{
    /// <summary>What does not hold, one line each.</summary>
    public static List<string> Broken(PeopleTown town)
    {
        List<string> broken = [.. HearingTruths.Broken(town), .. EndTruths.Broken(town), .. SaleTruths.Broken(town), .. CallTruths.Broken(town), .. PromiseTruths.Broken(town), .. ActTruths.Broken(town)];
        foreach (var row in town.Watch.Cases.Values.Select(r => r[^1]).Where(c => c is { IsOpen: true, Row: { ClearSinceAt: > 0, ResolveAfterMs: > 0, AskedAt: 0 } }))
            broken.Add($"case {row.Row.Id} is clear since {Story.At(town, row.Row.ClearSinceAt)}, and neither resolved nor is anybody to ask");
        return broken;
    }
}
