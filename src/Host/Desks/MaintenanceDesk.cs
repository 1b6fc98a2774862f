using System.Text.Json;
using B2D.Console;
using B2D.Core;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Maintenance;

namespace B2D.Host.Desks;

/// <summary>The console's maintenance desk: the table is all that the worker's loop looks at.</summary>
internal sealed class HostMaintenanceDesk(Installation installation) : IMaintenanceDesk
{
    public (long Id, long Devices, string Refused) Plan(MaintenanceRow row, string who)
    {
        var now = ServerTime.From(installation.Time.GetUtcNow());
        return installation.Stores.State.Write(db =>
        {
            if (MaintenanceStore.TryAdd(db, row with { Person = who }) is not { } id)
                return (0L, 0L, $"{MaintenanceStore.MostLive:N0} are planned or running already; call some off first");
            Line(db, id, now, "planned", $"Planned by {who}", who);
            AuditStore.Append(db, now.EpochMs, who, "maintenance.plan", $"maintenance:{id}",
                JsonSerializer.Serialize(new { scope = row.Scope, target = row.Target, from = row.FromAt, until = row.UntilAt }));
            return (id, MaintenanceStore.CountDevices(db, row), "");
        });
    }

    public ActOutcome Act(long id, MaintenanceAct act, string who)
    {
        var now = ServerTime.From(installation.Time.GetUtcNow());
        return installation.Stores.State.Write<ActOutcome>(db =>
        {
            if (MaintenanceStore.Find(db, id) is not { } row)
                return new ActOutcome.Unknown();
            if (row.State == "Over" || row.EndedBy.Length > 0)
                return new ActOutcome.Rejected("it is over already");
            var (next, kind, text) = act is MaintenanceAct.MoveEnd move
                ? (row with { UntilAt = move.Until.EpochMs }, "moved", $"{who} moved the end")
                : (row with { EndedBy = who, UntilAt = row.State == "Running" ? now.EpochMs : row.UntilAt }, "ended", row.State == "Running" ? $"{who} ended it" : $"{who} called it off");
            if (act is MaintenanceAct.MoveEnd && next.ToPlan().Problem(now) is { Length: > 0 } problem)
                return new ActOutcome.Rejected(problem);
            MaintenanceStore.Update(db, next);
            Line(db, id, now, kind, text, who);
            AuditStore.Append(db, now.EpochMs, who, $"maintenance.{kind}", $"maintenance:{id}", JsonSerializer.Serialize(new { until = next.UntilAt }));
            return new ActOutcome.Done((int)row.Version + 1);
        });
    }

    private static void Line(Storage.Db db, long id, ServerTime now, string kind, string text, string who) =>
        TimelineStore.Add(db, new TimelineRow { Subject = $"maintenance:{id}", At = now.EpochMs, Kind = kind, Text = text, Who = who });
}
