using B2D.Core.Customers;
using B2D.Core.Search;
using Dapper;

namespace B2D.Storage.Customers;

/// <summary>A carer and who wrote them down when. Personal data, erased with the customer.</summary>
public sealed record CarerRow
{
    public string Customer { get; init; } = "";
    public string Name { get; init; } = "";
    public string Email { get; init; } = "";
    public string Phone { get; init; } = "";
    public string Channel { get; init; } = "";
    public string Language { get; init; } = "";
    public string Who { get; init; } = "";
    public long At { get; init; }

    /// <summary>When mail to their address came back for good; 0: it does not.</summary>
    public long EmailBadAt { get; init; }
    public string EmailBadWhy { get; init; } = "";
}

/// <summary>Carers, at most one for each customer.</summary>
public static class CarerStore
{
    private static readonly string Select = $"SELECT {Columns<CarerRow>.All} FROM carers";

    public static CarerRow? Find(Db db, string customer) => db.FirstOrDefault<CarerRow>($"{Select} WHERE customer = @customer", new { customer });

    /// <summary>Writes a carer in place of the one before.</summary>
    public static void Put(Db db, CarerRow row)
    {
        var args = new DynamicParameters(row);
        args.Add("phone_reversed", CallerText.PhoneReversed(row.Phone));
        db.Execute(
            $"""
            INSERT INTO carers ({Columns<CarerRow>.All}, phone_reversed) VALUES ({Columns<CarerRow>.Values}, @phone_reversed)
            ON CONFLICT (customer) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone, phone_reversed = excluded.phone_reversed,
              channel = excluded.channel, language = excluded.language, who = excluded.who, at = excluded.at,
              email_bad_at = excluded.email_bad_at, email_bad_why = excluded.email_bad_why
            """,
            args);
    }

    /// <summary>False where there was none.</summary>
    public static bool Remove(Db db, string customer) => db.Execute("DELETE FROM carers WHERE customer = @customer", new { customer }) == 1;

    /// <summary>Notes that mail to their address came back for good, until somebody writes the carer down again; false where it is noted already, or there is none.</summary>
    public static bool SetEmailBad(Db db, string customer, long at, string why) =>
        db.Execute("UPDATE carers SET email_bad_at = @at, email_bad_why = @why WHERE customer = @customer AND email_bad_at = 0", new { customer, at, why }) == 1;

    /// <summary>Customers whose carer has an address or a number, however it is written.</summary>
    public static IReadOnlyList<string> CustomersOf(Db db, string address)
    {
        var reversed = address.Contains('@', StringComparison.Ordinal) ? "" : CallerText.PhoneReversed(address);
        return db.Query<string>(
            $"SELECT customer FROM carers WHERE (LOWER(email) = @mail AND email <> '') OR (phone_reversed = @reversed AND phone_reversed <> '') ORDER BY customer LIMIT {Page.MaxRows}",
            new { mail = address.Trim().ToLowerInvariant(), reversed });
    }

    /// <summary>Whoever the ledger means: a customer, or the carer of one, who has the customer's hours and place.</summary>
    public static CustomerRow? Recipient(Db db, string id)
    {
        if (!Carer.Is(id))
            return CustomerStore.Find(db, id);
        return CustomerStore.Find(db, Carer.CustomerOf(id)) is { } customer && Find(db, customer.Id) is { } carer
            ? new CustomerRow
            {
                Id = id,
                Name = carer.Name,
                Email = carer.Email,
                Phone = carer.Phone,
                Language = carer.Language.Length > 0 ? carer.Language : customer.Language,
                TimeZone = customer.TimeZone,
                PreferredChannel = carer.Channel,
                EmailBad = carer.EmailBadAt > 0 ? carer.Email : "",
                QuietHours = customer.QuietHours,
                // They are told because of it, and it wakes them as it does the customer.
                Care = customer.Care,
                CareUntil = customer.CareUntil,
            }
            : null;
    }
}
