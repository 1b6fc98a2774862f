using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Faults;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Storage;
using B2D.Storage.Maintenance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Maintenance;

/// <summary>What the page of maintenance shows: the list, what is held back by what runs, and what the form begins with.</summary>
public sealed record MaintenanceModel(ListPage<MaintenanceRow> List, ListPage<HeldLine> Held, string Scope, string Target);

/// <summary>The page of maintenance and its forms.</summary>
internal static class MaintenancePages
{
    /// <summary>The filter of the list of what is held back.</summary>
    public const string HeldFilter = "by:maintenance";

    private const int MostHeld = 20;

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/maintenance", (HttpContext http, Stores stores, View view) =>
        {
            var held = new ListRequest("/held", FilterText.Parse(HeldFilter), 1, MostHeld);
            var (list, waiting) = stores.State.Read(db => (
                MaintenanceLists.Definition.Page<MaintenanceRow>(db, ListRequest.Of(http.Request, MaintenanceLists.Definition.Usual)), HeldLists.At(view.Now).Page<HeldLine>(db, held)));
            return Html.Page<MaintenancePage>(new MaintenanceModel(list, waiting, http.Request.Query["scope"].ToString(), http.Request.Query["target"].ToString()));
        }).ExcludeFromDescription();
        write.MapForm("/maintenance", (http, form) =>
        {
            var services = http.RequestServices;
            var view = services.GetRequiredService<View>();
            var words = new MaintenanceWords { Title = form.Text("title", 201), Reason = form.Text("reason"), Scope = form.Text("scope", 20), Target = form.Text("target", 501), Hours = HoursOf(form, view) };
            if (form.Text("from").Length > 0 && form.Time("from", view.Zone) is null)
                return Forms.Back(http, "/maintenance", "Nothing was planned: the beginning is no time.", bad: true);
            var (row, problem) = words.Read(form.Time("from", view.Zone), form.Time("until", view.Zone), new ServerTime(view.Now));
            if (row is null)
                return Forms.Back(http, "/maintenance", $"Nothing was planned: {problem}", bad: true);
            if (Sights.RefusalOf(http, Enum.Parse<MaintenanceScope>(row.Scope), row.Target) is { Length: > 0 } outside)
                return Forms.Back(http, "/maintenance", $"Nothing was planned: {outside}.", bad: true);
            var (_, devices, refused) = services.GetRequiredService<MaintenanceDesk>().Plan(row, view.User);
            return refused.Length > 0
                ? Forms.Back(http, "/maintenance", $"Nothing was planned: {refused}.", bad: true)
                : Forms.Back(http, "/maintenance", $"Planned; it concerns {Words.Count(devices, "device")}.", bad: devices == 0);
        });
        write.MapForm("/maintenance/{id:long}/act", (http, form) =>
        {
            var services = http.RequestServices;
            var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
            var words = new MaintenanceActWords { Act = form.Text("act", 40) };
            var (act, problem) = words.Read(form.Time("until", services.GetRequiredService<View>().Zone));
            return act is null
                ? Forms.Back(http, "/maintenance", Words.Sentence(problem), bad: true)
                : Forms.Back(http, "/maintenance", services.GetRequiredService<MaintenanceDesk>().Act(id, act, http.User.Identity?.Name ?? ""),
                    act is MaintenanceAct.End ? "It ends now; what is still bad is raised." : "Its end is moved.");
        });
    }

    /// <summary>The hours of a form, in the console's zone; empty where no day is marked.</summary>
    private static string HoursOf(IFormCollection form, View view) => form["days"] is { Count: > 0 } days
        ? $"{string.Join(',', days.ToArray())} {Or(form.Text("hours-from", 5), "00:00")}-{Or(form.Text("hours-to", 5), "24:00")} {view.Zone.Id}"
        : "";

    private static string Or(string text, string other) => text.Length > 0 ? text : other;
}
