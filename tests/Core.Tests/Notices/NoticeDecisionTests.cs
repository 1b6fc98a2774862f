using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class NoticeDecisionTests
{
    // Preferred, what is known (e-mail, SMS, webhook), what is down, what is not wanted, what was tried: channel and why.
    private const string Channels = """
        -       ---  ---  ---  ---  -       NoChannel
        Email   ---  ---  ---  ---  -       NoChannel
        -       e--  ---  ---  ---  Email   FirstThatIsKnown
        -       -s-  ---  ---  ---  Sms     FirstThatIsKnown
        -       --w  ---  ---  ---  Webhook FirstThatIsKnown
        -       es-  ---  ---  ---  Sms     FirstThatIsKnown
        -       e-w  ---  ---  ---  Email   FirstThatIsKnown
        Email   e--  ---  ---  ---  Email   Preferred
        Email   es-  ---  ---  ---  Email   Preferred
        Sms     es-  ---  ---  ---  Sms     Preferred
        Webhook esw  ---  ---  ---  Webhook Preferred
        Sms     e--  ---  ---  ---  Email   FirstThatIsKnown
        Webhook es-  ---  ---  ---  Sms     FirstThatIsKnown
        -       es-  e--  ---  ---  Sms     FirstThatIsKnown
        Email   es-  e--  ---  ---  Sms     PreferredIsDown
        Email   esw  e-w  ---  ---  Sms     PreferredIsDown
        Sms     es-  -s-  ---  ---  Email   PreferredIsDown
        Webhook es-  e-w  ---  ---  Sms     FirstThatIsKnown
        Email   e--  e--  ---  ---  Email   LastResort
        -       e-w  e-w  ---  ---  Email   LastResort
        Webhook e-w  e-w  ---  ---  Webhook LastResort
        Webhook e--  e--  ---  ---  Email   LastResort
        Sms     es-  e--  ---  ---  Sms     Preferred
        Email   ---  e--  ---  ---  -       NoChannel
        -       es-  ---  -s-  ---  Email   FirstThatIsKnown
        Sms     es-  ---  -s-  ---  Email   FirstThatIsKnown
        -       es-  ---  esw  ---  -       NotWanted
        -       e--  e--  esw  ---  -       NotWanted
        -       ---  ---  esw  ---  -       NoChannel
        -       es-  ---  ---  -s-  Email   FellBack
        Sms     es-  ---  ---  -s-  Email   FellBack
        Email   es-  ---  ---  e--  Sms     FellBack
        Sms     es-  e--  ---  -s-  -       NoChannel
        -       es-  ---  e--  -s-  -       NotWanted
        -       es-  ---  ---  es-  -       NoChannel
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
        Calling    Take              Calling    no
        Calling    Accepted          Calling    no
        Calling    FailedForNow      Calling    no
        Calling    FailedForGood     Calling    no
        Calling    FoundAfterRestart Calling    no
        Calling    NoLongerTrue      Suppressed yes
        Calling    Release           Calling    no
        Calling    Unanswered        Calling    no
        Calling    OvertakenOnItsWay Calling    no
        """;

    public static TheoryData<string> ChannelRows() => [.. Channels.Split('\n')];

    public static TheoryData<string> StepRows() => [.. Steps.Split('\n')];

    [Theory]
    [MemberData(nameof(ChannelRows))]
    public void Choose_PreferenceAndWhatIsKnown_GivesChannelAndReason(string row)
    {
        var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (channel, reason) = ChannelDecision.Choose(new ChannelChoice(ChannelOf(cells[0]), SetOf(cells[1]), SetOf(cells[2]), SetOf(cells[3]), SetOf(cells[4])));
        Assert.Equal((ChannelOf(cells[5]), Enum.Parse<ChannelReason>(cells[6])), (channel, reason));
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

    [Theory]
    [InlineData(2, 10)]
    [InlineData(3, 15)]
    [InlineData(23, 15)]
    public void Step_LongestIsGiven_WaitsNoLonger(int attempts, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), NoticeStep.Step(NoticePhase.Sending, NoticeEvent.FailedForNow, attempts, longest: TimeSpan.FromSeconds(15)).Delay);
        Assert.Equal(TimeSpan.FromSeconds(seconds), NoticeStep.Step(NoticePhase.Sending, NoticeEvent.Unanswered, attempts, longest: TimeSpan.FromSeconds(15)).Delay);
    }

    [Fact]
    public void Step_AllAttempts_TakeAboutTwoDays()
    {
        var total = TimeSpan.Zero;
        for (var attempt = 1; attempt < NoticeStep.MaxAttempts; attempt++)
            total += NoticeStep.Step(NoticePhase.Sending, NoticeEvent.FailedForNow, attempt).Delay;
        Assert.InRange(total.TotalHours, 46, 52);
    }

    [Theory]
    [InlineData(5, NoticePhase.Retrying)]
    [InlineData(6, NoticePhase.Failed)]
    public void Step_AnotherChannelIsLeft_IsGivenUpSooner(int attempts, NoticePhase phase) =>
        Assert.Equal(phase, NoticeStep.Step(NoticePhase.Sending, NoticeEvent.FailedForNow, attempts, most: 6).Phase);

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

    private static ChannelSet SetOf(string letters) =>
        letters.Aggregate(ChannelSet.None, (set, c) => c switch { 'e' => set.With(Channel.Email), 's' => set.With(Channel.Sms), 'w' => set.With(Channel.Webhook), _ => set });

    private static Channel? ChannelOf(string name) => name == "-" ? null : Enum.Parse<Channel>(name);
}
