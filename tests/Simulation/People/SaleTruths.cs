using System.Globalization;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Notices;

namespace B2D.Simulation.People;

/// <summary>Nothing about a device that was sold reaches its former owner, or who cares for them, from the sale on: but the news and the end of an outage of which they were
/// told. What is open of it is told to whoever has it.</summary>
internal static class SaleTruths
{
    public static IEnumerable<string> Broken(PeopleTown town)
    {
        var (dues, faults, ledger) = town.State.Read(db => (db.Query<(long Id, string Device)>("SELECT id, device FROM dues").ToDictionary(d => d.Id, d => d.Device),
            FaultStore.List(db, new FaultFilter { Limit = Page.MaxRows }), NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows })));
        foreach (var tried in town.Tries)
        {
            var number = tried.About.Split(':') is [_, var text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
            var device = tried.About.Split(':')[0] switch
            {
                "fault" => HearingTruths.DeviceOf(tried.About),
                "due" => dues[number],
                "case" or "survey" => town.Watch.At(number, tried.At)?.Row.Device ?? "",
                _ => "",
            };
            if (device.Length > 0 && town.Book.OwnerAt(device, tried.At) is var owner && owner != HearingTruths.CustomerOf(tried.Recipient))
                yield return $"{tried.Recipient} was sent {tried.Status} about {tried.About} at {Story.At(town, tried.At)}, and {device} is {owner}'s";
            if (tried is { Status: "opened" } && tried.About.StartsWith("outage:", StringComparison.Ordinal) && !OwnsAny(town, number, HearingTruths.CustomerOf(tried.Recipient), tried.At))
                yield return $"{tried.Recipient} was told of {tried.About} at {Story.At(town, tried.At)}, and none of it is theirs";
        }
        foreach (var line in Untold(town, faults, ledger))
            yield return line;
    }

    private static bool OwnsAny(PeopleTown town, long outage, string customer, long at) =>
        town.State.Read(db => db.Query<string>("SELECT device FROM outage_devices WHERE outage_id = @outage", new { outage })).Any(d => town.Book.OwnerAt(d, at) == customer);

    /// <summary>Whoever owns a device long enough while its fault lasts has a line in the ledger about it, whatever became of it.</summary>
    private static IEnumerable<string> Untold(PeopleTown town, IReadOnlyList<FaultRow> faults, IReadOnlyList<NoticeRow> ledger)
    {
        var known = ledger.Where(n => n.Status == "device-fault").Select(n => (n.Customer, n.Subject)).ToHashSet();
        foreach (var fault in faults.Where(f => f.Rule != "router-silent" && f.ClearedAt - f.RaisedAt > Minutes(12)))
        {
            // Who silenced it silenced its notice.
            if (town.Book.Deeds.Any(d => d is { Area: "fault", IsDone: true, Act: Core.Faults.FaultAct.Shelve } && d.Subject == $"fault:{fault.Id}"))
                continue;
            for (var at = fault.RaisedAt + Minutes(6); at < fault.ClearedAt - Minutes(6); at += Minutes(6))
            {
                var owner = town.Book.OwnerAt(fault.Device, at);
                if (owner.Length > 0 && owner == town.Book.OwnerAt(fault.Device, at + Minutes(6)) && !known.Contains((owner, $"fault:{fault.Device}/{fault.Rule}")) && !town.Book.IsErased(owner, at + Minutes(6)))
                    yield return $"{fault.Rule} of {fault.Device} lasts from {Story.At(town, fault.RaisedAt)} to {Story.At(town, fault.ClearedAt)}, it is {owner}'s at {Story.At(town, at)}, and the ledger has nothing of it";
            }
        }
    }

    private static long Minutes(int minutes) => minutes * 60_000L;
}
