using B2D.Core.Devices;

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

/// <summary>The registry. A change here is followed by an entry in the log that says so.</summary>
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
        return db.Query<DeviceRow>($"{Select} WHERE id IN @ids ORDER BY id", new { ids });
    }

    public static IReadOnlyList<DeviceRow> List(Db db, DeviceFilter filter)
    {
        var where = Matching(filter).And("id > @after", "after", filter.After);
        return db.Query<DeviceRow>($"{Select}{where} ORDER BY id LIMIT {Page.Rows(filter.Limit)}", where.Args);
    }

    /// <summary>How many the filter finds, whatever its limit.</summary>
    public static long Count(Db db, DeviceFilter? filter = null)
    {
        var where = Matching(filter ?? new DeviceFilter());
        return db.Scalar<long>($"SELECT count(*) FROM devices{where}", where.Args);
    }

    /// <summary>Devices on each segment itself (not below it); those on none under the empty name.</summary>
    public static IReadOnlyDictionary<string, long> CountBySegment(Db db) => Counts.By(db, "SELECT segment AS name, count(*) AS count FROM devices GROUP BY segment");

    /// <summary>Those of the ids that are registered.</summary>
    public static IReadOnlySet<string> Known(Db db, IEnumerable<string> ids) => ids.Distinct(StringComparer.Ordinal)
        .Chunk(Page.MaxRows)
        .SelectMany(chunk => db.Query<string>("SELECT id FROM devices WHERE id IN @chunk", new { chunk }))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Writes a device. Its secret and its time of registration stay where it was registered before. Returns false where nothing changed.
    /// </summary>
    public static bool Put(Db db, Device device, long now)
    {
        var old = Find(db, device.Id.Value);
        var row = DeviceRow.From(device, now);
        if (old is null)
        {
            db.Execute($"INSERT INTO devices ({Columns<DeviceRow>.All}) VALUES ({Columns<DeviceRow>.Values})", row);
            return true;
        }
        row = row with { SecretKind = old.SecretKind, Secret = old.Secret, Salt = old.Salt, RegisteredAt = old.RegisteredAt, ChangedAt = old.ChangedAt };
        if (row == old)
            return false;
        db.Execute($"UPDATE devices SET {Columns<DeviceRow>.Assignments} WHERE id = @Id", row with { ChangedAt = now });
        return true;
    }

    /// <summary>Gives a device a new secret; false where it is not registered.</summary>
    public static bool SetSecret(Db db, string id, DeviceSecret secret, long now) => db.Execute(
        "UPDATE devices SET secret_kind = @Kind, secret = @Hash, salt = @Salt, changed_at = @now WHERE id = @id",
        new { id, secret.Kind, secret.Hash, secret.Salt, now }) == 1;

    /// <summary>What a device's password is checked against; null where it is not registered or has none.</summary>
    public static DeviceSecret? FindSecret(Db db, string id) => db.FirstOrDefault<DeviceSecret>(
        "SELECT secret_kind AS kind, secret AS hash, salt FROM devices WHERE id = @id AND secret_kind <> ''", new { id });

    /// <summary>Takes a device and its presence out of the registry; its history stays.</summary>
    public static bool Remove(Db db, string id)
    {
        db.Execute("DELETE FROM device_live WHERE device = @id", new { id });
        return db.Execute("DELETE FROM devices WHERE id = @id", new { id }) == 1;
    }

    private static Where Matching(DeviceFilter filter) => new Where()
        .And("model = @model", "model", filter.Model)
        .And("customer = @customer", "customer", filter.Customer)
        .And("parent = @parent", "parent", filter.Parent)
        .Under("segment", filter.Segment)
        .Text(filter.Text, "id", "model", "serial", "segment", "customer");
}
