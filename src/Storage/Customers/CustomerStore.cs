using B2D.Core.Customers;
using B2D.Core.Search;
using B2D.Storage.Cases;
using B2D.Storage.Search;
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
          contract = excluded.contract, contract_until = excluded.contract_until, postcode = excluded.postcode,
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
            foreach (var row in chunk)
            {
                var before = known.GetValueOrDefault(row.Id);
                var customer = row.ApplyTo(before);
                if (customer == before)
                    continue;
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

    public static long Count(Db db) => db.Scalar<long>("SELECT count(*) FROM customers");

    /// <summary>Erases a customer's personal data; ids in ledger and audit say nothing without them.</summary>
    public static bool Erase(Db db, string id)
    {
        SearchStore.PutCustomer(db, id, []);
        return db.Execute("DELETE FROM customers WHERE id = @id", new { id }) == 1;
    }
}
