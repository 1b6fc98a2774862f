using B2D.Console.Commands;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Devices;

/// <summary>The page of devices.</summary>
public sealed record DevicesModel(ListPage<DeviceLine> Page, long All, long Online, long Faulty);

/// <summary>The pages of devices and the form that sends a command.</summary>
internal static class DevicePages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/devices", (HttpContext http, Stores stores) => Html.Page<DevicesPage>(stores.State.Read(db => new DevicesModel(
            DeviceLists.Definition.Page<DeviceLine>(db, ListRequest.Of(http.Request, DeviceLists.Definition.Usual)),
            db.Scalar<long>("SELECT count(*) FROM devices"),
            db.Scalar<long>("SELECT count(*) FROM device_live WHERE online = TRUE"),
            db.Scalar<long>("SELECT count(DISTINCT device) FROM faults WHERE cleared_at = 0 AND shadow = FALSE"))))).ExcludeFromDescription();
        read.MapGet("/devices/{id}", (string id, string? metric, DeviceReader reader, View view) =>
            reader.Find(id, metric, view.Zone) is { } record ? Html.Page<DevicePage>(record) : Html.Missing("such device", "/devices"))
                .ExcludeFromDescription();
        write.MapForm("/devices/{id}/command", (http, form) =>
        {
            var id = (string)http.Request.RouteValues["id"]!;
            var page = "/devices/" + Uri.EscapeDataString(id);
            var args = form.Text("args", CommandsApi.MaxArgs) is { Length: > 0 } given ? given : "{}";
            var name = form.Text("name", CommandsApi.MaxName);
            if (CommandsApi.Problem(name, args) is { Length: > 0 } problem)
                return Forms.Back(http, page, "Nothing was sent. " + problem, bad: true);
            var outcome = http.RequestServices.GetRequiredService<ICommandDesk>().Send(id, name, args, http.User.Identity?.Name ?? "");
            return outcome.Id.Length > 0
                ? Forms.Back(http, page, $"“{name}” is on its way to {id}.")
                : Forms.Back(http, page, "Nothing was sent: " + outcome.Problem, bad: true);
        });
    }
}
