using B2D.Console.Cases;
using B2D.Console.Customers;
using B2D.Console.Devices;
using B2D.Console.Lists;
using B2D.Core.Search;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Maintenance;
using B2D.Storage.Outages;
using B2D.Storage.Search;

namespace B2D.Console.Search;

/// <summary>A customer who may be meant, and by what they were found.</summary>
public sealed record CallerCard(CustomerRecord Record, FoundBy By);

/// <summary>What was found of a text.</summary>
public sealed record SearchModel(string Text)
{
    /// <summary>Where what was meant is plain: the page that is wanted; empty else.</summary>
    public string Opens { get; init; } = "";

    public IReadOnlyList<CallerCard> Cards { get; init; } = [];

    /// <summary>There are more customers than cards.</summary>
    public bool More { get; init; }

    /// <summary>Devices that are none of these customers'.</summary>
    public IReadOnlyList<DeviceLine> Devices { get; init; } = [];

    /// <summary>Cases in which these words are written, and that are none of these customers'.</summary>
    public IReadOnlyList<CaseLine> Cases { get; init; } = [];
}

/// <summary>Finds who calls.</summary>
internal sealed class SearchReader(Stores stores, IServiceProvider services)
{
    /// <summary>Most customers that are shown whole.</summary>
    public const int MostCards = 10;

    private const int MostOther = 20;

    /// <summary>All that the text can mean.</summary>
    public SearchModel Find(string typed)
    {
        var text = CallerText.Read(typed);
        if (text.Text.Length == 0)
            return new SearchModel("");
        var model = stores.State.Read(db => Find(db, text));
        var words = services.GetService<INoticeWords>();
        return model with { Cards = [.. model.Cards.Select(c => c with { Record = CustomerReader.WithWords(c.Record, words, 1) })] };
    }

    /// <summary>The card of one customer; null where there is none.</summary>
    public CallerCard? Card(string customer)
    {
        var record = stores.State.Read(db => CustomerStore.Find(db, customer) is { } row ? CustomerReader.Read(db, row) : null);
        return record is null ? null : new CallerCard(CustomerReader.WithWords(record, services.GetService<INoticeWords>(), 1), FoundBy.Words);
    }

    private static SearchModel Find(Db db, CallerText text)
    {
        var found = new SearchModel(text.Text);
        if (Referred(db, text) is { Length: > 0 } page)
            return found with { Opens = page };
        var customers = CallerStore.Customers(db, text, MostCards + 1);
        var cards = customers.Take(MostCards).Select(f => new CallerCard(CustomerReader.Read(db, CustomerStore.Find(db, f.Id)!), f.By)).ToArray();
        var owners = customers.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var devices = CallerStore.Devices(db, text.Serial, MostOther);
        var others = devices.Select(id => db.First<DeviceLine>($"SELECT {DeviceLists.Definition.Select} FROM {DeviceLists.Definition.From} WHERE d.id = @id", new { id }))
            .Where(d => !owners.Contains(d.Customer)).ToArray();
        var written = new FilterText(text.Text, [new FilterWord("", [text.Text], false)]);
        var cases = CaseLists.Written.After<CaseLine>(db, written, MostOther, "").Where(c => !owners.Contains(c.Customer)).ToArray();
        return found with
        {
            Opens = (cards, others) switch
            {
                ([var one], []) when cases.Length == 0 => $"/customers/{Uri.EscapeDataString(one.Record.Customer.Id)}",
                ([], [var one]) => $"/devices/{Uri.EscapeDataString(one.Id)}",
                _ => "",
            },
            Cards = cards,
            More = customers.Count > MostCards,
            Devices = others,
            Cases = cases,
        };
    }

    /// <summary>The page of a reference; empty where it is none, or names nothing.</summary>
    private static string Referred(Db db, CallerText text) => text.Refers switch
    {
        Core.Search.Referred.Case when CaseStore.Find(db, text.Number) is not null => FormattableString.Invariant($"/cases/{text.Number}"),
        Core.Search.Referred.Outage when OutageStore.Find(db, text.Number) is not null => FormattableString.Invariant($"/outages/{text.Number}"),
        Core.Search.Referred.Maintenance when MaintenanceStore.Find(db, text.Number) is not null => FormattableString.Invariant($"/maintenance/{text.Number}"),
        _ => "",
    };
}
