using System.Net;
using Microsoft.Extensions.Logging;

namespace B2D.Mqtt.Server;

/// <summary>Log lines of the server; ids 2000 to 2019. Never a payload or a password.</summary>
internal static partial class MqttServerLog
{
    [LoggerMessage(
        2000, LogLevel.Debug, "Connection {Number}: client {ClientId} connected from {Peer} by {Listener}, MQTT {Version}, session present {SessionPresent}")]
    public static partial void Connected(
        ILogger logger, long number, string clientId, EndPoint? peer, string listener, MqttVersion version, bool sessionPresent);

    [LoggerMessage(2001, LogLevel.Debug, "Connection {Number}: client {ClientId} ended, {Reason}")]
    public static partial void Ended(ILogger logger, long number, string? clientId, EndReason reason);

    [LoggerMessage(2002, LogLevel.Information, "Connection {Number}: client {ClientId} refused from {Peer}, {Reason}")]
    public static partial void Refused(ILogger logger, long number, string clientId, EndPoint? peer, ReasonCode reason);

    [LoggerMessage(2003, LogLevel.Information, "Connection {Number}: client {ClientId} from {Peer} was cut off, {Reason}")]
    public static partial void CutOff(ILogger logger, long number, string? clientId, EndPoint? peer, EndReason reason);

    [LoggerMessage(2004, LogLevel.Error, "Connection {Number}: client {ClientId} ended by a defect")]
    public static partial void Failed(ILogger logger, long number, string? clientId, Exception error);

    [LoggerMessage(2005, LogLevel.Error, "The application failed on client {ClientId}")]
    public static partial void ApplicationFailed(ILogger logger, string clientId, Exception error);
}
