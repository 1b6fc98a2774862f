using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway;

/// <summary>What the gateway writes to the log. Event ids 2100 to 2199 are a contract; payloads and secrets never appear.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Error, "Ingest stopped: the log cannot be written. Nothing is acknowledged until it can")]
    public static partial void Stopped(ILogger logger, Exception exception);

    [LoggerMessage(2101, LogLevel.Information, "Ingest goes on after {Pause}")]
    public static partial void Resumed(ILogger logger, TimeSpan pause);

    [LoggerMessage(2102, LogLevel.Error, "Somebody failed when told that entries were written")]
    public static partial void ListenerFailed(ILogger logger, Exception exception);

    [LoggerMessage(2103, LogLevel.Error, "The last changes of MQTT sessions could not be written; none of them was promised to a device")]
    public static partial void SessionsNotWritten(ILogger logger, Exception exception);

    [LoggerMessage(2104, LogLevel.Error, "A turn of ingest failed on a thread of connections; the ingest loop tries again")]
    public static partial void TurnFailed(ILogger logger, Exception exception);

    [LoggerMessage(2110, LogLevel.Debug, "Device {Device} connected")]
    public static partial void Connected(ILogger logger, string device);

    [LoggerMessage(2111, LogLevel.Debug, "Device {Device} is gone: {Reason}")]
    public static partial void Disconnected(ILogger logger, string device, Mqtt.EndReason reason);

    [LoggerMessage(2112, LogLevel.Information, "A connection from {Peer} was refused: unknown device, or it showed nothing that lets it in. Held back for {Hold}")]
    public static partial void Refused(ILogger logger, string peer, TimeSpan hold);

    [LoggerMessage(2113, LogLevel.Warning, "Device {Device} may not {Action} {Topic}")]
    public static partial void NotAuthorized(ILogger logger, string device, string action, string topic);

    [LoggerMessage(2114, LogLevel.Information, "{File} has changed and is in use")]
    public static partial void FileReloaded(ILogger logger, string file);

    [LoggerMessage(2115, LogLevel.Error, "{File} or a file that belongs to it has changed and cannot be used; what was read before stays in use. {Reason}")]
    public static partial void FileNotReloaded(ILogger logger, string file, string reason);

    [LoggerMessage(2116, LogLevel.Error, "A stored key of device {Device} cannot be read; it cannot sign in with tokens. {Reason}")]
    public static partial void KeyUnreadable(ILogger logger, string device, string reason);

    [LoggerMessage(2117, LogLevel.Information, "Device {Device} asks to be registered with the key of fleet {Fleet}; accepted at once: {Accepted}")]
    public static partial void Asked(ILogger logger, string device, string fleet, bool accepted);

    [LoggerMessage(2118, LogLevel.Warning, "Device {Device} of fleet {Fleet} cannot ask to be registered: {Count} wait already")]
    public static partial void EnrolmentsFull(ILogger logger, string device, string fleet, int count);

    [LoggerMessage(2119, LogLevel.Error, "The key of fleet {Fleet} cannot be read; no device enrols with it. {Reason}")]
    public static partial void FleetUnreadable(ILogger logger, string fleet, string reason);

    [LoggerMessage(2120, LogLevel.Warning, "Command {Command} to {Device} was given up: {Reason}")]
    public static partial void CommandDropped(ILogger logger, string command, string device, string reason);
}
