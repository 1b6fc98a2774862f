using System.Collections.Immutable;

namespace B2D.Core.Webhooks;

/// <summary>What other systems can be told.</summary>
/// <param name="Type">Of the message: <c>case.opened</c>.</param>
public sealed record WebhookEvent(string Type, string Meaning);

/// <summary>All of them.</summary>
public static class WebhookEvents
{
    /// <summary>Sent by hand to see whether it arrives; nobody asks for it.</summary>
    public const string Test = "test";

    public static readonly ImmutableArray<WebhookEvent> All =
    [
        new("case.opened", "a case was opened"),
        new("case.changed", "a case has another state, owner, queue, priority or outage"),
        new("case.resolved", "a case was resolved"),
        new("outage.opened", "an outage began and was not over within its hold-back"),
        new("outage.changed", "an outage has another state, place, cause, work-around, estimate or promise"),
        new("outage.resolved", "an outage is over"),
        new("notice.sent", "a customer was told"),
        new("notice.failed", "a notice could not be sent, or came back"),
        new("task.opened", "somebody is to call a customer"),
    ];
}

/// <summary>What a receiver said to one message.</summary>
public enum PostAnswer : byte
{
    /// <summary>2xx.</summary>
    Taken = 1,

    /// <summary>It is about this message: 400, 413, 422 and the like.</summary>
    Refused = 2,

    /// <summary>It is about the receiver, or nobody answered: 5xx, 429, no connection.</summary>
    Unreachable = 3,

    /// <summary>410: it wants none any more (Standard Webhooks 1.0).</summary>
    Gone = 4,
}

/// <summary>What comes of an answer to one message.</summary>
/// <param name="IsDone">The message is delivered, or given up.</param>
/// <param name="Delay">Until this message is tried again.</param>
public readonly record struct PostDecision(bool IsDone, TimeSpan Delay);

/// <summary>What comes of everything that a receiver answered at one time.</summary>
/// <param name="Failures">Times one after the other at which it took nothing.</param>
/// <param name="Delay">Until anything is sent there again.</param>
/// <param name="Pause">Nothing is sent there any more before a person says so.</param>
public readonly record struct ReceiverDecision(int Failures, TimeSpan Delay, bool Pause);

/// <summary>The machine of deliveries to other systems.</summary>
public static class WebhookStep
{
    /// <summary>Tries before one message that the receiver refuses is given up; with the back-off below about two days.</summary>
    public const int MaxAttempts = 24;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <param name="attempts">Of this message, this one included.</param>
    public static PostDecision OfMessage(PostAnswer answer, int attempts) => answer switch
    {
        PostAnswer.Taken => new PostDecision(true, TimeSpan.Zero),
        // What the receiver does not want of one message keeps none of the others; that it does not answer keeps all.
        PostAnswer.Refused => new PostDecision(attempts >= MaxAttempts, Delay(attempts)),
        _ => new PostDecision(false, TimeSpan.Zero),
    };

    /// <param name="answers">To messages that went at once: nobody answering eight of them is one failure, and not eight.</param>
    /// <param name="failures">Before, one after the other.</param>
    /// <param name="pauseAfter">So many failures pause it.</param>
    public static ReceiverDecision OfReceiver(IReadOnlyCollection<PostAnswer> answers, int failures, int pauseAfter)
    {
        var now = answers.Contains(PostAnswer.Taken) ? 0 : failures + 1;
        // One that takes some and is too busy for others is left alone for a little.
        var delay = answers.Any(a => a is PostAnswer.Unreachable or PostAnswer.Gone) ? Delay(Math.Max(now, 1)) : TimeSpan.Zero;
        return new ReceiverDecision(now, delay, answers.Contains(PostAnswer.Gone) || now >= pauseAfter);
    }

    /// <summary>5 s, 10 s, 20 s … at most 4 h.</summary>
    private static TimeSpan Delay(int times) => TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, 5 * Math.Pow(2, Math.Clamp(times - 1, 0, 20))));
}
