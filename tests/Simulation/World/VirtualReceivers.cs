using B2D.Core.Webhooks;
using B2D.ProactiveWorker.Webhooks;

namespace B2D.Simulation.World;

/// <summary>Other systems that take webhooks: they keep what they took and can be told to fail.</summary>
public sealed class VirtualReceivers : IWebhookPoster
{
    private readonly List<WebhookPost> taken = [];

    /// <summary>Everything that was taken, in order, repeats included.</summary>
    public IReadOnlyList<WebhookPost> Taken => taken;

    /// <summary>How often something was tried.</summary>
    public int Tries { get; private set; }

    /// <summary>What becomes of a try. Default: taken.</summary>
    public Func<WebhookPost, PostAnswer> Mood { get; set; } = _ => PostAnswer.Taken;

    public Task<(PostAnswer Answer, string Error)> PostAsync(WebhookPost post, CancellationToken cancellation)
    {
        Tries++;
        var answer = Mood(post);
        if (answer == PostAnswer.Taken)
            taken.Add(post);
        return Task.FromResult((answer, answer == PostAnswer.Taken ? "" : $"receiver: {answer}"));
    }
}
