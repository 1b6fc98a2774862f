using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class ConsentDecisionTests
{
    // Class, channel, owed, what was said (given or -withdrawn, of a class, by a channel, in order of time): may they be told, and why.
    private const string Rows = """
        safety  sms    no   -safety                     yes Safety
        answer  sms    no   -usage                      yes Asked
        service sms    no   .                           yes Presumed
        case    email  no   .                           yes Presumed
        usage   email  no   .                           yes Presumed
        offer   email  no   .                           no  NeverGiven
        survey  sms    no   .                           no  NeverGiven
        offer   email  no   offer                       yes Given
        offer   email  no   offer:sms                   no  NeverGiven
        offer   sms    no   offer:sms                   yes Given
        service sms    no   -service                    no  Withdrawn
        service sms    yes  -service                    yes Owed
        service email  no   -service:sms                yes Presumed
        service sms    no   -service:sms                no  Withdrawn
        usage   sms    no   -usage,usage                yes Given
        usage   sms    no   usage,-usage                no  Withdrawn
        usage   sms    no   -usage:sms,usage            yes Given
        usage   email  no   usage:email,-usage          no  Withdrawn
        case    sms    no   -service,-usage             yes Presumed
        """;

    public static TheoryData<string> All() => [.. Rows.Split('\n')];

    [Theory]
    [MemberData(nameof(All))]
    public void Decide_WhatWasSaid_SaysWhetherAndWhy(string row)
    {
        var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var said = cells[3] == "." ? [] : cells[3].Split(',').Select((w, i) => Said(w, i)).ToArray();
        var (may, reason) = ConsentDecision.Decide(NoticeClasses.Of(cells[0])!.Value, ConsentText.ChannelOf(cells[1])!.Value, cells[2] == "yes", said, usageNeedsConsent: false);
        Assert.Equal((cells[4] == "yes", Enum.Parse<ConsentReason>(cells[5])), (may, reason));
    }

    [Fact]
    public void Decide_UsageNeedsConsent_SilenceIsNone() =>
        Assert.Equal((false, ConsentReason.NeverGiven), ConsentDecision.Decide(NoticeClass.Usage, Channel.Sms, false, [], usageNeedsConsent: true));

    [Fact]
    public void Decide_SaidAtOneTime_TheMoreExactCounts() =>
        Assert.True(ConsentDecision.Decide(NoticeClass.Usage, Channel.Sms, false, [Said("-usage", 5), Said("usage:sms", 5)], false).May);

    [Theory]
    [InlineData(Consent.Customer, Consent.Import, false)]
    [InlineData(Consent.Customer, Consent.Person, true)]
    [InlineData(Consent.Customer, Consent.Customer, true)]
    [InlineData(Consent.Import, Consent.Import, true)]
    [InlineData(Consent.Person, Consent.Import, true)]
    public void Replaces_AFileDoesNotUndoWhatTheCustomerSaid(string known, string source, bool replaces) =>
        Assert.Equal(replaces, ConsentDecision.Replaces(Said("usage", 1) with { Source = known }, source));

    [Theory]
    [InlineData("usage -offer:email; survey", "Usage+ Offer:Email- Survey+")]
    [InlineData("", "")]
    [InlineData("safety", "'safety' is no class of notices that somebody may want or not: service, case, usage, offer, survey")]
    [InlineData("usage:pigeon", "'pigeon' is no channel: email, sms, webhook, phone")]
    public void Parse_Text_GivesConsentsOrWhatIsWrong(string text, string expected)
    {
        var read = ConsentText.Parse(text, out var problem);
        Assert.Equal(expected, read is { } all ? string.Join(' ', all.Select(c => $"{c.Class}{(c.Channel is { } by ? ":" + by : "")}{(c.Given ? '+' : '-')}")) : problem);
    }

    private static Consent Said(string text, int at)
    {
        var (noticeClass, channel, given) = text is "-safety" ? (NoticeClass.Safety, null, false) : ConsentText.Parse(text, out _)!.Value.Single();
        return new Consent(noticeClass, channel, given, Consent.Person, new ServerTime(at));
    }
}
