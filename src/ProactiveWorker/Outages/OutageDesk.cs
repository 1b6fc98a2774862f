using System.Text.Json;
using B2D.Core;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Outages;

/// <summary>What people do to outages: every act is one transaction with its line in the timeline and in the audit. What moves an outage on goes through the correlator,
/// which goes on from there.</summary>
public sealed class OutageDesk(Database state, OutageLoop outages, NoticePlanner notices, UpdateCadence cadence, TimeProvider time) : IOutageDesk
{
    public ActOutcome Act(long outageId, int version, OutageAct act, string who)
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (OutageLoop.Refusal(state.Read(db => OutageStore.Find(db, outageId)), version, out var known) is null && Said(known, act) is { } said)
            return new ActOutcome.Rejected(said);
        return act switch
        {
            OutageAct.Override { State: OutagePhase.Held } => new ActOutcome.Rejected("an outage is held back only until customers are told of it"),
            OutageAct.Override { Reason.Length: 0 } => new ActOutcome.Rejected("say why; whoever looks at it afterwards will read it"),
            OutageAct.Override e => outages.Move(outageId, version, e.State, null, row => row, Recorded(act, who, now), now),
            OutageAct.SetCause { Cause.Length: 0 } => outages.Move(outageId, version, OutagePhase.Investigating, OutagePhase.Identified, row => WithNews(row with { Cause = "" }, now), Recorded(act, who, now), now),
            // While it is held back nobody is told because of it, and what is only being watched goes on to its end.
            OutageAct.SetCause e => outages.Move(outageId, version, OutagePhase.Identified, OutagePhase.Investigating, row => WithNews(row with { Cause = e.Cause }, now), Recorded(act, who, now), now),
            _ => state.Write(db => Change(db, outageId, version, act, Recorded(act, who, now), now)),
        };
    }

    /// <summary>What is so already is news to nobody; null where it would be.</summary>
    private static string? Said(OutageRow row, OutageAct act) => act switch
    {
        OutageAct.SetCause e when e.Cause == row.Cause => e.Cause.Length > 0 ? "this is the cause already" : "there is no cause to take back",
        OutageAct.SetWorkaround e when e.Text == row.Workaround => e.Text.Length > 0 ? "this is the work-around already" : "there is no work-around to take back",
        _ => null,
    };

    private ActOutcome Change(Db db, long outageId, int version, OutageAct act, Action<Db, OutageRow> recorded, ServerTime now)
    {
        if (OutageLoop.Refusal(OutageStore.Find(db, outageId), version, out var row) is { } refused)
            return refused;
        if (act is OutageAct.HoldNews && row.NewsAt <= now.EpochMs)
            return new ActOutcome.Rejected("nothing waits to be told");
        var changed = act switch
        {
            OutageAct.HoldNews => Held(row, now),
            OutageAct.SetWorkaround e => WithNews(row with { Workaround = e.Text }, now),
            OutageAct.SetEstimate e => WithNews(row with { EstimateFrom = e.From.EpochMs, EstimateUntil = e.Until.EpochMs }, now),
            OutageAct.SetNextUpdate e => Promising(row, e.At, now),
            // What they were promised while nobody had heard it begins now.
            OutageAct.ReleaseGuard => Released(row, row.ChosenUpdateAt > now.EpochMs ? row.ChosenUpdateAt : cadence.Next(new ServerTime(row.BeganAt), now).EpochMs),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "an act this desk does not know"),
        };
        OutageStore.Update(db, changed);
        if (act is OutageAct.ReleaseGuard)
            notices.LetGo(db, changed, now);
        recorded(db, changed);
        return new ActOutcome.Done(version + 1);
    }

    /// <summary>Those who were told hear what changed, with what else is written in the next minutes.</summary>
    private static OutageRow WithNews(OutageRow row, ServerTime now) =>
        row.ToldAt == 0 || row.NewsAt > 0 ? row : row with { NewsAt = (now + UpdateCadence.Gathers).EpochMs };

    private static OutageRow Released(OutageRow row, long next) => row with { Guard = false, NewsAt = 0, NextUpdateAt = next, ToldNextUpdateAt = next };

    /// <summary>Customers hold the time that they were told. That it comes later they hear before it.</summary>
    private OutageRow Promising(OutageRow row, ServerTime at, ServerTime now)
    {
        var promised = row with { NextUpdateAt = at.EpochMs, ChosenUpdateAt = at.EpochMs };
        if (row.NextUpdateAt == 0 || at.EpochMs <= row.NextUpdateAt)
            return row.ToldNextUpdateAt > 0 ? promised with { ToldNextUpdateAt = at.EpochMs } : promised;
        var told = WithNews(promised, now);
        return told with { NewsAt = Math.Min(told.NewsAt, (new ServerTime(row.NextUpdateAt) - cadence.Ahead).EpochMs) };
    }

    /// <summary>Those who hold a time that was to be moved have not heard so: it stays theirs.</summary>
    private static OutageRow Held(OutageRow row, ServerTime now) => row.ToldNextUpdateAt > now.EpochMs && row.ToldNextUpdateAt < row.NextUpdateAt
        ? row with { NewsAt = 0, NextUpdateAt = row.ToldNextUpdateAt, ChosenUpdateAt = 0 }
        : row with { NewsAt = 0 };

    private static Action<Db, OutageRow> Recorded(OutageAct act, string who, ServerTime now) => (db, row) =>
    {
        var (kind, text, detail) = Words(act);
        TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{row.Id}", At = now.EpochMs, Kind = kind, Text = text, Who = who });
        AuditStore.Append(db, now.EpochMs, who, $"outage.{kind}", $"outage:{row.Id}", JsonSerializer.Serialize(detail));
    };

    private static (string Kind, string Text, object Detail) Words(OutageAct act) => act switch
    {
        OutageAct.SetCause e => ("cause", e.Cause.Length > 0 ? $"Cause: {e.Cause}" : "Cause taken back", new { cause = e.Cause }),
        OutageAct.SetWorkaround e => ("workaround", e.Text.Length > 0 ? $"Work-around: {e.Text}" : "Work-around taken back", new { text = e.Text }),
        OutageAct.SetEstimate e => ("estimate", $"Estimate: {e.From} to {e.Until}", new { from = e.From.EpochMs, until = e.Until.EpochMs }),
        OutageAct.SetNextUpdate e => ("next-update", $"Next news promised by {e.At}", new { at = e.At.EpochMs }),
        OutageAct.HoldNews => ("hold", "What was written is not told before the next promised word", new { }),
        OutageAct.Override e => ("override", $"Set to {e.State} by hand: {e.Reason}", new { state = e.State.ToString(), reason = e.Reason }),
        _ => ("release", "The notices that waited for a person were let go", new { }),
    };
}
