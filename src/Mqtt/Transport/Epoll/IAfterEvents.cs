namespace B2D.Mqtt.Transport.Epoll;

/// <summary>
/// What is done with what connections have brought, right behind it and on the thread of their <see cref="EpollLoop"/>: no other thread has to be woken for it,
/// and what it answers leaves without waking this one. Several loops call it at once.
/// </summary>
public interface IAfterEvents
{
    /// <summary>How long it is worth waiting for more events before <see cref="Run"/>; zero for not at all.</summary>
    TimeSpan Gather();

    /// <summary>Does it. True where it wants to be called again before the loop sleeps. It must not throw.</summary>
    bool Run();
}
