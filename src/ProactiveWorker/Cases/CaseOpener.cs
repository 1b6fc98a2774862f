using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Faults;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;

namespace B2D.ProactiveWorker.Cases;

/// <summary>Turns faults that need a person into cases: one open case per device and problem family.</summary>
public sealed class CaseOpener(NoticePlanner notices, CaseTiming timing)
{
    /// <summary>A fault needs a person: it joins, reopens or opens a case where its rule says so, and its owner is to be told where the rule says so.</summary>
    /// <param name="fault">As it is stored.</param>
    public void OnEscalated(Db db, FaultRow fault, FaultRule rule, EscalationReason reason, ServerTime now)
    {
        if (rule.ExplainedByParent && DeviceStore.Find(db, fault.Device) is { Parent.Length: > 0 })
            FaultStore.SetSuppressedBy(db, fault.Device, fault.Rule, fault.Episode, ParentWatch.Mark);
        else
            OnLetGo(db, fault, rule, reason, now);
    }

    /// <summary>The same of a fault for which nobody waits any more whether something else explains it.</summary>
    /// <param name="fault">As it is stored.</param>
    public void OnLetGo(Db db, FaultRow fault, FaultRule rule, EscalationReason reason, ServerTime now)
    {
        // It is a line in a list: it may be switched off, or nobody is at home.
        if (rule.Case is { For: not CaseFor.All } some && !IsFor(db, fault, some, now))
            return;
        var caseId = rule.Case is { } policy ? Place(db, fault, rule, policy, reason, now) : 0;
        // A chronic fault is healed at this moment: there is nothing to tell the owner.
        // Where the device is nobody's, it is known for whoever owns it next.
        if (rule.Notice is { } notice && fault.ClearedAt == 0)
            notices.PlanFault(db, fault, rule, notice, caseId, reason, now);
    }

    private bool IsFor(Db db, FaultRow fault, CasePolicy policy, ServerTime now)
    {
        var owner = fault.Customer.Length > 0 ? CustomerStore.Find(db, fault.Customer) : null;
        return CaseOpeningDecision.IsFor(policy.For, CaseStore.FindOpen(db, fault.Device, policy.Family) is not null, owner is not null && Dependents.Is(owner, now),
            timing.HasContract(DeviceStore.Find(db, fault.Device), owner, new ServerTime(fault.OnsetAt > 0 ? fault.OnsetAt : fault.RaisedAt)));
    }

    /// <summary>A fault began: where somebody looks at its device already, since an outage left it over, they go on.</summary>
    /// <param name="fault">As it is stored.</param>
    public void OnRaised(Db db, FaultRow fault, ServerTime now) => notices.DownAgain(db, fault, now);

    /// <summary>
    /// A fault ended: a case all of whose faults have ended starts to count its quiet time, and who was told gets the all-clear after it. Where its rule or its device was
    /// taken away nobody knows how it is: nobody hears that it works, and the customer is asked before the case ends.
    /// </summary>
    /// <param name="fault">As it is stored.</param>
    public void OnCleared(Db db, FaultRow fault, string reason, string effectId, ServerTime now)
    {
        var quiet = TimeSpan.Zero;
        var unseen = TakenAway(reason);
        if (fault.CaseId > 0 && CaseStore.Find(db, fault.CaseId) is { } row)
        {
            Line(db, row.Id, now, "cleared", unseen is null ? $"{fault.Title} cleared" : $"{fault.Title} is not watched any more, {unseen}: nobody knows whether it is over", reason, effectId);
            quiet = TimeSpan.FromMilliseconds(row.ResolveAfterMs);
            var clear = row.ClearSinceAt == 0 && FaultStore.Count(db, new FaultFilter { CaseId = row.Id, OpenOnly = true }) == 0 ? row with { ClearSinceAt = now.EpochMs } : row;
            var asked = unseen is not null && CaseStore.OpenStates.Contains(row.State) ? clear with { AskFirst = true } : clear;
            if (asked != row)
                CaseStore.Update(db, asked);
        }
        // That nobody looks any more is no sign that it answers.
        if (unseen is not null)
            return;
        if (fault.Customer.Length > 0)
            notices.PlanAllClear(db, fault, now + quiet, now);
        notices.PlanBack(db, fault, now);
    }

    /// <summary>Why nobody looks at a fault any more, which says nothing of whether it is over; null where it was seen to end.</summary>
    internal static string? TakenAway(string reason) => reason switch
    {
        nameof(FaultReason.RuleRemoved) => "since its rule was taken away",
        nameof(FaultReason.NoLongerApplies) => "since its rule is not for this device any more",
        nameof(FaultReason.DeviceNotHeard) => "since the device is not heard any more",
        nameof(FaultReason.DeviceRemoved) => "since the device was taken away",
        _ => null,
    };

    private long Place(Db db, FaultRow fault, FaultRule rule, CasePolicy policy, EscalationReason reason, ServerTime now)
    {
        var last = Last(db, fault.Device, policy.Family);
        var open = last is not null && CaseStore.OpenStates.Contains(last.State) ? last : null;
        var decision = CaseOpeningDecision.Decide(open is not null, last is null ? null : CaseFactsOf.Row(last), last?.Customer == fault.Customer, policy, now);
        var id = decision switch
        {
            // The same episode again (its shelf ended, its remedy failed later) is nothing new.
            CaseOpening.Join when fault.CaseId == open!.Id => open.Id,
            CaseOpening.Join => Join(db, open!, fault, policy, now),
            CaseOpening.Reopen => Reopen(db, last!, fault, policy, now),
            _ => Open(db, fault, rule, policy, reason, decision == CaseOpening.OpenLinked ? last!.Id : 0, now),
        };
        FaultStore.SetCase(db, fault.Device, fault.Rule, fault.Episode, id);
        return id;
    }

    /// <summary>The open case of a device and family, or the latest; what was merged goes on where it was merged into.</summary>
    internal static CaseRow? Last(Db db, string device, string family)
    {
        var last = CaseStore.FindOpenOrLatest(db, device, family);
        return last is { MergedInto: > 0 } && CaseStore.Find(db, last.MergedInto) is { } whole
            ? CaseStore.OpenStates.Contains(whole.State) ? whole : CaseStore.FindOpenOrLatest(db, whole.Device, whole.Family) ?? whole
            : last;
    }

    private long Open(Db db, FaultRow fault, FaultRule rule, CasePolicy policy, EscalationReason reason, long linked, ServerTime now)
    {
        var device = DeviceStore.Find(db, fault.Device);
        IReadOnlyList<string> accepted = [.. StandardStepStore.Accepted(db, rule.Id, rule.Was, device?.Model ?? "").Select(s => s.Text)];
        var id = CaseStore.TryOpen(db, timing.Opened(db, new CaseRow
        {
            Device = fault.Device,
            Family = policy.Family,
            Priority = policy.Priority,
            Queue = policy.Queue,
            Title = rule.Title,
            Rule = rule.Id,
            RuleVersion = rule.Version,
            Episode = fault.Episode,
            Severity = fault.Severity,
            Class = rule.Class,
            Segment = fault.Segment,
            Customer = fault.Customer,
            Chronic = reason == EscalationReason.Chronic,
            Care = fault.Customer.Length > 0 && CustomerStore.Find(db, fault.Customer) is { Care.Length: > 0 },
            OpenedAt = now.EpochMs,
            OnsetAt = fault.OnsetAt,
            LastSeenAt = now.EpochMs,
            Recurrences = 0,
            LinkedCase = linked,
            OutageId = fault.OutageId,
            ReopenWithinMs = (long)policy.ReopenWithin.TotalMilliseconds,
            ResolveAfterMs = (long)policy.ResolveAfter.TotalMilliseconds,
            ClearSinceAt = fault.ClearedAt,
            Summary = CaseText.Summary(db, fault, rule, device, reason),
            NextStep = accepted.Count > 0 ? accepted[0] : rule.Catalog.Response,
        }, policy, now)) ?? throw new InvalidOperationException($"a case of {fault.Device} and {policy.Family} appeared inside the transaction that looked for it");
        var position = 0;
        foreach (var step in StandardSteps.Of(accepted, CaseText.Steps(rule.Catalog)))
            StepStore.Add(db, new StepRow { CaseId = id, Position = position++, Text = step, AddedBy = "B2D", Standard = true });
        Line(db, id, now, "opened", CaseText.Opened(rule, reason), CaseText.Why(reason), $"case-opened/{fault.Device}/{fault.Rule}/{fault.Episode}");
        return id;
    }

    /// <summary>Once more the case's fault: it is as urgent as the most urgent of its faults.</summary>
    private static CaseRow Again(CaseRow row, FaultRow fault, CasePolicy policy, ServerTime now) => row with
    {
        Recurrences = row.Recurrences + 1,
        LastSeenAt = now.EpochMs,
        ClearSinceAt = 0,
        AskedAt = 0,
        Severity = fault.Severity > row.Severity ? fault.Severity : row.Severity,
        Class = fault.Class > row.Class ? fault.Class : row.Class,
        Priority = Math.Min(policy.Priority, row.Priority),
    };

    private static long Join(Db db, CaseRow row, FaultRow fault, CasePolicy policy, ServerTime now)
    {
        CaseStore.Update(db, Again(row, fault, policy, now));
        Line(db, row.Id, now, "recurred", $"{fault.Title} again", "joined the open case", $"case-joined/{fault.Device}/{fault.Rule}/{fault.Episode}");
        return row.Id;
    }

    private long Reopen(Db db, CaseRow row, FaultRow fault, CasePolicy policy, ServerTime now)
    {
        var step = CaseStep.Step(CaseFactsOf.Row(row), new CaseEvent.Recur(), now);
        var again = Again(CaseFactsOf.Apply(row, step.Facts), fault, policy, now) with { Reopened = row.Reopened + 1, ResolvedBy = "" };
        CaseStore.Update(db, timing.Moved(db, row, again, "B2D", now));
        Line(db, row.Id, now, "reopened", $"{fault.Title} came back", "within the time in which a resolved case is reopened", $"case-reopened/{fault.Device}/{fault.Rule}/{fault.Episode}");
        return row.Id;
    }

    private static void Line(Db db, long caseId, ServerTime now, string kind, string text, string why, string effectId) =>
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = $"case:{caseId}",
            At = now.EpochMs,
            Kind = kind,
            Text = text,
            Who = "B2D",
            Detail = System.Text.Json.JsonSerializer.Serialize(new { why }),
            EffectId = $"{effectId}/case",
        });
}
