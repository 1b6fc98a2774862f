using B2D.Core.Devices;
using B2D.DeviceGateway.Telemetry;

namespace B2D.DeviceGateway.Devices;

/// <summary>Whether a device may do what it asks for.</summary>
internal enum Right : byte
{
    /// <summary>It may.</summary>
    Granted = 1,

    /// <summary>It may not.</summary>
    NotAuthorized = 2,

    /// <summary>A gateway device speaks for a device that nobody has registered (yet): accepted, and kept as a dead letter.</summary>
    UnknownDevice = 3,
}

/// <summary>
/// What a device may publish and subscribe: everything under its own <c>devices/{id}/</c>; of the devices whose parent it is, everything to
/// publish and the commands to subscribe; nothing else.
/// </summary>
internal static class Rights
{
    /// <summary>May <paramref name="who"/> publish to this topic?</summary>
    public static Right ToPublish(DeviceId who, in NativeTopic topic, DeviceDirectory devices)
    {
        if (topic.Device == who)
            return Right.Granted;
        if (devices.Find(topic.Device) is { } device)
            return device.Parent == who ? Right.Granted : Right.NotAuthorized;
        return devices.HasChildren(who) ? Right.UnknownDevice : Right.NotAuthorized;
    }

    /// <summary>May <paramref name="who"/> subscribe with this filter? Only when all that the filter can match is its to read.</summary>
    public static bool ToSubscribe(DeviceId who, string filter, DeviceDirectory devices)
    {
        if (!filter.StartsWith(NativeTopic.Prefix, StringComparison.Ordinal))
            return false;
        var idEnd = filter.IndexOf('/', NativeTopic.Prefix.Length);
        // An id has no wildcard in it, so what parses names one device.
        if (idEnd < 0 || !DeviceId.TryParse(filter[NativeTopic.Prefix.Length..idEnd], out var id, out _))
            return false;
        return id == who || (filter.AsSpan(idEnd + 1).StartsWith("commands/") && devices.Find(id)?.Parent == who);
    }
}
