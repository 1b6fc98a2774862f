using System.Globalization;
using System.Text;
using B2D.Mqtt.Sessions;

namespace B2D.Mqtt.Tests.Kept;

/// <summary>What a server must still know after a restart, as text.</summary>
internal static class Snapshot
{
    /// <summary>The kept sessions of these clients, one line for each fact; without the end of sessions that are connected, or were.</summary>
    public static string Of(MqttServer server, IEnumerable<string> clients, params IEnumerable<string> connected) =>
        string.Join('\n', clients.Select(server.FindSession).OfType<MqttSession>().Where(s => s.State.IsKept).SelectMany(s => Facts(s.State, connected)));

    private static IEnumerable<string> Facts(Session session, IEnumerable<string> connected)
    {
        yield return $"{session.ClientId}: {session.Key} expiry {session.ExpirySeconds}";
        if (session is { WillDueAt: { } due, Will: { } will })
            yield return $"{session.ClientId}: will {will.Topic} {Text(will.Payload)} at {due:HH:mm:ss}";
        if (session.EndsAt is { } end && !connected.Contains(session.ClientId))
            yield return $"{session.ClientId}: ends {end:HH:mm:ss}";
        foreach (var (filter, s) in session.Subscriptions.OrderBy(s => s.Value.Number))
            yield return $"{session.ClientId}: {s.Number} {filter} {s.QoS} {s.NoLocal} {s.RetainAsPublished} {s.Identifier}";
        foreach (var (delivery, id, isReceived) in session.Outbound.Kept)
            yield return $"{session.ClientId}: {delivery.Number} {delivery.Message.Topic} {Text(delivery.Message.Payload)} {delivery.QoS} {delivery.Retain} "
                + $"[{string.Join(',', delivery.Identifiers ?? [])}] {id} {isReceived} {delivery.Message.ExpiresAt?.ToString("s", CultureInfo.InvariantCulture)}";
        var ids = string.Join(',', Enumerable.Range(1, 64).Where(id => session.Inbound.Owns((ushort)id)));
        if (ids.Length > 0)
            yield return $"{session.ClientId}: owns {ids}";
    }

    private static string Text(ReadOnlyMemory<byte> payload) => Encoding.UTF8.GetString(payload.Span);
}
