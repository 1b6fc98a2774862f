using System.Net.WebSockets;
using B2D.Mqtt.Transport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace B2D.Mqtt;

/// <summary>
/// MQTT over WebSocket (MQTT 5.0 §6): packets in binary frames, which they may share and straddle [MQTT-6.0.0-2]; a text frame ends the connection
/// [MQTT-6.0.0-1]. The application has <c>UseWebSockets</c> before it.
/// </summary>
public static class MqttWebSocket
{
    /// <summary>The sub-protocol, which clients must ask for [MQTT-6.0.0-3] and the server answers with [MQTT-6.0.0-4].</summary>
    public const string SubProtocol = "mqtt";

    /// <summary>Answers a request: takes the WebSocket and runs its connection to the end, or refuses it (426 or 400).</summary>
    /// <param name="listener">Name of the listener, passed on to the application.</param>
    /// <param name="running">
    /// Called with true when the WebSocket is there and MQTT begins, and with false when MQTT has ended and only the peer's word that it closes the WebSocket
    /// is waited for. This has no timer: the caller cuts connections that take too long before the one and after the other.
    /// </param>
    public static async Task RunAsync(HttpContext http, MqttServer server, string listener, Action<bool> running)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(running);
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "websocket";
            http.Response.Headers.Connection = "close";
            return;
        }
        if (!http.WebSockets.WebSocketRequestedProtocols.Contains(SubProtocol, StringComparer.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            http.Response.Headers.Connection = "close";
            await http.Response.WriteAsync($"The WebSocket's sub-protocol must be {SubProtocol}.");
            return;
        }
        // A peer that does not read is the MQTT server's to judge.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        using var socket = await http.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = SubProtocol, KeepAliveInterval = TimeSpan.Zero });
        running(true);
        await using var connection = new WebSocketConnection(socket, http);
        var receiving = connection.ReceiveAsync();
        await server.RunConnectionAsync(connection, listener);
        running(false);
        await connection.CloseAsync();
        await receiving;
    }
}
