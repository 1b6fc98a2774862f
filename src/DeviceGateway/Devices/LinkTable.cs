using B2D.Bus;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Ingest;

namespace B2D.DeviceGateway.Devices;

/// <summary>
/// Which devices are connected, and the entries that say so. A device is online as long as it has any connection. Coming and going are submitted under
/// one lock, so that the log has them in the order in which they happened, and before and after what the connection said.
/// </summary>
internal sealed class LinkTable(IngestBuffer intake)
{
    private readonly Lock gate = new();
    private readonly Dictionary<DeviceId, List<DeviceLink>> links = [];

    /// <summary>Devices with a connection.</summary>
    public int Count
    {
        get { lock (gate) return links.Count; }
    }

    /// <summary>A device has connected; nothing of what it says has been taken yet.</summary>
    public void Connected(DeviceLink link)
    {
        lock (gate)
        {
            if (!links.TryGetValue(link.Device, out var of))
                links.Add(link.Device, of = new List<DeviceLink>(1));
            of.Add(link);
            intake.Submit(Submission.Of(new Entry.PresenceChange(link.Device, Presence.Online, PresenceSource.Session)));
        }
    }

    /// <summary>A connection has ended.</summary>
    public void Disconnected(DeviceLink link, LinkEnd end)
    {
        lock (gate)
        {
            link.End = end;
            if (!links.TryGetValue(link.Device, out var of) || !of.Remove(link) || of.Count > 0)
                return;
            links.Remove(link.Device);
            if (end == LinkEnd.Device)
                intake.Submit(Submission.Of(new Entry.PresenceChange(link.Device, Presence.Offline, PresenceSource.Session)));
        }
    }

    /// <summary>Whether the device has a connection of its own.</summary>
    public bool IsConnected(DeviceId device)
    {
        lock (gate)
            return links.ContainsKey(device);
    }

    /// <summary>The device's own connections, the newest first.</summary>
    public IReadOnlyList<DeviceLink> Of(DeviceId device)
    {
        lock (gate)
            return links.TryGetValue(device, out var of) ? [.. Enumerable.Reverse(of)] : [];
    }
}
