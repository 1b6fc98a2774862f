using B2D.Console;
using B2D.Core;
using B2D.Core.Rules;

namespace B2D.Host.Desks;

/// <summary>Rules in force and what was wrong with the files last.</summary>
internal sealed class HostRuleView(Installation installation) : IRuleView
{
    public RuleSet Current => installation.Worker.Rules.Current.Set;

    // From memory: the console asks in the middle of its own reading.
    public ServerTime ActivatedAt => installation.Worker.Rules.ActivatedAt;

    public IReadOnlyList<RuleProblem> Problems => installation.Worker.Activation.Problems;
}
