using B2D.Core.Customers;

namespace B2D.Storage.Customers;

/// <summary>A place where something of a customer is kept, what becomes of it when they are erased, and why.</summary>
/// <param name="Where">Finds the rows of the customer <c>@id</c>.</param>
/// <param name="Erase">Erases them; empty where they stay, or where the erasure does more than a statement can.</param>
/// <param name="Order">In which order it is given, the newest first where there is a time or a number.</param>
/// <param name="Leaves">Columns that say nothing about the person and are left out of what they are given: keys for search and for machines.</param>
public sealed record CustomerTrace(string Table, string Where, ErasureFate Fate, string What, string Why, string Erase = "", string Leaves = "", string Order = "1 DESC, 2 DESC");

/// <summary>
/// All places of the state that name a customer: what is kept of them is exported from here and erased from here. A test asks the schema, so that no table is forgotten.
/// </summary>
public static class CustomerTraces
{
    /// <summary>Most rows of one place that are exported.</summary>
    public const int MostRows = 10_000;

    /// <summary>Notices to them, and to whoever is told besides them.</summary>
    private const string Notices = "SELECT id FROM notices WHERE customer = @id OR customer = 'carer:' || @id";
    private const string Statistics = "devices are counted by it; without the customer the id says nothing";

    public static readonly IReadOnlyList<CustomerTrace> All =
    [
        new("customers", "id = @id", ErasureFate.Deleted, "name, addresses, numbers, contract and what they depend on", "it is who they are", Leaves: "phone_reversed postcode_folded"),
        new("customer_words", "customer = @id", ErasureFate.Deleted, "words by which they are found", "they are their name and address", Leaves: "word customer"),
        new("consents", "customer = @id", ErasureFate.Deleted, "what they want to hear and do not", "there is nobody left to tell", "DELETE FROM consents WHERE customer = @id"),
        new("subscriptions", "email IN (SELECT lower(email) FROM customers WHERE id = @id AND email <> '')", ErasureFate.Deleted, "places whose outages their address hears of", "there is nobody left to tell",
            "DELETE FROM subscriptions WHERE email IN (SELECT lower(email) FROM customers WHERE id = @id AND email <> '')", Leaves: "nonce"),
        new("inbound_messages", "customer = @id", ErasureFate.Deleted, "messages that they wrote", "they are their own words", "DELETE FROM inbound_messages WHERE customer = @id", Order: "at DESC, id DESC"),
        new("carers", "customer = @id", ErasureFate.Deleted, "who is told besides them", "there is nobody left to care for", "DELETE FROM carers WHERE customer = @id", Leaves: "phone_reversed"),
        new("notice_words", "customer = @id OR customer = 'carer:' || @id", ErasureFate.Deleted, "notices word for word", "they name the person", "DELETE FROM notice_words WHERE customer = @id OR customer = 'carer:' || @id", Order: "at DESC, notice DESC"),
        new("customer_links", "customer = @id", ErasureFate.Deleted, "addresses of pages for them", "there is nobody left to open them", "DELETE FROM customer_links WHERE customer = @id", Leaves: "nonce code_kept"),
        new("visits", "customer = @id", ErasureFate.Ended, "visits that they chose", "what is still to come is given back, and stays without the customer"),
        new("surveys", "customer = @id", ErasureFate.Blanked, "how hard it was for them, and their words", "the number stays in the average without the customer"),
        new("planned_tellings", "customer = @id", ErasureFate.Deleted, "planned work that they were told of", "there is nobody left to tell", "DELETE FROM planned_tellings WHERE customer = @id"),
        new("contacts", "customer = @id", ErasureFate.Blanked, "contacts: who it was and what was said", "that there was one stays, so that counts stay right"),
        new("outside_facts", "subject = 'customer:' || @id OR subject IN (SELECT 'device:' || id FROM devices WHERE customer = @id)", ErasureFate.Deleted, "what other systems told of them", "there is nobody left to tell",
            "DELETE FROM outside_facts WHERE subject = 'customer:' || @id OR (kind IN ('moved', 'deceased') AND subject IN (SELECT 'device:' || id FROM devices WHERE customer = @id))"),
        new("devices", "customer = @id", ErasureFate.Ended, "devices of theirs", "they are nobody’s from then on, until somebody says whose", Leaves: "secret_kind secret salt params"),
        new("phone_tasks", "customer = @id", ErasureFate.Ended, "calls to them", "what is still to be made closes: there is no number left"),
        new("notices", "customer = @id", ErasureFate.Blanked, "notices: words that people wrote to them",
            "that they were told, when and by which channel is proof of what was owed, and stays with the id alone; what still waits is not sent",
            "UPDATE notices SET last_error = '' WHERE (customer = @id OR customer = 'carer:' || @id) AND last_error <> ''", Leaves: "facts", Order: "created_at DESC, id DESC"),
        new("bounces", $"notice IN ({Notices})", ErasureFate.Deleted, "what mail servers said of mails to them", "it may say who they are", $"DELETE FROM bounces WHERE notice IN ({Notices})"),
        new("webhook_deliveries", $"receiver IN (SELECT id FROM webhook_receivers) AND message_id IN (SELECT 'notice.failed/' || id FROM ({Notices}) AS told)", ErasureFate.Blanked,
            "what other systems were told of notices that failed", "a mail server’s words may say who they are; the rest are ids", Leaves: "*"),
        new("cases", "customer = @id", ErasureFate.Ended, "cases of theirs", "work goes on for the device; what was promised to them ends", Leaves: "episode hours"),
        new("complaints", "customer = @id", ErasureFate.Blanked, "complaints: what they complained about", "that there was one, and that it was answered, stays", $"UPDATE complaints SET text = '{Erasure.Blank}' WHERE customer = @id"),
        new("grants", "customer = @id", ErasureFate.Kept, "what they were given", "it is in the books"),
        new("case_handoffs", "customer = @id", ErasureFate.Read, "what agents left to each other on their cases", "people wrote it and may name somebody"),
        new("faults", "customer = @id", ErasureFate.Kept, "faults of devices while they were theirs", Statistics, Leaves: "evidence"),
        new("held_faults", "customer = @id", ErasureFate.Kept, "faults that are held back", Statistics),
        new("heals", "customer = @id", ErasureFate.Kept, "faults that mended themselves", Statistics),
        new("fault_transitions", "customer = @id", ErasureFate.Kept, "what faults did", Statistics, Leaves: "*"),
        new("dues", "customer = @id", ErasureFate.Kept, "use and what was due", Statistics),
        new("outage_devices", "customer = @id", ErasureFate.Kept, "outages that touched them", Statistics),
        new("owner_changes", "from_customer = @id OR to_customer = @id", ErasureFate.Kept, "changes of owner on their way", "they are carried out within a moment and gone then", Leaves: "*"),
        new("erasures", "customer = @id", ErasureFate.Kept, "erasures", "that an id was erased is kept, so that no import brings it back", Leaves: "*"),
    ];

    /// <summary>How many rows of a place are a customer's.</summary>
    public static long Count(Db db, CustomerTrace trace, string id) => db.Scalar<long>($"SELECT count(*) FROM {trace.Table} WHERE {trace.Where}", new { id });

    /// <summary>The rows of a place that are a customer's, by column; at most so many, and one more where there are more.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows(Db db, CustomerTrace trace, string id, int most = MostRows)
    {
        if (trace.Leaves == "*")
            return [];
        var left = trace.Leaves.Split(' ');
        return [.. db.Query<dynamic>($"SELECT * FROM {trace.Table} WHERE {trace.Where} ORDER BY {trace.Order} LIMIT {most + 1}", new { id })
            .Select(row => (IReadOnlyDictionary<string, object?>)((IDictionary<string, object?>)row).Where(c => !left.Contains(c.Key)).ToDictionary(c => c.Key, c => c.Value))];
    }

    /// <summary>Runs what erases them.</summary>
    internal static void Erase(Db db, string id)
    {
        foreach (var trace in All.Where(t => t.Erase.Length > 0))
            db.Execute(trace.Erase, new { id });
    }
}
