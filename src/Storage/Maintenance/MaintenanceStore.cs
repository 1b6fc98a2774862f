using B2D.Core.Maintenance;
using B2D.Storage.Devices;

namespace B2D.Storage.Maintenance;

/// <summary>
/// Planned work on devices, and until when each device is worked on. What a device has of it is noted for <see cref="DeviceRegistry.Announce"/> in the same
/// transaction, as every change of the registry is.
/// </summary>
public static class MaintenanceStore
{
    /// <summary>Most that are not over at once.</summary>
    public const int MostLive = Page.MaxRows;

    private static readonly string Select = $"SELECT {Columns<MaintenanceRow>.All} FROM maintenance";

    /// <summary>Adds one; null where as many as can be are not over.</summary>
    public static long? TryAdd(Db db, MaintenanceRow row) => db.Scalar<long>("SELECT count(*) FROM maintenance WHERE state <> 'Over'") >= MostLive
        ? null
        : db.First<long>($"INSERT INTO maintenance ({Columns<MaintenanceRow>.New}) VALUES ({Columns<MaintenanceRow>.NewValues}) RETURNING id", row);

    public static MaintenanceRow? Find(Db db, long id) => db.FirstOrDefault<MaintenanceRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>Those that are not over, in the order of their beginning.</summary>
    public static IReadOnlyList<MaintenanceRow> Live(Db db) => db.Query<MaintenanceRow>($"{Select} WHERE state <> 'Over' ORDER BY from_at, id LIMIT {MostLive}");

    /// <summary>Writes all of one where its version is still the one that was read, and raises the version; false: read again.</summary>
    public static bool Update(Db db, MaintenanceRow row) =>
        db.Execute($"UPDATE maintenance SET {Columns<MaintenanceRow>.Assignments}, version = version + 1 WHERE id = @Id AND version = @Version", row) == 1;

    public static IReadOnlyDictionary<string, long> CountByState(Db db) =>
        Counts.By(db, "SELECT state AS name, count(*) AS count FROM maintenance GROUP BY state");

    /// <summary>Those that concern a device as it is registered now and lie between two instants, at least in part; the latest 1,000 of them.</summary>
    public static IReadOnlyList<MaintenanceRow> Of(Db db, DeviceRow device, long from, long until) => db.Query<MaintenanceRow>(
        $"""
        {Select} WHERE from_at < @until AND until_at > @from AND (
          (scope = 'Segment' AND (target = @segment OR substr(@segment, 1, length(target) + 1) = target || '/'))
          OR (scope = 'Device' AND target IN (@id, @parent)) OR (scope = 'Model' AND target = @model))
        ORDER BY id DESC LIMIT {Page.MaxRows}
        """,
        new { from, until, segment = device.Segment, id = device.Id, parent = device.Parent, model = device.Model });

    /// <summary>How many devices one concerns as the registry is now.</summary>
    public static long CountDevices(Db db, MaintenanceRow row)
    {
        var where = Concerned(row);
        return db.Scalar<long>($"SELECT count(*) FROM devices{where}", where.Args);
    }

    /// <summary>Whether one concerns a device, or any device of a customer, as the registry is now; null does not restrict.</summary>
    public static bool Concerns(Db db, MaintenanceRow row, string? device, string? customer)
    {
        var where = Concerned(row).And("id = @one", "one", device).And("customer = @customer", "customer", customer);
        return db.Scalar<long>($"SELECT count(*) FROM devices{where}", where.Args) > 0;
    }

    /// <summary>
    /// Of the devices that a running one concerns, the next that are not worked on for as long (at most 1,000) are from now on. Returns how many; 0: all are.
    /// </summary>
    public static int Begin(Db db, MaintenanceRow row)
    {
        var where = Concerned(row).And("maintenance_until < @until", "until", row.RunningUntil);
        where.Args.Add("id", row.Id);
        return Noted(db, db.Query<string>(
            $"UPDATE devices SET maintenance_until = @until, maintenance = @id WHERE id IN (SELECT id FROM devices{where} ORDER BY id LIMIT {Page.MaxRows}) RETURNING id", where.Args));
    }

    /// <summary>Of the devices that are worked on because of one, the next (at most 1,000) are only until an instant. Returns how many; 0: all are.</summary>
    public static int Shorten(Db db, long id, long until) => Noted(db, db.Query<string>(
        $"""
        UPDATE devices SET maintenance_until = @until WHERE id IN (
          SELECT id FROM devices WHERE maintenance = @id AND maintenance_until > @until ORDER BY id LIMIT {Page.MaxRows}) RETURNING id
        """,
        new { id, until }));

    private static int Noted(Db db, IReadOnlyList<string> devices)
    {
        foreach (var device in devices)
            DeviceStore.NotePending(db, device);
        return devices.Count;
    }

    internal static Where Concerned(MaintenanceRow row) => Enum.Parse<MaintenanceScope>(row.Scope) switch
    {
        MaintenanceScope.Segment => new Where().Under("segment", row.Target),
        MaintenanceScope.Device => new Where().And("(id = @target OR parent = @target)", "target", row.Target),
        _ => new Where().And("model = @target", "target", row.Target),
    };
}
