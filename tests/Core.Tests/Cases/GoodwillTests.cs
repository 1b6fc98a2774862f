using B2D.Core.Cases;
using B2D.Core.Customers;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Cases;

/// <summary>Complaints, grants, whom people depend on, and what is selected beforehand when a case is closed.</summary>
public sealed class GoodwillTests
{
    [Theory]
    [InlineData(ComplaintPhase.None, ComplaintAct.Raise, ComplaintPhase.Open, ComplaintReason.Done)]
    [InlineData(ComplaintPhase.None, ComplaintAct.Acknowledge, ComplaintPhase.None, ComplaintReason.NoneIsOpen)]
    [InlineData(ComplaintPhase.None, ComplaintAct.Answer, ComplaintPhase.None, ComplaintReason.NoneIsOpen)]
    [InlineData(ComplaintPhase.Open, ComplaintAct.Raise, ComplaintPhase.Open, ComplaintReason.OneIsOpen)]
    [InlineData(ComplaintPhase.Open, ComplaintAct.Acknowledge, ComplaintPhase.Acknowledged, ComplaintReason.Done)]
    [InlineData(ComplaintPhase.Open, ComplaintAct.Answer, ComplaintPhase.Answered, ComplaintReason.Done)]
    [InlineData(ComplaintPhase.Acknowledged, ComplaintAct.Raise, ComplaintPhase.Acknowledged, ComplaintReason.OneIsOpen)]
    [InlineData(ComplaintPhase.Acknowledged, ComplaintAct.Acknowledge, ComplaintPhase.Acknowledged, ComplaintReason.AcknowledgedAlready)]
    [InlineData(ComplaintPhase.Acknowledged, ComplaintAct.Answer, ComplaintPhase.Answered, ComplaintReason.Done)]
    [InlineData(ComplaintPhase.Answered, ComplaintAct.Raise, ComplaintPhase.Open, ComplaintReason.Done)]
    [InlineData(ComplaintPhase.Answered, ComplaintAct.Acknowledge, ComplaintPhase.Answered, ComplaintReason.NoneIsOpen)]
    [InlineData(ComplaintPhase.Answered, ComplaintAct.Answer, ComplaintPhase.Answered, ComplaintReason.NoneIsOpen)]
    public void Step_ComplaintAndAct_GivesPhaseAndReason(ComplaintPhase from, ComplaintAct act, ComplaintPhase to, ComplaintReason reason) => Assert.Equal((to, reason), Complaints.Step(from, act));

    [Theory]
    [InlineData(ComplaintPhase.None, 0)]
    [InlineData(ComplaintPhase.Open, 10)]
    [InlineData(ComplaintPhase.Acknowledged, 20)]
    [InlineData(ComplaintPhase.Answered, 0)]
    public void DueAt_OfAPhase_IsWhatIsOwedNext(ComplaintPhase phase, int seconds) =>
        Assert.Equal(seconds == 0 ? ServerTime.Zero : Server(seconds), Complaints.DueAt(phase, Server(10), Server(20)));

    // Limits: 20 at once, 50 with review.
    [Theory]
    [InlineData(1, 0, GrantReason.AtOnce)]
    [InlineData(20, 0, GrantReason.AtOnce)]
    [InlineData(21, 0, GrantReason.Reviewed)]
    [InlineData(10, 11, GrantReason.Reviewed)]
    [InlineData(50, 0, GrantReason.Reviewed)]
    [InlineData(51, 0, GrantReason.Asks)]
    [InlineData(1, 50, GrantReason.Asks)]
    public void Decide_AmountAndWhatWasGiven_SaysWhetherAndHow(int amount, long before, GrantReason expected) => Assert.Equal(expected, Grants.Decide(amount, before, new GrantLimits(20, 50)));

    [Theory]
    [InlineData(GrantPhase.Granted, GrantVerdict.Approve, GrantPhase.Granted, false)]
    [InlineData(GrantPhase.Granted, GrantVerdict.Refuse, GrantPhase.Granted, false)]
    [InlineData(GrantPhase.ToReview, GrantVerdict.Approve, GrantPhase.Reviewed, true)]
    [InlineData(GrantPhase.ToReview, GrantVerdict.Refuse, GrantPhase.Objected, true)]
    [InlineData(GrantPhase.Reviewed, GrantVerdict.Approve, GrantPhase.Reviewed, false)]
    [InlineData(GrantPhase.Reviewed, GrantVerdict.Refuse, GrantPhase.Reviewed, false)]
    [InlineData(GrantPhase.Objected, GrantVerdict.Approve, GrantPhase.Objected, false)]
    [InlineData(GrantPhase.Objected, GrantVerdict.Refuse, GrantPhase.Objected, false)]
    [InlineData(GrantPhase.Asked, GrantVerdict.Approve, GrantPhase.Granted, true)]
    [InlineData(GrantPhase.Asked, GrantVerdict.Refuse, GrantPhase.Refused, true)]
    [InlineData(GrantPhase.Refused, GrantVerdict.Approve, GrantPhase.Refused, false)]
    [InlineData(GrantPhase.Refused, GrantVerdict.Refuse, GrantPhase.Refused, false)]
    public void Step_GrantAndVerdict_GivesPhase(GrantPhase from, GrantVerdict verdict, GrantPhase to, bool accepted) => Assert.Equal((to, accepted), Grants.Step(from, verdict));

    // It began at second 0; a day has 86,400 s, and 5 units are owed for each.
    [Theory]
    [InlineData(86_399, 0, 0, 0)]
    [InlineData(86_400, 0, 0, 5)]
    [InlineData(86_401, 0, 0, 10)]
    [InlineData(900_000, 90_000, 0, 10)]
    [InlineData(900_000, 50, 0, 0)]
    [InlineData(86_401, 0, 4, 6)]
    [InlineData(86_401, 0, 99, 0)]
    public void Owed_ByPolicy_CountsBegunDaysLessWhatWasGiven(int now, int over, long given, int expected)
    {
        Assert.Equal(expected, Compensation.Owed(Server(0), over == 0 ? ServerTime.Zero : Server(over), TimeSpan.FromDays(1), 5, given, Server(now)));
        Assert.Equal(0, Compensation.Owed(ServerTime.Zero, ServerTime.Zero, TimeSpan.FromDays(1), 5, 0, Server(now)));
        Assert.Equal(0, Compensation.Owed(Server(0), ServerTime.Zero, TimeSpan.FromDays(1), 0, 0, Server(now)));
    }

    [Theory]
    [InlineData("telecare", 0, true, "")]
    [InlineData("telecare", 732, true, "")]
    [InlineData("telecare", 733, true, "two years")]
    [InlineData("telecare", -1, true, "is over")]
    [InlineData("telecare", null, true, "needs a last day")]
    [InlineData("telecare", 10, false, "consent")]
    [InlineData("", null, false, "")]
    public void Refusal_OfCare_SaysWhatIsMissing(string what, int? daysFromToday, bool consent, string expected)
    {
        var today = new DateOnly(2026, 11, 24);
        var refusal = Care.Refusal(what, daysFromToday is { } days ? today.AddDays(days) : null, consent, today);
        if (expected.Length == 0)
            Assert.Equal("", refusal);
        else
            Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, true, true, Disposition.FalseRule)]
    [InlineData(false, true, false, true, Disposition.FalseRule)]
    [InlineData(false, false, true, true, Disposition.TrueFault)]
    [InlineData(false, false, true, false, Disposition.TrueFault)]
    [InlineData(false, false, false, false, Disposition.TrueFault)]
    [InlineData(false, false, false, true, Disposition.NotReproducible)]
    public void Of_WhatHappened_IsTheLikelyDisposition(bool calledFalse, bool ruleGone, bool worked, bool cleared, Disposition expected) =>
        Assert.Equal(expected, LikelyDisposition.Of(new DispositionFacts(calledFalse, ruleGone, worked, cleared)));
}
