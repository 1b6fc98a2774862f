using B2D.Core;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Ingest;
using B2D.Mqtt;
using B2D.Storage.Telemetry;

namespace B2D.Simulation.World;

/// <summary>A log that says it has what it only remembers: it writes with the next batch, so that PUBACK leaves before the commit.</summary>
internal sealed class LateLog(IDurableLog log) : IDurableLog
{
    private (ServerTime At, EntryBatch Batch, DeadLetter[] DeadLetters)? held;

    public MetricNames Names => log.Names;

    public ServerTime SealedUntil => log.SealedUntil;

    public void Append(ServerTime at, EntryBatch batch, IReadOnlyList<DeadLetter> deadLetters)
    {
        Write();
        held = (at, AlteringLog.Altered(batch, Names, entry => entry), [.. deadLetters]);
    }

    public void Seal(ServerTime now)
    {
        Write();
        log.Seal(now);
    }

    private void Write()
    {
        if (held is not var (at, batch, deadLetters))
            return;
        held = null;
        log.Append(at, batch, deadLetters);
    }
}

/// <summary>A store of sessions that does not write down which messages of QoS 2 were taken: after a restart nobody knows of them.</summary>
internal sealed class ForgettingSessions(ISessionStore store) : ISessionStore
{
    public IEnumerable<SessionChange> Load() => store.Load();

    public void Commit(IReadOnlyList<SessionChange> changes) => store.Commit([.. changes.Where(c => c is not SessionChange.Accepted and not SessionChange.Released)]);
}

/// <summary>A store of sessions that writes one thing less: that a session is there.</summary>
/// <param name="nth">Which one, 1 for the first.</param>
internal sealed class LosingSessions(ISessionStore store, int nth) : ISessionStore
{
    private int left = nth;
    private long lost;

    public IEnumerable<SessionChange> Load() => store.Load();

    public void Commit(IReadOnlyList<SessionChange> changes)
    {
        foreach (var kept in changes.OfType<SessionChange.Kept>())
        {
            if (lost == 0 && --left == 0)
                lost = kept.Session.Number;
        }
        store.Commit([.. changes.Where(c => SessionOf(c) != lost)]);
    }

    private static long SessionOf(SessionChange change) => change switch
    {
        SessionChange.Kept kept => kept.Session.Number,
        SessionChange.Ended ended => ended.Session,
        SessionChange.Subscribed subscribed => subscribed.Session,
        SessionChange.Unsubscribed unsubscribed => unsubscribed.Session,
        SessionChange.Queued queued => queued.Session,
        SessionChange.Sent sent => sent.Session,
        SessionChange.Received received => received.Session,
        SessionChange.Finished finished => finished.Session,
        SessionChange.Accepted accepted => accepted.Session,
        SessionChange.Released released => released.Session,
        _ => -1,
    };
}
