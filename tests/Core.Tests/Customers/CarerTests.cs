using B2D.Core.Customers;
using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Customers;

public sealed class CarerTests
{
    private static readonly Carer Good = new("Marta Lopes", "marta@example.org", "+351 910 000 002", "sms", "pt");

    [Fact]
    public void Refusal_Good_IsNone() => Assert.Equal("", Good.Refusal(consent: true));

    [Fact]
    public void Refusal_SomethingWrong_SaysWhat()
    {
        Assert.Contains("agreed", Good.Refusal(consent: false), StringComparison.Ordinal);
        Assert.Contains("name", (Good with { Name = " " }).Refusal(true), StringComparison.Ordinal);
        Assert.Contains("by email or sms", (Good with { Channel = "phone" }).Refusal(true), StringComparison.Ordinal);
        Assert.Contains("e-mail address is none", (Good with { Email = "marta" }).Refusal(true), StringComparison.Ordinal);
        Assert.Contains("e-mail address is none", (Good with { Email = "Marta <marta@example.org>" }).Refusal(true), StringComparison.Ordinal);
        Assert.Contains("phone number is none", (Good with { Phone = "12" }).Refusal(true), StringComparison.Ordinal);
        Assert.Contains("missing", (Good with { Phone = "" }).Refusal(true), StringComparison.Ordinal);
        Assert.Contains("missing", (Good with { Email = "", Channel = "email" }).Refusal(true), StringComparison.Ordinal);
        Assert.Contains("two letters", (Good with { Language = "PT" }).Refusal(true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NoticeClass.Safety, "device-fault", false, true)]
    [InlineData(NoticeClass.Safety, "opened", false, true)]
    [InlineData(NoticeClass.Service, "opened", true, true)]
    [InlineData(NoticeClass.Case, "device-fault", true, true)]
    [InlineData(NoticeClass.Service, "opened", false, false)]
    [InlineData(NoticeClass.Case, "device-fault", false, false)]
    [InlineData(NoticeClass.Usage, "due", true, false)]
    [InlineData(NoticeClass.Offer, "opened", true, false)]
    [InlineData(NoticeClass.Service, "update", true, false)]
    [InlineData(NoticeClass.Case, "word", true, false)]
    [InlineData(NoticeClass.Safety, "all-clear", true, false)]
    public void IsTold_OfTheFirstWordOfDangerAndDependence(NoticeClass noticeClass, string status, bool dependent, bool told) =>
        Assert.Equal(told, CarerDecision.IsTold(noticeClass, status, dependent));

    [Fact]
    public void Recipient_OfTheLedger_IsACarerOrACustomer()
    {
        Assert.Equal((true, "ana"), (Carer.Is("carer:ana"), Carer.CustomerOf("carer:ana")));
        Assert.Equal((false, "ana"), (Carer.Is("ana"), Carer.CustomerOf("ana")));
    }

    [Theory]
    [InlineData("STOP", true)]
    [InlineData("STOP all", true)]
    [InlineData("stop outages", true)]
    [InlineData("STOP offers", false)]
    [InlineData("stop reminders", false)]
    [InlineData("START", false)]
    [InlineData("Who is this?", false)]
    public void Ends_WhatCarersAreToldOf_OrEverything(string text, bool ends) => Assert.Equal(ends, CarerDecision.Ends(StopWords.Read(text)));
}
