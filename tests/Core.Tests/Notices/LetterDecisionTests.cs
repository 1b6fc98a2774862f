using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class LetterDecisionTests
{
    [Theory]
    [InlineData(NoticeClass.Safety, "device-fault", false, true)]
    [InlineData(NoticeClass.Service, "opened", false, true)]
    [InlineData(NoticeClass.Service, "update", true, true)]
    [InlineData(NoticeClass.Service, "update", false, false)]
    [InlineData(NoticeClass.Case, "word", true, true)]
    [InlineData(NoticeClass.Case, "no-news", false, false)]
    [InlineData(NoticeClass.Case, "all-clear", false, true)]
    [InlineData(NoticeClass.Usage, "due", false, false)]
    [InlineData(NoticeClass.Survey, "survey", false, false)]
    public void IsPrinted_WhatMattersAndSaysSomething(NoticeClass noticeClass, string status, bool hasNews, bool printed) =>
        Assert.Equal(printed, LetterDecision.IsPrinted(noticeClass, status, hasNews));
}
