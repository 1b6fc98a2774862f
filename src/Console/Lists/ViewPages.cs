using System.Globalization;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Lists;

/// <summary>What the page of saved views shows.</summary>
public sealed record ViewsModel(IReadOnlyList<ViewRow> Views);

/// <summary>Views that people save: for themselves, or as a lead for everybody. Who saved one changes it; those for everybody are changed by every lead.</summary>
internal static class ViewPages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/views", (Stores stores, View view) => Html.Page<ViewsPage>(new ViewsModel(stores.State.Read(db => ViewStore.All(db, view.User))))).ExcludeFromDescription();
        write.MapForm("/views", Save);
        write.MapForm("/views/{id:long}", Change);
    }

    /// <summary>Whether somebody may rename and delete a view.</summary>
    public static bool MayChange(ViewRow row, View view) => row.Owner == view.User || (row.Shared && view.May(Role.Lead));

    private static IResult Save(HttpContext http, IFormCollection form)
    {
        var view = http.RequestServices.GetRequiredService<View>();
        var list = Forms.LocalOr(form.Text("list", 100), "/");
        var row = new ViewRow
        {
            List = list,
            Name = form.Text("name", ViewStore.MaxName),
            Filter = form.Text("filter", FilterText.MaxLength),
            Owner = view.User,
            Shared = form.Text("for", 10) == "all",
            CreatedAt = view.Now,
        };
        var back = ListRequest.Address(list, row.Filter);
        if (row.Name.Length == 0)
            return Forms.Back(http, back, "Nothing was saved: give the view a name.", bad: true);
        if (row.Shared && !view.May(Role.Lead))
            return Forms.Back(http, back, "Nothing was saved. " + Rights.Refusal(Role.Lead, http.User), bad: true);
        var saved = http.RequestServices.GetRequiredService<Stores>().State.Write(db =>
        {
            if (ViewStore.CountOf(db, row.Owner) >= ViewStore.MostOfOne)
                return false;
            Audit(db, view, "view.save", row with { Id = ViewStore.Put(db, row) });
            return true;
        });
        return saved ? Forms.Back(http, back, $"Saved as “{row.Name}”{(row.Shared ? " for everybody" : "")}.")
            : Forms.Back(http, back, $"Nothing was saved: you have {ViewStore.MostOfOne} views; delete one first.", bad: true);
    }

    private static IResult Change(HttpContext http, IFormCollection form)
    {
        var view = http.RequestServices.GetRequiredService<View>();
        var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
        var (act, name) = (form.Text("act", 20), form.Text("name", ViewStore.MaxName));
        var (said, bad) = http.RequestServices.GetRequiredService<Stores>().State.Write(db =>
        {
            if (ViewStore.Find(db, id) is not { } row || (row.Owner != view.User && !row.Shared))
                return ("Nothing was done: there is no such view.", true);
            if (!MayChange(row, view))
                return ("Nothing was done. " + Rights.Refusal(Role.Lead, http.User), true);
            if (act == "delete" && ViewStore.Delete(db, id))
            {
                Audit(db, view, "view.delete", row);
                return ($"“{row.Name}” is deleted.", false);
            }
            if (act != "rename" || name.Length == 0 || !ViewStore.Rename(db, id, name))
                return ("Nothing was done: give it a name that none of the list’s other views has.", true);
            Audit(db, view, "view.rename", row);
            return ($"It is called “{name}” now.", false);
        });
        return Forms.Back(http, "/views", said, bad);
    }

    /// <summary>Neither its name nor what it looks for: a customer's name may stand there, and the audit forgets nothing.</summary>
    private static void Audit(Db db, View view, string action, ViewRow row) => AuditStore.Append(db, view.Now, view.User, action, $"view:{row.List}",
        JsonSerializer.Serialize(new { view = row.Id, characters = row.Filter.Length, shared = row.Shared }));
}
