using B2D.Core.Devices;
using Xunit;

namespace B2D.Core.Tests.Devices;

public sealed class ResaleDecisionTests
{
    [Theory]
    [InlineData("notice Due", ResaleFate.Ends)]
    [InlineData("notice Held", ResaleFate.Ends)]
    [InlineData("notice Retrying", ResaleFate.Ends)]
    [InlineData("notice Calling", ResaleFate.Ends)]
    [InlineData("notice Sending", ResaleFate.Stays)]
    [InlineData("notice Sent", ResaleFate.Stays)]
    [InlineData("notice Failed", ResaleFate.Stays)]
    [InlineData("fault open", ResaleFate.BeginsAnew)]
    [InlineData("fault over", ResaleFate.Stays)]
    [InlineData("case New", ResaleFate.GoesOver)]
    [InlineData("case Working", ResaleFate.GoesOver)]
    [InlineData("case Waiting", ResaleFate.GoesOver)]
    [InlineData("case Resolved", ResaleFate.Stays)]
    [InlineData("case Closed", ResaleFate.Stays)]
    [InlineData("due Forecast", ResaleFate.GoesOver)]
    [InlineData("due Overdue", ResaleFate.GoesOver)]
    [InlineData("due Told", ResaleFate.BeginsAnew)]
    [InlineData("due Booked", ResaleFate.BeginsAnew)]
    [InlineData("due Ordered", ResaleFate.BeginsAnew)]
    [InlineData("due Declined", ResaleFate.BeginsAnew)]
    [InlineData("due Done", ResaleFate.Stays)]
    public void Of_EachThingInEachState_HasItsFate(string what, ResaleFate expected) => Assert.Equal(expected, what.Split(' ') switch
    {
        ["notice", var state] => ResaleDecision.OfNotice(state),
        ["fault", var state] => ResaleDecision.OfFault(state == "open"),
        ["case", var state] => ResaleDecision.OfCase(state),
        [_, var state] => ResaleDecision.OfDue(state),
        _ => default,
    });
}
