using B2D.Core.Devices;
using Xunit;

namespace B2D.Core.Tests.Devices;

public sealed class OwnershipTests
{
    [Theory]
    [InlineData("ana", 100, "ana", 0, OwnerTime.Theirs)]
    [InlineData("ana", 100, "rui", 0, OwnerTime.Theirs)]
    [InlineData("rui", 300, "rui", 200, OwnerTime.Theirs)]
    [InlineData("rui", 200, "rui", 200, OwnerTime.Theirs)]
    [InlineData("rui", 100, "rui", 200, OwnerTime.WentOver)]
    [InlineData("ana", 100, "rui", 200, OwnerTime.Before)]
    [InlineData("", 100, "", 200, OwnerTime.WentOver)]
    public void Case_IsOfATime(string customer, long openedAt, string owner, long since, OwnerTime time) =>
        Assert.Equal(time, Ownership.Of(customer, openedAt, owner, since));

    [Theory]
    [InlineData(OwnerTime.WentOver, 100, "marta", "note", false)]
    [InlineData(OwnerTime.WentOver, 100, "B2D", "opened", true)]
    [InlineData(OwnerTime.WentOver, 100, "B2D", "contact", false)]
    [InlineData(OwnerTime.WentOver, 200, "marta", "note", true)]
    [InlineData(OwnerTime.Before, 100, "marta", "note", true)]
    [InlineData(OwnerTime.Theirs, 100, "marta", "note", true)]
    public void Line_OfACaseThatWentOver_IsShownWhereItIsNobodysWord(OwnerTime time, long at, string who, string kind, bool shows) =>
        Assert.Equal(shows, Ownership.ShowsLine(time, 200, at, who, kind));

    [Theory]
    [InlineData(4, "ana")]
    [InlineData(5, "")]
    [InlineData(6, "")]
    [InlineData(9, "rui")]
    [InlineData(10, "rui")]
    public void Case_IsWhoseItWasThen(long line, string whose) =>
        Assert.Equal(whose, Ownership.At(line, [(5, "ana"), (9, "")], "rui"));

    [Theory]
    [InlineData("", "ana", "marta", "note", true)]
    [InlineData("", "rui", "marta", "note", false)]
    [InlineData("", "rui", "B2D", "opened", true)]
    [InlineData("", "rui", "customer", "customer", false)]
    [InlineData("ana", "rui", "marta", "contact", true)]
    [InlineData("rui", "ana", "marta", "contact", false)]
    public void Line_IsGivenToWhoSaidIt_OrWhoseTheCaseWasThen(string said, string then, string who, string kind, bool gives) =>
        Assert.Equal(gives, Ownership.Gives("ana", said, then, who, kind));
}
