using System.Collections.Immutable;
using NodaTime;

namespace B2D.Core.Rules.Files;

/// <summary>Reads <c>during</c>: the hours in which a fault opens cases.</summary>
internal static class HoursReader
{
    /// <summary>Most items of one rule.</summary>
    private const int MaxItems = 16;

    private const string Example = "{ days: mon-fri, from: \"07:00\", to: \"18:00\", zone: Europe/Lisbon }";

    /// <summary>The hours; null where the key is missing or one of them is wrong.</summary>
    public static Hours? Read(RuleDraft draft)
    {
        var problems = draft.Problems;
        if (draft.Map.Take("during") is not { } node)
            return null;
        var items = node is ListNode list ? list.Items : [node];
        if (items.Count == 0)
            problems.Error(node.Position, "'during' is empty", $"write during: {Example}");
        if (items.Count > MaxItems)
            problems.Error(items[MaxItems].Position, $"'during' has {items.Count} items, at most {MaxItems} are allowed", "put days with the same hours into one");
        var before = problems.Errors;
        var read = items.Select(item => Item(item, problems)).ToList();
        if (problems.Errors > before)
            return null;
        var hours = new Hours([.. read.OfType<WeekHours>()]);
        if (IsWholeWeek(hours.Items))
            problems.Lint(draft.Map.KeyPosition("during"), "these hours are the whole week", "remove during: without it a fault opens at any time");
        return hours;
    }

    private static WeekHours? Item(SourceNode node, FileProblems problems)
    {
        if (node is not MapNode map)
        {
            problems.Error(node.Position, "hours must be a map of keys", $"write during: {Example}");
            return null;
        }
        var reader = new MapReader(map, "during", problems);
        reader.Require("zone", "Europe/Lisbon");
        var days = Days(reader);
        var from = Time(reader, "from", WeekHours.MinutesOfDay - 1) ?? 0;
        var to = Time(reader, "to", WeekHours.MinutesOfDay) ?? WeekHours.MinutesOfDay;
        var zone = Zone(reader);
        reader.Finish();
        if (from == to)
            problems.Lint(reader.KeyPosition("from"), "these hours are never open, because they end when they begin", "leave out from and to for the whole day");
        return zone is null ? null : new WeekHours(days, from, to, zone);
    }

    private static ImmutableArray<bool> Days(MapReader map)
    {
        var days = new bool[WeekHours.DayNames.Length];
        if (!map.Has("days"))
            Array.Fill(days, true);
        foreach (var word in map.Words("days", "[ mon, tue ]", WeekHours.DayNames.Length))
        {
            if (WeekHours.AddDays(word.Value, days))
                continue;
            string[] names = [.. WeekHours.DayNames];
            var near = word.Value.Contains('-', StringComparison.Ordinal) ? null
                : Array.Find(names, d => word.Value.StartsWith(d, StringComparison.OrdinalIgnoreCase)) ?? Nearest.To(word.Value, names);
            map.Problems.Error(word.Position, $"'{word.Value}' is no day", (near is null ? "" : $"did you mean {near}? ") + "write days: [ mon, tue ], or days: mon-fri");
        }
        return [.. days];
    }

    private static int? Time(MapReader map, string key, int most)
    {
        if (map.Scalar(key, "\"22:00\"") is not { } node)
            return null;
        var (text, minute) = (node.Value, WeekHours.MinuteOf(node.Value));
        if (minute >= 0 && minute <= most)
            return minute;
        map.Problems.Error(node.Position, minute < 0 ? $"'{text}' is no time of the day" : $"{key} is {text}",
            minute < 0 ? $"write {key}: \"22:00\", hours and minutes with two digits each" : $"it may be 00:00 to {most / 60:00}:{most % 60:00}");
        return null;
    }

    /// <summary>The zone under the key <c>zone</c>.</summary>
    internal static DateTimeZone? Zone(MapReader map)
    {
        if (map.Scalar("zone", "Europe/Lisbon") is not { } node)
            return null;
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(node.Value) is { } zone)
            return zone;
        map.Problems.Error(node.Position, $"'{node.Value}' is no time zone",
            Nearest.To(node.Value, DateTimeZoneProviders.Tzdb.Ids) is { } near ? $"did you mean {near}?" : "write the tz database's name, Europe/Lisbon");
        return null;
    }

    /// <summary>True where the items of one zone leave out no minute of a week without a change of the clocks.</summary>
    private static bool IsWholeWeek(ImmutableArray<WeekHours> items)
    {
        foreach (var zone in items.GroupBy(i => i.Zone.Id, StringComparer.Ordinal))
        {
            var open = new bool[7 * WeekHours.MinutesOfDay];
            foreach (var item in zone.Where(i => !i.IsEmpty))
            {
                for (var day = 0; day < 7; day++)
                {
                    var length = item.Days[day] ? item.To - item.From + (item.To > item.From ? 0 : WeekHours.MinutesOfDay) : 0;
                    for (var minute = 0; minute < length; minute++)
                        open[((day * WeekHours.MinutesOfDay) + item.From + minute) % open.Length] = true;
                }
            }
            if (!open.Contains(false))
                return true;
        }
        return false;
    }
}
