using B2D.Console.Access;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Users;

/// <summary>The page of users and its forms.</summary>
internal static class UserPages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/users", (HttpContext http, Stores stores, SignIn signIns, View view) => Html.Page<UsersPage>(stores.State.Read(db =>
            UserLists.At(signIns, view.Now).Page<UserLine>(db, ListRequest.Of(http.Request, ""))))).ExcludeFromDescription();
        write.MapForm("/users", (http, form) =>
        {
            var name = form.Text("name", 100);
            return Roles.Of(form.Text("role", 20)) is { } role
                ? Told(http, name, http.RequestServices.GetRequiredService<UserDesk>().Add(name, role, byPassword: false, http.User.Identity?.Name ?? ""), $"{name} is added, as {role.Word()}.")
                : Forms.Back(http, "/users", "Nobody was added: a user has a role.", bad: true);
        });
        write.MapForm("/users/{name}/act", (http, form) =>
        {
            var name = (string)http.Request.RouteValues["name"]!;
            var (act, problem) = UserAct.Read(form.Text("act", 20), form.Text("role", 20), form.Text("queues", 4000), form.Text("segments", 20_000));
            return act is not null
                ? Told(http, name, http.RequestServices.GetRequiredService<UserDesk>().Act(name, act, http.User.Identity?.Name ?? ""), Done(name, act))
                : Forms.Back(http, "/users", $"Nothing was done: {(form.Text("act", 20) == "see" ? problem : "that cannot be done to a user")}.", bad: true);
        });
    }

    private static string Done(string name, UserAct act) => act switch
    {
        UserAct.SetRole set => $"{name} is {set.Role.Word()} now.",
        UserAct.See see => $"{name} sees {see.Sight} from now on.",
        UserAct.Lock => $"{name} is locked and signed out.",
        UserAct.Unlock => $"{name} may sign in again.",
        UserAct.Link => $"{name} comes from the organisation's own sign-in from now on.",
        UserAct.EndSignIns => $"{name} is signed out everywhere.",
        _ => $"The password of {name} is no longer good.",
    };

    /// <summary>Back with what came of it; what lets the user in is said this once.</summary>
    private static IResult Told(HttpContext http, string name, UserOutcome outcome, string done)
    {
        var view = http.RequestServices.GetRequiredService<View>();
        return Forms.Back(http, "/users", outcome.Outcome, outcome.Admission switch
        {
            null when outcome.GivenBack > 0 => $"{done} {Words.Count(outcome.GivenBack, "open case")} {(outcome.GivenBack == 1 ? "is" : "are")} nobody’s again.",
            null => done,
            { Until: { } until } invitation => $"{done} Give {name} this link; it is shown this once, and good once, until {view.Point(until.EpochMs)}: {UsersApi.AddressOf(http, invitation)}",
            var password => $"{done} The new password, shown this once: {password.Secret}",
        });
    }
}
