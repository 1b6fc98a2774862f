using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Storage.Devices;

/// <summary>Keeps the log in step with the registry.</summary>
public static class DeviceRegistry
{
    /// <summary>
    /// Appends to the log what has changed in the registry since the last time: a <see cref="Entry.Registered"/> for each device that is there (with an <see
    /// cref="Entry.Maintenance"/> where it was ever worked on), a <see cref="Entry.Removed"/> for each that is gone. Call it after every change, and at start, when a crash may have come between the two; an entry that is written again changes nothing.
    /// Returns how many entries were appended.
    /// </summary>
    public static int Announce(Stores stores, ServerTime now)
    {
        var announced = 0;
        while (true)
        {
            var (pending, devices) = stores.State.Read(db =>
            {
                var rows = DeviceStore.Pending(db, Page.MaxRows);
                return (rows, DeviceStore.FindAll(db, [.. rows.Select(r => r.Device)]).ToDictionary(d => d.Id, StringComparer.Ordinal));
            });
            if (pending.Count == 0)
                return announced;
            stores.Log.Append(now, [.. pending.SelectMany(p => EntriesOf(p.Device, devices.GetValueOrDefault(p.Device)))], []);
            stores.State.Write(db => DeviceStore.Announced(db, pending));
            announced += pending.Count;
        }
    }

    private static Entry[] EntriesOf(string id, DeviceRow? row) => row switch
    {
        null => [new Entry.Removed(DeviceId.Parse(id))],
        { MaintenanceUntil: 0 } => [new Entry.Registered(row.ToDevice())],
        _ => [new Entry.Registered(row.ToDevice()), new Entry.Maintenance(DeviceId.Parse(id), new ServerTime(row.MaintenanceUntil))],
    };
}
