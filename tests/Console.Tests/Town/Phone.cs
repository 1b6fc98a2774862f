using B2D.ProactiveWorker.Notices;

namespace B2D.Console.Tests.Town;

/// <summary>A channel that keeps what it was given.</summary>
public sealed class Phone : INoticeChannel
{
    private readonly List<Outgoing> sent = [];

    public IReadOnlyList<Outgoing> Sent => sent;

    public bool Carries(string channel) => true;

    public Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation)
    {
        sent.Add(notice);
        return Task.FromResult(SendOutcome.Ok);
    }
}
