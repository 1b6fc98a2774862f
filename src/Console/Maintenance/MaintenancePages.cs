using System.Globalization;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Storage;
using B2D.Storage.Maintenance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Maintenance;

/// <summary>What the page of maintenance shows: the list, and what the form begins with.</summary>
public sealed record MaintenanceModel(ListPage<MaintenanceRow> List, string Scope, string Target);

/// <summary>The page of maintenance and its forms.</summary>
internal static class MaintenancePages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/maintenance", (HttpContext http, Stores stores) => Html.Page<MaintenancePage>(new MaintenanceModel(
            stores.State.Read(db => MaintenanceLists.Definition.Page<MaintenanceRow>(db, ListRequest.Of(http.Request, MaintenanceLists.Definition.Usual))),
            http.Request.Query["scope"].ToString(), http.Request.Query["target"].ToString()))).ExcludeFromDescription();
        write.MapForm("/maintenance", (http, form) =>
        {
            var services = http.RequestServices;
            var view = services.GetRequiredService<View>();
            var words = new MaintenanceWords { Title = form.Text("title", 201), Reason = form.Text("reason"), Scope = form.Text("scope", 20), Target = form.Text("target", 501) };
            if (form.Text("from").Length > 0 && form.Time("from", view.Zone) is null)
                return Forms.Back(http, "/maintenance", "Nothing was planned: the beginning is no time.", bad: true);
            var (row, problem) = words.Read(form.Time("from", view.Zone), form.Time("until", view.Zone), new ServerTime(view.Now));
            if (row is null)
                return Forms.Back(http, "/maintenance", $"Nothing was planned: {problem}", bad: true);
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
}
