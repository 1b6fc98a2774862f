using System.Globalization;
using B2D.Core.Search;
using B2D.Storage.Cases;
using B2D.Storage.Customers;

namespace B2D.Storage.Search;

/// <summary>Something whose words are to be read again: a <see cref="SearchStore.Customer"/> or a <see cref="SearchStore.Case"/>.</summary>
public sealed record SearchPending(string Kind, string Id);

/// <summary>
/// Words of customers and cases, by which they are found: small, without accents. Whoever changes a text says so by <see cref="Later"/> in the same transaction;
/// its words are read a moment later by <see cref="Read"/>.
/// </summary>
public static class SearchStore
{
    public const string Customer = "customer";
    public const string Case = "case";

    /// <summary>Most words of one customer or case; what a case says beyond that is not found.</summary>
    public const int MaxWords = 2000;

    /// <summary>Longest timeline that is read, in lines; the latest.</summary>
    private const int MaxLines = 500;

    /// <summary>Notes that the texts of something have changed.</summary>
    public static void Later(Db db, string kind, string id) =>
        db.Execute("INSERT INTO search_pending (kind, id) VALUES (@kind, @id) ON CONFLICT (kind, id) DO NOTHING", new { kind, id });

    /// <inheritdoc cref="Later(Db, string, string)"/>
    public static void LaterCase(Db db, long id) => Later(db, Case, id.ToString(CultureInfo.InvariantCulture));

    /// <summary>What waits to be read, at most <paramref name="limit"/>; cases first, because an import brings many customers.</summary>
    public static IReadOnlyList<SearchPending> Pending(Db db, int limit) =>
        db.Query<SearchPending>($"SELECT kind, id FROM search_pending ORDER BY kind, id LIMIT {Page.Rows(limit)}");

    /// <summary>Reads the words of what waits, and that it waits no more.</summary>
    public static void Read(Db db, SearchPending pending)
    {
        if (pending.Kind == Customer)
            ReadCustomer(db, pending.Id);
        else
            ReadCase(db, long.TryParse(pending.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0);
        db.Execute("DELETE FROM search_pending WHERE kind = @Kind AND id = @Id", pending);
    }

    /// <summary>Sets the words of a customer.</summary>
    internal static void PutCustomer(Db db, string id, IReadOnlyCollection<string> words)
    {
        var known = db.Query<string>("SELECT word FROM customer_words WHERE customer = @id", new { id });
        db.Execute("DELETE FROM customer_words WHERE word = @word AND customer = @id", known.Except(words).Select(word => new { word, id }).ToArray());
        db.Execute("INSERT INTO customer_words (word, customer) VALUES (@word, @id)", words.Except(known).Select(word => new { word, id }).ToArray());
    }

    /// <summary>A customer's words; where it was there before its phone number was searched for, its keys too.</summary>
    private static void ReadCustomer(Db db, string id)
    {
        if (CustomerStore.Find(db, id) is not { } row)
        {
            PutCustomer(db, id, []);
            return;
        }
        db.Execute("UPDATE customers SET phone_reversed = @phone, postcode_folded = @postcode WHERE id = @id AND (phone_reversed <> @phone OR postcode_folded <> @postcode)",
            new { id, phone = CallerText.PhoneReversed(row.Phone), postcode = CallerText.PostcodeFolded(row.Postcode) });
        PutCustomer(db, id, SearchWords.Of($"{row.Id} {row.Name} {row.Place} {row.Address} {row.Postcode} {row.Email}", MaxWords));
    }

    private static void ReadCase(Db db, long id)
    {
        var words = CaseStore.Find(db, id) is { } row ? SearchWords.Of(TextOf(db, row), MaxWords) : [];
        var known = db.Query<string>("SELECT word FROM case_words WHERE case_id = @id", new { id });
        db.Execute("DELETE FROM case_words WHERE word = @word AND case_id = @id", known.Except(words).Select(word => new { word, id }).ToArray());
        db.Execute("INSERT INTO case_words (word, case_id) VALUES (@word, @id)", words.Except(known).Select(word => new { word, id }).ToArray());
    }

    /// <summary>All that is written on a case. Its customer's words are the customer's.</summary>
    private static string TextOf(Db db, CaseRow row)
    {
        var steps = StepStore.List(db, row.Id).Select(s => s.Text);
        var lines = TimelineStore.List(db, $"case:{row.Id}", MaxLines).Select(l => l.Text);
        return string.Join('\n', new[] { row.Title, row.Device, row.Customer, row.Rule, row.Summary, row.NextStep }.Concat(steps).Concat(lines));
    }
}
