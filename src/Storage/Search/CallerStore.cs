using B2D.Core.Search;
using B2D.Storage.Customers;

namespace B2D.Storage.Search;

/// <summary>By what a customer was found; what comes first says more.</summary>
public enum FoundBy : byte { Phone = 1, Postcode = 2, Device = 3, Words = 4 }

/// <summary>A customer who may be meant.</summary>
public sealed record FoundCustomer(string Id, FoundBy By);

/// <summary>Finds customers and devices by what callers say. Each look is a look into an index.</summary>
public static class CallerStore
{
    /// <summary>So many digits a stored number has at least that is meant by a longer one: stored without the country, asked for with it.</summary>
    private const int LeastNational = 7;

    /// <summary>Customers who may be meant, at most <paramref name="limit"/>, each once, those found by what says most first.</summary>
    public static IReadOnlyList<FoundCustomer> Customers(Db db, CallerText text, int limit)
    {
        var found = new List<FoundCustomer>();
        Add(FoundBy.Phone, ByPhone(db, text.Phone, limit));
        Add(FoundBy.Postcode, ByPostcode(db, text.Postcode, limit));
        Add(FoundBy.Device, ByDevice(db, text.Serial, limit));
        Add(FoundBy.Words, ByWords(db, text.Words, limit));
        return found;

        void Add(FoundBy by, IReadOnlyList<string> ids) =>
            found.AddRange(ids.Where(id => found.All(f => f.Id != id)).Take(limit - found.Count).Select(id => new FoundCustomer(id, by)).ToArray());
    }

    /// <summary>Ids of devices whose id or serial number begins so.</summary>
    /// <param name="serial">In small letters; empty finds none.</param>
    public static IReadOnlyList<string> Devices(Db db, string serial, int limit) => serial.Length == 0 ? [] : db.Query<string>(
        $"""
        SELECT id FROM (SELECT id FROM devices WHERE LOWER(id) >= @serial AND LOWER(id) < @end
          UNION SELECT id FROM devices WHERE LOWER(serial) >= @serial AND LOWER(serial) < @end) AS found
        ORDER BY id LIMIT {Page.Rows(limit)}
        """,
        new { serial, end = serial + WordsWhere.End });

    private static IReadOnlyList<string> ByPhone(Db db, string phone, int limit)
    {
        if (phone.Length == 0)
            return [];
        // What is asked for may leave out the country, and so may what is stored.
        var shorter = Enumerable.Range(LeastNational, Math.Max(0, phone.Length - LeastNational)).Select(n => phone[..n]).ToArray();
        var or = string.Concat(shorter.Select((_, i) => $" OR phone_reversed = @p{i}"));
        var args = new Dapper.DynamicParameters(new { phone, end = phone + WordsWhere.End });
        for (var i = 0; i < shorter.Length; i++)
            args.Add($"p{i}", shorter[i]);
        return db.Query<string>($"SELECT id FROM customers WHERE (phone_reversed >= @phone AND phone_reversed < @end){or} ORDER BY id LIMIT {Page.Rows(limit)}", args);
    }

    private static IReadOnlyList<string> ByPostcode(Db db, string postcode, int limit) => postcode.Length == 0 ? [] : db.Query<string>(
        $"SELECT id FROM customers WHERE postcode_folded >= @postcode AND postcode_folded < @end ORDER BY postcode_folded, id LIMIT {Page.Rows(limit)}",
        new { postcode, end = postcode + WordsWhere.End });

    private static IReadOnlyList<string> ByDevice(Db db, string serial, int limit)
    {
        if (serial.Length == 0)
            return [];
        var owners = db.Query<string>(
            $"""
            SELECT customer FROM (SELECT customer FROM devices WHERE LOWER(id) >= @serial AND LOWER(id) < @end
              UNION SELECT customer FROM devices WHERE LOWER(serial) >= @serial AND LOWER(serial) < @end) AS found
            ORDER BY customer LIMIT {Page.Rows(limit + 1)}
            """,
            new { serial, end = serial + WordsWhere.End });
        // Some are devices without an owner, or of one who is not known.
        return [.. CustomerStore.FindAll(db, owners).Select(c => c.Id)];
    }

    private static IReadOnlyList<string> ByWords(Db db, IReadOnlyList<string> words, int limit)
    {
        if (words.Count == 0 || (words.Count == 1 && words[0].Length < 2))
            return [];
        var where = new WordsWhere("customer_words", "customer", "w");
        return db.Query<string>($"SELECT id FROM customers WHERE id IN ({where.Select(words)}) ORDER BY id LIMIT {Page.Rows(limit)}", where.Args);
    }
}
