using System.Text.Json;
using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Maintenance;

namespace B2D.Console.Maintenance;

/// <summary>What a person does to maintenance.</summary>
/// <param name="Why">The explanation, as customers who were told read it; may be empty where nobody was.</param>
internal abstract record MaintenanceAct(string Why)
{
    /// <summary>The work is over, or will not be done.</summary>
    public sealed record End(string Why = "") : MaintenanceAct(Why);

    /// <summary>It is over at another time.</summary>
    public sealed record MoveEnd(ServerTime Until, string Why = "") : MaintenanceAct(Why);

    /// <summary>It takes place at another time.</summary>
    public sealed record Move(ServerTime From, ServerTime Until, string Why = "") : MaintenanceAct(Why);
}

/// <summary>Where maintenance is planned: the table is all that the worker looks at.</summary>
internal sealed class MaintenanceDesk(Stores stores, TimeProvider time)
{
    /// <summary>Plans it as <paramref name="who"/>: its number and how many devices it concerns as the registry is now, or why it was refused.</summary>
    public (long Id, long Devices, string Refused) Plan(MaintenanceRow row, string who)
    {
        var now = ServerTime.From(time.GetUtcNow());
        return stores.State.Write(db =>
        {
            if (MaintenanceStore.TryAdd(db, row with { Person = who, LookAt = row.Felt ? now.EpochMs : 0 }) is not { } id)
                return (0L, 0L, $"{MaintenanceStore.MostLive:N0} are planned or running already; call some off first");
            Line(db, id, now, "planned", $"Planned by {who}", who);
            AuditStore.Append(db, now.EpochMs, who, "maintenance.plan", $"maintenance:{id}",
                JsonSerializer.Serialize(new { scope = row.Scope, target = row.Target, from = row.FromAt, until = row.UntilAt, felt = row.Felt, words = row.Words }));
            return (id, MaintenanceStore.CountDevices(db, row), "");
        });
    }

    /// <summary>Does it as <paramref name="who"/>, unless it is no longer at <paramref name="version"/>; 0: whatever it is at.</summary>
    public ActOutcome Act(long id, int version, MaintenanceAct act, string who)
    {
        var now = ServerTime.From(time.GetUtcNow());
        return stores.State.Write<ActOutcome>(db =>
        {
            if (MaintenanceStore.Find(db, id) is not { } row)
                return new ActOutcome.Unknown();
            if (version > 0 && version != row.Revision)
                return new ActOutcome.Conflict((int)row.Revision, "somebody else changed it in the meantime; look at it again and repeat what is still needed.");
            if (row.State == "Over" || row.EndedBy.Length > 0)
                return new ActOutcome.Rejected("it is over already");
            var begun = row.HasBegun(now);
            if (act is MaintenanceAct.Move { From: var from } && begun && from.EpochMs != row.FromAt)
                return new ActOutcome.Rejected("it has begun; only its end can be moved");
            // That work which runs is over is no change: its end is told as such.
            var isChange = (row.ToldAt > 0 || PlannedStore.IsTold(db, id)) && (act is not MaintenanceAct.End || !begun);
            if (isChange && act.Why.Length == 0)
                return new ActOutcome.Rejected("customers were told of it: say why, in their words");
            var (next, kind, text) = act switch
            {
                MaintenanceAct.MoveEnd move => (row with { UntilAt = move.Until.EpochMs }, "moved", $"{who} moved the end"),
                MaintenanceAct.Move move => (row with { FromAt = move.From.EpochMs, UntilAt = move.Until.EpochMs }, "moved", $"{who} moved it"),
                // What was called off before it began never ran.
                _ => (row with { EndedBy = who, UntilAt = row.ToPlan().EndsNow(begun, now).EpochMs }, "ended", begun ? $"{who} ended it" : $"{who} called it off"),
            };
            if (act is not MaintenanceAct.End && next.ToPlan().Problem(now) is { Length: > 0 } problem)
                return new ActOutcome.Rejected(problem);
            var changeAt = isChange ? PlannedCadence.ChangeAt(begun ? new ServerTime(row.UntilAt) : row.ToPlan().Begins, now).EpochMs : 0;
            next = next with
            {
                Revision = row.Revision + 1,
                Why = act.Why,
                ChangeAt = isChange && row.ChangeAt > 0 ? Math.Min(row.ChangeAt, changeAt) : changeAt,
                LookAt = row.Felt ? now.EpochMs : 0,
            };
            if (!MaintenanceStore.Update(db, next))
                return new ActOutcome.Conflict((int)row.Revision, "it began or ended just now.");
            Line(db, id, now, kind, act.Why.Length > 0 ? $"{text}: {act.Why}" : text, who);
            AuditStore.Append(db, now.EpochMs, who, $"maintenance.{kind}", $"maintenance:{id}", JsonSerializer.Serialize(new { from = next.FromAt, until = next.UntilAt, why = act.Why }));
            return new ActOutcome.Done((int)next.Revision);
        });
    }

    private static void Line(Db db, long id, ServerTime now, string kind, string text, string who) =>
        TimelineStore.Add(db, new TimelineRow { Subject = $"maintenance:{id}", At = now.EpochMs, Kind = kind, Text = text, Who = who });
}
