namespace B2D.Storage.Contacts;

/// <summary>A contact with a customer. Channels: phone, chat, email, visit, sms.</summary>
public sealed record ContactRow
{
    public long Id { get; init; }
    public long At { get; init; }
    public string Channel { get; init; } = "";

    /// <summary>The customer came to us.</summary>
    public bool Inbound { get; init; }
    public string Customer { get; init; } = "";
    public string Device { get; init; } = "";
    public string About { get; init; } = "";

    /// <summary>The customer had to say again what they had told us before.</summary>
    public bool Repeated { get; init; }

    /// <summary>What it joined; 0: none.</summary>
    public long CaseId { get; init; }
    public long OutageId { get; init; }

    /// <summary>Why it joined that, or nothing: the name of a reason.</summary>
    public string Reason { get; init; } = "";
    public string Who { get; init; } = "";

    /// <summary>What another system calls it, with who told of it; null: it was logged by hand.</summary>
    public string? Delivery { get; init; }

    /// <summary>The customer wrote it, a machine told of it, and no person has read it yet.</summary>
    public bool Unread { get; init; }
}

/// <summary>How many contacts there were, and in how many the customer had to repeat something.</summary>
public sealed record ContactTally
{
    public long Contacts { get; init; }
    public long Repeated { get; init; }
}

/// <summary>Contacts with customers.</summary>
public static class ContactStore
{
    private const string Count = "SELECT count(*) AS contacts, count(CASE WHEN repeated = TRUE THEN 1 END) AS repeated FROM contacts";
    private static readonly string Select = $"SELECT {Columns<ContactRow>.All} FROM contacts";

    public static long Add(Db db, ContactRow row) =>
        db.First<long>($"INSERT INTO contacts ({Columns<ContactRow>.New}) VALUES ({Columns<ContactRow>.NewValues}) RETURNING id", row);

    public static ContactRow? Find(Db db, long id) => db.FirstOrDefault<ContactRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>The one that another system told of before.</summary>
    public static ContactRow? FindDelivery(Db db, string delivery) => db.FirstOrDefault<ContactRow>($"{Select} WHERE delivery = @delivery", new { delivery });

    /// <summary>Of a customer, newest first.</summary>
    public static IReadOnlyList<ContactRow> OfCustomer(Db db, string customer, int limit = 20) =>
        db.Query<ContactRow>($"{Select} WHERE customer = @customer ORDER BY id DESC LIMIT {Page.Rows(limit)}", new { customer });

    public static ContactTally TallyOfCustomer(Db db, string customer) => db.First<ContactTally>($"{Count} WHERE customer = @customer", new { customer });

    public static ContactTally TallyOfCase(Db db, long id) => db.First<ContactTally>($"{Count} WHERE case_id = @id AND case_id > 0", new { id });

    public static ContactTally TallyOfOutage(Db db, long id) => db.First<ContactTally>($"{Count} WHERE outage_id = @id AND outage_id > 0", new { id });

    /// <summary>Somebody has read it; false where it was read, or is not there.</summary>
    public static bool Read(Db db, long id) => db.Execute("UPDATE contacts SET unread = FALSE WHERE id = @id AND unread = TRUE", new { id }) == 1;

    /// <summary>Somebody answers a customer about a case, an outage, or neither (0): what they wrote about that is read, and what belongs to nothing.</summary>
    public static int ReadOf(Db db, string customer, long caseId, long outageId) => db.Execute(
        "UPDATE contacts SET unread = FALSE WHERE unread = TRUE AND customer = @customer AND ((case_id = 0 AND outage_id = 0) OR (case_id = @caseId AND outage_id = @outageId))",
        new { customer, caseId, outageId });

    /// <summary>Whether the customer wrote about a case what nobody has read.</summary>
    public static bool HasUnread(Db db, long caseId) => db.Scalar<long>("SELECT count(*) FROM contacts WHERE unread = TRUE AND case_id = @caseId", new { caseId }) > 0;

    /// <summary>What customers wrote about a case, or about an outage, and nobody has read; newest first, at most 20.</summary>
    /// <param name="caseId">0: about the outage.</param>
    public static IReadOnlyList<ContactRow> Unread(Db db, long caseId, long outageId) => db.Query<ContactRow>(
        $"{Select} WHERE unread = TRUE AND {(caseId > 0 ? "case_id = @caseId" : "outage_id = @outageId AND outage_id > 0")} ORDER BY id DESC LIMIT 20", new { caseId, outageId });

    /// <summary>How much that customers wrote nobody has read.</summary>
    public static long CountUnread(Db db) => db.Scalar<long>("SELECT count(*) FROM contacts WHERE unread = TRUE");

    /// <summary>The contacts of a case are another's from now on.</summary>
    public static void MoveCase(Db db, long from, long into) => db.Execute("UPDATE contacts SET case_id = @into WHERE case_id = @from", new { from, into });

    /// <summary>A contact that stood by itself belongs to a case from now on.</summary>
    public static void SetCase(Db db, long id, long caseId) => db.Execute("UPDATE contacts SET case_id = @caseId WHERE id = @id AND case_id = 0", new { id, caseId });

    /// <summary>Takes away who it was and what was said; that there was a contact stays, so that counts stay right. For a customer who is erased.</summary>
    public static int Erase(Db db, string customer) =>
        db.Execute("UPDATE contacts SET customer = '', about = '', delivery = NULL, unread = FALSE WHERE customer = @customer", new { customer });
}
