using B2D.Core.Subscriptions;
using Xunit;

namespace B2D.Core.Tests.Subscriptions;

public sealed class SubscriptionDecisionTests
{
    [Theory]
    [InlineData("Bonfim, Porto", "Bonfim, Porto", true)]
    [InlineData("  bonfim,   PORTO ", "Bonfim, Porto", true)]
    [InlineData("Porto", "Bonfim, Porto", true)]
    [InlineData("Bonfim", "Bonfim, Porto", true)]
    [InlineData("São João", "Sao Joao; Aveiro", true)]
    [InlineData("Bon", "Bonfim, Porto", false)]
    [InlineData("Porto", "Porto Alegre", false)]
    [InlineData("", "Bonfim, Porto", false)]
    [InlineData("Porto", "", false)]
    public void Place_IsMeant_Table(string wanted, string place, bool expected) => Assert.Equal(expected, PlaceMatch.Is(wanted, place));

    [Theory]
    [InlineData("ana@example.org", true)]
    [InlineData("ana@example", false)]
    [InlineData("ana example.org", false)]
    [InlineData("ana@example.org\r\nBcc: rui@example.org", false)]
    [InlineData("", false)]
    public void Address_Table(string text, bool expected) => Assert.Equal(expected, SubscriptionDecision.IsAddress(text));

    // address, place, confirmed, mails, mailed lately, of the address, in all
    [Theory]
    [InlineData(true, true, false, 0, 0, 0, 0, SubscriptionReason.Mails)]
    [InlineData(true, true, false, 2, 2, 19, 99, SubscriptionReason.Mails)]
    [InlineData(false, true, false, 0, 0, 0, 0, SubscriptionReason.NoAddress)]
    [InlineData(true, false, false, 0, 0, 0, 0, SubscriptionReason.NoPlace)]
    [InlineData(true, true, true, 0, 0, 0, 0, SubscriptionReason.Already)]
    [InlineData(true, true, false, 3, 0, 0, 0, SubscriptionReason.MailedLately)]
    [InlineData(true, true, false, 0, 3, 0, 0, SubscriptionReason.MailedLately)]
    [InlineData(true, true, false, 0, 0, 20, 0, SubscriptionReason.Enough)]
    [InlineData(true, true, false, 0, 0, 0, 100, SubscriptionReason.TooMany)]
    public void Ask_Table(bool address, bool place, bool confirmed, long mails, long lately, long ofAddress, long inAll, SubscriptionReason expected) =>
        Assert.Equal(expected, SubscriptionDecision.Ask(address, place, new SubscriptionFacts(confirmed, mails, lately, ofAddress, inAll), mostInAll: 100));
}
