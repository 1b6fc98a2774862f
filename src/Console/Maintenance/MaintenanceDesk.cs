using System.Text.Json;
using B2D.Core;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Maintenance;

namespace B2D.Console.Maintenance;

/// <summary>What a person does to maintenance.</summary>
internal abstract record MaintenanceAct
{
    private MaintenanceAct() { }

    /// <summary>The work is over, or will not be done.</summary>
    public sealed record End : MaintenanceAct;

    /// <summary>It is over at another time.</summary>
    public sealed record MoveEnd(ServerTime Until) : MaintenanceAct;
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
            if (MaintenanceStore.TryAdd(db, row with { Person = who }) is not { } id)
                return (0L, 0L, $"{MaintenanceStore.MostLive:N0} are planned or running already; call some off first");
            Line(db, id, now, "planned", $"Planned by {who}", who);
            AuditStore.Append(db, now.EpochMs, who, "maintenance.plan", $"maintenance:{id}",
                JsonSerializer.Serialize(new { scope = row.Scope, target = row.Target, from = row.FromAt, until = row.UntilAt }));
            return (id, MaintenanceStore.CountDevices(db, row), "");
        });
    }

    /// <summary>Does it as <paramref name="who"/>.</summary>
    public ActOutcome Act(long id, MaintenanceAct act, string who)
    {
        var now = ServerTime.From(time.GetUtcNow());
        return stores.State.Write<ActOutcome>(db =>
        {
            if (MaintenanceStore.Find(db, id) is not { } row)
                return new ActOutcome.Unknown();
            if (row.State == "Over" || row.EndedBy.Length > 0)
                return new ActOutcome.Rejected("it is over already");
            var (next, kind, text) = act is MaintenanceAct.MoveEnd move
                ? (row with { UntilAt = move.Until.EpochMs }, "moved", $"{who} moved the end")
                // What was called off before it began never ran.
                : (row with { EndedBy = who, UntilAt = Math.Max(now.EpochMs, row.FromAt) }, "ended", row.State == "Running" ? $"{who} ended it" : $"{who} called it off");
            if (act is MaintenanceAct.MoveEnd && next.ToPlan().Problem(now) is { Length: > 0 } problem)
                return new ActOutcome.Rejected(problem);
            if (!MaintenanceStore.Update(db, next))
                return new ActOutcome.Conflict((int)row.Version, "it began or ended just now.");
            Line(db, id, now, kind, text, who);
            AuditStore.Append(db, now.EpochMs, who, $"maintenance.{kind}", $"maintenance:{id}", JsonSerializer.Serialize(new { until = next.UntilAt }));
            return new ActOutcome.Done((int)row.Version + 1);
        });
    }

    private static void Line(Db db, long id, ServerTime now, string kind, string text, string who) =>
        TimelineStore.Add(db, new TimelineRow { Subject = $"maintenance:{id}", At = now.EpochMs, Kind = kind, Text = text, Who = who });
}
