namespace B2D.Storage.Devices;

/// <summary>A fleet: devices with its key may ask to be registered.</summary>
public sealed record EnrolmentGroupRow
{
    public string Name { get; init; } = "";

    /// <summary>What its devices are registered with; empty for none.</summary>
    public string Model { get; init; } = "";
    public string Segment { get; init; } = "";

    /// <summary>Its devices are registered at once; otherwise a person approves each.</summary>
    public bool ByPolicy { get; init; }

    /// <summary>The key, encrypted for <see cref="EnrolmentStore.PurposeOf"/>.</summary>
    public byte[] Sealed { get; init; } = [];
    public long CreatedAt { get; init; }
    public string CreatedBy { get; init; } = "";
}

/// <summary>A device that asked to be registered.</summary>
public sealed record EnrolmentRow
{
    public long Id { get; init; }
    public string Device { get; init; } = "";

    /// <summary>Name of its group.</summary>
    public string Fleet { get; init; } = "";

    /// <summary>One of <see cref="EnrolmentState"/>.</summary>
    public string State { get; init; } = "";
    public long AskedAt { get; init; }

    /// <summary>Address that it asked from first.</summary>
    public string AskedFrom { get; init; } = "";
    public long DecidedAt { get; init; }
    public string DecidedBy { get; init; } = "";
    public long IssuedAt { get; init; }
}

/// <summary>States of an enrolment, in their order.</summary>
public static class EnrolmentState
{
    /// <summary>A person has to decide.</summary>
    public const string Waiting = "waiting";

    /// <summary>Registered; its own credential is not known to have arrived.</summary>
    public const string Approved = "approved";

    /// <summary>Refused for good.</summary>
    public const string Rejected = "rejected";

    /// <summary>It has a credential of its own; the fleet's key is worth nothing to it any more.</summary>
    public const string Issued = "issued";
}

/// <summary>Fleets and the devices that ask to join them.</summary>
public static class EnrolmentStore
{
    /// <summary>Most groups.</summary>
    public const int MaxGroups = 100;

    private static readonly string SelectGroup = $"SELECT {Columns<EnrolmentGroupRow>.All} FROM enrolment_groups";
    private static readonly string Select = $"SELECT {Columns<EnrolmentRow>.All} FROM enrolments";

    /// <summary>What a group's key is sealed for.</summary>
    public static string PurposeOf(string group) => $"fleet {group}";

    public static IReadOnlyList<EnrolmentGroupRow> Groups(Db db) => db.Query<EnrolmentGroupRow>($"{SelectGroup} ORDER BY name LIMIT {MaxGroups}");

    /// <summary>Adds a group; false where there is one of that name, or as many as there may be.</summary>
    public static bool AddGroup(Db db, EnrolmentGroupRow row)
    {
        var groups = Groups(db);
        if (groups.Count >= MaxGroups || groups.Any(g => g.Name == row.Name))
            return false;
        db.Execute($"INSERT INTO enrolment_groups ({Columns<EnrolmentGroupRow>.All}) VALUES ({Columns<EnrolmentGroupRow>.Values})", row);
        return true;
    }

    /// <summary>Takes a group away, so that its key lets nobody in any more; what its devices asked stays.</summary>
    public static bool RemoveGroup(Db db, string name) => db.Execute("DELETE FROM enrolment_groups WHERE name = @name", new { name }) == 1;

    public static EnrolmentRow? Find(Db db, string device) => db.FirstOrDefault<EnrolmentRow>($"{Select} WHERE device = @device", new { device });

    public static EnrolmentRow? Find(Db db, long id) => db.FirstOrDefault<EnrolmentRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>In the order in which they asked, after the one with the number <paramref name="after"/>.</summary>
    /// <param name="state">One of <see cref="EnrolmentState"/>; null for all.</param>
    public static IReadOnlyList<EnrolmentRow> List(Db db, string? state = null, int limit = 100, long after = 0)
    {
        var where = new Where().And("state = @state", "state", state).And("id > @after", "after", after);
        return db.Query<EnrolmentRow>($"{Select}{where} ORDER BY id LIMIT {Page.Rows(limit)}", where.Args);
    }

    public static long Count(Db db, string state) => db.Scalar<long>("SELECT count(*) FROM enrolments WHERE state = @state", new { state });

    /// <summary>A device asks for the first time.</summary>
    public static void Add(Db db, EnrolmentRow row) =>
        db.Execute($"INSERT INTO enrolments ({Columns<EnrolmentRow>.New}) VALUES ({Columns<EnrolmentRow>.NewValues})", row);

    /// <summary>It was decided; false where it was decided before.</summary>
    public static bool Decide(Db db, long id, string state, string who, long now) => db.Execute(
        "UPDATE enrolments SET state = @state, decided_by = @who, decided_at = @now WHERE id = @id AND state = 'waiting'", new { id, state, who, now }) == 1;

    /// <summary>Its own credential has arrived; false where that was known, or it was not approved.</summary>
    public static bool Issued(Db db, string device, long now) => db.Execute(
        "UPDATE enrolments SET state = 'issued', issued_at = @now WHERE device = @device AND state = 'approved'", new { device, now }) == 1;

    /// <summary>Forgets what a device asked, so that it may ask again; false where it has not.</summary>
    public static bool Remove(Db db, long id) => db.Execute("DELETE FROM enrolments WHERE id = @id", new { id }) == 1;
}
