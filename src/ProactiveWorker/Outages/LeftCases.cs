using B2D.Core;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Outages;

/// <summary>Cases of those for whom an outage is not over when it is: they hear that somebody looks at theirs, and so somebody has to.</summary>
internal static class LeftCases
{
    /// <summary>The first thing to do where only the customer knows what is broken.</summary>
    public const string AskWhat = "Ask the customer what does not work";

    /// <summary>What of a customer's does not answer yet is worked on: in the case that it has by its rule, or else in one of its own, which ends when all of it answers.</summary>
    /// <param name="down">What of the outage is theirs and does not answer; at least one.</param>
    public static void Silent(Db db, OutageRow outage, OutageRule? rule, IReadOnlyList<OutageDeviceRow> down, ServerTime now)
    {
        var faults = down.SelectMany(d => FaultStore.Open(db, d.Device).Where(f => rule?.Of.Contains(f.Rule) == true || f.Episode == d.FaultEpisode)).ToArray();
        var known = faults.Select(f => f.CaseId > 0 ? CaseStore.Find(db, f.CaseId) : null).FirstOrDefault(c => c is not null && CaseStore.OpenStates.Contains(c.State));
        if (known is { OutageId: 0 } && CaseStore.Update(db, known with { OutageId = outage.Id }))
            Line(db, known.Id, $"Outage O-{outage.Id} is over, and this is left of it: the customer hears so", now);
        var summary = $"What the customer has of it did not answer when outage O-{outage.Id} was over: {string.Join(", ", down.Select(d => d.Device))}. They were told that somebody looks at it.";
        var id = known?.Id ?? Open(db, outage, down, summary, "See whether it is switched on, or only this connection is broken", rule, now);
        foreach (var fault in faults.Where(f => f.CaseId == 0 && id > 0))
            FaultStore.SetCase(db, fault.Device, fault.Rule, fault.Episode, id);
    }

    /// <summary>What did not answer was back for less than the quiet time: the case in which it is worked on goes on.</summary>
    public static void Again(Db db, OutageRow outage, FaultRow fault, ServerTime now)
    {
        if (CaseStore.List(db, new CaseFilter { OutageId = outage.Id, Customer = fault.Customer, States = CaseStore.OpenStates, Limit = 1 }) is not [var open])
            return;
        FaultStore.SetCase(db, fault.Device, fault.Rule, fault.Episode, open.Id);
        CaseStore.Update(db, open with { ClearSinceAt = 0, AskedAt = 0, LastSeenAt = now.EpochMs });
        Line(db, open.Id, $"{fault.Title} again", now);
    }

    /// <summary>What answers, and does not work as the customer said while it was being watched, is worked on until the customer was asked.</summary>
    public static void Said(Db db, OutageRow outage, string customer, ServerTime now)
    {
        if (CaseStore.List(db, new CaseFilter { OutageId = outage.Id, Customer = customer, States = CaseStore.OpenStates, Limit = 1 }) is [var known])
            CaseStore.Update(db, known with { AskFirst = true });
        else if (OutageStore.DevicesOf(db, outage.Id, customer) is { Count: > 0 } touched)
            Open(db, outage, touched, $"The customer said that it is still broken while outage O-{outage.Id} was being watched.", AskWhat, null, now);
    }

    /// <summary>A case of what an outage touched of a customer's, not yet opened; null where the device is gone.</summary>
    public static CaseRow? Draft(Db db, OutageRow outage, IReadOnlyList<OutageDeviceRow> touched, string summary, string nextStep, ServerTime now)
    {
        if (DeviceStore.Find(db, touched[0].Device) is not { } device)
            return null;
        return new CaseRow
        {
            Device = device.Id,
            Family = outage.Rule,
            Priority = 2,
            Title = outage.Title,
            Rule = outage.Rule,
            Episode = outage.Episode,
            Segment = device.Segment,
            Customer = touched[0].Customer,
            Care = CustomerStore.Find(db, touched[0].Customer) is { Care.Length: > 0 },
            OutageId = outage.Id,
            OpenedAt = now.EpochMs,
            OnsetAt = now.EpochMs,
            LastSeenAt = now.EpochMs,
            Summary = summary,
            NextStep = nextStep,
        };
    }

    /// <param name="rule">After whose quiet time it ends by itself, once all of it answers; null: the customer is asked first.</param>
    private static long Open(Db db, OutageRow outage, IReadOnlyList<OutageDeviceRow> touched, string summary, string nextStep, OutageRule? rule, ServerTime now)
    {
        if (Draft(db, outage, touched, summary, nextStep, now) is not { } draft)
            return 0;
        var row = rule is null ? draft with { AskFirst = true } : draft with { OnsetAt = touched[0].DownAt, ResolveAfterMs = Math.Max(1, (long)rule.ResolvedAfter.TotalMilliseconds) };
        if (CaseStore.TryOpen(db, row) is not { } id)
            return CaseStore.FindOpen(db, row.Device, row.Family)?.Id ?? 0;
        Line(db, id, $"Opened because {char.ToLowerInvariant(summary[0])}{summary[1..].TrimEnd('.')}", now);
        return id;
    }

    private static void Line(Db db, long caseId, string text, ServerTime now) =>
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{caseId}", At = now.EpochMs, Kind = "outage", Text = text, Who = "B2D" });
}
