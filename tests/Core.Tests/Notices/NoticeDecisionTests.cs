using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class NoticeDecisionTests
{
    // preferred, what is known (e-mail, SMS, webhook), internet down: channel and why.
    private const string Channels = """
        -       ---  up    -       NoChannel
        Email   ---  up    -       NoChannel
        -       e--  up    Email   FirstThatIsKnown
        -       -s-  up    Sms     FirstThatIsKnown
        -       --w  up    Webhook FirstThatIsKnown
        -       es-  up    Sms     FirstThatIsKnown
        -       e-w  up    Email   FirstThatIsKnown
        Email   e--  up    Email   Preferred
        Email   es-  up    Email   Preferred
        Sms     es-  up    Sms     Preferred
        Webhook esw  up    Webhook Preferred
        Sms     e--  up    Email   FirstThatIsKnown
        Webhook es-  up    Sms     FirstThatIsKnown
        -       es-  down  Sms     FirstThatIsKnown
        Email   es-  down  Sms     PreferredIsDown
        Email   esw  down  Sms     PreferredIsDown
        Email   e--  down  Email   Preferred
        Email   e-w  down  Email   Preferred
        Webhook e-w  down  Webhook Preferred
        Webhook e--  down  Email   FirstThatIsKnown
        Sms     es-  down  Sms     Preferred
        Email   ---  down  -       NoChannel
        """;

    // Attempts so far: 1, at the mark ! as many as there may be.
    private const string Steps = """
        Due        Take              Sending    yes
        Held       Take              Held       no
        Sending    Take              Sending    no
        Sent       Take              Sent       no
        Retrying   Take              Sending    yes
        Failed     Take              Failed     no
        Suppressed Take              Suppressed no
        Due        Accepted          Due        no
        Held       Accepted          Held       no
        Sending    Accepted          Sent       yes
        Sent       Accepted          Sent       no
        Retrying   Accepted          Retrying   no
        Failed     Accepted          Failed     no
        Suppressed Accepted          Suppressed no
        Due        FailedForNow      Due        no
        Held       FailedForNow      Held       no
        Sending    FailedForNow      Retrying   yes
        Sending    FailedForNow!     Failed     yes
        Sent       FailedForNow      Sent       no
        Retrying   FailedForNow      Retrying   no
        Failed     FailedForNow      Failed     no
        Suppressed FailedForNow      Suppressed no
        Due        FailedForGood     Due        no
        Held       FailedForGood     Held       no
        Sending    FailedForGood     Failed     yes
        Sent       FailedForGood     Sent       no
        Retrying   FailedForGood     Retrying   no
        Failed     FailedForGood     Failed     no
        Suppressed FailedForGood     Suppressed no
        Due        FoundAfterRestart Due        no
        Held       FoundAfterRestart Held       no
        Sending    FoundAfterRestart Retrying   yes
        Sent       FoundAfterRestart Sent       no
        Retrying   FoundAfterRestart Retrying   no
        Failed     FoundAfterRestart Failed     no
        Suppressed FoundAfterRestart Suppressed no
        Due        NoLongerTrue      Suppressed yes
        Held       NoLongerTrue      Suppressed yes
        Sending    NoLongerTrue      Sending    no
        Sent       NoLongerTrue      Sent       no
        Retrying   NoLongerTrue      Suppressed yes
        Failed     NoLongerTrue      Failed     no
        Suppressed NoLongerTrue      Suppressed no
        Due        Release           Due        no
        Held       Release           Due        yes
        Sending    Release           Sending    no
        Sent       Release           Sent       no
        Retrying   Release           Retrying   no
        Failed     Release           Failed     no
        Suppressed Release           Suppressed no
        Due        Unanswered        Due        no
        Held       Unanswered        Held       no
        Sending    Unanswered        Sending    yes
        Sending    Unanswered!       Failed     yes
        Sent       Unanswered        Sent       no
        Retrying   Unanswered        Retrying   no
        Failed     Unanswered        Failed     no
        Suppressed Unanswered        Suppressed no
        Due        OvertakenOnItsWay Due        no
        Held       OvertakenOnItsWay Held       no
        Sending    OvertakenOnItsWay Sent       yes
        Sent       OvertakenOnItsWay Sent       no
        Retrying   OvertakenOnItsWay Retrying   no
        Failed     OvertakenOnItsWay Failed     no
        Suppressed OvertakenOnItsWay Suppressed no
        """;

    public static TheoryData<string> ChannelRows() => [.. Channels.Split('\n')];

    public static TheoryData<string> StepRows() => [.. Steps.Split('\n')];

    [Theory]
    [MemberData(nameof(ChannelRows))]
    public void Choose_PreferenceAndWhatIsKnown_GivesChannelAndReason(string row)
    {
        var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var known = new Reachable(cells[1][0] == 'e', cells[1][1] == 's', cells[1][2] == 'w');
        var (channel, reason) = ChannelDecision.Choose(ChannelOf(cells[0]), known, cells[2] == "down");
        Assert.Equal((ChannelOf(cells[3]), Enum.Parse<ChannelReason>(cells[4])), (channel, reason));
    }

    [Theory]
    [MemberData(nameof(StepRows))]
    public void Step_PhaseAndEvent_GivesPhase(string row)
    {
        var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var attempts = cells[1].EndsWith('!') ? NoticeStep.MaxAttempts : 1;
        var result = NoticeStep.Step(Enum.Parse<NoticePhase>(cells[0]), Enum.Parse<NoticeEvent>(cells[1].TrimEnd('!')), attempts);
        Assert.Equal((Enum.Parse<NoticePhase>(cells[2]), cells[3] == "yes"), (result.Phase, result.Accepted));
    }

    [Fact]
    public void Tables_EveryPhaseAndEvent_IsListed()
    {
        var listed = Steps.Split('\n').Select(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(c => (c[0], c[1].TrimEnd('!'))).ToHashSet();
        Assert.Equal([], Enum.GetNames<NoticePhase>().SelectMany(p => Enum.GetNames<NoticeEvent>().Select(e => (p, e))).Where(p => !listed.Contains(p)));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(12, 10_240)]
    [InlineData(13, 14_400)]
    [InlineData(23, 14_400)]
    public void Step_FailedForNowOrUnanswered_WaitsTwiceAsLongUpToFourHours(int attempts, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), NoticeStep.Step(NoticePhase.Sending, NoticeEvent.FailedForNow, attempts).Delay);
        Assert.Equal(TimeSpan.FromSeconds(seconds), NoticeStep.Step(NoticePhase.Sending, NoticeEvent.Unanswered, attempts).Delay);
    }

    [Fact]
    public void Step_AllAttempts_TakeAboutTwoDays()
    {
        var total = TimeSpan.Zero;
        for (var attempt = 1; attempt < NoticeStep.MaxAttempts; attempt++)
            total += NoticeStep.Step(NoticePhase.Sending, NoticeEvent.FailedForNow, attempt).Delay;
        Assert.InRange(total.TotalHours, 46, 52);
    }

    [Fact]
    public void Step_AnythingElse_WaitsForNothing() =>
        Assert.Equal(TimeSpan.Zero, NoticeStep.Step(NoticePhase.Sending, NoticeEvent.FoundAfterRestart, 5).Delay);

    [Fact]
    public void IdOf_LiteralSubject_IsTheFirstHalfOfItsSha256()
    {
        // printf 'c9\noutage:3\n17-40213\nopened\n1\nSms' | sha256sum
        Assert.Equal("af3529a980e56c44d7def6f730400c5f", NoticeStep.IdOf("c9", "outage:3", "17-40213", "opened", 1, Channel.Sms));
        Assert.Equal("01cf395572c58173eea882f9756f118a", NoticeStep.IdOf("c9", "outage:3", "17-40213", "opened", 1, Channel.Email));
    }

    [Fact]
    public void IdOf_AnyPartOther_IsOther()
    {
        string[] ids =
        [
            NoticeStep.IdOf("c", "s", "e", "st", 1, Channel.Sms),
            NoticeStep.IdOf("c2", "s", "e", "st", 1, Channel.Sms),
            NoticeStep.IdOf("c", "s2", "e", "st", 1, Channel.Sms),
            NoticeStep.IdOf("c", "s", "e2", "st", 1, Channel.Sms),
            NoticeStep.IdOf("c", "s", "e", "st2", 1, Channel.Sms),
            NoticeStep.IdOf("c", "s", "e", "st", 2, Channel.Sms),
            NoticeStep.IdOf("c", "s", "e", "st", 1, Channel.Webhook),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    private static Channel? ChannelOf(string name) => name == "-" ? null : Enum.Parse<Channel>(name);
}
