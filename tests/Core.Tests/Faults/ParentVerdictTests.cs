using B2D.Core.Faults;
using Xunit;

namespace B2D.Core.Tests.Faults;

public sealed class ParentVerdictTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(120);

    // Raised at 1000 s. The parent: silent, heard again at, online, heard at, patience; now; held, why.
    [Theory]
    [InlineData(true, 0, false, 900, 600, 1000, true, ParentReason.ParentSilent)]
    [InlineData(true, 0, true, 900, 600, 999_999, true, ParentReason.ParentSilent)]
    [InlineData(false, 0, true, 990, 600, 1000, true, ParentReason.MayFollow)]
    [InlineData(false, 0, true, 990, 600, 1119, true, ParentReason.MayFollow)]
    [InlineData(false, 0, true, 990, 600, 1120, false, ParentReason.ParentWell)]
    [InlineData(false, 0, true, 0, 0, 1120, false, ParentReason.ParentWell)]
    [InlineData(false, 0, false, 900, 600, 1500, true, ParentReason.ParentOffline)]
    [InlineData(false, 0, false, 900, 600, 1619, true, ParentReason.ParentOffline)]
    [InlineData(false, 0, false, 900, 600, 1620, false, ParentReason.ParentWell)]
    [InlineData(false, 0, false, 900, 0, 1120, false, ParentReason.ParentWell)]
    [InlineData(false, 5000, true, 5000, 600, 5119, true, ParentReason.ParentJustBack)]
    [InlineData(false, 5000, true, 5000, 600, 5120, false, ParentReason.ParentWell)]
    [InlineData(false, 500, true, 990, 600, 1119, true, ParentReason.MayFollow)]
    public void Of_EveryParent_HeldOnlyWhileItMayExplain(
        bool silent, int heardAgain, bool online, int heard, int patience, int now, bool held, ParentReason why) =>
        Assert.Equal((held, why), ParentVerdict.Of(At(1000), new ParentFacts(silent, At(heardAgain), online, At(heard), TimeSpan.FromSeconds(patience)), Wait, At(now)));

    [Fact]
    public void Of_NoParent_IsNotHeld() => Assert.Equal((false, ParentReason.NoParent), ParentVerdict.Of(At(1000), null, Wait, At(1000)));

    private static ServerTime At(int second) => new(second * 1000L);
}
