using B2D.Core.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What may be given to customers as goodwill on one case. Amounts are whole units of one currency; 0 to 100,000, days 0 to 366.</summary>
public sealed record GrantOptions
{
    /// <summary>The currency, 1 to 8 letters; default <c>EUR</c>.</summary>
    public string Currency { get; init; } = "EUR";

    /// <summary>What an agent gives at once, default 20; and with review afterwards, default 50.</summary>
    public int AgentMoney { get; init; } = 20;
    public int AgentMoneyReviewed { get; init; } = 50;

    /// <summary>Likewise in days of service; default 3 and 7.</summary>
    public int AgentDays { get; init; } = 3;
    public int AgentDaysReviewed { get; init; } = 7;

    /// <summary>What a lead, or who is above, gives at once, default 100; and with review by another one afterwards, default 300.</summary>
    public int LeadMoney { get; init; } = 100;
    public int LeadMoneyReviewed { get; init; } = 300;

    /// <summary>Likewise in days of service; default 14 and 31.</summary>
    public int LeadDays { get; init; } = 14;
    public int LeadDaysReviewed { get; init; } = 31;

    /// <param name="role">The role's word; whoever is none of the agents' counts as a lead.</param>
    public GrantLimits Of(string role, GrantKind kind) => (role == "agent", kind) switch
    {
        (true, GrantKind.Money) => new(AgentMoney, AgentMoneyReviewed),
        (true, _) => new(AgentDays, AgentDaysReviewed),
        (_, GrantKind.Money) => new(LeadMoney, LeadMoneyReviewed),
        _ => new(LeadDays, LeadDaysReviewed),
    };

    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Currency.Length is 0 or > 8 || !Currency.All(char.IsLetter))
            problems.Add($"Worker:Grants:Currency is '{Currency}', allowed are 1 to 8 letters");
        Check(AgentMoney, AgentMoneyReviewed, nameof(AgentMoney), 100_000);
        Check(AgentDays, AgentDaysReviewed, nameof(AgentDays), 366);
        Check(LeadMoney, LeadMoneyReviewed, nameof(LeadMoney), 100_000);
        Check(LeadDays, LeadDaysReviewed, nameof(LeadDays), 366);
        return problems;

        void Check(int atOnce, int reviewed, string name, int most)
        {
            if (atOnce < 0 || reviewed < atOnce || reviewed > most)
                problems.Add($"Worker:Grants:{name} is {atOnce} and with review {reviewed}; the first is at least 0, the second at least as much and at most {most:N0}");
        }
    }
}
