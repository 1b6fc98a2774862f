using B2D.Console.Cases;
using B2D.Console.Devices;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Contacts;
using B2D.Core.Customers;
using B2D.Core.Rules;
using B2D.Storage.Cases;
using B2D.Storage.Maintenance;
using B2D.Storage.Outages;

namespace B2D.Console.Customers;

/// <summary>Something that a customer was promised and that is not over yet. Page leads to it.</summary>
public sealed record CallerPromise(string Text, string Page);

/// <summary>What to say to a customer who calls.</summary>
internal static class CallerWords
{
    /// <summary>What to say, the most important first.</summary>
    public static string Say(CustomerRecord record, long now, TimeZoneInfo zone)
    {
        return string.Join(" ", CallerSay.Decide(Facts(record), new ServerTime(now)).Select(Sentence));

        string Sentence(CallerReason reason) => reason switch
        {
            CallerReason.Danger => $"{Case(Dangerous(record)!)} It is about safety: ask first whether anybody is in danger.",
            CallerReason.OutageDown => Outage(OutageOf(record, isDown: true)!),
            CallerReason.OutageHeld => $"Theirs and others near them fell silent together at {Point(Held(record)!.BeganAt)}. We see it, and look whether it passes; nobody was told yet.",
            CallerReason.CaseOpen => Case(Ordinary(record)!),
            CallerReason.PlannedRuns => Work(Running(record)!),
            CallerReason.OutageBack => $"An outage touched them; theirs has been back since {Point(record.Touched.Max(t => t.UpAt))}, and it goes on for others. Ask whether it works.",
            CallerReason.Faulty => $"{Words.Sentence(record.Loose[0].Title)} on {record.Loose[0].Device} since {Point(record.Loose[0].OnsetAt > 0 ? record.Loose[0].OnsetAt : record.Loose[0].RaisedAt)}; nobody works on it, since it is no case. Open one if it troubles them.",
            CallerReason.Silent => $"{Silent(record)!.Id} is not connected{(Silent(record)!.LastSeenAt is > 0 and var seen ? $"; we heard it last at {Point(seen)}" : "")}. Nothing else is open: ask whether it is switched off.",
            CallerReason.OutageOver => $"An outage touched them until {Point(record.OutageOver!.ResolvedAt)}; by what the devices say it is over. Ask whether theirs works; where it does not, open a case.",
            CallerReason.CaseOver => Over(LastOver(record)!),
            CallerReason.PlannedAhead => $"Nothing is open. We told them of work from {Point(record.Planned[0].FromAt)} until {Point(record.Planned[0].UntilAt)} (M-{record.Planned[0].Id}).",
            CallerReason.NoDevice => "No device of theirs is registered, and nothing is open.",
            _ => "Nothing is open: as far as the devices say, everything works.",
        };

        string Outage(OutageRow outage) => $"An outage has touched them since {Point(outage.BeganAt)}; we know of it{(outage.NextUpdateAt > 0 && record.IsTold(outage.Id) ? $" and promised the next word for {Point(outage.NextUpdateAt)}" : "")}.";

        string Case(CaseRow open) => $"{Words.Sentence(open.Title)} on {open.Device} since {Point(open.OnsetAt > 0 ? open.OnsetAt : open.OpenedAt)}; "
            + $"{(open.Assignee.Length > 0 ? open.Assignee + " works on it" : "nobody works on it yet")}{(open.WordAt > 0 ? $", and the next word is promised by {Point(open.WordAt)}" : "")}.";

        string Over(CaseRow over) => $"{Words.Sentence(over.Title)} on {over.Device} was resolved at {Point(over.ResolvedAt)}. Ask whether it works; where it does not, "
            + (over.State == "Resolved" ? $"reopen case #{over.Id}." : "open a case.");

        string Work(MaintenanceRow work) => $"We work on it as we told them (M-{work.Id}){(work.RunningUntil > 0 ? $": it may not work until {Point(work.RunningUntil)}" : "")}.";

        string Point(long at) => Words.Point(at, now, zone);
    }

    private static CallerFacts Facts(CustomerRecord record) => new()
    {
        HasDevice = record.Devices.Count > 0,
        Danger = Dangerous(record) is not null,
        CaseOpen = Ordinary(record) is not null,
        OutageDown = OutageOf(record, isDown: true) is not null,
        OutageBack = OutageOf(record, isDown: false) is not null,
        OutageHeld = Held(record) is not null,
        PlannedRuns = Running(record) is not null,
        PlannedAhead = record.Planned.Count > 0,
        Faulty = record.Loose.Count > 0,
        Silent = Silent(record) is not null,
        OutageOverAt = new ServerTime(record.OutageOver?.ResolvedAt ?? 0),
        CaseOverAt = new ServerTime(LastOver(record)?.ResolvedAt ?? 0),
    };

    private static CaseRow? Dangerous(CustomerRecord record) => record.OpenCases.FirstOrDefault(c => c.Class == FaultClass.Safety);

    /// <summary>What was promised comes first.</summary>
    private static CaseRow? Ordinary(CustomerRecord record) => record.OpenCases.Where(c => c.Class != FaultClass.Safety).OrderBy(c => c.WordAt > 0 || c.ComplaintDueAt > 0 ? 0 : 1).FirstOrDefault();

    private static OutageRow? OutageOf(CustomerRecord record, bool isDown) =>
        record.Outages.FirstOrDefault(o => o.State != "Held" && record.Touched.Any(t => t.OutageId == o.Id && t.UpAt == 0) == isDown);

    private static OutageRow? Held(CustomerRecord record) => record.Outages.FirstOrDefault(o => o.State == "Held" && record.Touched.Any(t => t.OutageId == o.Id && t.UpAt == 0));

    private static MaintenanceRow? Running(CustomerRecord record) => record.Planned.FirstOrDefault(m => m.State == "Running");

    private static CaseRow? LastOver(CustomerRecord record) => record.Cases.Where(c => c.ResolvedAt > 0 && c.MergedInto == 0).MaxBy(c => c.ResolvedAt);

    private static DeviceLine? Silent(CustomerRecord record) => record.Devices.FirstOrDefault(d => d.Online == false && record.OpenCases.All(c => c.Device != d.Id)
        && record.Touched.All(t => t.Device != d.Id || t.UpAt > 0) && Running(record) is null);

    /// <summary>What they were promised, what comes first at the top of each.</summary>
    public static IReadOnlyList<CallerPromise> Promises(CustomerRecord record, long now, TimeZoneInfo zone)
    {
        var promises = new List<CallerPromise>();
        foreach (var outage in record.Outages.Where(o => o.State != "Held"))
        {
            if (outage.NextUpdateAt > 0 && record.IsTold(outage.Id))
                Add($"the next word about the outage by {Point(outage.NextUpdateAt)}", "/outages/", outage.Id);
            if (outage.EstimateUntil > 0 && record.IsTold(outage.Id))
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
