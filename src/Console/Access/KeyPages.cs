using System.Globalization;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Access;

/// <summary>The page of keys and its forms.</summary>
internal static class KeyPages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/keys", (HttpContext http, Stores stores) => Html.Page<KeysPage>(stores.State.Read(db =>
            KeyLists.Definition.Page<KeyRow>(db, ListRequest.Of(http.Request, KeyLists.Definition.Usual))))).ExcludeFromDescription();
        write.MapForm("/keys", (http, form) =>
        {
            var services = http.RequestServices;
            var view = services.GetRequiredService<View>();
            var words = new KeyWords { Name = form.Text("name", ApiKeys.MaxName + 1), Scope = form.Text("scope", 20), Queues = [form.Text("queues", 4000)], Segments = [form.Text("segments", 20_000)] };
            var days = form.Number("days");
            ServerTime? expires = days > 0 ? new ServerTime(view.Now + (long)TimeSpan.FromDays(Math.Min(days, 3660)).TotalMilliseconds) : null;
            var (made, problem, _) = KeyMaking.Make(http, services.GetRequiredService<Stores>(), words, expires, new ServerTime(view.Now));
            return made is null
                ? Forms.Back(http, "/keys", $"No key was made: {problem}", bad: true)
                : Forms.Back(http, "/keys", string.Create(CultureInfo.InvariantCulture, $"The key “{words.Name}” is shown this once; copy it now: {made.Key}"));
        });
        write.MapForm("/keys/{id}/revoke", (http, _) =>
        {
            var services = http.RequestServices;
            var (id, view) = ((string)http.Request.RouteValues["id"]!, services.GetRequiredService<View>());
            return services.GetRequiredService<Stores>().State.Write(db => ApiKeys.Revoke(db, id, new ServerTime(view.Now), view.User))
                ? Forms.Back(http, "/keys", "The key is revoked; it opens nothing any more.")
                : Forms.Back(http, "/keys", "Nothing was done: there is no such key, or it was revoked before.", bad: true);
        });
    }
}
