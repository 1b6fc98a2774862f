using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Dues;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Remedies;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Faults;

/// <summary>Writes what lanes decided into the state database, inside the transaction that also says how far the log was read.</summary>
public sealed class EffectRecorder(CaseOpener cases, RemedyRecorder remedies, DueRecorder dues, WorkerOptions options)
{
    /// <summary>Every kind of effect is handled here; one written before (a replay) is passed over by its id.</summary>
    public void Record(Db db, IReadOnlyList<LaneEffect> effects)
    {
        // A fault as a rule escalates right behind being raised: its row need not be read again.
        FaultRow? raised = null;
        List<LateMessage> late = [];
        foreach (var effect in effects)
        {
            var before = raised;
            raised = null;
            switch (effect)
            {
                case LaneEffect.Raised e:
                    raised = Raise(db, e);
                    break;
                case LaneEffect.Cleared e:
                    Clear(db, e);
                    break;
                case LaneEffect.SeverityChanged e:
                    if (Transition(db, e, Find(db, e.Device, e.Rule.Id, e.Episode), e.Rule.Id, e.Episode, "Severity", e.Reason.ToString()))
                        FaultStore.SetSeverity(db, e.Device.Value, e.Rule.Id, e.Episode.ToString(), e.Severity);
                    break;
                case LaneEffect.Latched e:
                    if (Transition(db, e, Find(db, e.Device, e.Rule, e.Episode), e.Rule, e.Episode, "Latched", e.Reason.ToString()))
                        FaultStore.SetPhase(db, e.Device.Value, e.Rule, e.Episode.ToString(), nameof(FaultPhase.Latched));
                    break;
                case LaneEffect.Relapsed e:
                    Relapse(db, e);
                    break;
                case LaneEffect.Chatters e:
                    if (Transition(db, e, Find(db, e.Device, e.Rule.Id, e.Episode), e.Rule.Id, e.Episode, "Chatters", nameof(FaultReason.Chatters)))
                        FaultStore.SetPhase(db, e.Device.Value, e.Rule.Id, e.Episode.ToString(), FaultRow.Chattering);
                    break;
                case LaneEffect.HeldOutsideHours e:
                    FaultStore.Shelve(db, e.Device.Value, e.Rule, "", e.Until.EpochMs, FaultRow.OutsideHours);
                    break;
                case LaneEffect.HeldByMaintenance e:
                    Hold(db, e);
                    break;
                case LaneEffect.HeldNoMore e:
                    HeldFaultStore.LetGo(db, e.Device.Value, e.Rule);
                    break;
                case LaneEffect.CameLate e:
                    late.Add(new LateMessage(e.Device.Value, e.SentAt.EpochMs, e.Delayed, e.At.EpochMs, e.Offset));
                    break;
                case LaneEffect.Escalated e:
                    Escalate(db, e, before);
                    break;
                case LaneEffect.CommandWanted e:
                    remedies.OnWanted(db, e);
                    break;
                case LaneEffect.RemedyChanged e:
                    remedies.OnChanged(db, e);
                    break;
                case LaneEffect.CommandProgress e:
                    RemedyRecorder.OnProgress(db, e);
                    break;
                case LaneEffect.Acted e:
                    Act(db, e);
                    break;
                case LaneEffect.DueChanged e:
                    dues.OnChanged(db, e);
                    break;
                case LaneEffect.RuleRenamed e:
                    Rename(db, e);
                    break;
                case LaneEffect.PresenceChanged e:
                    LiveStore.Put(db, [new LiveRow { Device = e.Device.Value, Online = e.Presence == Presence.Online, OnlineAt = e.At.EpochMs, LastSeenAt = e.Presence == Presence.Online ? e.At.EpochMs : 0 }]);
                    break;
                case LaneEffect.GatewayWasDown e:
                    TransitionStore.Append(db, new TransitionRow { EffectId = $"{e.EffectId}/transition", Kind = "GatewayDown", At = e.At.EpochMs, OnsetAt = e.From.EpochMs, Reason = "Back" });
                    if (e.At - e.From >= options.GatewayGapAlarm)
                    {
                        OwnAlarmStore.Raise(db, e.EffectId, "GatewayDown", e.From.EpochMs, $"The gateway could not be reached for {(e.At - e.From).TotalMinutes:0.#} min; silence in that time says nothing about devices.");
                        OwnAlarmStore.Clear(db, e.EffectId, e.At.EpochMs);
                    }
                    break;
                // It is in the log and in a metric.
                case LaneEffect.ReorderFull:
                    break;
                default:
                    throw new InvalidOperationException($"no handler for the effect {effect.GetType().Name}");
            }
        }
        if (late.Count > 0)
            LateStore.Put(db, late);
    }

    private static FaultRow? Find(Db db, DeviceId device, string rule, EpisodeId episode) => FaultStore.Find(db, device.Value, rule, episode.ToString());

    /// <summary>False where it was written before.</summary>
    private static bool Transition(Db db, LaneEffect e, FaultRow? fault, string rule, EpisodeId episode, string kind, string reason) =>
        TransitionStore.Append(db, TransitionRow.Of(
            fault ?? new FaultRow { Device = e.Device.Value, Rule = rule, Episode = episode.ToString() }, e.EffectId, kind, e.At.EpochMs, reason)) is not null;

    /// <summary>The row as it is stored; null where it was there before.</summary>
    private FaultRow? Raise(Db db, LaneEffect.Raised e)
    {
        var row = FaultRows.New(DeviceStore.Find(db, e.Device.Value), e.Device, e.Rule, e.Episode, e.OnsetAt, e.At) with
        {
            Severity = e.Severity,
            Evidence = Evidence.Json(e.Rule, e.Reason, e.Evidence),
            Late = !e.Live,
            ShelvedUntil = e.HeldUntil.EpochMs,
            ShelveReason = e.HeldUntil == ServerTime.Zero ? "" : FaultRow.OutsideHours,
        };
        // One that was found late goes on in this one.
        FaultStore.EndBackDated(db, row.Device, row.Rule, row.RaisedAt, row.OnsetAt, nameof(FaultReason.RaisedAnew));
        var id = FaultStore.Raise(db, row);
        HeldFaultStore.LetGo(db, row.Device, row.Rule);
        Transition(db, e, row, e.Rule.Id, e.Episode, "Raised", e.Reason.ToString());
        if (id is not null && !row.Shadow)
            cases.OnRaised(db, row, e.At);
        return id is { } given ? row with { Id = given } : null;
    }

    /// <summary>What exists is silent until then; what does not is listed until it does, or is over. A rule on trial keeps nothing from anybody.</summary>
    private static void Hold(Db db, LaneEffect.HeldByMaintenance e)
    {
        if (e.Rule.Shadow)
            return;
        if (Find(db, e.Device, e.Rule.Id, e.Episode) is { ClearedAt: 0 })
        {
            FaultStore.Shelve(db, e.Device.Value, e.Rule.Id, "", e.Until.EpochMs, FaultRow.Maintained);
            return;
        }
        var device = DeviceStore.Find(db, e.Device.Value);
        HeldFaultStore.Hold(db, new HeldFaultRow
        {
            Device = e.Device.Value,
            Rule = e.Rule.Id,
            Episode = e.Episode.ToString(),
            Title = e.Rule.Title,
            Class = e.Rule.Class,
            Severity = e.Severity,
            OnsetAt = e.OnsetAt.EpochMs,
            HeldAt = e.At.EpochMs,
            Segment = device?.Segment ?? "",
            Customer = device?.Customer ?? "",
        });
    }

    private void Escalate(Db db, LaneEffect.Escalated e, FaultRow? raised)
    {
        var fault = raised is not null && raised.Device == e.Device.Value && raised.Rule == e.Rule.Id && raised.Episode == e.Episode.ToString()
            ? raised
            : Find(db, e.Device, e.Rule.Id, e.Episode);
        if (!Transition(db, e, fault, e.Rule.Id, e.Episode, "Escalated", e.Reason.ToString()) || fault is null)
            return;
        // An outage tells of what its hours kept back: what it leaves is let go at its end.
        if (e.Reason != EscalationReason.HoursBegan || fault.OutageId == 0)
            cases.OnEscalated(db, fault, e.Rule, e.Reason, e.At);
    }

    private static void Relapse(Db db, LaneEffect.Relapsed e)
    {
        if (!Transition(db, e, Find(db, e.Device, e.Rule, e.Episode), e.Rule, e.Episode, "Relapsed", e.Reason.ToString()))
            return;
        FaultStore.SetPhase(db, e.Device.Value, e.Rule, e.Episode.ToString(), e.IsChattering ? FaultRow.Chattering : nameof(FaultPhase.Active));
        FaultStore.SetSeverity(db, e.Device.Value, e.Rule, e.Episode.ToString(), e.Severity);
    }

    private void Clear(Db db, LaneEffect.Cleared e)
    {
        // What is not reported any more by a device that is switched off is not seen to be over.
        var reason = (e.Reason == FaultReason.Unseen && LiveStore.Find(db, e.Device.Value) is not { Online: true } ? FaultReason.DeviceNotHeard : e.Reason).ToString();
        if (!FaultStore.Clear(db, e.Device.Value, e.Rule, e.Episode.ToString(), e.At.EpochMs, reason, e.ClearedAt.EpochMs))
            return;
        var fault = Find(db, e.Device, e.Rule, e.Episode)!;
        Transition(db, e, fault, e.Rule, e.Episode, "Cleared", reason);
        cases.OnCleared(db, fault, reason, e.EffectId, e.At);
    }

    private static void Rename(Db db, LaneEffect.RuleRenamed e)
    {
        DueStore.Rename(db, e.Device.Value, e.From, e.To);
        HeldFaultStore.Rename(db, e.Device.Value, e.From, e.To);
        if (FaultStore.FindOpen(db, e.Device.Value, e.From) is not { } open)
            return;
        FaultStore.Rename(db, e.Device.Value, e.From, e.To);
        NoticeStore.Rename(db, open.Customer, NoticePlanner.SubjectOf(open), NoticePlanner.SubjectOf(open with { Rule = e.To }));
    }

    private static void Act(Db db, LaneEffect.Acted e)
    {
        switch (e.Kind)
        {
            case FaultAction.Acknowledge:
                FaultStore.Acknowledge(db, e.Device.Value, e.Rule, e.Person, e.At.EpochMs);
                break;
            case FaultAction.Shelve or FaultAction.OutOfService:
                FaultStore.Shelve(db, e.Device.Value, e.Rule, e.Person, e.Until.EpochMs, e.Reason);
                break;
            case FaultAction.Unshelve or FaultAction.InService:
                FaultStore.Shelve(db, e.Device.Value, e.Rule, e.Person, 0, "");
                break;
        }
    }
}
