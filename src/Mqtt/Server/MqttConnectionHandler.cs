using Microsoft.AspNetCore.Connections;

namespace B2D.Mqtt;

/// <summary>Serves MQTT on a Kestrel listener: <c>listen.UseConnectionHandler</c>, with TLS if <c>UseHttps</c> stands before it.</summary>
/// <param name="server">The server.</param>
/// <param name="listener">Name of the listener, passed on to the application.</param>
public sealed class MqttConnectionHandler(MqttServer server, string listener) : ConnectionHandler
{
    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection) => server.RunConnectionAsync(connection, listener);
}
