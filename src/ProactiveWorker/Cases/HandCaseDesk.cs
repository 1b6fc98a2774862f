using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Devices;

namespace B2D.ProactiveWorker.Cases;

/// <summary>
/// Opens cases by hand. What a customer reports joins the open case of that device and kind, or opens the one again that was resolved a short while ago, as a fault does;
/// else a case begins that no fault ends: a person resolves it.
/// </summary>
public sealed class HandCaseDesk(Database state, CaseTiming timing, RuleBook rules, TimeProvider time) : IHandCaseDesk
{
    private static readonly TimeSpan UsualReopening = TimeSpan.FromDays(1);

    public HandCaseOutcome Open(HandCase asked, string who)
    {
        if (asked.Problem() is { Length: > 0 } problem)
            return new HandCaseOutcome.Rejected(problem);
        var now = ServerTime.From(time.GetUtcNow());
        return state.Write<HandCaseOutcome>(db =>
        {
            if (DeviceStore.Find(db, asked.Device) is not { } device)
                return new HandCaseOutcome.Rejected("there is no such device");
            var contact = asked.Contact > 0 ? ContactStore.Find(db, asked.Contact) : null;
            if (asked.Contact > 0 && (contact is null || contact.Customer != device.Customer))
                return new HandCaseOutcome.Rejected("there is no such contact with the device’s owner");
            var policy = rules.Current.Set.Faults.FirstOrDefault(f => f.Case?.Family == asked.Family)?.Case
                ?? new CasePolicy(asked.Family, asked.Queue, asked.Priority, UsualReopening, TimeSpan.Zero);
            var last = CaseOpener.Last(db, asked.Device, asked.Family);
            var open = last is not null && CaseStore.OpenStates.Contains(last.State) ? last : null;
            var how = CaseOpeningDecision.Decide(open is not null, last is null ? null : CaseFactsOf.Row(last), last?.Customer == device.Customer, policy, now);
            var id = how switch
            {
                CaseOpening.Join => Join(db, open!, asked, contact is not null, who, now),
                CaseOpening.Reopen => Reopen(db, last!, asked, contact is not null, who, now),
                _ => Begin(db, asked, device, policy, how == CaseOpening.OpenLinked ? last!.Id : 0, contact is not null, who, now),
            };
            if (contact is { CaseId: 0 })
                ContactStore.SetCase(db, contact.Id, id);
            AuditStore.Append(db, now.EpochMs, who, "case.Report", $"case:{id}",
                JsonSerializer.Serialize(new { device = asked.Device, family = asked.Family, queue = asked.Queue, priority = asked.Priority, contact = asked.Contact, how = how.ToString() }));
            return new HandCaseOutcome.Taken(id, how);
        });
    }

    private long Begin(Db db, HandCase asked, DeviceRow device, CasePolicy policy, long linked, bool answered, string who, ServerTime now)
    {
        var id = CaseStore.TryOpen(db, timing.Opened(db, Answered(new CaseRow
        {
            Device = asked.Device,
            Family = asked.Family,
            State = "New",
            Priority = asked.Priority,
            Queue = asked.Queue,
            Title = asked.Title.Trim(),
            Severity = Severity.Medium,
            Segment = device.Segment,
            Customer = device.Customer,
            Care = device.Customer.Length > 0 && CustomerStore.Find(db, device.Customer) is { Care.Length: > 0 },
            OpenedAt = now.EpochMs,
            OnsetAt = now.EpochMs,
            LastSeenAt = now.EpochMs,
            LinkedCase = linked,
            ReopenWithinMs = (long)policy.ReopenWithin.TotalMilliseconds,
            AskFirst = true,
            Summary = asked.About.Trim(),
        }, answered, who, now), policy, now)) ?? throw new InvalidOperationException($"a case of {asked.Device} and {asked.Family} appeared inside the transaction that looked for it");
        Line(db, id, "opened", $"Opened by hand: {asked.Title.Trim()}", who, now);
        return id;
    }

    /// <summary>They say that it does not work: before it resolves by itself they are asked.</summary>
    private long Join(Db db, CaseRow row, HandCase asked, bool answered, string who, ServerTime now)
    {
        var joined = Answered(row with { LastSeenAt = now.EpochMs, AskFirst = true, AskedAt = 0, Priority = Math.Min(row.Priority, asked.Priority) }, answered, who, now);
        CaseStore.Update(db, timing.Moved(db, row, joined, who, now));
        Line(db, row.Id, "reported", Words(asked), who, now);
        return row.Id;
    }

    private long Reopen(Db db, CaseRow row, HandCase asked, bool answered, string who, ServerTime now)
    {
        var step = CaseStep.Step(CaseFactsOf.Row(row), new CaseEvent.Reopen(), now);
        var again = Answered(CaseFactsOf.Apply(row, step.Facts) with { Reopened = row.Reopened + 1, ResolvedBy = "", ClearSinceAt = 0, AskFirst = true, AskedAt = 0, LastSeenAt = now.EpochMs }, answered, who, now);
        CaseStore.Update(db, timing.Moved(db, row, again, who, now));
        Line(db, row.Id, "reopened", $"Still broken. {Words(asked)}", who, now);
        return row.Id;
    }

    /// <summary>Whoever talked to the customer has responded.</summary>
    private static CaseRow Answered(CaseRow row, bool answered, string who, ServerTime now) =>
        answered && row.RespondedAt == 0 ? row with { RespondedAt = now.EpochMs, RespondedBy = who } : row;

    private static string Words(HandCase asked) => $"The customer reports: {asked.Title.Trim()}{(asked.About.Trim().Length > 0 ? $". {asked.About.Trim()}" : "")}";

    private static void Line(Db db, long caseId, string kind, string text, string who, ServerTime now) =>
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{caseId}", At = now.EpochMs, Kind = kind, Text = text, Who = who });
}
