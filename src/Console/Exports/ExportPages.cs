using System.Globalization;
using B2D.Console.Cases;
using B2D.Console.Devices;
using B2D.Console.Lists;
using B2D.Console.Notices;
using B2D.Console.Outages;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Exports;

/// <summary>The lists of cases, outages, notices and devices as files: what a filter finds, with what its page shows.</summary>
internal static class ExportPages
{
    private static readonly IReadOnlyList<ExportColumn<CaseLine>> Cases =
    [
        new("case", c => $"C-{c.Id}"), new("title", c => c.Title), new("state", c => c.State), new("priority", c => c.Priority), new("severity", c => c.Severity.ToString()), new("class", c => c.Class.ToString()),
        new("queue", c => c.Queue), new("assignee", c => c.Assignee), new("device", c => c.Device), new("model", c => c.Model), new("segment", c => c.Segment), new("customer", c => c.Customer),
        new("customer_name", c => c.CustomerName), new("place", c => c.Place), new("rule", c => c.Rule), new("family", c => c.Family), ExportColumn<CaseLine>.Time("onset_at", c => c.OnsetAt),
        ExportColumn<CaseLine>.Time("opened_at", c => c.OpenedAt), ExportColumn<CaseLine>.Time("last_seen_at", c => c.LastSeenAt), new("recurrences", c => c.Recurrences), new("waiting_for", c => c.WaitingFor),
        new("contract", c => c.Contract), ExportColumn<CaseLine>.Time("responded_at", c => c.RespondedAt), ExportColumn<CaseLine>.Time("response_due_at", c => c.ResponseDueAt),
        ExportColumn<CaseLine>.Time("repair_due_at", c => c.RepairDueAt), new("late", c => c.Late), ExportColumn<CaseLine>.Time("resolved_at", c => c.ResolvedAt), ExportColumn<CaseLine>.Time("closed_at", c => c.ClosedAt),
        new("disposition", c => c.Disposition), new("outage", c => c.OutageId > 0 ? $"O-{c.OutageId}" : ""), new("summary", c => c.Summary), new("next_step", c => c.NextStep),
    ];

    private static readonly IReadOnlyList<ExportColumn<OutageRow>> Outages =
    [
        new("outage", o => $"O-{o.Id}"), new("title", o => o.Title), new("state", o => o.State), new("place", o => o.Place), new("segment", o => o.Segment), new("rule", o => o.Rule),
        ExportColumn<OutageRow>.Time("began_at", o => o.BeganAt), ExportColumn<OutageRow>.Time("opened_at", o => o.OpenedAt), ExportColumn<OutageRow>.Time("told_at", o => o.ToldAt), ExportColumn<OutageRow>.Time("monitoring_at", o => o.MonitoringAt),
        ExportColumn<OutageRow>.Time("resolved_at", o => o.ResolvedAt), new("devices", o => o.Devices), new("recovered", o => o.Recovered), new("customers", o => o.Customers), new("cause", o => o.Cause),
        new("workaround", o => o.Workaround), ExportColumn<OutageRow>.Time("estimate_from", o => o.EstimateFrom), ExportColumn<OutageRow>.Time("estimate_until", o => o.EstimateUntil), new("part_of", o => o.MergedInto > 0 ? $"O-{o.MergedInto}" : ""),
    ];

    private static readonly IReadOnlyList<ExportColumn<NoticeRow>> Notices =
    [
        new("notice", n => n.Id), new("customer", n => n.Customer), new("about", n => n.Subject), new("status", n => n.Status), new("revision", n => n.Revision), new("class", n => n.Class), new("channel", n => n.Channel),
        new("state", n => n.State), new("reason", n => n.Reason), ExportColumn<NoticeRow>.Time("created_at", n => n.CreatedAt), ExportColumn<NoticeRow>.Time("due_at", n => n.DueAt), ExportColumn<NoticeRow>.Time("sent_at", n => n.SentAt),
        new("attempts", n => n.Attempts), new("last_error", n => n.LastError), new("template", n => n.Template), new("language", n => n.Language),
    ];

    private static readonly IReadOnlyList<ExportColumn<DeviceLine>> Devices =
    [
        new("device", d => d.Id), new("model", d => d.Model), new("firmware", d => d.Firmware), new("serial", d => d.Serial), new("parent", d => d.Parent), new("segment", d => d.Segment), new("customer", d => d.Customer),
        new("customer_name", d => d.CustomerName), new("place", d => d.Place), new("installed", d => d.Installed), new("warranty_until", d => d.WarrantyUntil), ExportColumn<DeviceLine>.Time("registered_at", d => d.RegisteredAt),
        new("online", d => d.Online), ExportColumn<DeviceLine>.Time("last_seen_at", d => d.LastSeenAt ?? 0), new("open_faults", d => d.OpenFaults), ExportColumn<DeviceLine>.Time("maintenance_until", d => d.MaintenanceUntil),
    ];

    public static void Map(IEndpointRouteBuilder read)
    {
        read.MapGet("/exports/cases", (HttpContext http) => Export.List(http, "cases", CaseLists.Definition, c => Number(c.Id), Cases)).ExcludeFromDescription();
        read.MapGet("/exports/outages", (HttpContext http) => Export.List(http, "outages", OutageReader.Definition, o => Number(o.Id), Outages)).ExcludeFromDescription();
        read.MapGet("/exports/notices", (HttpContext http) => Export.List(http, "notices", NoticeLists.Definition, NoticeLists.Cursor, Notices)).ExcludeFromDescription();
        read.MapGet("/exports/devices", (HttpContext http) => Export.List(http, "devices", DeviceLists.Definition, d => d.Id, Devices)).ExcludeFromDescription();
    }

    /// <summary>The address of a list's file under its page's filter.</summary>
    public static string Address(ListRequest request, string format) => $"/exports{request.Path}?q={Uri.EscapeDataString(request.Filter.Text)}&as={format}";

    private static string Number(long id) => id.ToString(CultureInfo.InvariantCulture);
}
