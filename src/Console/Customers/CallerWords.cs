using B2D.Console.Cases;
using B2D.Console.Shell;
using B2D.Core.Customers;
using B2D.Storage.Cases;

namespace B2D.Console.Customers;

/// <summary>Something that a customer was promised and that is not over yet. Page leads to it.</summary>
public sealed record CallerPromise(string Text, string Page);

/// <summary>What to say to a customer who calls.</summary>
internal static class CallerWords
{
    /// <summary>One sentence to say.</summary>
    public static string Say(CustomerRecord record, long now, TimeZoneInfo zone)
    {
        if (record.Outages.FirstOrDefault(o => o.State != "Held") is { } outage)
            return $"An outage has touched them since {Words.Point(outage.BeganAt, now, zone)}; we know of it"
                + $"{(outage.NextUpdateAt > 0 ? $" and promised the next word for {Words.Point(outage.NextUpdateAt, now, zone)}" : "")}.";
        var open = record.OpenCases.FirstOrDefault();
        if (open is null)
            return "Nothing is open: as far as the devices say, everything works.";
        return $"{Words.Sentence(open.Title)} on {open.Device} since {Words.Point(open.OnsetAt > 0 ? open.OnsetAt : open.OpenedAt, now, zone)}; "
            + $"{(open.Assignee.Length > 0 ? open.Assignee + " works on it" : "nobody works on it yet")}.";
    }

    /// <summary>What they were promised, what comes first at the top of each.</summary>
    public static IReadOnlyList<CallerPromise> Promises(CustomerRecord record, long now, TimeZoneInfo zone)
    {
        var promises = new List<CallerPromise>();
        foreach (var outage in record.Outages.Where(o => o.State != "Held"))
        {
            if (outage.NextUpdateAt > 0)
                Add($"the next word about the outage by {Point(outage.NextUpdateAt)}", "/outages/", outage.Id);
            if (outage.EstimateUntil > 0)
                Add($"back between {Point(outage.EstimateFrom)} and {Point(outage.EstimateUntil)}", "/outages/", outage.Id);
        }
        foreach (var row in record.OpenCases)
        {
            if (record.HandedOff.TryGetValue(row.Id, out var left) && left.Promised.Trim() is { Length: > 0 } and not Erasure.Blank and var words)
                Add(words, "/cases/", row.Id);
            if (row.WordAt > 0)
                Add($"the next word{(row.WordWhat.Length > 0 ? $" ({row.WordWhat})" : "")} by {Point(row.WordAt)}", "/cases/", row.Id);
            if (row.RespondedAt == 0 && row.ResponseDueAt > 0)
                Add($"somebody looks at it by {Point(row.ResponseDueAt)}{(row.ResponseDueAt < now ? ", which is over" : "")}", "/cases/", row.Id);
            if (row.RepairDueAt > 0)
                Add($"repaired by {Point(row.RepairDueAt)}{(row.RepairDueAt < now ? ", which is over" : "")}", "/cases/", row.Id);
            if (row.State == "Waiting" && row.WaitingUntil > 0)
                Add($"it waits for {row.WaitingFor} until {Point(row.WaitingUntil)}", "/cases/", row.Id);
        }
        return promises;

        void Add(string text, string page, long id) => promises.Add(new CallerPromise(text, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{page}{id}")));
        string Point(long at) => Words.Point(at, now, zone);
    }

    /// <summary>When and how a notice went, for the line above its words.</summary>
    public static string How(ToldNotice told, long now, TimeZoneInfo zone) => told.Row.SentAt > 0
        ? $"{Words.Point(told.Row.SentAt, now, zone)} by {CaseSentence.Channel(told.Row.Channel)}"
        : $"by {CaseSentence.Channel(told.Row.Channel)}, not sent yet ({told.Row.State.ToLowerInvariant()})";
}
