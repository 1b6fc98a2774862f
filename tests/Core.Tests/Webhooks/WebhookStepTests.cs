using B2D.Core.Webhooks;
using Xunit;

namespace B2D.Core.Tests.Webhooks;

public sealed class WebhookStepTests
{
    [Theory]
    [InlineData(PostAnswer.Taken, 3, 5, true, 0, 0, 0, false)]
    [InlineData(PostAnswer.Unreachable, 1, 0, false, 1, 0, 5, false)]
    [InlineData(PostAnswer.Unreachable, 9, 3, false, 4, 0, 40, false)]
    [InlineData(PostAnswer.Unreachable, 99, 10, false, 11, 0, 5120, false)]
    [InlineData(PostAnswer.Unreachable, 99, 11, false, 12, 0, 10240, true)]
    [InlineData(PostAnswer.Unreachable, 99, 40, false, 41, 0, 14400, true)]
    [InlineData(PostAnswer.Refused, 1, 0, false, 1, 5, 0, false)]
    [InlineData(PostAnswer.Refused, 2, 0, false, 1, 10, 0, false)]
    [InlineData(PostAnswer.Refused, 24, 0, true, 1, 14400, 0, false)]
    [InlineData(PostAnswer.Refused, 1, 11, false, 12, 5, 0, true)]
    [InlineData(PostAnswer.Gone, 1, 0, false, 1, 0, 5, true)]
    public void Decide_AnswerAttemptsAndFailures_GiveWhatFollows(PostAnswer answer, int attempts, int failures, bool isDone, int now, int messageDelay, int receiverDelay, bool pause) =>
        Assert.Equal(new PostDecision(isDone, now, TimeSpan.FromSeconds(messageDelay), TimeSpan.FromSeconds(receiverDelay), pause), WebhookStep.Decide(answer, attempts, failures, 12));

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
