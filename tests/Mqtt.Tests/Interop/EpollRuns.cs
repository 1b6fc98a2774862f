using B2D.Mqtt.Transport.Epoll;

namespace B2D.Mqtt.Tests.Interop;

/// <summary>A transport with two loops that run.</summary>
internal sealed class EpollRuns : IAsyncDisposable
{
    private readonly Thread[] _threads;

    public EpollRuns()
    {
        _threads = [.. Transport.Loops.Select(loop => new Thread(loop.Run) { IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    public EpollTransport Transport { get; } = new(2, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        // What waited for a byte goes on on a loop's thread, and nobody can wait there for that very thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Transport.Stop();
        foreach (var thread in _threads)
            Assert.True(thread.Join(Server.Rig.Patience));
        Transport.Dispose();
    }
}
