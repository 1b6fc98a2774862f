using B2D.Console.Cases;
using B2D.Console.Customers;
using B2D.Console.Devices;
using B2D.Console.Shell;
using B2D.Storage.Cases;

namespace B2D.Console.Search;

/// <summary>A device as a card has it. Online is null where it was never heard.</summary>
internal sealed record CardDevice(string Id, string Model, string Serial, bool? Online, long OpenFaults);

/// <summary>A case as a card has it.</summary>
internal sealed record CardCase(long Id, string Reference, string State, string Title, string Device, string? Since, string Assignee)
{
    public static CardCase Of(CaseRow c) => new(c.Id, FormattableString.Invariant($"C-{c.Id}"), c.State, c.Title, c.Device, Words.IsoOrNull(c.OnsetAt > 0 ? c.OnsetAt : c.OpenedAt), c.Assignee);
}

/// <summary>An outage as a card has it.</summary>
internal sealed record CardOutage(long Id, string Reference, string State, string Title, string Place, string? Since, string? NextUpdateAt);

/// <summary>What a customer was told last. Text is null where it cannot be rendered.</summary>
internal sealed record CardNotice(string Subject, string Channel, string State, string? SentAt, string? Title, string? Text);

/// <summary>A customer with all that somebody needs who talks to them. Contacts and repeated count what was logged.</summary>
internal sealed record CardAnswer(
    string Customer, string Name, string Phone, string Place, string Language, string FoundBy, string Say, IReadOnlyList<CardDevice> Devices, IReadOnlyList<CardCase> OpenCases,
    IReadOnlyList<CardOutage> Outages, IReadOnlyList<string> Promised, CardNotice? LastNotice, long Contacts, long Repeated, string Page)
{
    public static CardAnswer Of(CallerCard card, long now, TimeZoneInfo zone)
    {
        var (record, customer) = (card.Record, card.Record.Customer);
        var told = record.Notices.Count > 0 ? record.Notices[0] : null;
        return new CardAnswer(customer.Id, customer.Name, customer.Phone, customer.Place, customer.Language, card.By.ToString().ToLowerInvariant(),
            CallerWords.Say(record, now, zone),
            [.. record.Devices.Select(d => new CardDevice(d.Id, d.Model, d.Serial, d.Online, d.OpenFaults))],
            [.. record.OpenCases.Select(CardCase.Of)],
            [.. record.Outages.Select(o => new CardOutage(o.Id, FormattableString.Invariant($"O-{o.Id}"), o.State, o.Title, o.Place, Words.IsoOrNull(o.BeganAt), Words.IsoOrNull(o.NextUpdateAt)))],
            [.. CallerWords.Promises(record, now, zone).Select(p => p.Text)],
            told is null ? null : new CardNotice(told.Row.Subject, told.Row.Channel, told.Row.State, Words.IsoOrNull(told.Row.SentAt), told.Words?.Title, told.Words?.Text),
            record.Tally.Contacts, record.Tally.Repeated, $"/customers/{Uri.EscapeDataString(customer.Id)}");
    }
}

/// <summary>What was found. Opens is the console's page of what is plainly meant; null where it is not plain.</summary>
internal sealed record SearchAnswer(IReadOnlyList<CardAnswer> Customers, bool More, IReadOnlyList<CardDevice> OtherDevices, IReadOnlyList<CardCase> OtherCases, string? Opens)
{
    public static SearchAnswer Of(SearchModel model, long now, TimeZoneInfo zone) => new(
        [.. model.Cards.Select(c => CardAnswer.Of(c, now, zone))],
        model.More,
        [.. model.Devices.Select(d => new CardDevice(d.Id, d.Model, d.Serial, d.Online, d.OpenFaults))],
        [.. model.Cases.Select(c => new CardCase(c.Id, FormattableString.Invariant($"C-{c.Id}"), c.State, c.Title, c.Device, Words.IsoOrNull(c.OnsetAt > 0 ? c.OnsetAt : c.OpenedAt), c.Assignee))],
        model.Opens.Length > 0 ? model.Opens : null);
}
