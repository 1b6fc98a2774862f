using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Outbox;

namespace B2D.ProactiveWorker.Notices;

/// <summary>
/// Decides who is to be told what: intents wait in the outbox until they are due, are judged against the facts of that moment, and become rows of
/// the ledger. The ledger's key makes a second row for the same customer, subject, episode, status, revision and channel impossible.
/// </summary>
/// <param name="links">Pages on which customers answer; null: there are none.</param>
public sealed partial class NoticePlanner(Ledger ledger, RuleBook book, WorkerOptions options, CustomerLinks? links = null)
{
    internal const string FaultKind = "notice.fault";
    internal const string AllClearKind = "notice.all-clear";
    internal const string OutageKind = "notice.outage";
    internal const string DueKind = "notice.due";
    internal const string CaseKind = "notice.case";
    internal const string SurveyKind = "notice.survey";
    internal const string AskKind = "notice.ask";

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    /// <summary>The owner is to hear of a fault after its hold-back, safety at once.</summary>
    internal void PlanFault(Db db, FaultRow fault, FaultRule rule, NoticePolicy notice, long caseId, EscalationReason reason, ServerTime now)
    {
        var due = rule.Class == FaultClass.Safety ? now : ServerTime.Max(now, new ServerTime(fault.RaisedAt) + notice.HoldBack);
        // What a person asked to hear of now is told of now.
        if (due > now)
            due = rule.During?.NextOpen(due) ?? due;
        var id = $"{FaultKind}/{fault.Device}/{fault.Rule}/{fault.Episode}";
        // What was planned before its shelf, or before an outage that left it over, may have come to nothing because of it.
        var again = reason is EscalationReason.ShelfEnded or EscalationReason.NotExplained && OutboxStore.Find(db, id) is not null ? $"/{now.EpochMs}" : "";
        Put(db, id + again, FaultKind, $"fault:{fault.Id}", due, now,
            new FaultIntent(notice.Template, caseId, rule.Catalog.Customer, rule.Catalog.SelfHelp));
    }

    /// <summary>Whoever was told of a fault is to hear that it is over, after the quiet time.</summary>
    internal void PlanAllClear(Db db, FaultRow fault, ServerTime due, ServerTime now) =>
        Put(db, $"{AllClearKind}/{fault.Device}/{fault.Rule}/{fault.Episode}", AllClearKind, $"fault:{fault.Id}", due, now, new FaultIntent("", fault.CaseId, "", ""));

    /// <summary>The owner is to hear that something is due.</summary>
    internal void PlanDue(Db db, DueRow due, NoticePolicy notice, ServerTime now) =>
        Put(db, $"{DueKind}/{due.Device}/{due.Rule}/{due.Cycle}", DueKind, $"due:{due.Id}", now + notice.HoldBack, now, new FaultIntent(notice.Template, 0, "", ""));

    /// <summary>The new owner of a device is to hear of its fault, where the old one was to.</summary>
    internal static void PlanFaultAgain(Db db, FaultRow fault, OwnerChangeRow change, ServerTime now) => Again(db, $"{FaultKind}/{fault.Device}/{fault.Rule}/{fault.Episode}", change, now);

    /// <summary>The same of what is due.</summary>
    internal static void PlanDueAgain(Db db, DueRow due, OwnerChangeRow change, ServerTime now) => Again(db, $"{DueKind}/{due.Device}/{due.Rule}/{due.Cycle}", change, now);

    /// <summary>What still waits goes to the new owner by itself.</summary>
    private static void Again(Db db, string effectId, OwnerChangeRow change, ServerTime now)
    {
        if (change.ToCustomer.Length > 0 && OutboxStore.Find(db, effectId) is { DoneAt: > 0 } told)
            OutboxStore.Put(db, told with { EffectId = $"{effectId}/owner/{change.Id}", DueAt = now.EpochMs, CreatedAt = now.EpochMs, DoneAt = 0, Result = "" });
    }

    /// <summary>Carries out one due intent.</summary>
    internal void Carry(Db db, OutboxRow row, ServerTime now)
    {
        var id = long.Parse(row.Subject.AsSpan(row.Subject.IndexOf(':', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture);
        var result = row.Kind switch
        {
            FaultKind => TellFault(db, id, JsonSerializer.Deserialize<FaultIntent>(row.Body)!, now),
            AllClearKind => TellAllClear(db, id, now),
            OutageKind => TellOutage(db, id, JsonSerializer.Deserialize<OutageIntent>(row.Body)!, now),
            DueKind => TellDue(db, id, JsonSerializer.Deserialize<FaultIntent>(row.Body)!, now),
            SurveyKind => TellSurvey(db, id, now),
            AskKind => TellAsk(db, id, now),
            CaseKind => TellCase(db, id, JsonSerializer.Deserialize<CaseIntent>(row.Body)!, now),
            _ => $"unknown kind {row.Kind}",
        };
        if (result is null)
            OutboxStore.PutOff(db, row.Id, (now + LookAgain).EpochMs, "waits");
        else
            OutboxStore.Done(db, row.Id, now.EpochMs, result);
    }

    /// <summary>What the ledger calls a device's fault.</summary>
    internal static string SubjectOf(FaultRow fault) => $"fault:{fault.Device}/{fault.Rule}";

    private static void Put<T>(Db db, string effectId, string kind, string subject, ServerTime due, ServerTime now, T body) =>
        OutboxStore.Put(db, new OutboxRow { EffectId = effectId, Kind = kind, Subject = subject, DueAt = due.EpochMs, CreatedAt = now.EpochMs, Body = JsonSerializer.Serialize(body) });

    /// <summary>What customers read of a rule in their languages; empty where the rule is gone or has none.</summary>
    private ImmutableSortedDictionary<string, RuleWords> WordsOf(string rule) =>
        RuleOf(rule)?.Words ?? ImmutableSortedDictionary<string, RuleWords>.Empty;

    /// <summary>What does not work while a rule's fault or outage lasts.</summary>
    private Disruption DisruptionOf(string rule) => RuleOf(rule) switch
    {
        FaultRule fault => fault.Disruption,
        OutageRule outage => outage.Disruption,
        _ => Disruption.None,
    };

    /// <summary>A rule in force; null where it is gone.</summary>
    private Rule? RuleOf(string id)
    {
        var set = book.Current.Set;
        return set.Faults.AsEnumerable<Rule>().Concat(set.Dues).Concat(set.Outages).FirstOrDefault(r => r.Id == id);
    }
}
