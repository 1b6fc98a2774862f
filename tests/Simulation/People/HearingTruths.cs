using System.Globalization;

namespace B2D.Simulation.People;

/// <summary>
/// What people hear that they do not want, too often, or at night, by docs/notices.md: judged by what left for their phones and by what people did, and by nothing that the
/// program thinks about it.
/// </summary>
internal static class HearingTruths
{
    public static IEnumerable<string> Broken(PeopleTown town)
    {
        // What was handed over without an answer may have arrived, and is repeated under its id until it is known.
        var perhaps = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tried in town.Tries)
        {
            foreach (var line in Unwanted(town, tried, perhaps.Contains(tried.Id)).Concat(Woken(town, tried)))
                yield return $"{tried.Recipient} was sent {tried.Status} ({tried.Class}) about {tried.About} by {tried.Channel} at {Story.At(town, tried.At)}: {line}";
            if (tried.Mood == World.ChannelMood.DeliversUnheard)
                perhaps.Add(tried.Id);
        }
        foreach (var line in TooMany(town))
            yield return line;
    }

    private static IEnumerable<string> Unwanted(PeopleTown town, Try tried, bool mayHaveArrived)
    {
        var customer = CustomerOf(tried.Recipient);
        if (town.Book.IsErased(customer, tried.At))
            yield return "they are erased";
        if (tried.Recipient != customer)
        {
            if (!town.Book.Cared.Exists(c => c.Customer == customer && c.From <= tried.At && (c.Until == 0 || tried.At < c.Until)))
                yield return "nobody cares for them";
            if (tried.Status is not ("opened" or "device-fault" or "left" or "all-clear"))
                yield return "carers hear the first word and the end";
            yield break;
        }
        if (mayHaveArrived)
            yield break;
        if (!Wishes.May(town.Book, customer, tried.Class, tried.Status, tried.Channel, tried.At))
            yield return "they do not want it";
        if (tried.Class is "safety" or "answer")
            yield break;
        var device = DeviceOf(tried.About);
        foreach (var (at, subject, kind) in town.Book.Facts.Where(f => f.At <= tried.At))
        {
            // What was said of a customer by way of a device that they sold since is over.
            if (subject == $"customer:{customer}" && kind == "deceased")
                yield return "they are dead";
            if (subject == $"customer:{customer}" && kind == "moved" && !Wishes.IsOwed(tried.Status))
                yield return "they moved";
            if (subject == $"device:{device}" && kind == "returned" && tried.Status is "device-fault" or "all-clear" && !town.Book.Sales.Any(s => s.Device == device && s.At >= at && s.At <= tried.At))
                yield return "the device was returned";
        }
    }

    private static IEnumerable<string> Woken(PeopleTown town, Try tried)
    {
        var customer = CustomerOf(tried.Recipient);
        if (tried.Class is "safety" or "answer" || (tried.Class is "service" or "case" && town.Book.DependsAt(customer, tried.At)))
            yield break;
        var own = town.Book.Nights.FindLast(n => n.Customer == customer && n.From <= tried.At).Hours ?? "";
        var hours = own.Length > 0 ? own : town.Setting.Notices.QuietHours;
        if (hours == "none")
            yield break;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(PeopleTown.ZoneOf(PeopleTown.Number(customer)));
        var wall = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(tried.At), zone).TimeOfDay;
        var ends = hours.Split('-').Select(t => TimeSpan.ParseExact(t, "hh\\:mm", CultureInfo.InvariantCulture)).ToArray();
        if (ends[0] < ends[1] ? wall >= ends[0] && wall < ends[1] : wall >= ends[0] || wall < ends[1])
            yield return $"it is {wall} on their wall, and {hours} are their quiet hours";
    }

    private static IEnumerable<string> TooMany(PeopleTown town)
    {
        var caps = town.Setting.Notices.Caps;
        var most = new Dictionary<string, int>(StringComparer.Ordinal) { ["service"] = caps.Service, ["case"] = caps.Case, ["usage"] = caps.Usage, ["offer"] = caps.Offer, ["survey"] = caps.Survey };
        var counted = town.Tries.Where(t => t.Arrived && most.ContainsKey(t.Class) && t.Status != "opened" && !Wishes.IsOwed(t.Status)).DistinctBy(t => t.Id);
        foreach (var got in counted.GroupBy(t => (t.Recipient, t.Class)))
        {
            var times = got.Select(t => t.At).Order().ToArray();
            var cap = most[got.Key.Class];
            for (var i = cap; i < times.Length; i++)
            {
                if (times[i] - times[i - cap] < (long)TimeSpan.FromDays(1).TotalMilliseconds)
                    yield return $"{got.Key.Recipient} got {cap + 1} notices of the class {got.Key.Class} from {Story.At(town, times[i - cap])} to {Story.At(town, times[i])}, and {cap} a day are the most";
            }
        }
    }

    internal static string CustomerOf(string recipient) => recipient.StartsWith("carer:", StringComparison.Ordinal) ? recipient["carer:".Length..] : recipient;

    /// <summary>The device that a fault's subject names; empty for other subjects.</summary>
    internal static string DeviceOf(string about) => about.StartsWith("fault:", StringComparison.Ordinal) ? about["fault:".Length..].Split('/')[0] : "";
}
