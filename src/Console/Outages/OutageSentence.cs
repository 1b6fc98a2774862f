using B2D.Console.Shell;
using B2D.Storage.Outages;

namespace B2D.Console.Outages;

/// <summary>An outage in sentences for the service team.</summary>
internal static class OutageSentence
{
    /// <summary>What, since when, how many told, what is promised.</summary>
    public static string Short(OutageRow row, long told, long now, TimeZoneInfo zone)
    {
        var lasted = Words.Duration(TimeSpan.FromMilliseconds(row.ResolvedAt - row.BeganAt));
        var parts = new List<string>
        {
            row.ResolvedAt > 0
                ? $"{Words.Count(row.Devices, "device was", "devices were")} touched for {lasted} until {Words.Point(row.ResolvedAt, now, zone)}"
                : $"{Words.Number(row.Devices - row.Recovered)} of {Words.Count(row.Devices, "device")} silent since {Words.Point(row.BeganAt, now, zone)}",
            told > 0 ? $"{Words.Count(told, "customer")} told" : row.Guard ? "nobody told, it waits for a person" : "nobody told yet",
            row.Cause.Length > 0 ? $"cause: {row.Cause.TrimEnd('.')}" : row.ResolvedAt > 0 ? "cause not recorded" : "cause not known yet",
        };
        if (row.ResolvedAt == 0 && row.EstimateUntil > 0)
            parts.Add($"expected back between {Words.Point(row.EstimateFrom, now, zone)} and {Words.Point(row.EstimateUntil, now, zone)}");
        if (row.ResolvedAt == 0 && row.NextUpdateAt > 0)
            parts.Add($"next word promised for {Words.Point(row.NextUpdateAt, now, zone)}");
        if (row.ResolvedAt == 0 && row.NewsAt > 0)
            parts.Add($"what was written goes out at {Words.Point(row.NewsAt, now, zone)}");
        return Words.Sentence(string.Join(" · ", parts));
    }

    /// <summary>What its state means.</summary>
    public static string State(OutageRow row) => row.State switch
    {
        "Held" when row.Guard => "So many at once that it may be our own trouble: nobody is told until a person says so.",
        "Held" => "Found, and given a moment to pass by itself before anybody is told.",
        "Investigating" => "Confirmed; the cause is being looked for.",
        "Identified" => "The cause is known and being worked on.",
        "Monitoring" => "Most are back; it is being watched until it has been quiet long enough.",
        _ => "Over; everyone who was told hears so, and whose own does not work yet hears that too.",
    };
}
