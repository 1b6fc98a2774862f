using System.Collections.Concurrent;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Devices;

namespace B2D.DeviceGateway.Devices;

/// <summary>What the gateway needs of a registered device.</summary>
/// <param name="Parent">The gateway device that speaks for it, if any.</param>
/// <param name="Secret">What its password is checked against; null for one that cannot connect by itself.</param>
internal sealed record KnownDevice(DeviceId Id, DeviceId? Parent, DeviceSecret? Secret)
{
    /// <summary>From the registry's row.</summary>
    public static KnownDevice From(DeviceRow row) => new(
        DeviceId.Parse(row.Id),
        row.Parent.Length == 0 ? null : DeviceId.Parse(row.Parent),
        row.SecretKind.Length == 0 ? null : new DeviceSecret { Kind = row.SecretKind, Hash = row.Secret, Salt = row.Salt });
}

/// <summary>All registered devices in memory, so that neither a connect nor a publish waits for the database. Reading needs no lock.</summary>
public sealed class DeviceDirectory
{
    private readonly ConcurrentDictionary<DeviceId, KnownDevice> devices = new();
    private readonly ConcurrentDictionary<DeviceId, int> children = new();
    private readonly Lock gate = new();

    /// <summary>How many there are.</summary>
    public int Count => devices.Count;

    /// <summary>Whether any device has a password that is slow to check.</summary>
    internal bool HasSlowSecrets { get; private set; }

    /// <summary>Reads all devices of the registry.</summary>
    public void Load(Database state)
    {
        const int page = 1_000;
        string? after = null;
        for (var rows = Next(); rows.Count > 0; rows = Next())
            Apply(rows);

        IReadOnlyList<DeviceRow> Next()
        {
            var rows = state.Read(db => DeviceStore.List(db, new DeviceFilter { Limit = page, After = after }));
            after = rows.Count > 0 ? rows[^1].Id : after;
            return rows;
        }
    }

    /// <summary>Reads these devices again; those that are no longer registered are forgotten.</summary>
    public void Refresh(Database state, IReadOnlyCollection<DeviceId> changed)
    {
        foreach (var chunk in changed.Distinct().Chunk(1_000))
        {
            var ids = chunk.Select(id => id.Value).ToArray();
            var rows = state.Read(db => DeviceStore.FindAll(db, ids));
            Apply(rows);
            foreach (var gone in chunk.Except(rows.Select(r => DeviceId.Parse(r.Id))))
                Remove(gone);
        }
    }

    /// <summary>Takes new and changed devices over.</summary>
    public void Apply(IReadOnlyCollection<DeviceRow> changed)
    {
        foreach (var row in changed)
            Put(KnownDevice.From(row));
    }

    /// <summary>Forgets a device.</summary>
    public void Remove(DeviceId id)
    {
        lock (gate)
        {
            if (devices.TryRemove(id, out var old) && old.Parent is { } parent)
                CountChild(parent, -1);
        }
    }

    internal KnownDevice? Find(DeviceId id) => devices.GetValueOrDefault(id);

    /// <summary>Whether it is a gateway device: one that other devices name as their parent.</summary>
    internal bool HasChildren(DeviceId id) => children.ContainsKey(id);

    private void Put(KnownDevice device)
    {
        lock (gate)
        {
            var old = devices.GetValueOrDefault(device.Id);
            devices[device.Id] = device;
            HasSlowSecrets |= device.Secret is { } secret && !DeviceSecrets.IsQuick(secret);
            if (old?.Parent == device.Parent)
                return;
            if (old?.Parent is { } before)
                CountChild(before, -1);
            if (device.Parent is { } now)
                CountChild(now, 1);
        }
    }

    private void CountChild(DeviceId parent, int by)
    {
        var count = children.GetValueOrDefault(parent) + by;
        if (count > 0)
            children[parent] = count;
        else
            children.TryRemove(parent, out _);
    }
}
