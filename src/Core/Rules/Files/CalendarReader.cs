using B2D.Core.Cases;
using NodaTime;
using NodaTime.Text;

namespace B2D.Core.Rules.Files;

/// <summary>Reads entries of kind calendar: when work on cases is done.</summary>
internal static class CalendarReader
{
    private const int MaxPeriods = 8;
    private const int MaxHolidays = 1000;
    private const string WeekExample = "{ mon-fri: [ \"08:00-12:00\", \"13:00-18:00\" ] }";
    private const string PeriodExample = "[ \"08:00-12:00\", \"13:00-18:00\" ]";

    /// <summary>The calendar; what is wrong with it is reported, and stands in it as far as it could be read.</summary>
    public static BusinessCalendar Read(MapReader map, ScalarNode name)
    {
        if (name.Value == BusinessCalendar.AlwaysName)
            map.Problems.Error(name.Position, $"'{name.Value}' is what time without any break is called", "give the calendar another name");
        map.Require("zone", "Europe/Lisbon");
        map.Require("week", WeekExample);
        var zone = HoursReader.Zone(map) ?? DateTimeZone.Utc;
        var week = Week(map);
        var (holidays, yearly) = Holidays(map);
        map.Finish();
        return new BusinessCalendar(name.Value, zone, week, holidays, yearly);
    }

    private static List<DayPeriod>[] Week(MapReader map)
    {
        List<DayPeriod>[] week = [.. WeekHours.DayNames.Select(_ => new List<DayPeriod>())];
        var written = new bool[week.Length];
        if (map.Nested("week", WeekExample) is not { } days)
            return week;
        if (days.Map.Entries.Count == 0)
            days.Problems.Error(days.Map.Position, "'week' has no day", $"write week: {WeekExample}");
        foreach (var (key, _) in days.Map.Entries)
        {
            var these = new bool[week.Length];
            if (!key.Value.Split(',', StringSplitOptions.TrimEntries).All(part => WeekHours.AddDays(part, these)))
                days.Problems.Error(key.Position, $"'{key.Value}' is no day", $"write a day or days: {string.Join(", ", WeekHours.DayNames)}, mon-fri");
            if (these.Zip(written).Any(d => d.First && d.Second))
                days.Problems.Error(key.Position, $"'{key.Value}' has a day that has its periods already", "write each day once");
            var periods = Periods(days, key.Value);
            for (var day = 0; day < week.Length; day++)
            {
                if (!these[day])
                    continue;
                written[day] = true;
                week[day].AddRange(periods);
            }
        }
        return week;
    }

    private static List<DayPeriod> Periods(MapReader days, string key)
    {
        var periods = new List<DayPeriod>();
        foreach (var node in days.Words(key, PeriodExample, MaxPeriods))
        {
            var ends = node.Value.Split('-', StringSplitOptions.TrimEntries);
            var (from, to) = ends.Length == 2 ? (WeekHours.MinuteOf(ends[0]), WeekHours.MinuteOf(ends[1])) : (-1, -1);
            if (from is < 0 or >= WeekHours.MinutesOfDay || to is < 0 or > WeekHours.MinutesOfDay)
                days.Problems.Error(node.Position, $"'{node.Value}' is no time of the day to another", "write hours and minutes with two digits each: \"08:00-12:00\"");
            else if (from >= to)
                days.Problems.Error(node.Position, $"{node.Value} ends before it begins", "over midnight write two: until \"24:00\" on the one day, from \"00:00\" on the next");
            else if (periods.Any(p => from < p.To && p.From < to))
                days.Problems.Error(node.Position, $"{node.Value} lies over another period of the day", "write one that holds both");
            else
                periods.Add(new DayPeriod(from, to));
        }
        return periods;
    }

    private static (List<LocalDate> Days, List<AnnualDate> Yearly) Holidays(MapReader map)
    {
        var (days, yearly) = (new List<LocalDate>(), new List<AnnualDate>());
        foreach (var node in map.Words("holidays", "[ 2026-12-26, 12-25 ]", MaxHolidays))
        {
            if (LocalDatePattern.Iso.Parse(node.Value) is { Success: true } day)
                days.Add(day.Value);
            else if (AnnualDatePattern.Iso.Parse(node.Value) is { Success: true } each)
                yearly.Add(each.Value);
            else
                map.Problems.Error(node.Position, $"'{node.Value}' is no day", "write 2026-12-26, or 12-25 for each year");
        }
        return (days, yearly);
    }
}
