using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class FactAndApprovalTests
{
    // For each notice (class and status): the facts that speak against it.
    [Theory]
    [InlineData(NoticeClass.Case, "device-fault", "Returned Moved Deceased")]
    [InlineData(NoticeClass.Case, "all-clear", "Returned Deceased")]
    [InlineData(NoticeClass.Case, "visit", "VisitBooked Moved Deceased")]
    [InlineData(NoticeClass.Case, "no-news", "Deceased")]
    [InlineData(NoticeClass.Usage, "due", "Shipped Returned VisitBooked Moved Deceased")]
    [InlineData(NoticeClass.Usage, "payment", "Paid Moved Deceased")]
    [InlineData(NoticeClass.Service, "opened", "Moved Deceased")]
    [InlineData(NoticeClass.Service, "update", "Deceased")]
    [InlineData(NoticeClass.Service, "all-clear", "Deceased")]
    [InlineData(NoticeClass.Offer, "offer", "Moved Deceased")]
    [InlineData(NoticeClass.Safety, "device-fault", "")]
    [InlineData(NoticeClass.Safety, "all-clear", "")]
    [InlineData(NoticeClass.Answer, "stop-done", "")]
    public void Contradicts_EachNotice_ByTheseFacts(NoticeClass noticeClass, string status, string expected) =>
        Assert.Equal(expected, string.Join(' ', Enum.GetValues<FactKind>().Where(k => FactDecision.Contradicts(k, noticeClass, status) is not null)));

    [Fact]
    public void Kinds_WordsAndKinds_AreTheSame() =>
        Assert.All(Enum.GetValues<FactKind>(), k => Assert.Equal(k, OutsideFact.KindOf(OutsideFact.WordOf(k))));

    [Theory]
    [InlineData(501, null, true)]
    [InlineData(500, null, false)]
    [InlineData(5000, ApprovalPhase.WentByItself, false)]
    [InlineData(5000, ApprovalPhase.LetGo, false)]
    [InlineData(5000, ApprovalPhase.Offered, false)]
    [InlineData(5000, ApprovalPhase.Stopped, false)]
    public void Needs_ManyAndNoneBefore(int recipients, ApprovalPhase? before, bool expected) => Assert.Equal(expected, ApprovalStep.Needs(recipients, 500, before));

    [Fact]
    public void Step_EveryPhaseAndAct_IsListed()
    {
        (ApprovalAct Act, ApprovalPhase After)[] acts =
        [
            (new ApprovalAct.LetGo(), ApprovalPhase.LetGo), (new ApprovalAct.Stop("wrong list"), ApprovalPhase.Stopped),
            (new ApprovalAct.TimeIsOver(), ApprovalPhase.WentByItself), (new ApprovalAct.NothingToTell(), ApprovalPhase.Over),
        ];
        foreach (var phase in Enum.GetValues<ApprovalPhase>())
        {
            foreach (var (act, after) in acts)
            {
                var (next, problem) = ApprovalStep.Step(phase, act);
                Assert.Equal(phase == ApprovalPhase.Offered ? (after, false) : (phase, true), (next, problem.Length > 0));
            }
        }
        Assert.NotEmpty(ApprovalStep.Step(ApprovalPhase.Offered, new ApprovalAct.Stop("")).Problem);
        foreach (var phase in Enum.GetValues<ApprovalPhase>())
            Assert.Equal(phase == ApprovalPhase.Stopped ? (ApprovalPhase.Offered, "") : (phase, ApprovalStep.Step(phase, new ApprovalAct.Again()).Problem), ApprovalStep.Step(phase, new ApprovalAct.Again()));
        Assert.NotEmpty(ApprovalStep.Step(ApprovalPhase.LetGo, new ApprovalAct.Again()).Problem);
    }
}
