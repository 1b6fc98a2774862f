using System.Globalization;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Simulation.World;

/// <summary>What happened in a town and what B2D made of it, for whoever looks into a seed that failed. Times are seconds since the town's start.</summary>
internal static class Story
{
    public static IEnumerable<string> Of(VirtualTown town)
    {
        yield return $"seed {town.Setting.Seed}, {town.Setting.Disturbances}, {town.Setting.Devices} devices";
        var lanes = town.Installation.Worker.Lanes;
        yield return $"  lanes at {lanes.Position} of {town.Installation.Stores.Log.LastOffset}, {town.Town.Devices.Count(d => lanes.Knows(Core.Devices.DeviceId.Parse(d.Id)))} devices known, rules {lanes.RulesHash}, now {town.Clock.Now:O}";
        var start = town.Town.Start.ToUnixTimeMilliseconds();
        foreach (var outage in town.Fleet.Truth.Outages)
            yield return $"  cut {outage.Segment}: {outage.Devices.Count} routers, {outage.Customers.Count} customers, {At(outage.FromMs)} to {At(outage.ToMs)}";
        foreach (var fault in town.Fleet.Truth.Faults)
            yield return $"  put in {fault.Kind} of {fault.Device} {town.Town.Find(fault.Device).Segment} at {At(fault.FromMs)}, seen {At(fault.VisibleMs)}, to {At(fault.ToMs)} {fault.EndedBy}, wanted {fault.Expected}";
        foreach (var work in town.People.Crew?.Planned ?? [])
            yield return $"  work on {work.Scope} {work.Target}{(work.Hours is null ? "" : ", repeats")}: {string.Join(", then ", work.Known.Select(k => $"at {At(k.At)} from {At(k.From)} to {At(k.Until)}"))}";
        foreach (var entry in town.Installation.Stores.Log.Read(0, 100_000))
        {
            if (entry.Body is Core.Telemetry.Entry.Maintenance told)
                yield return $"  log {entry.Offset} at {At(entry.At.EpochMs)}: {told.Device} is worked on until {At(told.Until.EpochMs)}";
        }
        foreach (var due in town.Fleet.Truth.Dues)
            yield return $"  due {due.Device} at {At(due.FromMs)}, reset {At(due.ResetMs)}";
        var (outages, faults, cases, alarms) = town.Installation.Stores.State.Read(db => (
            OutageStore.List(db, [], Page.MaxRows), FaultStore.List(db, new FaultFilter { Limit = Page.MaxRows }), CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows }), OwnAlarmStore.List(db, Page.MaxRows)));
        foreach (var entry in town.Installation.Stores.Log.Read(0, 100_000).Where(e => e is { Partition: 0, Body: Core.Telemetry.Entry.GatewayUp or Core.Telemetry.Entry.GatewayDown }))
            yield return $"  log {entry.Offset} at {At(entry.At.EpochMs)}: {(entry.Body is Core.Telemetry.Entry.GatewayUp up ? $"gateway up, down from {At(up.DownFrom.EpochMs)}" : "gateway down")}";
        foreach (var row in outages.Reverse())
            yield return $"  outage {row.Id} on {row.Segment}: began {At(row.BeganAt)}, told {At(row.ToldAt)}, over {At(row.ResolvedAt)}, {row.Devices} devices, {row.Customers} customers, {row.State}";
        foreach (var row in faults.Reverse())
            yield return $"  fault {row.Rule} of {row.Device}: {At(row.RaisedAt)} to {At(row.ClearedAt)} {row.ClearReason}, case {row.CaseId}, outage {row.OutageId}, remedy {row.RemedyState}";
        foreach (var row in cases.Reverse())
            yield return $"  case {row.Id} of {row.Device} {row.Rule}: {At(row.OpenedAt)}, {row.State}";
        foreach (var row in alarms.Reverse())
            yield return $"  alarm {row.Kind} {At(row.SinceAt)} to {At(row.UntilAt)}: {row.Detail}";
        foreach (var row in town.Installation.Stores.State.Read(db => NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows })).Reverse())
            yield return $"  notice {row.Status} to {row.Customer} about {row.Subject}: {At(row.CreatedAt)}, {row.State} {At(row.SentAt)}, {row.Attempts} tries, {row.Reason}, {row.LastError}";
        foreach (var (at, device, what) in town.Installation.Network.Mqtt?.Told ?? [])
            yield return $"  net {At(at.ToUnixTimeMilliseconds())} {device}: {what}";
        foreach (var standing in town.Installation.Network.Mqtt?.Standing ?? [])
            yield return $"  net at the end {standing}";

        string At(long? ms) => ms is null or 0 ? "-" : ((ms.Value - start) / 1000.0).ToString("0.0", CultureInfo.InvariantCulture);
    }
}
