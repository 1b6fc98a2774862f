using B2D.Core.Devices;
using B2D.Storage.Links;
using B2D.Storage.Cases;

namespace B2D.Storage.Devices;

/// <summary>Which devices; what is empty or null does not restrict. In order of id, after the id <see cref="After"/>.</summary>
public sealed record DeviceFilter
{
    public string? Model { get; init; }
    public string? Customer { get; init; }
    public string? Parent { get; init; }

    /// <summary>This segment or one below it.</summary>
    public string? Segment { get; init; }

    /// <summary>Part of id, model, serial, segment or customer, without regard to ASCII case.</summary>
    public string? Text { get; init; }
    public int Limit { get; init; } = 100;
    public string? After { get; init; }
}

/// <summary>
/// The registry. Every change and removal is noted in the same transaction for <see cref="DeviceRegistry.Announce"/>, which tells the log, so that no crash
/// between the two
/// leaves Core with another registry than this one.
/// </summary>
public static class DeviceStore
{
    private static readonly string Select = $"SELECT {Columns<DeviceRow>.All} FROM devices";

    public static DeviceRow? Find(Db db, string id) => db.FirstOrDefault<DeviceRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>Those of the ids (at most 1,000) that are registered.</summary>
    public static IReadOnlyList<DeviceRow> FindAll(Db db, IReadOnlyCollection<string> ids)
    {
        if (ids.Count == 0)
            return [];
        Page.Rows(ids.Count);
        var where = new Where().In("id", ids);
        return db.Query<DeviceRow>($"{Select}{where} ORDER BY id", where.Args);
    }

    public static IReadOnlyList<DeviceRow> List(Db db, DeviceFilter filter)
    {
        var where = Matching(filter).And("id > @after", "after", filter.After);
        return db.Query<DeviceRow>($"{Select}{where} ORDER BY id LIMIT {Page.Rows(filter.Limit)}", where.Args);
    }

    /// <summary>Every device in order of id, in short reads: nobody waits for all of them, and no more than a page of them is held.</summary>
    public static IEnumerable<DeviceRow> Each(Database state)
    {
        IReadOnlyList<DeviceRow> page = [];
        do
        {
            var after = page.Count > 0 ? page[^1].Id : null;
            page = state.Read(db => List(db, new DeviceFilter { Limit = Page.MaxRows, After = after }));
            foreach (var row in page)
                yield return row;
        }
        while (page.Count == Page.MaxRows);
    }

    /// <summary>How many the filter finds, whatever its limit.</summary>
    public static long Count(Db db, DeviceFilter? filter = null)
    {
        var where = Matching(filter ?? new DeviceFilter());
        return db.Scalar<long>($"SELECT count(*) FROM devices{where}", where.Args);
    }

    /// <summary>Devices on each segment itself (not below it); those on none under the empty name.</summary>
    public static IReadOnlyDictionary<string, long> CountBySegment(Db db) =>
        Counts.By(db, "SELECT segment AS name, count(*) AS count FROM devices GROUP BY segment");

    /// <summary>Those of the ids that are registered.</summary>
    public static IReadOnlySet<string> Known(Db db, IEnumerable<string> ids) => ids.Distinct(StringComparer.Ordinal)
        .Chunk(Page.MaxRows)
        .Select(chunk => new Where().In("id", chunk))
        .SelectMany(where => db.Query<string>($"SELECT id FROM devices{where}", where.Args))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Writes a device. Its secret and its time of registration stay where it was registered before. Returns false where nothing changed.
    /// </summary>
    public static bool Put(Db db, Device device, long now)
    {
        if (!Put(db, Find(db, device.Id.Value), device, null, now, contract => contract))
            return false;
        NotePending(db, device.Id.Value);
        return true;
    }

    /// <summary>
    /// Applies an import: a column that the import does not have stays as it is, and so does a secret that is not among <paramref name="secrets"/>. Returns
    /// the devices
    /// that are new or are now different; a new secret alone is no such difference.
    /// </summary>
    public static IReadOnlyList<Device> Upsert(Db db, IReadOnlyList<DeviceImportRow> rows, IReadOnlyDictionary<string, DeviceSecret> secrets, long now)
    {
        var changed = new List<Device>();
        foreach (var chunk in rows.Chunk(Page.MaxRows))
        {
            var registered = FindAll(db, [.. chunk.Select(r => r.Id.Value)]).ToDictionary(r => r.Id, StringComparer.Ordinal);
            foreach (var row in chunk)
            {
                var old = registered.GetValueOrDefault(row.Id.Value);
                var before = old?.ToDevice();
                var device = row.ApplyTo(before);
                Put(db, old, device, secrets.GetValueOrDefault(row.Id.Value), now, row.ContractAfter);
                if (device == before)
                    continue;
                NotePending(db, device.Id.Value);
                changed.Add(device);
            }
        }
        return changed;
    }

    /// <summary>Gives a device a contract of its own; <see cref="DeviceContract.None"/> takes it away. False where it is so already, or the device is not registered.</summary>
    public static bool SetContract(Db db, string id, DeviceContract contract, long now)
    {
        if (db.Execute("UPDATE devices SET contract = @Name, contract_from = @From, contract_until = @Until, changed_at = @now WHERE id = @id AND (contract <> @Name OR contract_from <> @From OR contract_until <> @Until)",
            new { id, contract.Name, contract.From, contract.Until, now }) == 0)
            return false;
        CaseStore.LookAgainAt(db, id);
        return true;
    }

    /// <summary>Gives a device a new secret; false where it is not registered.</summary>
    public static bool SetSecret(Db db, string id, DeviceSecret secret, long now) => db.Execute(
        "UPDATE devices SET secret_kind = @Kind, secret = @Hash, salt = @Salt, changed_at = @now WHERE id = @id",
        new { id, secret.Kind, secret.Hash, secret.Salt, now }) == 1;

    /// <summary>What a device's password is checked against; null where it is not registered or has none.</summary>
    public static DeviceSecret? FindSecret(Db db, string id) => db.FirstOrDefault<DeviceSecret>(
        "SELECT secret_kind AS kind, secret AS hash, salt FROM devices WHERE id = @id AND secret_kind <> ''", new { id });

    /// <summary>Takes a device, its presence and its credentials out of the registry; its history stays.</summary>
    public static bool Remove(Db db, string id)
    {
        if (db.Execute("DELETE FROM devices WHERE id = @id", new { id }) == 0)
            return false;
        db.Execute("DELETE FROM device_live WHERE device = @id", new { id });
        CredentialStore.Remove(db, id);
        NotePending(db, id);
        return true;
    }

    /// <summary>Devices whose change the log does not have yet, in order of id.</summary>
    internal static IReadOnlyList<PendingRow> Pending(Db db, int max) =>
        db.Query<PendingRow>($"SELECT device, revision FROM registry_pending ORDER BY device LIMIT {Page.Rows(max)}");

    /// <summary>The log has these; a device that changed again meanwhile stays.</summary>
    internal static void Announced(Db db, IReadOnlyList<PendingRow> rows) =>
        db.Execute("DELETE FROM registry_pending WHERE device = @Device AND revision = @Revision", rows);

    /// <summary>The log is to hear of a device's change.</summary>
    internal static void NotePending(Db db, string device) => db.Execute(
        "INSERT INTO registry_pending (device, revision) VALUES (@device, 1) ON CONFLICT (device) DO UPDATE SET revision = registry_pending.revision + 1",
        new { device });

    private static bool Put(Db db, DeviceRow? old, Device device, DeviceSecret? secret, long now, Func<DeviceContract, DeviceContract> contracted)
    {
        var row = DeviceRow.From(device, now);
        if (old is not null)
        {
            row = row with
            {
                SecretKind = old.SecretKind, Secret = old.Secret, Salt = old.Salt, RegisteredAt = old.RegisteredAt, ChangedAt = old.ChangedAt,
                FirmwareSince = old.Firmware == row.Firmware ? old.FirmwareSince : now,
                OwnerSince = old.Customer == row.Customer ? old.OwnerSince : now,
                MaintenanceUntil = old.MaintenanceUntil, Maintenance = old.Maintenance,
            };
        }
        // What the seller had for it is not the next owner's, unless the same change says so.
        var contract = contracted(old is null || old.Customer != row.Customer ? DeviceContract.None : old.ToContract());
        row = row with { Contract = contract.Name, ContractFrom = contract.From, ContractUntil = contract.Until };
        if (secret is not null)
            row = row with { SecretKind = secret.Kind, Secret = secret.Hash, Salt = secret.Salt };
        if (row == old)
            return false;
        db.Execute(
            old is null
                ? $"INSERT INTO devices ({Columns<DeviceRow>.All}) VALUES ({Columns<DeviceRow>.Values})"
                : $"UPDATE devices SET {Columns<DeviceRow>.Assignments} WHERE id = @Id",
            row with { ChangedAt = now });
        if (old is not null && old.ToContract() != contract)
            CaseStore.LookAgainAt(db, row.Id);
        if (old is not null && old.Customer != row.Customer)
        {
            // Also where it was nobody's: what is open of it has an owner now.
            OwnerChangeStore.Put(db, new OwnerChangeRow { Device = row.Id, FromCustomer = old.Customer, ToCustomer = row.Customer, At = now });
            CustomerLinkStore.EndOfDevice(db, row.Id, old.Customer, now);
        }
        return true;
    }

    private static Where Matching(DeviceFilter filter) => new Where()
        .And("model = @model", "model", filter.Model)
        .And("customer = @customer", "customer", filter.Customer)
        .And("parent = @parent", "parent", filter.Parent)
        .Under("segment", filter.Segment)
        .Text(filter.Text, "id", "model", "serial", "segment", "customer");
}

/// <summary>A device whose change the log does not have yet; the revision tells one change from the next.</summary>
internal sealed record PendingRow
{
    public string Device { get; init; } = "";
    public long Revision { get; init; }
}
