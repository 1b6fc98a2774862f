namespace B2D.Core.Cases;

/// <summary>What is known when a case is closed.</summary>
/// <param name="CalledFalse">Somebody said that nothing was wrong.</param>
/// <param name="RuleGone">Its fault ended because its rule was removed.</param>
/// <param name="Worked">A step was done, or a remedy helped.</param>
/// <param name="Cleared">Its faults are over.</param>
public readonly record struct DispositionFacts(bool CalledFalse, bool RuleGone, bool Worked, bool Cleared);

/// <summary>Selects beforehand why a case is closed, from what happened; a person confirms or chooses another.</summary>
public static class LikelyDisposition
{
    public static Disposition Of(DispositionFacts facts) =>
        facts.CalledFalse || facts.RuleGone ? Disposition.FalseRule
        : facts.Worked || !facts.Cleared ? Disposition.TrueFault
        : Disposition.NotReproducible;
}
