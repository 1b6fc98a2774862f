using B2D.Core.Cases;
using Xunit;

namespace B2D.Core.Tests.Cases;

public sealed class CaseQueueTests
{
    [Theory]
    [InlineData(CasePhase.New, "service", "heating", "")]
    [InlineData(CasePhase.Waiting, "service", "heating", "")]
    [InlineData(CasePhase.Resolved, "service", "heating-2", "")]
    [InlineData(CasePhase.Closed, "service", "heating", "the case is closed, and that is final")]
    [InlineData(CasePhase.New, "service", "service", "it is in that queue already")]
    [InlineData(CasePhase.New, "service", "", "a queue is called by")]
    [InlineData(CasePhase.New, "service", "Two words", "a queue is called by")]
    [InlineData(CasePhase.New, "service", "-x", "a queue is called by")]
    public void Move_OfACase_IsRefusedInWords(CasePhase phase, string from, string to, string problem) =>
        Assert.StartsWith(problem, CaseQueue.Move(phase, from, to), StringComparison.Ordinal);

    [Fact]
    public void Problem_OfALongName_IsThere()
    {
        Assert.Empty(CaseQueue.Problem(new string('a', CaseQueue.MaxName)));
        Assert.NotEmpty(CaseQueue.Problem(new string('a', CaseQueue.MaxName + 1)));
    }
}
