using B2D.Storage.Webhooks;

namespace B2D.Storage.Notices;

/// <summary>A call that a person is to make; what is said is the notice's. States: Open, Done, Closed (it was not needed any more).</summary>
public sealed record PhoneTaskRow
{
    public long Id { get; init; }

    /// <summary>The ledger's row, of channel <c>phone</c>.</summary>
    public string Notice { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Subject { get; init; } = "";

    /// <summary>As the notice's.</summary>
    public string Class { get; init; } = "";
    public string State { get; init; } = "Open";

    /// <summary>Why a person calls; closed: why nobody need.</summary>
    public string Reason { get; init; } = "";
    public long DueAt { get; init; }

    /// <summary>Not to be tried before; 0: at any time.</summary>
    public long TryAt { get; init; }
    public long Tries { get; init; }

    /// <summary><c>reached</c>, <c>not reached</c> or <c>wrong number</c>; empty before the first try.</summary>
    public string Outcome { get; init; } = "";
    public string Who { get; init; } = "";

    /// <summary>Its time passed before the customer was reached.</summary>
    public bool Late { get; init; }
    public long CreatedAt { get; init; }
    public long DoneAt { get; init; }
    public long Version { get; init; } = 1;
}

/// <summary>Calls to make, one for each notice by phone.</summary>
public static class PhoneTaskStore
{
    private static readonly string Select = $"SELECT {Columns<PhoneTaskRow>.All} FROM phone_tasks";

    /// <summary>Writes one; false where the notice has one already.</summary>
    public static bool Put(Db db, PhoneTaskRow row)
    {
        var isNew = db.Execute($"INSERT INTO phone_tasks ({Columns<PhoneTaskRow>.New}) VALUES ({Columns<PhoneTaskRow>.NewValues}) ON CONFLICT (notice) DO NOTHING", row) == 1;
        if (isNew)
            WebhookStore.TaskOpened(db, row);
        return isNew;
    }

    public static PhoneTaskRow? Find(Db db, long id) => db.FirstOrDefault<PhoneTaskRow>($"{Select} WHERE id = @id", new { id });

    public static PhoneTaskRow? OfNotice(Db db, string notice) => db.FirstOrDefault<PhoneTaskRow>($"{Select} WHERE notice = @notice", new { notice });

    /// <summary>Writes all of it where its version is still the one that was read; false: read again.</summary>
    public static bool Update(Db db, PhoneTaskRow row) =>
        db.Execute($"UPDATE phone_tasks SET {Columns<PhoneTaskRow>.Assignments}, version = version + 1 WHERE id = @Id AND version = @Version", row) == 1;

    /// <summary>Those to be made, with an id above <paramref name="after"/>, in order of id.</summary>
    public static IReadOnlyList<PhoneTaskRow> Open(Db db, long after = 0, int max = Page.MaxRows) =>
        db.Query<PhoneTaskRow>($"{Select} WHERE state = 'Open' AND id > @after ORDER BY id LIMIT {Page.Rows(max)}", new { after });

    /// <summary>How many are to be made, and how many of those are late.</summary>
    public static (long Open, long Late) CountOpen(Db db) => (
        db.Scalar<long>("SELECT count(*) FROM phone_tasks WHERE state = 'Open'"),
        db.Scalar<long>("SELECT count(*) FROM phone_tasks WHERE state = 'Open' AND late = TRUE"));
}
