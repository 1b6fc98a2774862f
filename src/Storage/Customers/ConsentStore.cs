using B2D.Core;
using B2D.Core.Notices;

namespace B2D.Storage.Customers;

/// <summary>What a customer said of notices of a class (<c>service</c>, <c>usage</c> …); an empty channel means all of them.</summary>
public sealed record ConsentRow
{
    public string Customer { get; init; } = "";
    public string Class { get; init; } = "";
    public string Channel { get; init; } = "";
    public bool Given { get; init; }

    /// <summary><c>customer</c>, <c>import</c> or <c>person</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>Who wrote it down; empty for the customer.</summary>
    public string Who { get; init; } = "";
    public long At { get; init; }

    public Consent ToConsent() => new(NoticeClasses.Of(Class) ?? NoticeClass.Offer, ConsentText.ChannelOf(Channel), Given, Source, new ServerTime(At));
}

/// <summary>Consents, one row for each (customer, class, channel).</summary>
public static class ConsentStore
{
    private static readonly string Select = $"SELECT {Columns<ConsentRow>.All} FROM consents";

    public static IReadOnlyList<ConsentRow> Of(Db db, string customer) =>
        db.Query<ConsentRow>($"{Select} WHERE customer = @customer ORDER BY class, channel LIMIT {Page.MaxRows}", new { customer });

    /// <summary>Writes or replaces what is known, where it may; false where nothing changed.</summary>
    public static bool Set(Db db, ConsentRow row)
    {
        var ofClass = db.Query<ConsentRow>($"{Select} WHERE customer = @Customer AND class = @Class", row);
        var known = ofClass.FirstOrDefault(c => c.Channel == row.Channel);
        // What they said of all channels stands against a file that speaks of one, and the other way round.
        if (ofClass.Any(c => !ConsentDecision.Replaces(c.ToConsent(), row.Source)) || (known is not null && known.Given == row.Given && known.Source == row.Source && !IsNewAgain(row, known, ofClass)))
            return false;
        db.Execute(
            $"""
            INSERT INTO consents ({Columns<ConsentRow>.All}) VALUES ({Columns<ConsentRow>.Values})
            ON CONFLICT (customer, class, channel) DO UPDATE SET given = excluded.given, source = excluded.source, who = excluded.who, at = excluded.at
            """,
            row);
        return true;
    }

    /// <summary>Whether it is worth saying again: of another channel, or of all, something else was said since. A file says the same every night.</summary>
    private static bool IsNewAgain(ConsentRow row, ConsentRow known, IReadOnlyList<ConsentRow> ofClass) =>
        row.Source != Consent.Import && ofClass.Any(c => c.Given != row.Given && c.At >= known.At && (c.Channel.Length == 0 || row.Channel.Length == 0));
}
