namespace B2D.Mqtt;

/// <summary>
/// Where a server keeps the sessions that outlive their connection, and the retained messages. It is given changes only, never asked for
/// anything while the server runs; all calls come from whoever calls <see cref="MqttServer.Restore"/> and <see cref="MqttServer.PumpSessions"/>.
/// </summary>
public interface ISessionStore
{
    /// <summary>
    /// All that is kept, as changes that make it: messages before what refers to them, sessions before what is theirs, deliveries of a session
    /// by their number. Read once, before the first connection.
    /// </summary>
    IEnumerable<SessionChange> Load();

    /// <summary>
    /// Makes changes durable, in their order, all of them or none: when it returns they are on disk. An exception says that none is; the same
    /// changes come again with the next call.
    /// </summary>
    void Commit(IReadOnlyList<SessionChange> changes);
}
