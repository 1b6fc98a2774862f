using System.Collections.Concurrent;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Devices;

namespace B2D.DeviceGateway.Devices;

/// <summary>All registered devices in memory, so that neither a connect nor a publish waits for the database. Reading needs no lock.</summary>
public sealed class DeviceDirectory
{
    private readonly ConcurrentDictionary<DeviceId, KnownDevice> devices = new();
    private readonly ConcurrentDictionary<DeviceId, int> children = new();
    private readonly ConcurrentDictionary<string, DeviceId> byThumbprint = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private int version;
    private int withdrawals;

    /// <summary>How many there are.</summary>
    public int Count => devices.Count;

    /// <summary>
    /// Another number after each change after which what was found out of a right may no longer hold. A new device takes no right from anybody, so that a grant
    /// outlives the import of a fleet.
    /// </summary>
    internal DirectoryVersion Version => new(Volatile.Read(ref version), Volatile.Read(ref withdrawals));

    /// <summary>Whether any device has a password that is slow to check.</summary>
    internal bool HasSlowSecrets { get; private set; }

    /// <summary>Reads all devices of the registry.</summary>
    public void Load(Database state)
    {
        const int page = 1_000;
        string? after = null;
        for (var (rows, credentials) = Next(); rows.Count > 0; (rows, credentials) = Next())
            Apply(rows, credentials);

        (IReadOnlyList<DeviceRow> Rows, IReadOnlyList<CredentialRow> Credentials) Next()
        {
            var next = state.Read(db => WithCredentials(db, DeviceStore.List(db, new DeviceFilter { Limit = page, After = after })));
            after = next.Rows.Count > 0 ? next.Rows[^1].Id : after;
            return next;
        }
    }

    /// <summary>Reads these devices again; those that are no longer registered are forgotten.</summary>
    public void Refresh(Database state, IReadOnlyCollection<DeviceId> changed)
    {
        foreach (var chunk in changed.Distinct().Chunk(1_000))
        {
            var ids = chunk.Select(id => id.Value).ToArray();
            var (rows, credentials) = state.Read(db => WithCredentials(db, DeviceStore.FindAll(db, ids)));
            Apply(rows, credentials);
            foreach (var gone in chunk.Except(rows.Select(r => DeviceId.Parse(r.Id))))
                Remove(gone);
        }
    }

    /// <summary>Takes new and changed devices over.</summary>
    /// <param name="credentials">All that these devices have.</param>
    public void Apply(IReadOnlyCollection<DeviceRow> changed, IReadOnlyCollection<CredentialRow> credentials)
    {
        var of = credentials.ToLookup(c => c.Device, StringComparer.Ordinal);
        foreach (var row in changed)
            Put(KnownDevice.From(row, of[row.Id]));
    }

    /// <summary>Forgets a device.</summary>
    public void Remove(DeviceId id)
    {
        lock (gate)
        {
            if (!devices.TryRemove(id, out var old))
                return;
            Index(old, null);
            if (old.Parent is { } parent)
                CountChild(parent, -1);
            Interlocked.Increment(ref withdrawals);
            Interlocked.Increment(ref version);
        }
    }

    internal KnownDevice? Find(DeviceId id) => devices.GetValueOrDefault(id);

    /// <summary>The device that a certificate is registered for.</summary>
    internal DeviceId? FindByThumbprint(string thumbprint) => byThumbprint.TryGetValue(thumbprint, out var id) ? id : null;

    /// <summary>Whether it is a gateway device: one that other devices name as their parent.</summary>
    internal bool HasChildren(DeviceId id) => children.ContainsKey(id);

    private void Put(KnownDevice device)
    {
        lock (gate)
        {
            var old = devices.GetValueOrDefault(device.Id);
            devices[device.Id] = device;
            Index(old, device);
            HasSlowSecrets |= device.Secret is { } secret && !DeviceSecrets.IsQuick(secret);
            if (old is null || old.Parent != device.Parent)
            {
                if (old?.Parent is { } before)
                    CountChild(before, -1);
                if (device.Parent is { } now)
                    CountChild(now, 1);
                if (old is not null)
                    Interlocked.Increment(ref withdrawals);
                Interlocked.Increment(ref version);
            }
        }
    }

    private static (IReadOnlyList<DeviceRow> Rows, IReadOnlyList<CredentialRow> Credentials) WithCredentials(Db db, IReadOnlyList<DeviceRow> rows) =>
        (rows, CredentialStore.OfDevices(db, [.. rows.Select(r => r.Id)]));

    private void Index(KnownDevice? before, KnownDevice? now)
    {
        foreach (var thumbprint in before?.Thumbprints ?? [])
        {
            if (now?.Thumbprints.Contains(thumbprint) is not true)
                byThumbprint.TryRemove(new(thumbprint, before!.Id));
        }
        foreach (var thumbprint in now?.Thumbprints ?? [])
            byThumbprint[thumbprint] = now!.Id;
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

/// <summary>Which state of the directory something was found out from.</summary>
/// <param name="Changes">Devices added, removed and given another parent.</param>
/// <param name="Withdrawals">Of these, all but the added ones: they alone can end a grant.</param>
internal readonly record struct DirectoryVersion(int Changes, int Withdrawals)
{
    /// <summary>Whether a right found then still holds now.</summary>
    public bool Keeps(Right right, DirectoryVersion now) => right == Right.Granted ? Withdrawals == now.Withdrawals : Changes == now.Changes;
}
