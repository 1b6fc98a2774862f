namespace B2D.ProactiveWorker.Webhooks;

/// <summary>How other systems are told; which ones, administrators say on the page Webhooks.</summary>
public sealed record ReceiverOptions
{
    /// <summary>Failed tries one after the other that pause a receiver; 1 to 1,000, default 12: nearly three hours of silence.</summary>
    public int PauseAfter { get; init; } = 12;

    /// <summary>Until an answer; 1 s to 5 min, default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long deliveries are kept, those that still wait too; 1 h to 90 days, default 7 days.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(7);

    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (PauseAfter is < 1 or > 1000)
            problems.Add($"Notices:Receivers:PauseAfter is {PauseAfter}, allowed is 1 to 1,000 tries");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(5))
            problems.Add($"Notices:Receivers:Timeout is {Timeout}, allowed is 1 s to 5 min");
        if (Keep < TimeSpan.FromHours(1) || Keep > TimeSpan.FromDays(90))
            problems.Add($"Notices:Receivers:Keep is {Keep}, allowed is 1 h to 90 days");
        return problems;
    }
}
