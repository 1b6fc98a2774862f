using B2D.Console.Shell;
using B2D.Core.Cases;

namespace B2D.Console.Cases;

/// <summary>Why a step is the next one, in a sentence.</summary>
internal static class CaseNextWords
{
    /// <summary>The step that is added where a repair is not free.</summary>
    public const string Quote = "Send a quote and have the owner’s consent";

    public static string Why(NextStepChoice choice, string model, int days) => choice.Reason switch
    {
        NextStepReason.EndedMostOften => $"It ended {choice.Odds.Ended} of {Cases(choice.Odds.Of, model)} in {days} days.",
        NextStepReason.NotKnownYet when choice.Odds.Of > 0 => $"Only {Cases(choice.Odds.Of, model)} {(choice.Odds.Of == 1 ? "was" : "were")} worked on so in {days} days: too few to know its odds, so the order of the steps counts.",
        NextStepReason.NotKnownYet => $"It is not known yet what helps: no such case{Of(model)} was over with this step in {days} days, so the order of the steps counts.",
        NextStepReason.NoneEnded => $"None of the steps below ended such a case{Of(model)} in {days} days; the order of the steps counts.",
        NextStepReason.ConsentFirst => "Nothing covers the repair: the owner decides before it costs them something.",
        _ => "",
    };

    public static string Elsewhere(StepOdds odds, string model, int days) => $"“{odds.Text}” ended {odds.Ended} of {Cases(odds.Of, model)} in {days} days, and is not among the steps.";

    /// <summary>What it costs, where that changes what to do.</summary>
    public static string Owed(CaseRecord record) => record.Owed switch
    {
        Entitlement.Warranty => "A free repair: the warranty stood when it began.",
        Entitlement.Contract => "Free as far as the contract goes, which stood when it began.",
        Entitlement.Quote => "Not free: what costs something needs a quote and the owner’s consent first.",
        _ => "",
    };

    private static string Cases(int count, string model) => $"{Words.Count(count, "such case")}{Of(model)}";

    private static string Of(string model) => model.Length > 0 ? $" of {model}" : "";
}
