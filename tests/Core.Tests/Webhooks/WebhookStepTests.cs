using B2D.Core.Webhooks;
using Xunit;

namespace B2D.Core.Tests.Webhooks;

public sealed class WebhookStepTests
{
    [Theory]
    [InlineData(PostAnswer.Taken, 3, true, 0)]
    [InlineData(PostAnswer.Unreachable, 99, false, 0)]
    [InlineData(PostAnswer.Gone, 1, false, 0)]
    [InlineData(PostAnswer.Refused, 1, false, 5)]
    [InlineData(PostAnswer.Refused, 2, false, 10)]
    [InlineData(PostAnswer.Refused, 24, true, 14400)]
    public void OfMessage_AnswerAndAttempts_GiveWhatFollows(PostAnswer answer, int attempts, bool isDone, int delay) =>
        Assert.Equal(new PostDecision(isDone, TimeSpan.FromSeconds(delay)), WebhookStep.OfMessage(answer, attempts));

    [Theory]
    [InlineData("Taken", 5, 0, 0, false)]
    [InlineData("Unreachable", 0, 1, 5, false)]
    [InlineData("Unreachable", 3, 4, 40, false)]
    [InlineData("Unreachable", 10, 11, 5120, false)]
    [InlineData("Unreachable", 11, 12, 10240, true)]
    [InlineData("Unreachable", 40, 41, 14400, true)]
    [InlineData("Refused", 0, 1, 0, false)]
    [InlineData("Refused", 11, 12, 0, true)]
    [InlineData("Gone", 0, 1, 5, true)]
    [InlineData("Unreachable Unreachable Unreachable Unreachable", 0, 1, 5, false)]
    [InlineData("Unreachable Refused", 2, 3, 20, false)]
    [InlineData("Refused Taken", 11, 0, 0, false)]
    [InlineData("Unreachable Taken Unreachable", 11, 0, 5, false)]
    [InlineData("Taken Gone", 0, 0, 5, true)]
    public void OfReceiver_AnswersAndFailures_GiveOneVerdict(string answers, int failures, int now, int delay, bool pause) =>
        Assert.Equal(new ReceiverDecision(now, TimeSpan.FromSeconds(delay), pause), WebhookStep.OfReceiver([.. answers.Split(' ').Select(a => Enum.Parse<PostAnswer>(a))], failures, 12));

    [Fact]
    public void OfReceiver_TwelveFailures_AreNearlyThreeHours()
    {
        var silence = TimeSpan.Zero;
        for (var failures = 0; failures < 11; failures++)
            silence += WebhookStep.OfReceiver([PostAnswer.Unreachable], failures, 12).Delay;
        Assert.Equal(new TimeSpan(2, 50, 35), silence);
    }

    [Theory]
    [InlineData("tickets", "https://tickets.example.com/b2d", "case.opened", "")]
    [InlineData("tickets", "http://127.0.0.1:9/x", "case.opened", "")]
    [InlineData("", "https://x.example", "case.opened", "its name has 1 to 80 characters")]
    [InlineData("a\nb", "https://x.example", "case.opened", "its name has 1 to 80 characters")]
    [InlineData("x", "tickets", "case.opened", "an absolute https address")]
    [InlineData("x", "ftp://x.example", "case.opened", "an absolute https address")]
    [InlineData("x", "https://me:secret@x.example", "case.opened", "without a password")]
    [InlineData("x", "http://x.example", "case.opened", "plain http")]
    [InlineData("x", "https://x.example", "", "at least one thing")]
    [InlineData("x", "https://x.example", "case.exploded", "'case.exploded' is nothing")]
    public void Refusal_OfAReceiver_SaysWhatIsWrong(string name, string url, string events, string refusal)
    {
        var said = new ReceiverWords(name, url, [.. events.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Refusal();
        Assert.Equal(refusal.Length == 0, said.Length == 0);
        Assert.Contains(refusal, said, StringComparison.Ordinal);
    }
}
