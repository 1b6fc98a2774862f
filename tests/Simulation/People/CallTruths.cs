using B2D.Storage;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Simulation.People;

/// <summary>Somebody is to call whoever a text does not reach, or for whom a text is not enough; nobody is to call about what is over or another's; what nobody did in time
/// is marked late.</summary>
internal static class CallTruths
{
    public static IEnumerable<string> Broken(PeopleTown town)
    {
        var (ledger, tasks, faults, outages) = town.State.Read(db => (NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows }), db.Query<PhoneTaskRow>("SELECT * FROM phone_tasks ORDER BY id"),
            FaultStore.List(db, new FaultFilter { Limit = Page.MaxRows }), OutageStore.List(db, [], Page.MaxRows)));
        var calls = ledger.Where(n => n.Channel == "phone").Select(Key).ToHashSet();
        foreach (var telling in ledger.Where(n => n.Channel != "phone" && !n.Customer.StartsWith("carer:", StringComparison.Ordinal) && PeopleTown.HasPhone(n.Customer)).GroupBy(Key))
        {
            var row = telling.First();
            var left = telling.Any(n => n.State is "Sent" or "Sending" or "Retrying" or "Failed");
            if (!left || calls.Contains(telling.Key) || !Wishes.May(town.Book, row.Customer, row.Class, row.Status, "phone", row.CreatedAt))
                continue;
            if (row is { Class: "safety", Status: "device-fault" })
                yield return $"{row.Customer} is in danger by {row.Subject}, and nobody is to call";
            else if (row.Class is "service" or "case" && row.Status is "opened" or "device-fault" or "planned" && town.Book.DependsAt(row.Customer, row.CreatedAt) && !town.Book.Deeds.Any(d => d.Area == "approval" && d.Subject == row.Subject))
                yield return $"{row.Customer} depends on what {row.Subject} is about, and nobody is to call";
            else if (row.Class is "service" or "case" && telling.All(n => n.State == "Failed" && !n.Reason.StartsWith(NoticeRow.MayHaveArrived, StringComparison.Ordinal)) && !Contradicted(town, telling) && !IsOver(town, row, LastTry(town, telling), faults, outages))
                yield return $"no text of {row.Status} about {row.Subject} reaches {row.Customer}, and nobody is to call";
        }
        var called = tasks.Where(t => t.State == "Open").Select(t => t.Notice).ToHashSet(StringComparer.Ordinal);
        foreach (var row in ledger.Where(n => n is { Channel: "phone", State: "Calling" } && !called.Contains(n.Id)))
            yield return $"{row.Customer} is to be called about {row.Status} of {row.Subject}, and no call is open";
        var now = town.Now;
        var rows = ledger.ToDictionary(n => n.Id, StringComparer.Ordinal);
        foreach (var task in tasks)
        {
            var row = rows[task.Notice];
            if (task.State == "Open" && row.State != "Calling")
                yield return $"call {task.Id} is open, and its notice is {row.State}";
            // That nobody was hurt is not what a signal says: the call about danger stays.
            if (task.State == "Open" && !(row is { Class: "safety", Status: "device-fault" } && town.Book.OwnerAt(HearingTruths.DeviceOf(row.Subject), now) == row.Customer) && (row.Status is "device-fault" or "opened" || IsOver(town, row, now, faults, outages)))
                yield return $"call {task.Id} to {task.Customer} about {row.Status} of {task.Subject} is open, and it is over";
            if (task.State == "Open" && town.Book.Erased.ContainsKey(task.Customer))
                yield return $"call {task.Id} is open, and {task.Customer} is erased";
            var slack = (long)town.Setting.RestStep.TotalMilliseconds;
            if (!task.Late && task.State == "Open" && task.DueAt + slack < now)
                yield return $"call {task.Id} was to be made by {Story.At(town, task.DueAt)}, and nobody says that it is late";
            if (task.Late && task.DoneAt > 0 && task.DoneAt < task.DueAt)
                yield return $"call {task.Id} was made in time and is late";
        }
    }

    private static (string, string, string, string, long) Key(NoticeRow n) => (n.Customer, n.Subject, n.Episode, n.Status, n.Revision);

    private static long LastTry(PeopleTown town, IEnumerable<NoticeRow> rows)
    {
        var ids = rows.Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        return town.Tries.Where(t => ids.Contains(t.Id)).Select(t => t.At).DefaultIfEmpty(long.MaxValue).Max();
    }

    /// <summary>Another system said something of the customer or the device, or they were erased or sold something of it: whether it was still to be told is not judged here.</summary>
    private static bool Contradicted(PeopleTown town, IGrouping<(string, string, string, string, long), NoticeRow> telling)
    {
        var (row, at) = (telling.First(), LastTry(town, telling));
        return at == long.MaxValue || row.Status == "no-news" || town.Book.IsErased(row.Customer, at) || town.Book.Facts.Exists(f => f.At <= at && f.Kind != "visit-booked")
            || (row.Subject.StartsWith("outage:", StringComparison.Ordinal) && town.Book.Sales.Any(s => s.From == row.Customer));
    }

    /// <summary>What it says is not so any more, or the device is another's, as far as faults, outages, cases and sales say.</summary>
    private static bool IsOver(PeopleTown town, NoticeRow row, long at, IReadOnlyList<FaultRow> faults, IReadOnlyList<OutageRow> outages)
    {
        var number = row.Subject.Split(':')[^1];
        switch (row.Subject.Split(':')[0])
        {
            case "fault":
                var open = faults.Any(f => $"fault:{f.Device}/{f.Rule}" == row.Subject && f.RaisedAt <= at && (f.ClearedAt == 0 || f.ClearedAt > at) && (row.Status != "device-fault" || f.Episode == row.Episode));
                return open != (row.Status == "device-fault") || town.Book.OwnerAt(HearingTruths.DeviceOf(row.Subject), at) != row.Customer;
            case "outage":
                var outage = outages.First(o => o.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) == number);
                return row.Status != "all-clear" && outage.ResolvedAt > 0 && outage.ResolvedAt <= at;
            case "case":
                var seen = town.Watch.At(long.Parse(number, System.Globalization.CultureInfo.InvariantCulture), at)!;
                return town.Book.OwnerAt(seen.Row.Device, at) != row.Customer || seen.Row.Customer != row.Customer;
            default:
                return false;
        }
    }
}
