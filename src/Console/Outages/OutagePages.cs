using System.Globalization;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Outages;
using B2D.Storage;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Outages;

/// <summary>The pages of outages and their forms.</summary>
internal static class OutagePages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/outages", (HttpContext http, Stores stores) =>
            Html.Page<OutagesPage>(stores.State.Read(db => OutageReader.Definition.Page<OutageRow>(db,
                ListRequest.Of(http.Request, OutageReader.Definition.Usual))))).ExcludeFromDescription();
        read.MapGet("/outages/{id:long}", (long id, OutageReader reader) =>
            reader.Find(id) is { } record ? Html.Page<OutagePage>(record) : Html.Missing($"outage O-{id}", "/outages")).ExcludeFromDescription();
        write.MapForm("/outages/{id:long}/act", (http, form) =>
        {
            var services = http.RequestServices;
            var view = services.GetRequiredService<View>();
            var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
            var words = new OutageActWords { Act = form.Text("act", 40), Text = form.Text("text"), State = form.Text("state", 40), Reason = form.Text("reason", 501) };
            var (act, problem) = words.Read(form.Time("from", view.Zone), form.Time("until", view.Zone), form.Time("at", view.Zone), new ServerTime(view.Now));
            return act is null
                ? Forms.Back(http, $"/outages/{id}", Words.Sentence(problem), bad: true)
                : Forms.Back(http, $"/outages/{id}", services.GetRequiredService<IOutageDesk>().Act(id, form.Number("version"), act, view.User),
                    OutageActWords.Done(act));
        });
    }
}
