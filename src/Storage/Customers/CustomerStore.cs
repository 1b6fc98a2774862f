using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.Core.Search;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Links;
using B2D.Storage.Search;
using B2D.Storage.Webhooks;
using Dapper;

namespace B2D.Storage.Customers;

/// <summary>A customer and when it came to be known. Personal data: only here.</summary>
public sealed record CustomerRow
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public string Email { get; init; } = "";
    public string Phone { get; init; } = "";
    public string Language { get; init; } = "";
    public string TimeZone { get; init; } = "";
    public string PreferredChannel { get; init; } = "";
    public string Address { get; init; } = "";
    public string Postcode { get; init; } = "";
    public string Place { get; init; } = "";
    public long CreatedAt { get; init; }
    public string Contract { get; init; } = "";

    /// <summary><c>yyyy-MM-dd</c>; empty: without end.</summary>
    public string ContractUntil { get; init; } = "";

    /// <summary>What makes them depend on their device, kept with their consent; empty: nothing.</summary>
    public string Care { get; init; } = "";

    /// <summary>Its last day, <c>yyyy-MM-dd</c>, and who noted it.</summary>
    public string CareUntil { get; init; } = "";
    public string CareBy { get; init; } = "";

    /// <summary>Empty: the installation's; <c>none</c>: at any time.</summary>
    public string QuietHours { get; init; } = "";

    /// <summary>The address that mail came back from for good, when and why; empty: none did.</summary>
    public string EmailBad { get; init; } = "";
    public long EmailBadAt { get; init; }
    public string EmailBadWhy { get; init; } = "";

    /// <summary>Mail to the address that they have now comes back.</summary>
    public bool MailComesBack => EmailBad.Length > 0 && string.Equals(EmailBad, Email, StringComparison.OrdinalIgnoreCase);

    public static CustomerRow From(Customer customer, long createdAt) => new()
    {
        Id = customer.Id,
        Name = customer.Name,
        Email = customer.Email,
        Phone = customer.Phone,
        Language = customer.Language,
        TimeZone = customer.TimeZone,
        PreferredChannel = customer.PreferredChannel,
        Address = customer.Address,
        Postcode = customer.Postcode,
        Place = customer.Place,
        Contract = customer.Contract,
        ContractUntil = customer.ContractUntil,
        QuietHours = customer.QuietHours,
        CreatedAt = createdAt,
    };

    public Customer ToCustomer() => new(Id)
    {
        Name = Name,
        Email = Email,
        Phone = Phone,
        Language = Language,
        TimeZone = TimeZone,
        PreferredChannel = PreferredChannel,
        Address = Address,
        Postcode = Postcode,
        Place = Place,
        Contract = Contract,
        ContractUntil = ContractUntil,
        QuietHours = QuietHours,
    };
}

public static class CustomerStore
{
    private static readonly string Select = $"SELECT {Columns<CustomerRow>.All} FROM customers";

    public static CustomerRow? Find(Db db, string id) => db.FirstOrDefault<CustomerRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>Those of the ids (at most 1,000) that are known.</summary>
    public static IReadOnlyList<CustomerRow> FindAll(Db db, IReadOnlyCollection<string> ids)
    {
        if (ids.Count == 0)
            return [];
        Page.Rows(ids.Count);
        var where = new Where().In("id", ids);
        return db.Query<CustomerRow>($"{Select}{where} ORDER BY id", where.Args);
    }

    /// <summary>Writes or replaces; the time of coming to be known stays.</summary>
    public static void Put(Db db, Customer customer, long now)
    {
        var args = new DynamicParameters(CustomerRow.From(customer, now));
        args.Add("phone_reversed", CallerText.PhoneReversed(customer.Phone));
        args.Add("postcode_folded", CallerText.PostcodeFolded(customer.Postcode));
        db.Execute(
        $"""
        INSERT INTO customers ({Columns<CustomerRow>.All}, phone_reversed, postcode_folded) VALUES ({Columns<CustomerRow>.Values}, @phone_reversed, @postcode_folded)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone, language = excluded.language,
          time_zone = excluded.time_zone, preferred_channel = excluded.preferred_channel, address = excluded.address, place = excluded.place,
          contract = excluded.contract, contract_until = excluded.contract_until, quiet_hours = excluded.quiet_hours, postcode = excluded.postcode,
          phone_reversed = excluded.phone_reversed, postcode_folded = excluded.postcode_folded
        """,
        args);
        SearchStore.Later(db, SearchStore.Customer, customer.Id);
    }

    /// <summary>Applies an import: a column that the import does not have stays as it is. Returns how many customers are new or are now different.</summary>
    public static int Upsert(Db db, IReadOnlyList<CustomerImportRow> rows, long now)
    {
        var changed = 0;
        foreach (var chunk in rows.Chunk(Page.MaxRows))
        {
            var known = FindAll(db, [.. chunk.Select(r => r.Id)]).ToDictionary(r => r.Id, r => r.ToCustomer(), StringComparer.Ordinal);
            var erased = ErasureStore.Erased(db, [.. chunk.Select(r => r.Id)]);
            // Whoever was erased does not come back because a file still names them.
            foreach (var row in chunk.Where(r => !erased.Contains(r.Id)))
            {
                var before = known.GetValueOrDefault(row.Id);
                var customer = row.ApplyTo(before);
                var said = Said(db, row, now);
                if (customer == before)
                {
                    changed += said ? 1 : 0;
                    continue;
                }
                Put(db, customer, now);
                if ((customer.Contract, customer.ContractUntil) != (before?.Contract ?? "", before?.ContractUntil ?? ""))
                    CaseStore.LookAgain(db, customer.Id);
                changed++;
            }
        }
        return changed;
    }

    /// <summary>In order of id, after the id <paramref name="after"/>; the text is looked for in id, name, e-mail, phone, address and place.</summary>
    public static IReadOnlyList<CustomerRow> List(Db db, string? text = null, int limit = 100, string? after = null)
    {
        var where = new Where().Text(text, "id", "name", "email", "phone", "address", "place").And("id > @after", "after", after);
        return db.Query<CustomerRow>($"{Select}{where} ORDER BY id LIMIT {Page.Rows(limit)}", where.Args);
    }

    /// <summary>Notes what makes a customer depend on their device; empty: nothing. False where they are not known.</summary>
    public static bool SetCare(Db db, string id, string care, string until, string by)
    {
        CaseStore.SetCare(db, id, care.Length > 0);
        return db.Execute("UPDATE customers SET care = @care, care_until = @until, care_by = @by WHERE id = @id", new { id, care, until, by }) == 1;
    }

    /// <summary>Forgets what was kept until a day before <paramref name="today"/>; returns of how many customers.</summary>
    public static int EndCare(Db db, string today)
    {
        var over = db.Query<string>($"SELECT id FROM customers WHERE care_until <> '' AND care_until < @today ORDER BY id LIMIT {Page.MaxRows}", new { today });
        foreach (var id in over)
            SetCare(db, id, "", "", "");
        return over.Count;
    }

    public static long Count(Db db) => db.Scalar<long>("SELECT count(*) FROM customers");

    /// <summary>Hours in which a customer is not woken; false where they are so already, or there is no such customer.</summary>
    public static bool SetQuietHours(Db db, string id, string hours) =>
        db.Execute("UPDATE customers SET quiet_hours = @hours WHERE id = @id AND quiet_hours <> @hours", new { id, hours }) == 1;

    /// <summary>Notes an address that mail came back from for good; empty: it is good again. False where it is so already, or there is no such customer.</summary>
    public static bool SetEmailBad(Db db, string id, string address, long at, string why) =>
        db.Execute("UPDATE customers SET email_bad = @address, email_bad_at = @at, email_bad_why = @why WHERE id = @id AND email_bad <> @address", new { id, address, at, why }) == 1;

    /// <summary>Ids of those with a phone number, however it is written.</summary>
    /// <param name="phone">With the country's code.</param>
    public static IReadOnlyList<string> WithPhone(Db db, string phone) => CallerText.PhoneReversed(phone) is { Length: > 0 } reversed
        ? db.Query<string>($"SELECT id FROM customers WHERE phone_reversed = @reversed ORDER BY id LIMIT {Page.MaxRows}", new { reversed }) : [];

    /// <summary>Ids of those with an e-mail address, without regard to case.</summary>
    public static IReadOnlyList<string> WithEmail(Db db, string address) => address.Length == 0
        ? [] : db.Query<string>($"SELECT id FROM customers WHERE LOWER(email) = @address ORDER BY id LIMIT {Page.MaxRows}", new { address = address.ToLowerInvariant() });

    /// <summary>Erases a customer's personal data, and what they wrote and want; ids in ledger and audit say nothing without them.</summary>
    public static bool Erase(Db db, string id)
    {
        SearchStore.PutCustomer(db, id, []);
        ContactStore.Erase(db, id);
        SurveyStore.Erase(db, id);
        SlotStore.Erase(db, id);
        WebhookStore.Erase(db, id);
        CustomerTraces.Erase(db, id);
        return db.Execute("DELETE FROM customers WHERE id = @id", new { id }) == 1;
    }

    /// <summary>What an import says of a customer's consents; true where it is new.</summary>
    private static bool Said(Db db, CustomerImportRow row, long now)
    {
        var changed = false;
        foreach (var (noticeClass, channel, given) in ConsentText.Parse(row.Consents ?? "", out _) ?? [])
        {
            changed |= ConsentStore.Set(db, new ConsentRow
            {
                Customer = row.Id,
                Class = noticeClass.Word(),
                Channel = channel?.ToString().ToLowerInvariant() ?? "",
                Given = given,
                Source = Consent.Import,
                At = now,
            });
        }
        return changed;
    }
}
