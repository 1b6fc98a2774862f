using B2D.Core.Cases;
using Xunit;

namespace B2D.Core.Tests.Cases;

public sealed class NextStepTests
{
    private static readonly IReadOnlyList<OpenStep> Open = [new(1, "Restart it."), new(2, "Replace the filter."), new(3, "Visit.")];

    [Theory]
    [InlineData("Replace the filter.", " replace  THE filter ", true)]
    [InlineData("Replace the filter", "Replace the fan", false)]
    public void Key_OfTwoTexts_IsTheSameForTheSameStep(string a, string b, bool same) => Assert.Equal(same, NextStep.Key(a) == NextStep.Key(b));

    [Fact]
    public void Count_OneCase_CountsAStepOnce()
    {
        var odds = NextStep.Count([new(7, "Restart it", false), new(7, "restart it.", true), new(8, "Restart it", false), new(8, "", true)]);
        Assert.Equal(new StepOdds("Restart it", 1, 2), Assert.Single(odds).Value);
    }

    // What is known of each step as "ended/of"; floor 5.
    [Theory]
    [InlineData("", "", "", 1, NextStepReason.NotKnownYet)]
    [InlineData("1/4", "", "", 1, NextStepReason.NotKnownYet)]
    [InlineData("1/8", "14/17", "", 2, NextStepReason.EndedMostOften)]
    [InlineData("1/8", "4/4", "", 1, NextStepReason.EndedMostOften)]
    [InlineData("4/5", "14/17", "", 2, NextStepReason.EndedMostOften)]
    [InlineData("5/5", "14/17", "", 1, NextStepReason.EndedMostOften)]
    [InlineData("0/9", "", "", 2, NextStepReason.NotKnownYet)]
    [InlineData("0/9", "0/6", "0/5", 1, NextStepReason.NoneEnded)]
    [InlineData("0/9", "0/6", "1/50", 3, NextStepReason.EndedMostOften)]
    public void Choose_ByWhatIsKnown_SaysWhichAndWhy(string first, string second, string third, long expected, NextStepReason reason)
    {
        var odds = Odds(("restart it", first), ("replace the filter", second), ("visit", third));
        var choice = NextStep.Choose(Open, [], odds, 5);
        Assert.Equal((expected, reason), (choice.Step.Id, choice.Reason));
        Assert.Equal("", choice.Elsewhere.Text);
    }

    [Fact]
    public void Choose_WhatNeedsConsent_ComesFirst_UntilItWasDoneOrSkipped()
    {
        var odds = Odds(("restart it", "9/9"));
        Assert.Equal((0L, "Send a quote", NextStepReason.ConsentFirst), Choose([.. Open]));
        Assert.Equal((9L, "send a quote.", NextStepReason.ConsentFirst), Choose([.. Open, new OpenStep(9, "send a quote.")]));
        Assert.Equal((1L, NextStepReason.EndedMostOften), NextStep.Choose(Open, ["Send a quote"], odds, 5, "Send a quote") is var chosen ? (chosen.Step.Id, chosen.Reason) : default);

        (long, string, NextStepReason) Choose(OpenStep[] open) => NextStep.Choose(open, [], odds, 5, "Send a quote") is var choice ? (choice.Step.Id, choice.Step.Text, choice.Reason) : default;
    }

    [Fact]
    public void Choose_NothingOpen_SaysSo_AndNamesWhatHelpedElsewhere()
    {
        var odds = Odds(("replace the pump", "6/7"), ("visit", "9/9"));
        var choice = NextStep.Choose([], ["Visit."], odds, 5);
        Assert.Equal((NextStepReason.NothingOpen, "replace the pump", 6, 7), (choice.Reason, choice.Elsewhere.Text, choice.Elsewhere.Ended, choice.Elsewhere.Of));
        Assert.Equal("", NextStep.Choose([], ["Visit.", "Replace the pump"], odds, 5).Elsewhere.Text);
    }

    [Fact]
    public void Choose_WhatHelpedElsewhere_IsNamedOnlyWhereItIsBetter()
    {
        Assert.Equal("replace the pump", NextStep.Choose(Open, [], Odds(("restart it", "3/9"), ("replace the pump", "6/7")), 5).Elsewhere.Text);
        Assert.Equal("", NextStep.Choose(Open, [], Odds(("restart it", "9/9"), ("replace the pump", "6/7")), 5).Elsewhere.Text);
        Assert.Equal("", NextStep.Choose(Open, [], Odds(("replace the pump", "4/4")), 5).Elsewhere.Text);
    }

    [Theory]
    [InlineData(StandardStepPhase.Proposed, StandardStepAct.Accept, StandardStepPhase.Accepted, StandardStepReason.Done)]
    [InlineData(StandardStepPhase.Proposed, StandardStepAct.Decline, StandardStepPhase.Declined, StandardStepReason.Done)]
    [InlineData(StandardStepPhase.Proposed, StandardStepAct.TakeBack, StandardStepPhase.Proposed, StandardStepReason.NotAccepted)]
    [InlineData(StandardStepPhase.Accepted, StandardStepAct.Accept, StandardStepPhase.Accepted, StandardStepReason.DecidedAlready)]
    [InlineData(StandardStepPhase.Accepted, StandardStepAct.Decline, StandardStepPhase.Accepted, StandardStepReason.DecidedAlready)]
    [InlineData(StandardStepPhase.Accepted, StandardStepAct.TakeBack, StandardStepPhase.TakenBack, StandardStepReason.Done)]
    [InlineData(StandardStepPhase.Declined, StandardStepAct.Accept, StandardStepPhase.Declined, StandardStepReason.DecidedAlready)]
    [InlineData(StandardStepPhase.Declined, StandardStepAct.Decline, StandardStepPhase.Declined, StandardStepReason.DecidedAlready)]
    [InlineData(StandardStepPhase.Declined, StandardStepAct.TakeBack, StandardStepPhase.Declined, StandardStepReason.NotAccepted)]
    [InlineData(StandardStepPhase.TakenBack, StandardStepAct.Accept, StandardStepPhase.TakenBack, StandardStepReason.DecidedAlready)]
    [InlineData(StandardStepPhase.TakenBack, StandardStepAct.Decline, StandardStepPhase.TakenBack, StandardStepReason.DecidedAlready)]
    [InlineData(StandardStepPhase.TakenBack, StandardStepAct.TakeBack, StandardStepPhase.TakenBack, StandardStepReason.NotAccepted)]
    public void Step_PhaseAndAct_GivesPhaseAndReason(StandardStepPhase from, StandardStepAct act, StandardStepPhase to, StandardStepReason reason) =>
        Assert.Equal((to, reason), StandardSteps.Step(from, act));

    [Fact]
    public void Of_AcceptedSteps_StandFirstAndOnce() =>
        Assert.Equal(["Clean the sieve", "Restart it."], StandardSteps.Of(["Clean the sieve"], ["Restart it.", "clean the sieve."]));

    [Theory]
    [InlineData("2027-05-01", "gold", "", "2027-05-01", Entitlement.Warranty)]
    [InlineData("2027-05-01", "gold", "", "2027-05-02", Entitlement.Contract)]
    [InlineData("2027-05-01", "gold", "2027-05-01", "2027-05-02", Entitlement.Quote)]
    [InlineData("2027-05-01", "", "", "2027-05-02", Entitlement.Quote)]
    [InlineData("", "gold", "2027-05-02", "2027-05-02", Entitlement.Contract)]
    [InlineData("", "gold", "2027-05-01", "2027-05-02", Entitlement.Quote)]
    [InlineData("", "", "", "2027-05-02", Entitlement.NotKnown)]
    public void At_TheDayItBegan_SaysWhatIsOwed(string warranty, string contract, string until, string onset, Entitlement expected) =>
        Assert.Equal(expected, EntitlementDecision.At(warranty, contract, until, DateOnly.Parse(onset, System.Globalization.CultureInfo.InvariantCulture)));

    private static Dictionary<string, StepOdds> Odds(params (string Text, string Known)[] steps) => steps.Where(s => s.Known.Length > 0).ToDictionary(
        s => NextStep.Key(s.Text),
        s => new StepOdds(s.Text, int.Parse(s.Known.Split('/')[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(s.Known.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture)));
}
