using B2D.Core.Cases;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Cases;

public sealed class NextWordTests
{
    // Promised for second 600; it leaves 120 s before.
    [Theory]
    [InlineData(true, 0, 60, NextWordReason.NothingPromised)]
    [InlineData(false, 0, 60, NextWordReason.NothingPromised)]
    [InlineData(true, 600, 479, NextWordReason.NotYet)]
    [InlineData(true, 600, 480, NextWordReason.NoNews)]
    [InlineData(true, 600, 9000, NextWordReason.NoNews)]
    [InlineData(false, 600, 479, NextWordReason.Over)]
    [InlineData(false, 600, 480, NextWordReason.Over)]
    public void Decide_PromiseAndTime_SaysWhatIsToBeDone(bool isOpen, int promised, int now, NextWordReason expected) =>
        Assert.Equal(expected, NextWord.Decide(isOpen, promised == 0 ? ServerTime.Zero : Server(promised), TimeSpan.FromSeconds(120), Server(now)));

    [Theory]
    [InlineData(-1, "not come yet")]
    [InlineData(0, "not come yet")]
    [InlineData(1, "")]
    [InlineData(90 * 86_400, "")]
    [InlineData((90 * 86_400) + 1, "within 90 days")]
    public void Refusal_OfATime_SaysWhyNot(int secondsAhead, string expected)
    {
        var refusal = NextWord.Refusal(Server(1000) + TimeSpan.FromSeconds(secondsAhead), Server(1000));
        if (expected.Length == 0)
            Assert.Equal("", refusal);
        else
            Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }
}
