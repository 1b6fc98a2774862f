using B2D.Core.Devices;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>What a native topic is for.</summary>
internal enum TopicKind : byte
{
    /// <summary><c>devices/{id}/telemetry</c>, from the device.</summary>
    Telemetry = 1,

    /// <summary><c>devices/{id}/events</c>, from the device.</summary>
    Events = 2,

    /// <summary><c>devices/{id}/status</c>, from the device, retained, usually its will.</summary>
    Status = 3,

    /// <summary><c>devices/{id}/commands/{commandId}</c>, to the device.</summary>
    Command = 4,

    /// <summary><c>devices/{id}/commands/{commandId}/reply</c>, from the device.</summary>
    Reply = 5,

    /// <summary>Under <c>devices/{id}/</c>, but nothing that B2D knows.</summary>
    Other = 6,
}

/// <summary>A topic of the native format, taken apart.</summary>
/// <param name="Text">The topic as it was sent.</param>
/// <param name="CommandId">Of a command or reply, else empty.</param>
internal readonly record struct NativeTopic(string Text, TopicKind Kind, DeviceId Device, string CommandId)
{
    /// <summary>What all native topics begin with.</summary>
    public const string Prefix = "devices/";

    /// <summary>Longest command id, in characters.</summary>
    public const int MaxCommandIdLength = 128;

    /// <summary>The topic on which a command reaches its device.</summary>
    public static string ForCommand(DeviceId device, string commandId) => $"{Prefix}{device.Value}/commands/{commandId}";

    /// <summary>The topic on which a device says that it came or went.</summary>
    public static string ForStatus(DeviceId device) => $"{Prefix}{device.Value}/status";

    /// <summary>Takes a topic name apart; when it returns false, <paramref name="error"/> says why no device can be meant by it.</summary>
    public static bool TryParse(string text, out NativeTopic topic, out string error)
    {
        topic = default;
        error = $"topics here begin with {Prefix}{{device id}}/";
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var idEnd = text.IndexOf('/', Prefix.Length);
        if (idEnd < 0)
            return false;
        if (!DeviceId.TryParse(text[Prefix.Length..idEnd], out var device, out error))
            return false;
        var (kind, command) = Leaf(text.AsSpan(idEnd + 1));
        topic = new NativeTopic(text, kind, device, command);
        return true;
    }

    private static (TopicKind Kind, string CommandId) Leaf(ReadOnlySpan<char> rest)
    {
        switch (rest)
        {
            case "telemetry":
                return (TopicKind.Telemetry, "");
            case "events":
                return (TopicKind.Events, "");
            case "status":
                return (TopicKind.Status, "");
        }
        const string commands = "commands/";
        if (!rest.StartsWith(commands))
            return (TopicKind.Other, "");
        var id = rest[commands.Length..];
        var kind = TopicKind.Command;
        if (id.IndexOf('/') is var slash and >= 0)
        {
            kind = id[slash..] is "/reply" ? TopicKind.Reply : TopicKind.Other;
            id = id[..slash];
        }
        return kind != TopicKind.Other && id.Length is > 0 and <= MaxCommandIdLength ? (kind, id.ToString()) : (TopicKind.Other, "");
    }
}
