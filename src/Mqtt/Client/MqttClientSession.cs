using B2D.Mqtt.Client;

namespace B2D.Mqtt;

/// <summary>
/// What a client remembers from one connection to the next (MQTT 5.0 §4.1): its messages that are not acknowledged, and the QoS 2 ids it has received
/// and that are not released. With it QoS 2 is exactly once and QoS 1 at least once over connections that break: give the same one to each connection
/// of a client id, with <see cref="MqttClientOptions.CleanStart"/> false and a session expiry; one connection at a time, the next one when
/// <see cref="MqttClient.Closed"/> has completed. Where the server has no session any more, messages under way fail with
/// <see cref="MqttClosedException"/>, since nobody can know whether they arrived.
/// </summary>
public sealed class MqttClientSession
{
    /// <summary>Messages published and not acknowledged, sent or not.</summary>
    public int Unacknowledged
    {
        get
        {
            lock (Gate)
                return Window.InFlight + Window.Waiting;
        }
    }

    internal Lock Gate { get; } = new();

    /// <summary>Guarded by <see cref="Gate"/>.</summary>
    internal ClientWindow Window { get; } = new(1);

    /// <summary>The read loop's.</summary>
    internal HashSet<ushort> ExactlyOnce { get; } = [];
}
