using B2D.Core;
using B2D.Core.Rules;

namespace B2D.Console.Tests.Town;

/// <summary>Back-tests of the town: what is asked for is kept, and has come to what a test says.</summary>
public sealed class TownBacktests : IBacktests
{
    private readonly Dictionary<string, BacktestState> states = [];

    public long Revision { get; private set; }

    public BacktestState? Of(string rule) => states.GetValueOrDefault(rule);

    public ActOutcome Start(FaultRule rule, int days, string who)
    {
        if (days is < 1 or > IBacktests.MostDays)
            return new ActOutcome.Rejected("a back-test goes over 1 to 366 days");
        if (states.Values.Any(s => s.Running))
            return new ActOutcome.Conflict(0, "another is being tried");
        states[rule.Id] = new BacktestState(rule.Id, rule.Version, days, true, 0.25, "", ServerTime.From(TownHost.Start), TimeSpan.Zero, null);
        Revision++;
        return new ActOutcome.Done(0);
    }

    public void Cancel()
    {
        foreach (var state in states.Values.Where(s => s.Running).ToList())
            states[state.Rule] = state with { Running = false, Problem = "It was called off." };
    }

    public void Finish(string rule, BacktestOutcome outcome) => states[rule] = states[rule] with { Running = false, Done = 1, Took = TimeSpan.FromSeconds(3), Outcome = outcome };
}
