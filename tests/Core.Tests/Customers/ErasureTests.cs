using B2D.Core.Customers;
using Xunit;

namespace B2D.Core.Tests.Customers;

public sealed class ErasureTests
{
    [Theory]
    [InlineData(0, 0, 0, "")]
    [InlineData(1, 0, 0, "a complaint of theirs is open")]
    [InlineData(0, 1, 0, "something was asked for them")]
    [InlineData(0, 0, 1, "a case about safety is open")]
    [InlineData(1, 1, 1, "a complaint of theirs is open")]
    public void Refusal_WhileSomethingIsOwedThatNobodyElseCanHave(long complaints, long grants, long danger, string begins) =>
        Assert.StartsWith(begins, Erasure.Refusal(new ErasureFacts(complaints, grants, danger)), StringComparison.Ordinal);
}
